// Faults are a plan: "KIND[=ARG]@POINT[xCOUNT]" joined by "+", e.g.
// "wait@ap:100x5+usb-short@usb:20+brownout@flash:7". POINT is COUNTER:N: the fault strikes at the Nth event
// (from 1) of that counter, and at the COUNT-1 following ones.
//
// | kind         | counter | what happens                                                        |
// | wait         | ap      | the DP answers WAIT                                                  |
// | fault        | ap      | the DP answers FAULT and sets STICKYERR                              |
// | parity       | ap      | a read's parity bit is flipped                                       |
// | usb-short    | usb     | the probe's reply is cut in half                                     |
// | usb-lost     | usb     | the probe's reply never comes                                        |
// | unplug       | usb     | the probe is gone from here on                                       |
// | unplug=MS    | usb     | the same, but it is put in again after MS milliseconds               |
// | bsy-stuck    | flash   | BSY stays set after the operation, until reset                       |
// | brownout     | flash   | the operation is cut short: cells half done, then power-on reset     |
// | bit-stuck=A  | flash   | the cell at address A keeps its old low bit: verify must notice      |
// Without a point ("nrst-open", "nrst-stretched=MS", "no-target", "firmware-asleep", "voltage=MV"): holds all
// the time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard {

struct Fault {
  std::string kind, argument, counter;  // counter empty: holds all the time
  std::uint64_t at = 0, count = 1;
};

class FaultPlan {
 public:
  FaultPlan() = default;
  // ConfigError that names the part it does not understand.
  static FaultPlan parse(std::string_view text);
  // Counts one event on `counter`; returns the fault that strikes at it, if any.
  const Fault* strike(std::string_view counter);
  // A fault without a point.
  const Fault* standing(std::string_view kind) const;

 private:
  std::vector<Fault> faults_;
  std::vector<std::pair<std::string, std::uint64_t>> counters_;
};

}  // namespace probity::vboard
