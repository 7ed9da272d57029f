// The reset and clock control of H7, H7R/S and H5: three PLLs, of which the first one's P output may be the
// system clock.
#pragma once

#include "vboard/chip/peripherals/rcc_facts.hpp"

namespace probity::vboard {

const RccFacts& h7_rcc();
const RccFacts& h7rs_rcc();
const RccFacts& h5_rcc();

}  // namespace probity::vboard
