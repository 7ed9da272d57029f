// The SWJ-DP's pins: JTAG after power-on, SWD after the select sequence, and back (ADIv5.2 B5.2). The SW-DP
// of small chips speaks SWD alone.
#pragma once

#include "vboard/debug_port/debug_port.hpp"
#include "vboard/debug_port/jtag_chain.hpp"
#include "vboard/debug_port/swd_wire.hpp"

namespace probity::vboard {

struct SwjFacts {
  DebugPortFacts port;
  JtagChain::Idcodes idcodes;  // of the debug port 0: no JTAG
};

class SwjPort {
 public:
  SwjPort(const SwjFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults);
  void power_on_reset();

  // What the target drives in the present cycle: SWDIO (nothing: it listens) and TDO.
  std::optional<bool> swdio() const;
  bool tdo() const;
  // The rising edge that ends the cycle, with the level then on SWDIO/TMS.
  void edge(bool swdio_tms, bool tdi);
  void set_ntrst(bool asserted);
  bool uses_jtag() const { return !swd_selected_; }

 private:
  void watch_for_select(bool level);

  DebugPort port_;
  SwdWire swd_;
  JtagChain jtag_;
  const bool swd_only_;
  bool swd_selected_, ntrst_ = false;
  unsigned ones_ = 0, select_bits_ = 0;
  std::uint32_t select_ = 0;
};

}  // namespace probity::vboard
