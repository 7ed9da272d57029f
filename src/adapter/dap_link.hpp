// DapLink: a connected debug port. Raw ADIv5 transfers go through run(); generic code above (dap/) does the
// banking (DP SELECT), power-up, sticky errors and the WAIT and FAULT policy.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/units.hpp"

namespace probity {

// The 3-bit SWD acknowledge (ADIv5.2, B4.2.2), plus what a probe can say beside it. JTAG-DP's OK/FAULT maps
// to ok.
enum class Ack : std::uint8_t { ok = 1, wait = 2, fault = 4, none = 7, parity = 8, not_run = 0xFF };

enum class Port : std::uint8_t { dp, ap };

// One transfer as on the wire: port, register address bits A[3:2] (0, 4, 8 or 0xC), direction. A read fills
// `value`; AP reads are already un-posted: `value` belongs to this transfer. `ack` of transfers behind the
// first non-OK stays not_run.
struct DapTransfer {
  Port port = Port::dp;
  std::uint8_t a = 0;
  bool read = false;
  std::uint32_t value = 0;
  Ack ack = Ack::not_run;

  static DapTransfer load(Port p, std::uint8_t a) { return {p, a, true, 0, Ack::not_run}; }
  static DapTransfer store(Port p, std::uint8_t a, std::uint32_t v) { return {p, a, false, v, Ack::not_run}; }
};

class DapLink {
 public:
  virtual ~DapLink() = default;

  // In order; stops at the first ack that is not ok and returns how many were ok. A WAIT is retried by the
  // link only as far as the probe does so itself; otherwise it is a value. AdapterError when the probe fails.
  virtual std::size_t run(std::span<DapTransfer> transfers) = 0;

  // Wakes the debug port again: SWJ select sequence, line reset (or TAP reset), then the id read that makes
  // it answer. Returns DPIDR (SWD) or the JTAG-DP's IDCODE. Throws DapError{ack} when nothing answers.
  virtual std::uint32_t reconnect() = 0;

  // Multi-drop SWD (ADIv5.2 B4.3.4). Speaks from now on to the one debug port of the wire that `targetsel`
  // (TARGETSEL's value) names: line reset, TARGETSEL, DPIDR read; the overrun that a port sees when it is
  // left is cleared. All ports of the wire have DPBANKSEL 0 then; nothing else of them changes. `wake`: ports
  // that are dormant or in JTAG are brought to SWD first. Returns DPIDR. DapError{ack} when that port does
  // not answer, ConfigError where the probe cannot do this.
  virtual std::uint32_t select_target(std::uint32_t targetsel, bool wake);
  // The port that select_target() last reached; nothing on a wire with one port, and when it is not known.
  virtual std::optional<std::uint32_t> selected_target() const { return {}; }

  // IDCODEs found on the scan chain, nearest TDO first; empty for SWD and where the probe cannot tell.
  virtual std::vector<std::uint32_t> idcodes() { return {}; }

  // False where the probe hides the debug port (ST-LINK's hla transports): then only native_memory(0) serves.
  virtual bool reaches_registers() const { return true; }

  // False where the probe writes SELECT by itself, as ADIv5 has it.
  virtual bool carries_adiv6() const { return true; }

  // The probe's own memory access through AP `ap`, or null where it has none; owned by the link.
  virtual MemPort* native_memory(unsigned ap) {
    (void)ap;
    return nullptr;
  }
};

}  // namespace probity
