// One byte on the SWO wire: a start bit (low for UART, a one for Manchester), eight data bits, lowest first,
// and for UART a stop bit.
#pragma once

#include <functional>

#include "base/units.hpp"

namespace probity::vboard {

struct SwoFrame {
  Nanoseconds start;  // of the first bit, on the board's timeline
  double nanoseconds_per_bit;
  bool manchester;  // else UART
  std::uint8_t value;
};

using SwoListener = std::function<void(const SwoFrame&)>;

}  // namespace probity::vboard
