// A command is a row: name (with spaces: "flash erase_sector"), mode, usage, help, handler of at most 25
// lines that parses, calls Session and prints. `help`, `usage`, completion and the manual come from the rows.
// One file per group gives one table: `std::vector<CommandRow> flash_rows();`, joined in table.cpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probity {

class Session;

enum class CommandMode { config, exec, any };

// What a handler gets: the session and the words behind the name.
struct Call {
  Session& session;
  std::string_view name;  // as it was called
  std::span<const std::string> args;
  std::string_view object = {};  // rows of an object ("$target cget"): the object's name; else empty
};

// The handler's return value is the Tcl result and, at top level and on a console, what is printed.
// UsageError prints the row's usage line.
using Handler = std::function<std::string(const Call&)>;

struct CommandRow {
  std::string_view name;
  CommandMode mode = CommandMode::any;
  std::string_view usage;
  std::string_view help;
  Handler run;
};

}  // namespace probity
