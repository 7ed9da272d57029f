// remote_bitbang, one character a request (OpenOCD's developer manual, "remote_bitbang"): JTAG 0-7 and R, SWD
// d-g, O, o and c, resets r-u, blink B and b, sleep Z and z, quit Q.
//
// The board knows whole clock cycles and shows what the pins were before the rising edge. A read while the
// clock is low therefore runs the cycle at once; the rising edge that follows is then the same cycle. A read
// while the clock is high gives the level before that edge.
#pragma once

#include <optional>

#include "vboard/board.hpp"
#include "vboard/probe/pins.hpp"
#include "vboard/serve/connection.hpp"

namespace probity::vboard {

class RemoteBitbangConnection final : public Connection {
 public:
  // The clock has no frequency of its own: each cycle is counted as one of this.
  static constexpr Hertz kClock = kilohertz(1000);

  explicit RemoteBitbangConnection(Board& board);
  bool serve(Bytes& input, Bytes& output) override;

 private:
  bool run(char request, Bytes& output);
  void jtag_write(bool tck, bool tms, bool tdi);
  void swd_write(bool swclk, bool swdio);
  void cycle();

  enum class Wire { jtag, swd };
  Board& board_;
  Pins pins_;
  Wire wire_ = Wire::jtag;
  bool clock_ = true, data_ = true, tdi_ = true, drives_ = true;
  bool cycle_done_ = false;  // a read ran this cycle before its rising edge
  bool level_ = true;        // TDO or SWDIO as last seen
};

}  // namespace probity::vboard
