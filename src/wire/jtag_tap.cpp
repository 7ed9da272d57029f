#include "wire/jtag_tap.hpp"

#include <array>
#include <deque>
#include <optional>

namespace probity::jtag {

namespace {

struct Edges {
  TapState low, high;  // next state with TMS 0 and 1
};

// Rows in the order of TapState.
constexpr std::array<Edges, kTapStates> kEdges = {{
    {TapState::run_test_idle, TapState::test_logic_reset},  // Test-Logic-Reset
    {TapState::run_test_idle, TapState::select_dr},         // Run-Test/Idle
    {TapState::capture_dr, TapState::select_ir},            // Select-DR-Scan
    {TapState::shift_dr, TapState::exit1_dr},               // Capture-DR
    {TapState::shift_dr, TapState::exit1_dr},               // Shift-DR
    {TapState::pause_dr, TapState::update_dr},              // Exit1-DR
    {TapState::pause_dr, TapState::exit2_dr},               // Pause-DR
    {TapState::shift_dr, TapState::update_dr},              // Exit2-DR
    {TapState::run_test_idle, TapState::select_dr},         // Update-DR
    {TapState::capture_ir, TapState::test_logic_reset},     // Select-IR-Scan
    {TapState::shift_ir, TapState::exit1_ir},               // Capture-IR
    {TapState::shift_ir, TapState::exit1_ir},               // Shift-IR
    {TapState::pause_ir, TapState::update_ir},              // Exit1-IR
    {TapState::pause_ir, TapState::exit2_ir},               // Pause-IR
    {TapState::shift_ir, TapState::update_ir},              // Exit2-IR
    {TapState::run_test_idle, TapState::select_dr},         // Update-IR
}};

}  // namespace

TapState next(TapState state, bool tms) {
  const Edges& edges = kEdges[static_cast<std::size_t>(state)];
  return tms ? edges.high : edges.low;
}

BitVector path(TapState from, TapState to) {
  std::array<std::optional<BitVector>, kTapStates> found;
  found[static_cast<std::size_t>(from)] = BitVector();
  std::deque<TapState> open = {from};
  while (!found[static_cast<std::size_t>(to)]) {
    const TapState at = open.front();
    open.pop_front();
    for (const bool tms : {false, true}) {
      const TapState then = next(at, tms);
      if (found[static_cast<std::size_t>(then)]) continue;
      BitVector longer = *found[static_cast<std::size_t>(at)];
      longer.push(tms);
      found[static_cast<std::size_t>(then)] = std::move(longer);
      open.push_back(then);
    }
  }
  return *found[static_cast<std::size_t>(to)];
}

}  // namespace probity::jtag
