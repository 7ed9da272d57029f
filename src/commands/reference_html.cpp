// The manual as one page of HTML: every entry has an anchor of its name, so that it can be pointed at.
#include <fmt/format.h>

#include <algorithm>

#include "commands/reference.hpp"

namespace probity::html {

namespace {

// What an id and a link's target may hold.
std::string anchor(std::string_view name) {
  std::string id;
  for (const char c : name) id += c == ' ' ? '-' : c;
  return escape(id);
}

std::string_view group_of(std::string_view name) { return name.substr(0, name.find(' ')); }

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string options(std::span<const OptionRow> rows) {
  using Takes = OptionRow::Takes;
  std::string all;
  for (const OptionRow& row : rows) {
    const std::string value = fmt::format("<var>{}</var>", escape(row.value));
    const auto shown = [&](const std::string& name, std::string_view joint) {
      if (row.takes == Takes::nothing) return name;
      if (row.takes == Takes::maybe) return fmt::format("{}[{}{}]", name, joint, value);
      return fmt::format("{} {}", name, value);
    };
    const std::string letter = row.letter ? shown(fmt::format("-{}", row.letter), "") + ", " : "";
    all += fmt::format("<dt id=\"option-{0}\"><code>{1}{2}</code></dt>\n<dd>{3}</dd>\n", row.name, letter,
                       shown("--" + std::string(row.name), "="), escape(row.help));
  }
  return all;
}

std::string commands(const std::map<std::string, Topic>& topics, std::string_view prefix) {
  std::string all;
  for (const auto& [name, topic] : topics) {
    const std::string usage = topic.usage.empty() ? "" : " " + escape(topic.usage);
    all += fmt::format("<dt id=\"{}{}\"><code><b>{}</b>{}</code></dt>\n<dd>{} <i>({})</i></dd>\n", prefix,
                       anchor(name), escape(name), usage, escape(topic.help), name_of(topic.mode));
  }
  return all;
}

std::string index(const std::map<std::string, Topic>& topics) {
  std::string all;
  std::string_view group;
  for (const auto& [name, topic] : topics) {
    if (group_of(name) == group) continue;
    group = group_of(name);
    all += fmt::format("<a href=\"#{}\">{}</a>\n", anchor(name), escape(group));
  }
  return all;
}

std::string left_out(std::span<const LeftOut> commands) {
  std::string all;
  for (const LeftOut& command : commands) {
    all += fmt::format("<dt id=\"{}\"><code>{}</code></dt>\n<dd>{}</dd>\n", anchor(command.name),
                       escape(command.name), escape(command.reason));
  }
  return all;
}

}  // namespace probity::html
