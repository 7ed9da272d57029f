// The reset and clock control of H5.
#pragma once

#include "vboard/chip/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& h5_rcc();

}  // namespace probity::vboard
