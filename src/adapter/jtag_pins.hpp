// JtagPins: what a DapLink of a JTAG-DP also is where the probe clocks bits for us, so that a script can make
// scans of its own (`irscan`, `drscan`, `runtest`). dynamic_cast of another link gives null.
#pragma once

#include <cstddef>

#include "wire/jtag_scan.hpp"

namespace probity {

class JtagPins {
 public:
  virtual ~JtagPins() = default;

  // Clocks `stretch`, which begins and ends in Run-Test/Idle; returns TDO of the cycles [sample_begin,
  // sample_begin + sample_count). The link counts on no TAP's instruction any more. ConfigError on a wire
  // that is not JTAG, AdapterError or TimeoutError when the probe fails.
  virtual BitVector clock_pins(const jtag::Stretch& stretch, std::size_t sample_begin,
                               std::size_t sample_count) = 0;
  // How often the probe has been waited for.
  virtual std::size_t round_trips() const = 0;
};

}  // namespace probity
