#include "vboard/chip/peripherals/rp_registers.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {
constexpr Field kAlias{"alias", 12, 2}, kOffset{"offset", 0, 12};
enum : std::uint32_t { kToggles = 1, kSets = 2, kClears = 3 };
}  // namespace

std::uint32_t repeated(std::uint32_t value, Lanes lanes) {
  const std::uint32_t bare = lanes.extract(value), width = lanes.mask >> lanes.shift;
  return bare * (width == 0xFF ? 0x01010101u : width == 0xFFFF ? 0x00010001u : 1u);
}

RpRegisters::RpRegisters(std::vector<Reset> resets)
    : resets_(std::move(resets)), words_((kOffset.mask() + 1) / 4) {
  RpRegisters::reset();
}

void RpRegisters::reset() {
  std::fill(words_.begin(), words_.end(), 0u);
  for (const Reset& row : resets_) word(row.offset) = row.value;
}

void RpRegisters::hold(bool held) {
  if (held && !held_) reset();
  held_ = held;
}

BusStatus RpRegisters::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = get(kOffset.get(offset));
  return BusStatus::ok;
}

BusStatus RpRegisters::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (held_) return BusStatus::ok;
  const std::uint32_t place = kOffset.get(offset), alias = kAlias.get(offset);
  std::uint32_t all = repeated(value, lanes);
  if (alias == kToggles) all = word(place) ^ all;
  if (alias == kSets) all = word(place) | all;
  if (alias == kClears) all = word(place) & ~all;
  put(place, all);
  return BusStatus::ok;
}

}  // namespace probity::vboard
