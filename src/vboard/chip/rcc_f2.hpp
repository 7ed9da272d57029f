// The reset and clock control of F2, F4 and F7.
#pragma once

#include "vboard/chip/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& f2_rcc();

}  // namespace probity::vboard
