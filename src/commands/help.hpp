// The text of `help` and `usage`, made from the rows.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "commands/row.hpp"

namespace probity {

class Interpreter;

std::string_view name_of(CommandMode mode);

// What is known of one command: its row, or what a script said with add_usage_text and add_help_text.
struct Topic {
  std::string usage, help;
  CommandMode mode = CommandMode::any;
};
std::map<std::string, Topic> topics(const Interpreter& interpreter);  // by name

// All commands whose name is or begins with `name` (or, where there is none, contains it); with an empty
// name, all.
std::string help_text(const Interpreter& interpreter, const std::string& name, bool with_help);
// `text` in lines of at most `width`, each after `indent` spaces, the first without where `first_indent` is
// less.
std::string wrap(std::string_view text, std::size_t indent, std::size_t first_indent, std::size_t width = 76);

}  // namespace probity
