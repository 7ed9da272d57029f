// Word lists and specifications for bash's and zsh's completion.
#include <fmt/format.h>

#include "commands/reference.hpp"

namespace probity::shell {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// What separates the fields of an _arguments specification.
std::string field(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action(const OptionRow& row) { return fmt::format("_probity_value_{}", row.name); }

}  // namespace

std::string option_words(std::span<const OptionRow> rows) {
  std::string words;
  for (const OptionRow& row : rows) {
    if (row.letter) words += fmt::format("-{} ", row.letter);
    words += fmt::format("--{} ", row.name);
  }
  words.pop_back();
  return words;
}

std::string bash_cases(std::span<const OptionRow> rows) {
  std::string cases;
  for (const OptionRow& row : rows) {
    if (row.takes == OptionRow::Takes::nothing) continue;
    // A value that must be in the option's own word never is the next word.
    const bool next_word = row.letter && row.takes == OptionRow::Takes::value;
    const std::string letter = next_word ? fmt::format("-{} | ", row.letter) : "";
    cases += fmt::format("    {}--{}) {} ;;\n", letter, row.name, action(row));
  }
  return cases;
}

std::string zsh_specs(std::span<const OptionRow> rows) {
  using Takes = OptionRow::Takes;
  std::string specs;
  for (const OptionRow& row : rows) {
    const std::string name = fmt::format("--{}", row.name);
    const std::string letter = row.letter ? fmt::format("-{}", row.letter) : "";
    const std::string help = fmt::format("[{}]", field(row.help));
    const std::string value = fmt::format("{}:{}", field(row.value), action(row));
    const auto add = [&](const std::string& option, std::string_view letter_joint,
                         std::string_view name_joint) {
      const std::string tail = row.takes == Takes::nothing ? help
                               : row.takes == Takes::maybe ? fmt::format("{}::{}", help, value)
                                                           : fmt::format("{}:{}", help, value);
      // Only those that take a value mean something a second time.
      const std::string before = row.takes == Takes::nothing ? fmt::format("({} {})", letter, name) : "*";
      const std::string_view joint = option == name ? name_joint : letter_joint;
      specs += fmt::format("    {}\n", quoted(before + option + std::string(joint) + tail));
    };
    const bool maybe = row.takes == Takes::maybe, nothing = row.takes == Takes::nothing;
    for (const std::string& option : {letter, name}) {
      if (!option.empty()) add(option, nothing ? "" : maybe ? "-" : "+", nothing ? "" : maybe ? "=-" : "=");
    }
  }
  return specs;
}

std::string command_names(const std::map<std::string, Topic>& topics) {
  std::string names;
  for (const auto& [name, topic] : topics) {
    names += fmt::format("    {}\n", quoted(name + (topic.usage.empty() ? "" : " ")));
  }
  return names;
}

}  // namespace probity::shell
