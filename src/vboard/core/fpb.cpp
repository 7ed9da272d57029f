#include "vboard/core/fpb.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {

Fpb::Fpb(unsigned code_comparators, unsigned literal_comparators, unsigned revision)
    : code_(std::min(code_comparators, 127u)),
      literal_(std::min(literal_comparators, 15u)),
      revision_(revision) {}

void Fpb::reset() {
  enabled_ = false;
  comparator_.fill(0);
}

bool Fpb::matches(std::uint32_t address) const {
  if (!enabled_) return false;
  for (unsigned i = 0; i < code_; ++i) {
    const std::uint32_t comp = comparator_[i];
    if ((comp & 1) == 0) continue;
    if (revision_ != 0) {  // FPBv2: BE, BPADDR[31:1]
      if ((comp & ~1u) == address) return true;
      continue;
    }
    // FPBv1: COMP[28:2] in the code region, REPLACE 1 lower, 2 upper halfword, 3 both; 0 remaps.
    const std::uint32_t half = (address & 2) != 0 ? 2 : 1;
    if (address < 0x20000000 && (comp & 0x1FFFFFFC) == (address & ~3u) && ((comp >> 30) & half) != 0)
      return true;
  }
  return false;
}

std::uint32_t Fpb::read(std::uint32_t offset) const {
  if (offset == 0) {  // FP_CTRL: REV, NUM_CODE[6:4], NUM_LIT, NUM_CODE[3:0], ENABLE
    return revision_ << 28 | (code_ & 0x70) << 8 | literal_ << 8 | (code_ & 0xF) << 4 | (enabled_ ? 1u : 0u);
  }
  const std::uint32_t index = (offset - 8) / 4;
  return offset >= 8 && index < code_ + literal_ ? comparator_[index] : 0;
}

void Fpb::write(std::uint32_t offset, std::uint32_t value) {
  if (offset == 0) {
    if ((value & 2) != 0) enabled_ = (value & 1) != 0;  // KEY
    return;
  }
  const std::uint32_t index = (offset - 8) / 4;
  if (offset < 8 || index >= code_ + literal_) return;
  const bool code = index < code_;
  comparator_[index] = value & (code ? (revision_ != 0 ? 0xFFFFFFFFu : 0xDFFFFFFDu) : 0x1FFFFFFDu);
}

}  // namespace probity::vboard::armv7m
