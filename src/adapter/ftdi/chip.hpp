// The chips that have an MPSSE, and what clock a speed becomes on them.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace probity::ftdi {

struct Chip {
  std::uint16_t release;  // bcdDevice, by which the chips are told apart whatever ids a maker gave them
  std::string_view name;
  bool high_speed;        // 60 MHz and adaptive clocking; else 12 MHz
  std::size_t in_buffer;  // bytes for the host that a channel holds
};

// Nothing where the release is of no chip with an MPSSE.
const Chip* chip_of(std::uint16_t release);

// TCK is `base` / 2 / (1 + divisor), with a base of 60 MHz, or of 12 MHz by a division by five (AN_108
// 3.8.1).
struct ClockSetting {
  bool divide_by_5 = false;
  std::uint16_t divisor = 0;
  Hertz actual{0};
};
// The fastest that is not above `wanted`; the slowest there is where all are above. `wanted` is not 0.
ClockSetting clock_setting(const Chip& chip, Hertz wanted);

}  // namespace probity::ftdi
