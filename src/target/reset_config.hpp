// What `reset_config`, `adapter srst …` and `cortex_m reset_config` say; plain data, set in the configuration
// stage.
#pragma once

#include <optional>

#include "base/units.hpp"

namespace probity {

enum class ResetMode { run, halt, init };
enum class SoftReset { sysresetreq, vectreset };  // how to reset without a wire

struct ResetConfig {
  bool has_srst = false, has_trst = false;  // reset_config none|srst_only|trst_only|trst_and_srst
  bool srst_pulls_trst = false, trst_pulls_srst = false;  // separate|srst_pulls_trst|trst_pulls_srst|combined
  bool srst_nogate = false;  // srst_gates_jtag|srst_nogate: debug works while nRST is low
  bool srst_open_drain = true, trst_push_pull = true;
  bool connect_assert_srst = false;                 // connect_deassert_srst|connect_assert_srst
  Milliseconds srst_delay{0}, srst_pulse_width{0};  // adapter srst delay|pulse_width
  Milliseconds trst_delay{0}, trst_pulse_width{0};  // jtag_ntrst_delay …
  std::optional<SoftReset> soft_reset;  // cortex_m reset_config; nothing: srst if has_srst, else sysresetreq
};

}  // namespace probity
