// Flash Patch and Breakpoint unit (C1.11). Revision 1 (M3/M4): breakpoints in the code region, and remapping
// of instructions and literals there to a table in SRAM. Revision 2 (M7, M33): breakpoints anywhere.
// Armv6-M's Breakpoint unit (DDI 0419, C1.6) is revision 1 without remapping.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace probity::vboard::armv7m {

class Fpb {
 public:
  Fpb(unsigned code_comparators, unsigned literal_comparators, unsigned revision, bool remaps);
  void reset();

  static constexpr std::uint32_t kCodeEnd = 0x20000000;

  bool matches(std::uint32_t instruction_address) const;
  // Where the halfword of code at `address` is to be fetched from instead.
  std::optional<std::uint32_t> remapped_code(std::uint32_t address) const;
  bool remaps_literals() const { return literals_; }
  // Where data at `address` is to be read from: `address` itself mostly.
  std::uint32_t remapped_literal(std::uint32_t address) const;
  std::uint32_t read(std::uint32_t offset) const;
  void write(std::uint32_t offset, std::uint32_t value);

 private:
  static constexpr unsigned kMaxComparators = 142;
  unsigned code_, literal_, revision_;
  bool remap_table_;
  bool remaps(unsigned index, std::uint32_t address) const;
  std::uint32_t table_entry(unsigned index, std::uint32_t address) const;
  void update();

  bool enabled_ = false, instructions_ = false, literals_ = false;
  std::uint32_t remap_ = 0;
  std::array<std::uint32_t, kMaxComparators> comparator_{};
};

}  // namespace probity::vboard::armv7m
