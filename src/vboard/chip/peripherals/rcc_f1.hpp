// The reset and clock control of F0, F1 and F3.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& f0_rcc();
const RccFacts& f1_rcc();               // access, performance and value lines
const RccFacts& f1_connectivity_rcc();  // F105, F107: three PLLs
const RccFacts& f3_rcc();

}  // namespace probity::vboard
