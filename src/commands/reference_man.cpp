// Man page source: man(7) macros only, in the form that groff and mandoc both take without a warning.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/reference.hpp"

namespace probity::roff {

namespace {

enum class Minus { always, before_a_word };

std::string escape(std::string_view text, Minus minus) {
  std::string out;
  char before = ' ';
  for (const char c : text) {
    switch (c) {
      case '.':  // would be a request at the beginning of a line
        out += before == ' ' ? "\\&." : ".";
        break;
      case '\\':
        out += "\\e";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '[':  // a long usage may be broken between its parts
        out += before == ']' ? "\\:[" : "[";
        break;
      case '-':  // groff's own '-' is a hyphen, which nobody can paste into a shell
        out += minus == Minus::always || before == ' ' || before == '-' || before == '(' ? "\\-" : "-";
        break;
      default:
        out += c;
    }
    before = c;
  }
  return out;
}

// One tagged paragraph; the source's lines stay short, as mandoc wants them.
std::string entry(const std::string& head, const std::string& text) {
  return fmt::format(".TP\n{}\n{}", head, wrap(text, 0, 0));
}

std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fR"; }

}  // namespace

std::string prose(std::string_view text) { return escape(text, Minus::before_a_word); }
std::string literal(std::string_view text) { return escape(text, Minus::always); }

std::string options(std::span<const OptionRow> rows) {
  using Takes = OptionRow::Takes;
  std::string all;
  for (const OptionRow& row : rows) {
    const std::string value = italic(row.value);
    const auto shown = [&](const std::string& name, std::string_view joint) {
      if (row.takes == Takes::nothing) return bold(name);
      if (row.takes == Takes::maybe) return fmt::format("{}[{}{}]", bold(name), joint, value);
      return fmt::format("{} {}", bold(name), value);
    };
    const std::string letter = row.letter ? shown(fmt::format("-{}", row.letter), "") + ", " : "";
    all += entry(letter + shown("--" + std::string(row.name), "="), prose(row.help));
  }
  return all;
}

std::string commands(const std::map<std::string, Topic>& topics) {
  std::string all;
  for (const auto& [name, topic] : topics) {
    const std::string usage = topic.usage.empty() ? "" : " " + literal(topic.usage);
    const std::string help = topic.help.empty() ? "" : prose(topic.help) + " ";
    all += entry(bold(name) + usage, help + fmt::format("({})", italic(name_of(topic.mode))));
  }
  return all;
}

std::string left_out(std::span<const LeftOut> commands) {
  std::string all;
  for (auto first = commands.begin(); first != commands.end();) {
    const auto other = std::find_if(first, commands.end(),
                                    [&](const LeftOut& command) { return command.reason != first->reason; });
    std::string names;
    for (; first != other; ++first) names += (names.empty() ? "" : ", ") + bold(first->name);
    all += entry(names, prose(std::prev(other)->reason) + ".");
  }
  return all;
}

std::string help_options(std::string_view help) {
  struct Option {
    std::string words, text;
  };
  std::vector<Option> found;
  bool inside = false;
  while (!help.empty()) {
    const std::size_t end = std::min(help.find('\n'), help.size());
    const std::string_view line = help.substr(0, end);
    help.remove_prefix(std::min(end + 1, help.size()));
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos || begin == 0) {
      inside = false;
    } else if (line[begin] == '-') {
      const std::string_view words = line.substr(begin, line.find("  ", begin) - begin);
      const std::size_t text = line.find_first_not_of(' ', begin + words.size());
      found.push_back({std::string(words), std::string(line.substr(std::min(text, line.size())))});
      inside = true;
    } else if (inside) {
      found.back().text += (found.back().text.empty() ? "" : " ") + std::string(line.substr(begin));
    }
  }
  if (found.empty()) throw ConfigError("no options found in the help text");
  std::string all;
  for (const Option& option : found) {
    const std::size_t space = std::min(option.words.find(' '), option.words.size());
    const std::string value = option.words.substr(space);
    all += entry(bold(option.words.substr(0, space)) + (value.empty() ? "" : " " + italic(value.substr(1))),
                 prose(option.text));
  }
  return all;
}

}  // namespace probity::roff
