// Virtual time of one board. Everything that takes time on a bench (USB transactions, wire clocks, core
// cycles, flash operations) advances it; nothing else does. With pace `real`, begin_transaction() brings it
// up to the wall clock.
#pragma once

#include "base/units.hpp"

namespace probity::vboard {

enum class Pace { fast, real };

class Timeline {
 public:
  explicit Timeline(Pace pace = Pace::fast);
  Nanoseconds now() const { return now_; }
  void advance(Nanoseconds by) { now_ += by; }
  // At the start of a transaction of a program that has a clock of its own: now = max(now, wall time since
  // start); with Pace::real also sleeps until the wall clock has caught up with virtual time.
  void begin_transaction();

 private:
  Pace pace_;
  Nanoseconds now_{0};
  Nanoseconds wall_start_{0};
};

}  // namespace probity::vboard
