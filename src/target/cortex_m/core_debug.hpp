// The halting-debug registers over a MemPort: DHCSR with its sticky bits, and batched register transfers
// through DCRSR/DCRDR. Keeps no opinion about what state the core should be in.
#pragma once

#include <span>
#include <string>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"

namespace probity::cortex_m {

// Between two looks at a core that will halt or leave reset by itself; and how long a core that was asked to
// halt may take.
inline constexpr Milliseconds kPollPause{1}, kHaltLimit{1000};

struct RegisterTransfer {
  unsigned selector = 0;  // DCRSR.REGSEL
  std::uint32_t value = 0;
};

class CoreDebug {
 public:
  CoreDebug(MemPort& memory, Clock& clock) : memory_(memory), clock_(clock) {}

  // Reading clears S_RESET_ST; it is kept here until take_reset_seen().
  std::uint32_t read_dhcsr();
  // `control`: the C_ bits wanted; C_DEBUGEN and the key are added.
  void write_dhcsr(std::uint32_t control);
  // True once after any DHCSR read saw S_RESET_ST.
  bool take_reset_seen();

  // Batches of (DCRSR, DHCSR, DCRDR). A register whose S_REGRDY was not set in time is asked for again,
  // alone; TimeoutError names it after 100 ms. The core must be halted.
  void read(std::span<RegisterTransfer> registers);
  void write(std::span<const RegisterTransfer> registers);

 private:
  void note(std::uint32_t dhcsr);
  void wait_ready(unsigned selector);
  MemPort& memory_;
  Clock& clock_;
  bool reset_seen_ = false;
};

}  // namespace probity::cortex_m
