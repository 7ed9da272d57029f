#include "commands/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

namespace {

using Kind = CommandLine::Step::Kind;
using Takes = OptionRow::Takes;

constexpr OptionRow kOptions[] = {
    {'h', "help", Takes::nothing, "", "display this help"},
    {'v', "version", Takes::nothing, "", "display the version"},
    {'f', "file", Takes::value, "NAME", "use configuration file <name>"},
    {'s', "search", Takes::value, "DIR", "dir to search for config files and scripts"},
    {'d', "debug", Takes::maybe, "N", "set debug level to 3, or with -d<n> to <n>"},
    {'l', "log_output", Takes::value, "NAME", "redirect log output to file <name>"},
    {'c', "command", Takes::value, "COMMAND", "run <command>"},
    {'p', "pipe", Takes::nothing, "", "obsolete: use gdb_port pipe"},
    {0, "list-probes", Takes::nothing, "", "list the debug probes on this machine, and end"},
    {0, "virtual", Takes::value, "SPEC", "use a virtual board, e.g. stm32f407vg (or PROBITY_VIRTUAL)"},
};

const OptionRow& long_option(std::string_view name) {
  const OptionRow* found = nullptr;
  for (const OptionRow& row : kOptions) {
    if (row.name == name) return row;
    if (!name.empty() && row.name.starts_with(name)) {
      if (found) throw UsageError(fmt::format("option '--{}' is ambiguous", name));
      found = &row;
    }
  }
  if (!found) throw UsageError(fmt::format("unrecognized option '--{}'", name));
  return *found;
}

const OptionRow& short_option(char letter) {
  for (const OptionRow& row : kOptions) {
    if (letter != 0 && row.letter == letter) return row;
  }
  throw UsageError(fmt::format("invalid option -- '{}'", letter));
}

void apply(CommandLine& line, const OptionRow& option, std::string value) {
  switch (option.letter) {
    case 'h':
      line.help = true;
      break;
    case 'v':
      line.version = true;
      break;
    case 'f':
      line.steps.push_back({Kind::file, std::move(value)});
      break;
    case 's':
      line.steps.push_back({Kind::search, std::move(value)});
      break;
    case 'd':
      line.steps.push_back({Kind::debug, value.empty() ? "3" : std::move(value)});
      break;
    case 'l':
      line.steps.push_back({Kind::log_output, std::move(value)});
      break;
    case 'c':
      line.steps.push_back({Kind::command, std::move(value)});
      break;
    case 'p':
      line.steps.push_back({Kind::command, "gdb_port pipe"});
      break;
    default:
      if (option.name == "list-probes") {
        line.steps.push_back({Kind::command, "adapter list-probes"});
        line.steps.push_back({Kind::command, "exit"});
      } else {
        line.virtual_board = std::move(value);
      }
  }
}

}  // namespace

std::span<const OptionRow> command_line_options() { return kOptions; }

bool CommandLine::has(Step::Kind kind) const {
  return std::ranges::any_of(steps, [kind](const Step& step) { return step.kind == kind; });
}

CommandLine parse_command_line(std::span<const std::string> words) {
  CommandLine line;
  const auto value_after = [&](std::size_t& i, const std::string& shown) {
    if (++i == words.size()) throw UsageError(fmt::format("option requires an argument -- '{}'", shown));
    return words[i];
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {  // ends the options; nothing may follow them
      if (i + 1 == words.size()) break;
      throw UsageError(fmt::format("Unexpected command line argument: {}", words[i + 1]));
    }
    if (word.starts_with("--") && word.size() > 2) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
      const OptionRow& option = long_option(name);
      const bool given = equals != std::string::npos;
      if (given && option.takes == Takes::nothing) {
        throw UsageError(fmt::format("option '--{}' doesn't allow an argument", name));
      }
      std::string value = given ? word.substr(equals + 1) : std::string();
      if (!given && option.takes == Takes::value) value = value_after(i, name);
      apply(line, option, std::move(value));
    } else if (word.starts_with('-') && word.size() > 1) {
      // Letters may share a word; the first that takes a value takes the rest of the word.
      for (std::size_t n = 1; n < word.size(); ++n) {
        const OptionRow& option = short_option(word[n]);
        if (option.takes == Takes::nothing) {
          apply(line, option, {});
          continue;
        }
        std::string value = word.substr(n + 1);
        if (value.empty() && option.takes == Takes::value) value = value_after(i, std::string(1, word[n]));
        apply(line, option, std::move(value));
        break;
      }
    } else {
      throw UsageError(fmt::format("Unexpected command line argument: {}", word));
    }
  }
  return line;
}

std::string command_line_help() {
  std::string text;
  for (const OptionRow& row : kOptions) {
    const std::string letter = row.letter ? fmt::format("| -{}", row.letter) : "";
    text += fmt::format("{:<13}{:<5}{}\n", fmt::format("--{}", row.name), letter, row.help);
  }
  return text;
}

}  // namespace probity
