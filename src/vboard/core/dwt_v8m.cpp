// The comparators of Armv8-M (DDI 0553, B14.2 and D1.2.59). What the manual calls UNPREDICTABLE never
// matches: a kind of match that the comparator's ID does not name, an unaligned address, sizes of a pair that
// differ, a value that is not repeated over the word.
#include "vboard/core/dwt.hpp"
#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Match : std::uint32_t {
  kOff = 0,
  kInstruction = 2,
  kInstructionLimit = 3,
  kData = 4,  // both, write, read
  kDataWrite = 5,
  kDataRead = 6,
  kDataLimit = 7,
  kValue = 8,  // both, write, read
  kLinkedValue = 11,
  kDataWithValue = 12  // both, write, read: for packets
};
constexpr std::uint32_t kDebugEvent = 1;  // ACTION

// ID bits: 0 cycle counter, 1 instruction address, 2 data value and linked data value, 3 data address (with
// value), 4 the limits of those addresses.
bool able(std::uint32_t id, std::uint32_t match) {
  const bool counter = (id & 1) != 0, instruction = (id & 2) != 0, value = (id & 4) != 0,
             limit = (id & 16) != 0;
  if (match == 1) return counter;
  if (match == kInstruction) return instruction;
  if (match == kInstructionLimit) return instruction && limit;
  if (match == kDataLimit) return limit;
  return (match < kValue || match > kLinkedValue) || value;
}

unsigned bytes_of(std::uint32_t function) { return 1u << (bits(function, 11, 10) & 3); }

}  // namespace

// Cortex-M33 TRM (100230) 10.2: reset values of DWT_FUNCTION0 to 3.
std::uint32_t Dwt::comparator_id_v8(std::uint32_t index) {
  constexpr std::array<std::uint32_t, 4> kIds{0x0B, 0x1E, 0x0A, 0x1E};
  return kIds[index % kIds.size()];
}

std::uint32_t Dwt::match_of(unsigned index) const {
  if (index >= count_) return kOff;
  const std::uint32_t match = bits(comparators_[index].function, 3, 0);
  return able(comparator_id_v8(index), match) ? match : static_cast<std::uint32_t>(kOff);
}

void Dwt::update_v8() {
  for (unsigned i = 0; i < count_; ++i) {
    const std::uint32_t match = match_of(i);
    pc_ |= match == kInstruction;
    data_ |= match >= kData && match != kDataLimit;
  }
}

// MATCHED is set whatever ACTION says. True: the core is to stop.
bool Dwt::found_v8(unsigned index) {
  comparators_[index].matched = true;
  return bits(comparators_[index].function, 5, 4) == kDebugEvent;
}

// The comparator's own address, up to that of the next where it is the limit.
bool Dwt::address_in_v8(unsigned index, std::uint32_t address, unsigned size, bool write) const {
  const Comparator& c = comparators_[index];
  const std::uint32_t match = match_of(index);
  const std::uint32_t kind = match >= kDataWithValue ? match - (kDataWithValue - kData) : match;
  if (kind != kData && kind != (write ? kDataWrite : kDataRead)) return false;
  std::uint64_t end = std::uint64_t{c.comp} + bytes_of(c.function);
  if (match_of(index + 1) == kDataLimit) {
    end = std::uint64_t{comparators_[index + 1].comp} + 1;
  } else if (c.comp % bytes_of(c.function) != 0) {
    return false;
  }
  return address < end && std::uint64_t{address} + size > c.comp;
}

bool Dwt::value_in_v8(unsigned index, std::uint32_t address, unsigned size, std::uint32_t value) const {
  const std::uint32_t comp = comparators_[index].comp;
  const unsigned part = bytes_of(comparators_[index].function);
  if (part > 4 || part > size) return false;
  const std::uint32_t mask = part == 4 ? 0xFFFFFFFF : (1u << (8 * part)) - 1;
  for (unsigned lane = 0; lane < 32; lane += 8 * part) {
    if (((comp >> lane ^ comp) & mask) != 0) return false;
  }
  for (unsigned at = (0u - address) & (part - 1); at + part <= size; at += part) {
    if (((value >> (8 * at) ^ comp) & mask) == 0) return true;
  }
  return false;
}

bool Dwt::match_data_v8(std::uint32_t address, unsigned size, bool write, std::uint32_t value) {
  bool hit = false;
  for (unsigned i = 0; i < count_; ++i) {
    const std::uint32_t match = match_of(i);
    bool found = address_in_v8(i, address, size, write);
    if (match == kLinkedValue) {
      found = i > 0 && bytes_of(comparators_[i].function) == bytes_of(comparators_[i - 1].function) &&
              address_in_v8(i - 1, address, size, write) && value_in_v8(i, address, size, value);
    } else if (match >= kValue && match < kLinkedValue) {
      found = (match == kValue || (match == kValue + 1) == write) && value_in_v8(i, address, size, value);
    }
    if (found) hit |= found_v8(i);
  }
  return hit;
}

bool Dwt::match_pc_v8(std::uint32_t address) {
  bool hit = false;
  for (unsigned i = 0; i < count_; ++i) {
    if (match_of(i) != kInstruction) continue;
    const std::uint32_t begin = comparators_[i].comp & ~1u;
    const bool range = match_of(i + 1) == kInstructionLimit;
    if (range ? address >= begin && address <= comparators_[i + 1].comp : address == begin)
      hit |= found_v8(i);
  }
  return hit;
}

}  // namespace probity::vboard::armv7m
