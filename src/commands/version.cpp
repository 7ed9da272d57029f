#include "commands/version.hpp"

#include <fmt/format.h>

namespace probity {

std::string version_line() { return "Open On-Chip Debugger 0.12.0 (Probity " PROBITY_VERSION ")"; }

std::string banner() { return fmt::format("{}\nLicensed under the MIT License", version_line()); }

}  // namespace probity
