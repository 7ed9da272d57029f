// The clocks an ST-LINK can make.
#pragma once

#include <span>

#include "base/units.hpp"

namespace probity::stlink {

struct Speed {
  std::uint32_t kilohertz;
  std::uint16_t divisor;  // what the V2's set-frequency commands take; unused on V3
};

// Fastest first.
std::span<const Speed> swd_speeds_v2();
std::span<const Speed> jtag_speeds_v2();
// The wire clock after power-up, and the only one of firmware that cannot change it.
inline constexpr Speed kDefaultSwd{1800, 1};
inline constexpr Speed kDefaultJtag{1125, 32};

// The fastest that is not above `wanted`, else the slowest. `speeds` must not be empty.
Speed nearest_speed(std::span<const Speed> speeds, Hertz wanted);

}  // namespace probity::stlink
