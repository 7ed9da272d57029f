// One line of `adapter list-probes`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

struct ProbeReport {
  std::string kind;  // "ST-LINK/V2-1"
  std::uint16_t vendor = 0, product = 0;
  std::string location;                // USB path: "1-2"; empty: it cannot be told
  std::string serial;                  // as `adapter serial` takes it; empty: none
  std::string firmware;                // "V2J37M26"; empty: not known
  std::optional<unsigned> millivolts;  // at the target's supply pin; nothing: not known, or it cannot measure
  std::string state;                   // "free", "held by openocd (process 1234)", "no rights to open it" …
};

// True where both are the same device on the bus.
bool is_same_probe(const ProbeReport& a, const ProbeReport& b);

// Aligned columns, a line each; a dash where something is not known:
//   ST-LINK/V2-1  0483:374b  usb 1-2  serial 0669FF…  firmware V2J37M26  3.30 V  free
std::string table_of(const std::vector<ProbeReport>& reports);

}  // namespace probity
