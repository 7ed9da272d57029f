// Decoded instructions, by address, in pages that are made when code first runs there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {

class CodeCache {
 public:
  // The place for the instruction at `address`; its `execute` is null where nothing is decoded. Stays valid
  // for the cache's life; dropping only makes `execute` null, so the instruction that is being executed can
  // be dropped.
  Op& slot(std::uint32_t address) {
    const std::uint32_t number = address >> kPageBits | space_;
    if (number != current_) select(number);
    return (*page_)[(address & (kPageSize - 1)) >> 1];
  }
  // What Secure code may execute is kept apart from what Non-secure code may.
  void select_space(bool secure) { space_ = secure ? kSecureSpace : 0; }
  // To be called with every op that was put in: drop() finds it by any of its bytes.
  void mark(const Op& op) {
    filter_[filter_index(op.address)] = true;
    filter_[filter_index(op.address + op.size - 1)] = true;
  }
  void drop(std::uint32_t begin, std::uint32_t size);
  void drop_all();

  // False: certainly no code was decoded from the byte at `address`.
  bool may_hold(std::uint32_t address) const { return filter_[filter_index(address)]; }

 private:
  static constexpr unsigned kPageBits = 10;
  static constexpr std::uint32_t kPageSize = 1u << kPageBits;
  static constexpr std::uint32_t kSecureSpace = 1u
                                                << (32 - kPageBits);  // above the page numbers of addresses
  using Page = std::array<Op, kPageSize / 2>;

  static unsigned filter_index(std::uint32_t address) { return (address >> kPageBits) & 0xFFF; }
  void select(std::uint32_t number);

  std::uint32_t space_ = 0;
  std::uint32_t current_ = ~0u;  // no page: page numbers have 23 bits
  Page* page_ = nullptr;
  struct Recent {
    std::uint32_t number = ~0u;
    Page* page = nullptr;
  };
  std::array<Recent, 64> recent_{};  // in front of the map: calls go to and fro between pages
  std::unordered_map<std::uint32_t, std::unique_ptr<Page>> pages_;
  std::array<bool, 0x1000> filter_{};
};

}  // namespace probity::vboard::armv7m
