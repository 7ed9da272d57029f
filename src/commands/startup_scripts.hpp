// The Tcl that every run starts with, compiled in from tcl/ by embed_startup.cmake. Users override its procs.
#pragma once

#include <span>
#include <string_view>

namespace probity {

struct StartupScript {
  std::string_view name;  // "startup.tcl"
  std::string_view text;
};
std::span<const StartupScript> startup_scripts();

}  // namespace probity
