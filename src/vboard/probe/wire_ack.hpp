// What a debug port answered on the wire, and a request to it.
#pragma once

#include <cstdint>

namespace probity::vboard {

// SWD's 3-bit acknowledge (ADIv5.2, B4.2.2) and two conditions that a probe sees beside it. JTAG-DP's
// OK/FAULT (0b010) is mapped to ok, WAIT (0b001) to wait: CMSIS-DAP reports the same numbers.
enum class WireAck : std::uint8_t { ok = 1, wait = 2, fault = 4, none = 7, parity = 8 };

struct WireRequest {
  bool ap = false;
  bool read = false;
  std::uint8_t a = 0;  // A[3:2] in place: 0, 4, 8 or 0xC
};

}  // namespace probity::vboard
