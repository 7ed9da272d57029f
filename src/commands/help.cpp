#include "commands/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "commands/interpreter.hpp"
#include "commands/left_out.hpp"

namespace probity {

namespace {

std::string_view when(CommandMode mode) {
  switch (mode) {
    case CommandMode::config:
      return " (configuration command)";
    case CommandMode::any:
      return " (command valid any time)";
    case CommandMode::exec:
      break;
  }
  return "";
}

std::string show(const std::string& name, const Topic& topic, bool with_help) {
  const auto depth = static_cast<std::size_t>(std::ranges::count(name, ' '));
  const std::size_t indent = 2 * depth;
  std::string text = wrap(name + " " + topic.usage, indent + 10, indent);
  if (with_help && !topic.help.empty()) {
    text += wrap(topic.help + std::string(when(topic.mode)), indent + 6, indent + 6);
  }
  return text;
}

// "rtt server start": "rtt" and "rtt server".
std::vector<std::string> groups_of(const std::string& name) {
  std::vector<std::string> groups;
  for (std::size_t at = name.find(' '); at != std::string::npos; at = name.find(' ', at + 1)) {
    groups.push_back(name.substr(0, at));
  }
  return groups;
}

}  // namespace

std::map<std::string, Topic> topics(const Interpreter& interpreter) {
  std::map<std::string, Topic> all;
  for (const CommandRow* row : interpreter.rows()) {
    if (row->name.starts_with('_')) continue;  // for startup.tcl alone
    if (find_left_out(row->name)) continue;
    all[std::string(row->name)] = {std::string(row->usage), std::string(row->help), row->mode};
  }
  for (const auto& [name, row] : interpreter.object_words()) {
    all[name] = {std::string(row->usage), std::string(row->help), row->mode};
  }
  for (const auto& [name, text] : interpreter.added_texts) {
    Topic& topic = all[name];
    if (!text.usage.empty()) topic.usage = text.usage;
    if (!text.help.empty()) topic.help = text.help;
  }
  return all;
}

std::string_view name_of(CommandMode mode) {
  switch (mode) {
    case CommandMode::config:
      return "config";
    case CommandMode::exec:
      return "exec";
    case CommandMode::any:
      break;
  }
  return "any";
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t first_indent, std::size_t width) {
  std::string all;
  std::string line(first_indent, ' ');
  bool empty = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!empty && line.size() + 1 + word.size() > width) {
      all += line + "\n";
      line.assign(indent, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + std::string(word);
    empty = false;
  }
  return all + line + "\n";
}

std::string help_text(const Interpreter& interpreter, const std::string& name, bool with_help) {
  const auto all = topics(interpreter);
  const auto choose = [&](auto&& chosen) {
    std::string text;
    std::set<std::string> groups;
    for (const auto& [topic_name, topic] : all) {
      if (!chosen(topic_name)) continue;
      for (std::string& group : groups_of(topic_name)) {
        if (!all.contains(group) && chosen(group) && groups.insert(group).second)
          text += show(group, {}, false);
      }
      text += show(topic_name, topic, with_help);
    }
    return text;
  };
  if (name.empty()) return choose([](const std::string&) { return true; });
  std::string text = choose([&](const std::string& n) { return n == name || n.starts_with(name + " "); });
  if (text.empty()) text = choose([&](const std::string& n) { return n.find(name) != std::string::npos; });
  if (const LeftOut* command = find_left_out(name); command && text.empty()) {
    text = wrap(fmt::format("{} is left out of this program: {}", name, command->reason), 6, 0);
  }
  return text;
}

}  // namespace probity
