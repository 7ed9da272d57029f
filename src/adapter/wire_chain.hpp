// The declared scan chain as the wire codecs want it.
#pragma once

#include "adapter/adapter.hpp"
#include "wire/jtag_scan.hpp"

namespace probity {

// The enabled TAPs and the debug port among them. ConfigError where there is none.
jtag::Chain wire_chain(const JtagChain& declared);

}  // namespace probity
