// The serial-wire end of the SWJ-DP, clock by clock: ADIv5.2 chapter B4. A packet is 8 request bits, a
// turnaround, 3 ACK bits, then data and parity in the one or the other direction. Of a port that shares the
// wire with others only the selected one answers (multi-drop, B4.3.4).
#pragma once

#include <cstdint>
#include <optional>

#include "vboard/debug_port/debug_port.hpp"

namespace probity::vboard {

class SwdWire {
 public:
  explicit SwdWire(DebugPort& port) : port_(port) {}

  // What the target drives in the present cycle; nothing while it listens.
  std::optional<bool> output() const;
  // The rising edge that ends the cycle, with the level then on the wire.
  void edge(bool level);
  // Just selected, or powered up: silent until a line reset.
  void restart();

 private:
  enum class State {
    silent,      // protocol error or just selected: waits for a line reset
    line_reset,  // high for 50 cycles and more; then 2 idle cycles are due
    idle,
    request,
    turnaround_to_ack,
    ack,
    data_out,         // data and parity to the host
    turnaround_back,  // from the target to the host
    data_in,          // data and parity from the host
    selecting,        // a write to TARGETSEL: nobody acknowledges it
  };
  struct Request {
    bool ap = false, read = false;
    std::uint32_t a32 = 0;
  };

  void count_ones(bool level);
  void go(State state);
  void take_request();
  Ack answer();
  Ack answer_dp();
  void after_ack();
  void take_write();
  void take_target_bit(bool level);
  void take_target();
  void commit();

  DebugPort& port_;
  State state_ = State::silent;
  unsigned ones_ = 0, position_ = 0;
  bool dpidr_due_ = true;                      // after a line reset the first packet has to read DPIDR
  bool selected_ = true, target_due_ = false;  // TARGETSEL may only follow a line reset
  std::uint32_t shift_ = 0;
  Request request_;
  Ack ack_ = Ack::ok;
  bool corrupt_parity_ = false;
  std::uint32_t data_ = 0, resend_ = 0;
  unsigned in_parity_ = 0;
  // A write takes effect only when the host goes on clocking (B4.1.1: 8 cycles).
  struct Write {
    Request request;
    std::uint32_t value = 0;
    unsigned clocks_left = 0;
  };
  std::optional<Write> write_;
};

}  // namespace probity::vboard
