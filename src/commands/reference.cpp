#include "commands/reference.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity {

std::string fill_marks(std::string_view text, const Marks& marks) {
  constexpr std::string_view kNameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  std::string filled;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@')) {
    filled += text.substr(0, at);
    text.remove_prefix(at);
    const std::size_t end = std::min(text.find_first_not_of(kNameCharacters, 1), text.size());
    if (end == 1 || end == text.size() || text[end] != '@') {  // an ordinary @
      filled += text.substr(0, end);
      text.remove_prefix(end);
      continue;
    }
    const auto mark = marks.find(text.substr(1, end - 1));
    if (mark == marks.end()) {
      throw ConfigError(fmt::format("unknown mark {} in a template", text.substr(0, end + 1)));
    }
    std::string_view value = mark->second;
    if (value.ends_with('\n')) value.remove_suffix(1);
    filled += value;
    text.remove_prefix(end + 1);
  }
  return filled + std::string(text);
}

}  // namespace probity
