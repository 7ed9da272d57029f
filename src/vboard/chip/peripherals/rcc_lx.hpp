// The reset and clock control of L0 and L1.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& l0_rcc();
const RccFacts& l1_rcc();

}  // namespace probity::vboard
