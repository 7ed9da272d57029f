#include "vboard/report.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "base/errors.hpp"

namespace probity::vboard {

void write_report(const std::string& where, Board& board, const std::vector<std::string>& probe_errors) {
  for (const auto& what : probe_errors) fmt::print(stderr, "virtual probe: {}\n", what);
  if (where.empty()) return;
  std::string text = describe(board.stats(), board.timeline().now());
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += fmt::format("probe errors {}\n", probe_errors.size());
  if (where == "-") {
    fmt::print(stderr, "{}", text);
    return;
  }
  std::ofstream file(where, std::ios::trunc);
  file << text;
  if (!file.flush()) throw ConfigError(fmt::format("cannot write statistics to '{}'", where));
}

}  // namespace probity::vboard
