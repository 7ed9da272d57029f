// The JTAG TAP controller's state machine (IEEE 1149.1, figure 6-1).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "wire/bit_vector.hpp"

namespace probity::jtag {

enum class TapState : std::uint8_t {
  test_logic_reset,
  run_test_idle,
  select_dr,
  capture_dr,
  shift_dr,
  exit1_dr,
  pause_dr,
  exit2_dr,
  update_dr,
  select_ir,
  capture_ir,
  shift_ir,
  exit1_ir,
  pause_ir,
  exit2_ir,
  update_ir
};
inline constexpr std::size_t kTapStates = 16;

// The state after one rising edge of TCK.
TapState next(TapState state, bool tms);
// The shortest sequence of TMS levels from one state to another; empty when they are the same.
BitVector path(TapState from, TapState to);

}  // namespace probity::jtag
