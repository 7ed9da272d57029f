// OpenOCD's command line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probity {

// One option. `-h`, completions and the manual come from the rows.
struct OptionRow {
  enum class Takes { nothing, value, maybe };  // maybe: only in the same word (-d3, --debug=3)
  char letter;                                 // 0: none
  std::string_view name;
  Takes takes;
  std::string_view value;  // what it is called in the manual
  std::string_view help;
};
std::span<const OptionRow> command_line_options();

struct CommandLine {
  // In the order given.
  struct Step {
    enum class Kind { file, command, search, debug, log_output };
    Kind kind;
    std::string text;
  };
  std::vector<Step> steps;
  std::optional<std::string> virtual_board;  // --virtual SPEC
  bool help = false, version = false;

  bool has(Step::Kind kind) const;
};

// `words` without the program's name. Throws UsageError naming the word that is not understood.
CommandLine parse_command_line(std::span<const std::string> words);
// What -h prints.
std::string command_line_help();

}  // namespace probity
