// The reset and clock control of F2, F4 and F7.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& f2_rcc();
const RccFacts& f2_rcc_without_ccm();  // F2

}  // namespace probity::vboard
