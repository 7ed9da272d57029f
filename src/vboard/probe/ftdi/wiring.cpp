#include "vboard/probe/ftdi/wiring.hpp"

namespace probity::vboard::ftdi {

namespace {
constexpr bool kPullUp = true;
}

void Connector::set_level(std::uint16_t pin, bool level) {
  levels_ = static_cast<std::uint16_t>(level ? levels_ | pin : levels_ & ~pin);
}

void Connector::set(std::uint16_t levels, std::uint16_t directions) {
  levels_ = levels;
  directions_ = directions;
  pins_.set_nrst(pulls_low(wiring_.nrst));
  pins_.set_ntrst(pulls_low(wiring_.ntrst));
}

bool Connector::pulls_low(const ResetDriver& driver) const {
  if (driver.enable == 0) return driver.level != 0 && !is_high(driver.level);
  const bool enabled =
      driver.enable_low ? !is_high(driver.enable) : is_driven(driver.enable) && is_high(driver.enable);
  return enabled && (driver.level == 0 || !is_high(driver.level));
}

bool Connector::reaches_target() const {
  return is_driven(kTck) && (wiring_.buffer_enable == 0 || !is_high(wiring_.buffer_enable));
}

bool Connector::uses_swd() const {
  if (wiring_.swd_resistor) return true;
  if (wiring_.swd_when_low == 0 && wiring_.swd_when_high == 0) return false;
  return !is_high(wiring_.swd_when_low) && is_driven(wiring_.swd_when_high) && is_high(wiring_.swd_when_high);
}

// Through the resistor TDI gives way to the target; a buffer does not.
bool Connector::drives_swdio() const {
  if (!is_driven(kTdi)) return false;
  if (wiring_.swd_resistor) return !pins_.board().pins().target_drives;
  return !is_high(wiring_.swdio_drive_low);
}

bool Connector::tdo() const {
  if (!reaches_target()) return kPullUp;
  if (!uses_swd()) return pins_.board().pins().tdo;
  return pins_.board().pins(drives_swdio() ? std::optional<bool>(tdi()) : std::nullopt).swdio;
}

Connector::Sample Connector::cycle() {
  if (!reaches_target()) {
    pins_.empty_cycle();
    return {kPullUp, kPullUp};
  }
  if (!uses_swd()) {
    const bool before = pins_.jtag_cycle(is_high(kTms), is_high(kTdi));
    return {before, before};  // a TAP changes TDO behind the falling edge
  }
  const bool before = pins_.swd_cycle(drives_swdio() ? std::optional<bool>(tdi()) : std::nullopt);
  return {before, tdo()};  // a debug port changes SWDIO behind the rising edge
}

std::uint16_t Connector::levels() const {
  const auto seen = static_cast<std::uint16_t>((levels_ & directions_) | (~directions_ & ~kTdo));
  return static_cast<std::uint16_t>(seen | (tdo() ? kTdo : 0));
}

}  // namespace probity::vboard::ftdi
