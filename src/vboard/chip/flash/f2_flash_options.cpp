// The option bytes' half of the flash interface: RM0090 3.7, 3.9.9, 3.9.10; RM0385 and
// RM0410 3.4, 3.7.6, 3.7.7; PCROP of F72x: RM0431 3.4, 3.7.8.
#include <algorithm>

#include "vboard/chip/flash/f2_flash.hpp"
#include "vboard/chip/flash/f2_flash_registers.hpp"

namespace probity::vboard {

using namespace f2_reg;

namespace {
constexpr std::uint32_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;
}

std::uint32_t F2Flash::stored() const { return memory_.option("OPTCR"); }
std::uint32_t F2Flash::stored1() const { return line_.optcr1_mask != 0 ? memory_.option("OPTCR1") : 0; }
std::uint32_t F2Flash::stored2() const { return line_.optcr2_mask != 0 ? memory_.option("OPTCR2") : 0; }

void F2Flash::load_options() {
  optcr_ = stored() & line_.optcr_mask;
  optcr1_ = stored1() & line_.optcr1_mask;
  optcr2_ = stored2() & line_.optcr2_mask;
}

void F2Flash::put_options_in_force() {
  const bool dual = line_.layout == F2Layout::f76x ? !nDBANK.is_set(stored()) : DB1M.is_set(stored());
  geometry_ = f2_geometry(line_.layout, static_cast<std::uint32_t>(memory_.cells.size()) / 1024, dual);
}

bool F2Flash::watchdog_in_hardware() const { return !WDG_SW.is_set(stored()); }

// Which bit guards a sector: nWRP counts sectors, bank 2 of F42x is in OPTCR1; with two banks on F76x one bit
// guards two sectors (RM0410 3.7.6).
bool F2Flash::not_write_protect_bit(const F2Sector& sector) const {
  unsigned bit = sector.number;
  std::uint32_t word = stored();
  if (line_.layout == F2Layout::f76x && geometry_.dual_bank) {
    bit /= 2;
  } else if (sector.bank == 2) {
    bit -= 12;
    word = stored1();
  }
  bit = std::min(bit, line_.nwrp_bits - 1);
  return Field{"nWRPi", nWRP.lsb + bit}.is_set(word);
}

bool F2Flash::has_pcrop_bit(const F2Sector& sector) const {
  return Field{"PCROPi", sector.number}.is_set(stored2() & PCROP.mask());
}

// RM0090 3.9.9: not while BSY; no effect while OPTLOCK is set.
BusStatus F2Flash::write_option_control(std::uint32_t value, Lanes lanes) {
  if (engine_.busy()) return BusStatus::stalled;
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  optcr_ = lanes.merge(optcr_, value) & line_.optcr_mask;
  if (OPTSTRT.is_set(value)) start_options();
  if (OPTLOCK.is_set(value)) option_key_.lock();
  return BusStatus::ok;
}

BusStatus F2Flash::write_more_options(std::uint32_t& word, std::uint32_t mask, std::uint32_t value,
                                      Lanes lanes) {
  if (mask == 0) return BusStatus::error;
  if (engine_.busy()) return BusStatus::stalled;
  if (option_key_.open()) word = lanes.merge(word, value) & mask;
  return BusStatus::ok;
}

// Level 2 is for ever (RM0090 3.7.3). Leaving level 1 for 0 mass-erases the flash first; sectors under PCROP
// only if PCROP_RDP is set, else they stay, and stay under it (RM0431 3.4). Without that a sector under PCROP
// never leaves it, and SPRMOD stays. The data sheets give no time for option bytes: they take that of the
// smallest sector.
void F2Flash::start_options() {
  if (RDP.get(stored()) == kRdpLevel2) {
    ++around_.stats.flash_errors;
    return;
  }
  const auto all = static_cast<std::uint32_t>(memory_.cells.size());
  const bool regression = RDP.get(stored()) != kRdpLevel0 && RDP.get(optcr_) == kRdpLevel0;
  optcr_ |= OPTSTRT.mask();
  const bool keeps_pcrop = !regression || !PCROP_RDP.is_set(stored2());
  if (keeps_pcrop) optcr2_ |= stored2() & PCROP.mask();
  if (!regression && line_.has_pcrop && SPRMOD.is_set(stored())) optcr_ |= SPRMOD.mask();
  FlashOperation operation;
  operation.affected = {{0, all}};
  operation.done = [this] { apply_options(); };
  Nanoseconds duration = sector_erase_time(geometry_.sectors.front());
  if (regression) {
    for (const F2Sector& sector : geometry_.sectors) {
      if (!keeps_pcrop || !has_pcrop_bit(sector)) operation.erased.push_back({sector.offset, sector.size});
    }
    duration += mass_erase_time(geometry_.sectors);
  }
  start(std::move(operation), duration);
}

void F2Flash::apply_options() {
  memory_.set_option("OPTCR", optcr_ & ~(OPTSTRT.mask() | OPTLOCK.mask()));
  if (line_.optcr1_mask != 0) memory_.set_option("OPTCR1", optcr1_);
  if (line_.optcr2_mask != 0) memory_.set_option("OPTCR2", optcr2_);
  put_options_in_force();
}

// The option bytes as the manual's memory view (RM0090 3.7.1 table 13, RM0385 3.4.1 table 11).
BusStatus F2Flash::read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  constexpr Field kUserAndRdp{"USER, RDP", 0, 16}, kProtection{"nWRP", 16, 16}, kLow{"low", 0, 16},
      kHigh{"high", 16, 16};
  const bool boot_addresses = line_.layout != F2Layout::f40x && line_.layout != F2Layout::f42x;
  const std::uint32_t upper = boot_addresses ? 0 : 0xFFFF0000;
  std::uint32_t word = 0xFFFFFFFF;
  switch (offset & ~3u) {
    case 0x00:
      word = upper | kUserAndRdp.get(stored());
      break;
    case 0x08:
      word = upper | kProtection.get(stored());
      break;
    case 0x10:
      if (boot_addresses) word = kLow.get(stored1());
      break;
    case 0x18:
      if (boot_addresses) word = kHigh.get(stored1());
      break;
    default:
      break;
  }
  value = Lanes::of(offset, size).extract(word);
  return BusStatus::ok;
}

}  // namespace probity::vboard
