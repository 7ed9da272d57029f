// Flash Patch and Breakpoint unit (C1.11), revision 1 (M3/M4) and 2 (M7): breakpoints only. FP_REMAP reads as
// zero: remapping is not implemented, which the architecture allows; literal comparators hold their value
// without effect.
#pragma once

#include <array>
#include <cstdint>

namespace probity::vboard::armv7m {

class Fpb {
 public:
  Fpb(unsigned code_comparators, unsigned literal_comparators, unsigned revision);
  void reset();

  bool matches(std::uint32_t instruction_address) const;
  std::uint32_t read(std::uint32_t offset) const;
  void write(std::uint32_t offset, std::uint32_t value);

 private:
  static constexpr unsigned kMaxComparators = 142;
  unsigned code_, literal_, revision_;
  bool enabled_ = false;
  std::array<std::uint32_t, kMaxComparators> comparator_{};
};

}  // namespace probity::vboard::armv7m
