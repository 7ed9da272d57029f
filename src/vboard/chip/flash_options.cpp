// The option bytes' half of the flash interface: RM0090 3.7, 3.9.9, 3.9.10; RM0385 and
// RM0410 3.4, 3.7.6, 3.7.7.
#include <algorithm>

#include "vboard/chip/flash_controller.hpp"
#include "vboard/chip/flash_registers.hpp"

namespace probity::vboard {

using namespace flash_reg;

namespace {
constexpr std::uint32_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;
}

void FlashController::load_options() {
  optcr_ = memory_.optcr & facts_.line->optcr_mask;
  optcr1_ = memory_.optcr1 & facts_.line->optcr1_mask;
}

void FlashController::put_options_in_force() {
  const bool dual =
      facts_.line->layout == FlashLayout::f76x ? !nDBANK.is_set(memory_.optcr) : DB1M.is_set(memory_.optcr);
  geometry_ = flash_geometry(facts_.line->layout, facts_.flash_kib, dual);
}

bool FlashController::watchdog_in_hardware() const { return !WDG_SW.is_set(memory_.optcr); }

// Which bit guards a sector: nWRP counts sectors, bank 2 of F42x is in OPTCR1; with two banks on F76x one bit
// guards two sectors (RM0410 3.7.6).
bool FlashController::not_write_protect_bit(const FlashSector& sector) const {
  unsigned bit = sector.number;
  std::uint32_t word = memory_.optcr;
  if (facts_.line->layout == FlashLayout::f76x && geometry_.dual_bank) {
    bit /= 2;
  } else if (sector.bank == 2) {
    bit -= 12;
    word = memory_.optcr1;
  }
  return Field{"nWRPi", nWRP.lsb + bit}.is_set(word);
}

// RM0090 3.9.9: not while BSY; no effect while OPTLOCK is set.
BusStatus FlashController::write_option_control(std::uint32_t value, Lanes lanes) {
  if (busy()) return BusStatus::stalled;
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  optcr_ = lanes.merge(optcr_, value) & facts_.line->optcr_mask;
  if (OPTSTRT.is_set(value)) start_options();
  if (OPTLOCK.is_set(value)) option_key_.lock();
  return BusStatus::ok;
}

// Level 2 is for ever (RM0090 3.7.3). Leaving level 1 for 0 mass-erases the flash first. The data sheets give
// no time for option bytes: they take that of the smallest sector.
void FlashController::start_options() {
  if (RDP.get(memory_.optcr) == kRdpLevel2) {
    ++around_.stats.flash_errors;
    return;
  }
  const bool regression = RDP.get(memory_.optcr) != kRdpLevel0 && RDP.get(optcr_) == kRdpLevel0;
  optcr_ |= OPTSTRT.mask();
  Operation operation;
  operation.kind = Kind::options;
  Nanoseconds duration = sector_erase_time(geometry_.sectors.front());
  if (regression) {
    operation.sectors = geometry_.sectors;
    duration += mass_erase_time(geometry_.sectors);
  }
  start(std::move(operation), duration);
}

void FlashController::apply_options() {
  const bool regression = RDP.get(memory_.optcr) != kRdpLevel0 && RDP.get(optcr_) == kRdpLevel0;
  if (regression) std::fill(memory_.cells.begin(), memory_.cells.end(), std::uint8_t{0xFF});
  memory_.optcr = optcr_ & ~(OPTSTRT.mask() | OPTLOCK.mask());
  memory_.optcr1 = optcr1_;
  put_options_in_force();
}

}  // namespace probity::vboard
