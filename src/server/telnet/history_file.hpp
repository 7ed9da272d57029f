// The lines of earlier telnet sessions: ~/.openocd_history, a line each, which OpenOCD 0.12.0 reads and
// writes as well.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

namespace probity::server {

// In the home folder; empty where there is none.
std::filesystem::path history_path();
// At most the last `most` lines. No file: no lines.
std::deque<std::string> read_history(const std::filesystem::path& path, std::size_t most);
// Nothing happens where it cannot be written: a console does without.
void write_history(const std::filesystem::path& path, const std::deque<std::string>& lines);

}  // namespace probity::server
