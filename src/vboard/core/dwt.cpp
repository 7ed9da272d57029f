#include "vboard/core/dwt.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {
namespace {

// DWT_FUNCTIONn.FUNCTION without CYCMATCH and DATAVMATCH (table C1-14).
enum Function : std::uint32_t { kPcMatch = 4, kDataRead = 5, kDataWrite = 6, kDataAccess = 7 };
constexpr std::uint32_t kMatched = 1u << 24;
constexpr std::uint32_t kControlWritable = 0x007F1FFF;
enum Offset : std::uint32_t { kCtrl = 0x00, kCyccnt = 0x04, kPcsr = 0x1C, kComp0 = 0x20 };

}  // namespace

Dwt::Dwt(unsigned comparators) : count_(std::min(comparators, kMaxComparators)) {}

void Dwt::reset() {
  const unsigned count = count_;
  *this = Dwt(count);
}

void Dwt::update() {
  data_ = pc_ = false;
  for (const Comparator& c : comparators_) {
    pc_ |= c.function == kPcMatch;
    data_ |= c.function >= kDataRead && c.function <= kDataAccess;
  }
}

void Dwt::set_trace_enabled(bool on, std::uint64_t now) {
  const std::uint32_t count = cyccnt(now);
  trace_enabled_ = on;
  rebase(count, now);
}

bool Dwt::match_data(std::uint32_t address, unsigned size, bool write) {
  bool hit = false;
  for (Comparator& c : comparators_) {
    const bool kind = c.function == kDataAccess || c.function == (write ? kDataWrite : kDataRead);
    const std::uint32_t ignore = (c.mask >= 31 ? 0x7FFFFFFFu : (1u << c.mask) - 1);
    const std::uint64_t begin = c.comp & ~ignore, end = begin + ignore + 1ull;
    if (!kind || address >= end || std::uint64_t{address} + size <= begin) continue;
    c.matched = hit = true;
  }
  return hit;
}

bool Dwt::match_pc(std::uint32_t address) {
  bool hit = false;
  for (Comparator& c : comparators_) {
    const std::uint32_t ignore = (c.mask >= 31 ? 0x7FFFFFFFu : (1u << c.mask) - 1) | 1;
    if (c.function != kPcMatch || (c.comp & ~ignore) != (address & ~ignore)) continue;
    c.matched = hit = true;
  }
  return hit;
}

std::uint32_t Dwt::read(std::uint32_t offset, std::uint64_t now, std::uint32_t pc_sample) {
  if (offset == kCtrl) return count_ << 28 | control_;
  if (offset == kCyccnt) return cyccnt(now);
  if (offset == kPcsr) return pc_sample;
  const std::uint32_t index = (offset - kComp0) / 16;
  if (offset < kComp0 || index >= count_) return 0;
  Comparator& c = comparators_[index];
  switch ((offset & 0xF)) {
    case 0x0:
      return c.comp;
    case 0x4:
      return c.mask;
    case 0x8: {
      const std::uint32_t value = c.function | (c.matched ? kMatched : 0);
      c.matched = false;  // cleared by reading
      return value;
    }
    default:
      return 0;
  }
}

void Dwt::write(std::uint32_t offset, std::uint32_t value, std::uint64_t now) {
  if (offset == kCtrl) {
    const std::uint32_t count = cyccnt(now);
    control_ = value & kControlWritable;
    rebase(count, now);
    return;
  }
  if (offset == kCyccnt) return rebase(value, now);
  const std::uint32_t index = (offset - kComp0) / 16;
  if (offset < kComp0 || index >= count_) return;
  Comparator& c = comparators_[index];
  if ((offset & 0xF) == 0x0) c.comp = value;
  if ((offset & 0xF) == 0x4) c.mask = value & 0x1F;
  if ((offset & 0xF) == 0x8) {
    c.function = value & 0xF;
    c.matched = false;
  }
  update();
}

}  // namespace probity::vboard::armv7m
