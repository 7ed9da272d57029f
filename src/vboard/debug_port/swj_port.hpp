// The SWJ-DP's pins: JTAG after power-on, SWD after the select sequence, and back (ADIv5.2 B5.2). The SW-DP
// of small chips speaks SWD alone. Several SW-DPs may share the wire (multi-drop); those are dormant at
// first.
#pragma once

#include <memory>
#include <vector>

#include "vboard/debug_port/debug_port.hpp"
#include "vboard/debug_port/dormant.hpp"
#include "vboard/debug_port/jtag_chain.hpp"
#include "vboard/debug_port/swd_wire.hpp"

namespace probity::vboard {

struct SwjFacts {
  std::vector<DebugPortFacts> ports;  // at least one; JTAG has the first
  JtagChain::Idcodes idcodes;         // of the debug port 0: no JTAG
  bool dormant = false;               // at power-on, and after SWD-to-dormant; only without JTAG
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
  bool uses_jtag() const { return wire_ == Wire::jtag; }

 private:
  enum class Wire : std::uint8_t { dormant, jtag, swd };
  struct Port {
    Port(const DebugPortFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults)
        : registers(facts, bus, stats, faults), swd(registers) {}
    DebugPort registers;
    SwdWire swd;
  };
  Wire at_power_on() const;
  bool watches_for_select() const { return !swd_only_ || sleeps_; }
  void watch_for_select(bool level);
  void speak(Wire wire);

  std::vector<std::unique_ptr<Port>> ports_;
  JtagChain jtag_;
  DormantWatch dormant_;
  const bool swd_only_, sleeps_;
  Wire wire_;
  bool ntrst_ = false;
  unsigned ones_ = 0, select_bits_ = 0;
  std::uint32_t select_ = 0;
};

}  // namespace probity::vboard
