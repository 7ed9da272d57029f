// Serial Wire Debug, bit by bit (ADIv5.2, part B4): sequences and transfers.
#pragma once

#include "base/units.hpp"
#include "vboard/probe/pins.hpp"
#include "vboard/probe/wire_ack.hpp"

namespace probity::vboard {

class SwdPort {
 public:
  struct Settings {
    unsigned turnaround = 1;   // clock cycles
    bool data_phase = false;   // a data phase follows WAIT and FAULT too (CTRL/STAT.ORUNDETECT set)
    unsigned idle_cycles = 0;  // after each transfer
  };

  explicit SwdPort(Pins& pins) : pins_(pins) {}
  Settings settings;

  // One transfer. `data` is sent for a write, filled for a read that was acknowledged OK.
  WireAck transfer(const WireRequest& request, std::uint32_t& data);

  // `count` bits, first bit of the first byte first, with SWDIO driven.
  void send(ByteView bits, std::size_t count);
  // `count` bits read with SWDIO left to the target.
  Bytes receive(std::size_t count);
  void idle(unsigned cycles);
  // At least 50 ones, then idle (B4.3.3). The port answers a DPIDR read next, and nothing else.
  void line_reset();
  // Line reset, JTAG-to-SWD select 0xE79E, line reset (B5.2.1).
  void select();

 private:
  void drive(std::uint32_t bits, unsigned count);
  std::uint32_t sample(unsigned count);  // up to 32 bits
  void leave_to_target(unsigned cycles);
  void turn_around();
  WireAck finish_refused(const WireRequest& request, WireAck ack);

  Pins& pins_;
};

}  // namespace probity::vboard
