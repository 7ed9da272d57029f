#include "commands/version.hpp"

namespace probity {

std::string version_line() { return "Open On-Chip Debugger 0.12.0 (Probity " PROBITY_VERSION ")"; }

std::string banner() { return version_line() + "\nLicensed under the MIT License"; }

}  // namespace probity
