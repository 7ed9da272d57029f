#include "adapter/stlink/speeds.hpp"

#include <array>

namespace probity::stlink {

namespace {

// The steps that OpenOCD 0.12 and pyOCD know; ST's own tools offer the same.
constexpr std::array kSwd = {
    Speed{4000, 0}, Speed{1800, 1}, Speed{1200, 2}, Speed{950, 3},  Speed{480, 7},  Speed{240, 15},
    Speed{125, 31}, Speed{100, 40}, Speed{50, 79},  Speed{25, 158}, Speed{15, 265}, Speed{5, 798},
};
constexpr std::array kJtag = {
    Speed{9000, 4}, Speed{4500, 8},  Speed{2250, 16}, Speed{1125, 32},
    Speed{562, 64}, Speed{281, 128}, Speed{140, 256},
};

}  // namespace

std::span<const Speed> swd_speeds_v2() { return kSwd; }
std::span<const Speed> jtag_speeds_v2() { return kJtag; }

Speed nearest_speed(std::span<const Speed> speeds, Hertz wanted) {
  const Speed* best = nullptr;
  const Speed* slowest = &speeds.front();
  for (const Speed& s : speeds) {
    if (s.kilohertz < slowest->kilohertz) slowest = &s;
    if (kilohertz(s.kilohertz) <= wanted && (best == nullptr || s.kilohertz > best->kilohertz)) best = &s;
  }
  return best != nullptr ? *best : *slowest;
}

}  // namespace probity::stlink
