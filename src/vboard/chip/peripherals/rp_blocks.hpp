// What is where on RP2040, but for its RAM and the first XIP window.
#pragma once

#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

// All of RP2040's blocks but RAM and the first XIP window; ROM is `rom`, from 0. `flash` is an RpFlash.
std::vector<PlacedBlock> rp2040_blocks(FlashController& flash, ChipControl& chip, ByteView rom);

}  // namespace probity::vboard
