// The reset and clock controls of the L4-like families.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& l4_rcc();  // L4, L4+: RM0351 6.4, RM0394 6.4, RM0432 6.4
const RccFacts& g4_rcc();  // RM0440 7.4
const RccFacts& g0_rcc();  // RM0444 5.4
const RccFacts& wb_rcc();  // RM0434 8.4
const RccFacts& wl_rcc();  // RM0453 7.4
const RccFacts& c0_rcc();  // RM0490 6.4
const RccFacts& u0_rcc();  // RM0503 5.4

}  // namespace probity::vboard
