// The program's names and versions as scripts and IDEs read them.
#pragma once

#include <string>

namespace probity {

// "Open On-Chip Debugger 0.12.0 (Probity 0.1.0)": the beginning is what tools look for.
std::string version_line();
// What is printed first.
std::string banner();

}  // namespace probity
