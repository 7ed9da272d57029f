// The sequences on SWDIO/TMS that select a protocol on an SWJ-DP (ADIv5.2, IHI 0031, B5.2 and B5.3). All are
// sent while the host drives the line, one bit per clock.
#pragma once

#include "wire/bit_vector.hpp"

namespace probity::swj {

// At least 50 clocks high, then at least 2 low: the SW-DP waits for a DPIDR read (B4.3.3).
BitVector line_reset();
// From JTAG, or from an unknown state, to SWD, ending with a line reset.
BitVector jtag_to_swd();
// From SWD, or from an unknown state, to JTAG, ending in Run-Test/Idle.
BitVector swd_to_jtag();
// Selection alert and activation code, for ports that power up dormant; ends with a line reset.
BitVector dormant_to_swd();
// The same for a wire with several ports, some of which may still be in JTAG: these are sent to sleep first.
BitVector multi_drop_to_swd();

}  // namespace probity::swj
