// What Tab completes to: commands, by the rows and by what scripts defined.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/interpreter.hpp"

namespace probity::server {

// Names of commands that begin with `word` and may be used now, sorted. A group ("flash") is none itself; in
// the names of internal procedures, which begin with '_', nobody is interested who did not type that.
std::vector<std::string> completions(Interpreter& interpreter, std::string_view word);

}  // namespace probity::server
