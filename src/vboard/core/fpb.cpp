#include "vboard/core/fpb.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {

Fpb::Fpb(unsigned code_comparators, unsigned literal_comparators, unsigned revision, bool remaps)
    : code_(std::min(code_comparators, 127u)),
      literal_(std::min(literal_comparators, 15u)),
      revision_(revision),
      remap_table_(remaps && revision == 0) {}

void Fpb::reset() {
  enabled_ = instructions_ = literals_ = false;
  remap_ = 0;
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

// --- remapping: REPLACE = 0 of a code comparator, any literal comparator

bool Fpb::remaps(unsigned index, std::uint32_t address) const {
  const std::uint32_t comp = comparator_[index];
  return (comp & 1) != 0 && comp >> 30 == 0 && (comp & 0x1FFFFFFC) == (address & ~3u);
}

// FP_REMAP names a table in SRAM, one word for each comparator.
std::uint32_t Fpb::table_entry(unsigned index, std::uint32_t address) const {
  return kCodeEnd + remap_ + 4 * index + (address & 3);
}

void Fpb::update() {
  instructions_ = literals_ = false;
  if (!enabled_ || !remap_table_) return;
  for (unsigned i = 0; i < code_ + literal_; ++i) {
    const bool remapping = (comparator_[i] & 1) != 0 && comparator_[i] >> 30 == 0;
    (i < code_ ? instructions_ : literals_) |= remapping;
  }
}

std::optional<std::uint32_t> Fpb::remapped_code(std::uint32_t address) const {
  if (!instructions_ || address >= kCodeEnd) return std::nullopt;
  for (unsigned i = 0; i < code_; ++i) {
    if (remaps(i, address)) return table_entry(i, address);
  }
  return std::nullopt;
}

std::uint32_t Fpb::remapped_literal(std::uint32_t address) const {
  if (!literals_ || address >= kCodeEnd) return address;
  for (unsigned i = code_; i < code_ + literal_; ++i) {
    if (remaps(i, address)) return table_entry(i, address);
  }
  return address;
}

std::uint32_t Fpb::read(std::uint32_t offset) const {
  if (offset == 0) {  // FP_CTRL: REV, NUM_CODE[6:4], NUM_LIT, NUM_CODE[3:0], ENABLE
    return revision_ << 28 | (code_ & 0x70) << 8 | literal_ << 8 | (code_ & 0xF) << 4 | (enabled_ ? 1u : 0u);
  }
  if (offset == 4) return remap_table_ ? 1u << 29 | remap_ : 0;  // FP_REMAP: RMPSPT
  const std::uint32_t index = (offset - 8) / 4;
  return offset >= 8 && index < code_ + literal_ ? comparator_[index] : 0;
}

void Fpb::write(std::uint32_t offset, std::uint32_t value) {
  if (offset == 0) {
    if ((value & 2) != 0) enabled_ = (value & 1) != 0;  // KEY
    return update();
  }
  if (offset == 4) {
    if (remap_table_) remap_ = value & 0x1FFFFFE0;
    return;
  }
  const std::uint32_t index = (offset - 8) / 4;
  if (offset < 8 || index >= code_ + literal_) return;
  const bool code = index < code_;
  comparator_[index] = value & (code ? (revision_ != 0 ? 0xFFFFFFFFu : 0xDFFFFFFDu) : 0x1FFFFFFDu);
  update();
}

}  // namespace probity::vboard::armv7m
