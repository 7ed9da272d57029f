// The probe's end of the debug connector: bit-banging on Board::clock(), with the clock period added to the
// board's timeline and every cycle counted.
#pragma once

#include <optional>

#include "base/units.hpp"
#include "vboard/board.hpp"

namespace probity::vboard {

class Pins {
 public:
  static constexpr Hertz kDefaultFrequency = kilohertz(1000);
  // `board` must outlive the pins.
  explicit Pins(Board& board) : board_(board) {}

  void set_frequency(Hertz frequency);
  Hertz frequency() const { return frequency_; }

  // One SWCLK cycle; `drive` is the level put on SWDIO, or nothing while the target has the wire. Returns the
  // level on the wire as the probe reads it before the rising edge.
  bool swd_cycle(std::optional<bool> drive);
  // One TCK cycle; returns TDO as the probe reads it before the rising edge.
  bool jtag_cycle(bool tms, bool tdi);

  // A clock period that does not reach the target.
  void empty_cycle() { pass_period(); }

  void set_nrst(bool asserted) { board_.set_nrst(asserted); }
  void set_ntrst(bool asserted) { board_.set_ntrst(asserted); }
  void wait(Nanoseconds duration) { board_.timeline().advance(duration); }
  Board& board() { return board_; }

 private:
  void pass_period();

  Board& board_;
  Hertz frequency_ = kDefaultFrequency;
  std::uint64_t fraction_ = 0;  // of a nanosecond not yet added to the timeline, in 1/frequency_
};

}  // namespace probity::vboard
