#include "vboard/core/dwt.hpp"

#include <algorithm>
#include <utility>

namespace probity::vboard::armv7m {
namespace {

// DWT_FUNCTIONn (C1.8, table C1-14).
enum Function : std::uint32_t { kPcMatch = 4, kDataRead = 5, kDataWrite = 6, kDataAccess = 7 };
constexpr std::uint32_t kFunction = 0xF, kEmitRange = 1u << 5, kCycMatch = 1u << 7, kDatavMatch = 1u << 8,
                        kLnk1Ena = 1u << 9, kDatavFields = 0xFFC00;
constexpr unsigned kCycleComparator = 0, kValueComparator = 1;
constexpr std::uint32_t kMatched = 1u << 24;
constexpr std::uint32_t kControlWritable = 0x007F1FFF;
enum Offset : std::uint32_t { kCtrl = 0x00, kCyccnt = 0x04, kPcsr = 0x1C, kComp0 = 0x20 };

}  // namespace

Dwt::Dwt(unsigned comparators, Architecture architecture)
    : count_(std::min(comparators, kMaxComparators)), architecture_(architecture) {}

void Dwt::reset() { *this = Dwt(count_, architecture_); }

void Dwt::update(std::uint64_t now) {
  data_ = pc_ = false;
  cycle_due_ = kNever;
  if (counting() && compares_cycles()) {
    const std::uint32_t left = comparators_[kCycleComparator].comp - cyccnt(now);
    cycle_due_ = now + (left != 0 ? left : std::uint64_t{1} << 32);
  }
  if (v8()) return update_v8();
  for (const Comparator& c : comparators_) {
    const std::uint32_t function = c.function & kFunction;
    if ((c.function & kCycMatch) != 0) continue;
    pc_ |= function == kPcMatch;
    data_ |= function >= kDataRead && function <= kDataAccess;
  }
}

bool Dwt::compares_cycles() const {
  if (v8()) return match_of(kCycleComparator) == kCycleMatchV8;
  const std::uint32_t function = comparators_[kCycleComparator].function;
  return (function & kCycMatch) != 0 && (function & kFunction) == kPcMatch;
}

bool Dwt::match_cycle() {
  cycle_due_ += std::uint64_t{1} << 32;
  if (v8()) return found_v8(kCycleComparator);
  comparators_[kCycleComparator].matched = true;
  return true;
}

bool Dwt::on_address(const Comparator& c, std::uint32_t address, unsigned size) const {
  const std::uint32_t ignore = (c.mask >= 31 ? 0x7FFFFFFFu : (1u << c.mask) - 1);
  const std::uint64_t begin = c.comp & ~ignore, end = begin + ignore + 1ull;
  return address < end && std::uint64_t{address} + size > begin;
}

// Some part of DATAVSIZE equals COMP on the same byte lanes, at the address of a linked comparator. A link to
// the comparator itself is taken for no link: any address.
bool Dwt::on_value(const Comparator& c, std::uint32_t address, unsigned size, std::uint32_t value) const {
  const unsigned own = kValueComparator, first = c.function >> 12 & 0xF, second = c.function >> 16 & 0xF;
  const auto linked = [&](unsigned index) {
    return index == own || (index < count_ && on_address(comparators_[index], address, size));
  };
  if (!linked(first) && !linked(second)) return false;
  const unsigned part = 1u << std::min(c.function >> 10 & 3u, 2u);
  const std::uint32_t mask = part == 4 ? 0xFFFFFFFF : (1u << (8 * part)) - 1;
  for (unsigned at = 0; at + part <= size; at += part) {
    const unsigned lane = 8 * ((address + at) & (4 - part));
    if (((value >> (8 * at) ^ c.comp >> lane) & mask) == 0) return true;
  }
  return false;
}

void Dwt::set_trace_enabled(bool on, std::uint64_t now) {
  const std::uint32_t count = cyccnt(now);
  trace_enabled_ = on;
  rebase(count, now);
  update(now);
}

bool Dwt::match_data(std::uint32_t address, unsigned size, bool write, std::uint32_t value) {
  if (v8()) return match_data_v8(address, size, write, value);
  bool hit = false;
  for (Comparator& c : comparators_) {
    const std::uint32_t function = c.function & kFunction;
    if ((c.function & kCycMatch) != 0) continue;
    if (function != kDataAccess && function != (write ? kDataWrite : kDataRead)) continue;
    const bool by_value = (c.function & kDatavMatch) != 0;
    if (!(by_value ? on_value(c, address, size, value) : on_address(c, address, size))) continue;
    c.matched = hit = true;
  }
  return hit;
}

bool Dwt::match_pc(std::uint32_t address) {
  if (v8()) return match_pc_v8(address);
  bool hit = false;
  for (Comparator& c : comparators_) {
    const std::uint32_t ignore = (c.mask >= 31 ? 0x7FFFFFFFu : (1u << c.mask) - 1) | 1;
    if ((c.function & (kFunction | kCycMatch)) != kPcMatch || (c.comp & ~ignore) != (address & ~ignore))
      continue;
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
  switch (offset & 0xF) {
    case 0x0:
      return comparators_[index].comp;
    case 0x4:
      return comparators_[index].mask;
    case 0x8:
      return read_function(index);
    default:
      return 0;
  }
}

// Reading clears MATCHED.
std::uint32_t Dwt::read_function(std::uint32_t index) {
  Comparator& c = comparators_[index];
  std::uint32_t value = c.function | (std::exchange(c.matched, false) ? kMatched : 0);
  if (v8()) return value | comparator_id_v8(index) << 27;
  if (index == kValueComparator && architecture_ != Architecture::v6m) value |= kLnk1Ena;
  return value;
}

std::uint32_t Dwt::implemented(std::uint32_t index) const {
  if (v8()) return kFunctionV8;
  if (architecture_ == Architecture::v6m) return kFunction;
  return kFunction | kEmitRange | (index == kCycleComparator ? kCycMatch : 0) |
         (index == kValueComparator ? kDatavMatch | kDatavFields : 0);
}

void Dwt::write(std::uint32_t offset, std::uint32_t value, std::uint64_t now) {
  const bool counts = architecture_ != Architecture::v6m;
  if (offset == kCtrl && counts) {
    const std::uint32_t count = cyccnt(now);
    control_ = value & kControlWritable;
    rebase(count, now);
  } else if (offset == kCyccnt && counts) {
    rebase(value, now);
  } else if (offset >= kComp0 && (offset - kComp0) / 16 < count_) {
    write_comparator((offset - kComp0) / 16, offset & 0xF, value);
  }
  update(now);
}

void Dwt::write_comparator(std::uint32_t index, std::uint32_t offset, std::uint32_t value) {
  Comparator& c = comparators_[index];
  if (offset == 0x0) c.comp = value;
  if (offset == 0x4 && !v8()) c.mask = value & 0x1F;
  if (offset == 0x8) {
    c.function = value & implemented(index);
    c.matched = false;
  }
}

}  // namespace probity::vboard::armv7m
