// Virtual time of one board. Everything that takes time on a bench (USB transactions, wire clocks, core
// cycles, flash operations) advances it; nothing else does. Board::begin_transaction()
// brings it up to the wall clock.
#pragma once

#include "base/units.hpp"

namespace probity::vboard {

enum class Pace { fast, real };

class Timeline {
 public:
  explicit Timeline(Pace pace = Pace::fast);
  Nanoseconds now() const { return now_; }
  void advance(Nanoseconds by) { now_ += by; }
  // How far the wall clock has run ahead since the start; with Pace::real first sleeps until it has caught up
  // with virtual time.
  Nanoseconds behind_wall();
  // Stays this much behind the wall clock for good.
  void give_up(Nanoseconds lost) { wall_start_ += lost; }

 private:
  Pace pace_;
  Nanoseconds now_{0};
  Nanoseconds wall_start_{0};
};

}  // namespace probity::vboard
