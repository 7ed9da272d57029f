// The CRC-32 of `verify_image` (polynomial 0x04C11DB7, most significant bit first, start 0xFFFFFFFF, not
// inverted at the end), as the flash loader computes it on the chip.
#pragma once

#include "base/units.hpp"

namespace probity {

std::uint32_t crc32(ByteView data);

}  // namespace probity
