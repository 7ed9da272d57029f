#include "vboard/timeline.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace probity::vboard {

namespace {
Nanoseconds wall_clock() { return std::chrono::steady_clock::now().time_since_epoch(); }
}  // namespace

Timeline::Timeline(Pace pace) : pace_(pace), wall_start_(wall_clock()) {}

Nanoseconds Timeline::behind_wall() {
  const Nanoseconds wall = wall_clock() - wall_start_;
  if (pace_ == Pace::real && now_ > wall) std::this_thread::sleep_for(now_ - wall);
  return std::max(wall - now_, Nanoseconds(0));
}

}  // namespace probity::vboard
