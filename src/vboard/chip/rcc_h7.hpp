// The reset and clock control of H7.
#pragma once

#include "vboard/chip/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& h7_rcc();

}  // namespace probity::vboard
