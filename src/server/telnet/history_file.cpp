#include "server/telnet/history_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace probity::server {

std::filesystem::path history_path() {
  const char* home = std::getenv("HOME");
  if (!home || !*home) return {};
  return std::filesystem::path(home) / ".openocd_history";
}

std::deque<std::string> read_history(const std::filesystem::path& path, std::size_t most) {
  std::deque<std::string> lines;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::erase_if(line, [](char c) { return c < ' ' || c > '~'; });
    if (line.empty()) continue;
    lines.push_back(line);
    if (lines.size() > most) lines.pop_front();
  }
  return lines;
}

void write_history(const std::filesystem::path& path, const std::deque<std::string>& lines) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::trunc);
  for (const std::string& line : lines) file << line << '\n';
}

}  // namespace probity::server
