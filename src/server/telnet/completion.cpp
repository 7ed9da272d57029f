#include "server/telnet/completion.hpp"

#include <algorithm>
#include <set>

namespace probity::server {

std::vector<std::string> completions(Interpreter& interpreter, std::string_view word) {
  const CommandMode too_late = interpreter.session().initialized() ? CommandMode::config : CommandMode::exec;
  std::set<std::string> names, groups;
  for (const CommandRow* row : interpreter.rows()) {
    for (std::size_t at = row->name.find(' '); at != std::string_view::npos; at = row->name.find(' ', at + 1))
      groups.emplace(row->name.substr(0, at));
    if (row->name.starts_with(word) && row->mode != too_late) names.emplace(row->name);
  }
  for (const std::string& name : interpreter.command_names()) {
    const auto mode = interpreter.mode_of(name);
    if (name.starts_with(word) && !groups.contains(name) && mode && *mode != too_late) names.insert(name);
  }
  if (!word.starts_with('_'))
    std::erase_if(names, [](const std::string& name) { return name.starts_with('_'); });
  return {names.begin(), names.end()};
}

}  // namespace probity::server
