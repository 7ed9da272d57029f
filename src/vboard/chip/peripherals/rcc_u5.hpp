// The reset and clock controls of U3, U5 and WBA; L5 has L4's.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& u3_rcc();
const RccFacts& u5_rcc();   // RM0456 11.8
const RccFacts& wba_rcc();  // RM0493 12.8

}  // namespace probity::vboard
