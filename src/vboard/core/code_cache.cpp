#include "vboard/core/code_cache.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {

void CodeCache::select(std::uint32_t number) {
  Recent& recent = recent_[number % recent_.size()];
  if (recent.number != number) {
    auto& place = pages_[number];
    if (!place) place = std::make_unique<Page>();
    recent = {number, place.get()};
  }
  page_ = recent.page;
  current_ = number;
}

void CodeCache::drop(std::uint32_t begin, std::uint32_t size) {
  if (size == 0) return;
  // A 32-bit instruction may begin one halfword before the range.
  const std::uint64_t first = begin >= 2 ? (begin & ~1u) - 2 : 0, end = std::uint64_t{begin} + size;
  const auto drop_in = [&](std::uint32_t number, Page& page) {
    const std::uint64_t base = std::uint64_t{number & ~kSecureSpace} << kPageBits;
    const std::uint64_t from = std::max(first, base), to = std::min(end, base + kPageSize);
    for (std::uint64_t at = from; at < to; at += 2) page[(at - base) >> 1].execute = nullptr;
  };
  const std::uint64_t pages = ((end - 1) >> kPageBits) - (first >> kPageBits) + 1;
  if (pages > pages_.size()) {
    for (auto& [number, page] : pages_) drop_in(number, *page);
    return;
  }
  for (std::uint64_t number = first >> kPageBits; number <= (end - 1) >> kPageBits; ++number) {
    for (const std::uint32_t space : {0u, kSecureSpace}) {
      const auto found = pages_.find(static_cast<std::uint32_t>(number) | space);
      if (found != pages_.end()) drop_in(found->first, *found->second);
    }
  }
}

void CodeCache::drop_all() {
  for (auto& [number, page] : pages_) {
    for (Op& op : *page) op.execute = nullptr;
  }
}

}  // namespace probity::vboard::armv7m
