// OpenOCD's command line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace probity {

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
