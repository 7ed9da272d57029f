#include "server/gdb/memory_map.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace probity::server::gdb {

namespace {

constexpr std::uint64_t kEndOfMemory = 0x100000000;

std::string ram(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return {};
  return fmt::format("<memory type=\"ram\" start=\"0x{:08x}\" length=\"0x{:08x}\"/>\n", begin, end - begin);
}

std::string flash(std::uint64_t begin, std::uint64_t length, std::uint32_t sector) {
  return fmt::format(
      "<memory type=\"flash\" start=\"0x{:08x}\" length=\"0x{:x}\">\n"
      "<property name=\"blocksize\">0x{:x}</property>\n</memory>\n",
      begin, length, sector);
}

// One region for each run of sectors of one size, as a region has one block size.
std::string regions(const BankView& bank) {
  std::string text;
  for (std::size_t i = 0; i < bank.sectors.size();) {
    const Sector& first = bank.sectors[i];
    std::uint64_t length = 0;
    for (; i < bank.sectors.size() && bank.sectors[i].size == first.size &&
           bank.sectors[i].offset == first.offset + length;
         ++i) {
      length += first.size;
    }
    text += flash(std::uint64_t{bank.base} + first.offset, length, first.size);
  }
  return text;
}

}  // namespace

std::string memory_map(std::vector<BankView> banks) {
  std::ranges::sort(banks, {}, &BankView::base);
  std::string text = "<memory-map>\n";
  std::uint64_t end = 0;  // of what is described
  for (const BankView& bank : banks) {
    if (bank.sectors.empty() || bank.base < end) continue;  // regions must not overlap
    text += ram(end, bank.base) + regions(bank);
    end = std::uint64_t{bank.base} + bank.size;
  }
  return text + ram(end, kEndOfMemory) + "</memory-map>\n";
}

}  // namespace probity::server::gdb
