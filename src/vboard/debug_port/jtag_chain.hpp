// The JTAG end of the SWJ-DP: the chip's two TAPs in a row, boundary scan nearer TDI, the JTAG-DP nearer TDO
// (RM0090 38.4; ADIv5.2 chapter B3; IEEE 1149.1 state machine).
#pragma once

#include <cstdint>

#include "vboard/debug_port/debug_port.hpp"

namespace probity::vboard {

class JtagChain {
 public:
  struct Idcodes {
    std::uint32_t debug_port = 0, boundary_scan = 0;  // 0: there is no TAP of boundary scan
  };
  JtagChain(Idcodes idcodes, DebugPort& port);

  // TDO in the present cycle; pulled up outside the Shift states.
  bool tdo() const;
  // The rising edge that ends the cycle.
  void edge(bool tms, bool tdi);
  void test_logic_reset();  // nTRST, or five cycles with TMS high

 private:
  enum class State {
    reset,
    idle,
    select_dr,
    capture_dr,
    shift_dr,
    exit1_dr,
    pause_dr,
    exit2_dr,
    update_dr,
    select_ir,
    capture_ir,
    shift_ir,
    exit1_ir,
    pause_ir,
    exit2_ir,
    update_ir,
  };
  // A shift register of up to 35 bits; its LSB leaves first.
  struct ShiftRegister {
    std::uint64_t bits = 0;
    unsigned length = 1;
    bool shift(bool in);
  };

  static State next(State state, bool tms);
  void capture_instruction();
  void capture_data();
  void capture_access();
  void update_data();
  void access_port_transfer(std::uint64_t scan);
  void debug_port_transfer(std::uint64_t scan);

  const Idcodes idcodes_;
  DebugPort& port_;
  State state_ = State::reset;
  unsigned instruction_ = 0, scan_instruction_ = 0;
  ShiftRegister dp_, scan_;  // dp_ is nearer TDO
  Ack ack_ = Ack::ok;        // of the scan under way: a discarded one is not OK
  bool result_from_ap_ = false;
  std::uint32_t result_ = 0;  // of the last DPACC read
};

}  // namespace probity::vboard
