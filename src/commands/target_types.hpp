// The types that `target create` takes: those this program debugs, and those of OpenOCD 0.12.0 that it only
// takes so that a file with other cores beside a Cortex-M loads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace probity {

struct TargetType {
  std::string_view name;
  bool own = false;         // else it is foreign: TargetEntry::foreign
  bool has_dap = false;     // it is reached through `-dap`; else through `-chain-position`
  bool big_endian = false;  // unless `-endian` says otherwise
};

// Nothing for a name that OpenOCD has not, either.
std::optional<TargetType> target_type(std::string_view name);
// All names as a Tcl list, in OpenOCD's order.
std::string target_type_names();

}  // namespace probity
