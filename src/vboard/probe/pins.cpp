#include "vboard/probe/pins.hpp"

namespace probity::vboard {

void Pins::set_frequency(Hertz frequency) {
  if (frequency.value == 0) return;
  frequency_ = frequency;
  fraction_ = 0;
}

void Pins::pass_period() {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  fraction_ += kSecond;
  board_.timeline().advance(Nanoseconds(fraction_ / frequency_.value));
  fraction_ %= frequency_.value;
}

bool Pins::swd_cycle(std::optional<bool> drive) {
  const bool level = board_.clock(drive, true).swdio;
  ++board_.stats().swd_clocks;
  pass_period();
  return level;
}

bool Pins::jtag_cycle(bool tms, bool tdi) {
  const bool level = board_.clock(tms, tdi).tdo;
  ++board_.stats().jtag_clocks;
  pass_period();
  return level;
}

}  // namespace probity::vboard
