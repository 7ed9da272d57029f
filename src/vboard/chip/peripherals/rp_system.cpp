#include "vboard/chip/peripherals/rp_system.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"

namespace probity::vboard {

// --- made up when read -------------------------------------------------------------------------------------

RpDerived::RpDerived(std::vector<Reset> resets, std::vector<Row> rows)
    : RpRegisters(std::move(resets)), rows_(std::move(rows)) {}

std::uint32_t RpDerived::get(std::uint32_t offset) {
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.first == offset; });
  return row == rows_.end() ? word(offset) : row->second(*this);
}

// --- RESETS ------------------------------------------------------------------------------------------------

namespace {
enum : std::uint32_t { RESETS_RESET = 0x0, RESETS_RESET_DONE = 0x8 };
constexpr Field kPadsQspi{"PADS_QSPI", 9}, kIoQspi{"IO_QSPI", 6}, kAllResets{"RESET", 0, 25};
}  // namespace

RpResets::RpResets(RpQspiPins& pins) : RpRegisters({{RESETS_RESET, kAllResets.mask()}}), pins_(pins) {
  hold_pins();
}

void RpResets::reset() {
  RpRegisters::reset();
  hold_pins();
}

void RpResets::hold_pins() {
  pins_.hold_io(kIoQspi.is_set(word(RESETS_RESET)));
  pins_.hold_pads(kPadsQspi.is_set(word(RESETS_RESET)));
}

std::uint32_t RpResets::get(std::uint32_t offset) {
  return offset == RESETS_RESET_DONE ? kAllResets.get(~word(RESETS_RESET)) : word(offset);
}

void RpResets::put(std::uint32_t offset, std::uint32_t value) {
  if (offset == RESETS_RESET_DONE) return;
  word(offset) = kAllResets.get(value);
  hold_pins();
}

// --- WATCHDOG ----------------------------------------------------------------------------------------------

namespace {
enum : std::uint32_t {
  WATCHDOG_CTRL = 0x00,
  WATCHDOG_REASON = 0x08,
  WATCHDOG_SCRATCH0 = 0x0C,
  WATCHDOG_TICK = 0x2C
};
constexpr Field TRIGGER{"TRIGGER", 31}, FORCE{"FORCE", 1};
}  // namespace

RpWatchdog::RpWatchdog(std::function<void()> bite)
    : RpRegisters({{WATCHDOG_CTRL, 0x07000000}, {WATCHDOG_TICK, 0x200}}), bite_(std::move(bite)) {}

void RpWatchdog::reset() {
  std::vector<std::uint32_t> kept;
  for (std::uint32_t place = WATCHDOG_SCRATCH0; place < WATCHDOG_TICK; place += 4)
    kept.push_back(word(place));
  RpRegisters::reset();
  if (!std::exchange(bitten_, false)) return;
  for (std::uint32_t n = 0; n < kept.size(); ++n) word(WATCHDOG_SCRATCH0 + 4 * n) = kept[n];
  word(WATCHDOG_REASON) = FORCE.mask();
}

void RpWatchdog::put(std::uint32_t offset, std::uint32_t value) {
  if (offset == WATCHDOG_REASON) return;
  word(offset) = offset == WATCHDOG_CTRL ? TRIGGER.set(value, 0) : value;
  if (offset != WATCHDOG_CTRL || !TRIGGER.is_set(value)) return;
  bitten_ = true;
  bite_();
}

// --- VREG_AND_CHIP_RESET -----------------------------------------------------------------------------------

namespace {
enum : std::uint32_t { VREG = 0x0, BOD = 0x4, CHIP_RESET = 0x8 };
constexpr Field PSM_RESTART_FLAG{"PSM_RESTART_FLAG", 24}, HAD_PSM_RESTART{"HAD_PSM_RESTART", 20},
    HAD_POR{"HAD_POR", 8};
}  // namespace

RpChipReset::RpChipReset(std::function<bool()> rescued)
    : RpRegisters({{VREG, 0xB1}, {BOD, 0x91}}), rescued_(std::move(rescued)) {}

void RpChipReset::reset() {
  RpRegisters::reset();
  flag_cleared_ = false;
}

std::uint32_t RpChipReset::get(std::uint32_t offset) {
  if (offset != CHIP_RESET) return word(offset);
  if (!rescued_()) return HAD_POR.mask();
  return HAD_PSM_RESTART.mask() | PSM_RESTART_FLAG.of(!flag_cleared_);
}

void RpChipReset::put(std::uint32_t offset, std::uint32_t value) {
  word(offset) = value;
  if (offset == CHIP_RESET && PSM_RESTART_FLAG.is_set(value)) flag_cleared_ = true;
}

}  // namespace probity::vboard
