// The log: OpenOCD's levels and prefixes, which IDEs and build scripts match.
//   user()   "text"            what a command prints
//   error()  "Error: text"     warn() "Warn : text"     info() "Info : text"     debug() "Debug: text"
// At debug level 3 and above every prefixed line also carries a running number and milliseconds since start,
// as OpenOCD's.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace spdlog {
class logger;
}

namespace probity {

// OpenOCD's numbers, as given to -d and debug_level.
enum class LogLevel : int {
  silent = -3,
  output = -2,
  user = -1,
  error = 0,
  warning = 1,
  info = 2,
  debug = 3,
  debug_io = 4
};

class Log {
 public:
  // Writes to stderr until set_output names a file. `clock` stamps debug lines; must outlive the log.
  explicit Log(Clock& clock);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void set_level(LogLevel level) { level_ = level; }
  LogLevel level() const { return level_; }
  bool enabled(LogLevel level) const { return level <= level_; }

  // Writes to the file (emptied first) from now on, or writes to stderr again for "default" or "".
  // ConfigError where it can't be opened.
  void set_output(const std::string& path);

  // Called with every line that is printed (telnet sessions, `capture`, tests); returns an id for
  // remove_listener.
  using Listener = std::function<void(LogLevel, std::string_view line)>;
  int add_listener(Listener listener);
  // The same text without the level's prefix, for consoles: OpenOCD shows it so on telnet and to `capture`.
  struct Text {
    LogLevel level;
    std::string_view text;
    bool ends_line;  // not after `echo -n`
  };
  using TextListener = std::function<void(const Text&)>;
  int add_text_listener(TextListener listener);
  void remove_listener(int id);  // of either kind

  template <typename... Args>
  void user(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::user, f, std::forward<Args>(args)...);
  }
  template <typename... Args>
  void error(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::error, f, std::forward<Args>(args)...);
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::warning, f, std::forward<Args>(args)...);
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::info, f, std::forward<Args>(args)...);
  }
  template <typename... Args>
  void debug(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::debug, f, std::forward<Args>(args)...);
  }
  // Wire traffic; very long.
  template <typename... Args>
  void debug_io(fmt::format_string<Args...> f, Args&&... args) {
    write(LogLevel::debug_io, f, std::forward<Args>(args)...);
  }

  // Text as it is, of any number of lines; each gets the level's prefix.
  void line(LogLevel level, std::string_view text);
  // User text without a newline at its end (`echo -n`).
  void raw(std::string_view text);
  // Into the file or onto stderr alone: what a console's client has been told already.
  void keep(std::string_view text);

 private:
  template <typename... Args>
  void write(LogLevel level, fmt::format_string<Args...> f, Args&&... args) {
    if (enabled(level)) line(level, fmt::format(f, std::forward<Args>(args)...));
  }
  std::string prefix(LogLevel level);
  void print(LogLevel level, std::string_view prefix, std::string_view text, bool newline);

  Clock& clock_;
  Nanoseconds start_;
  LogLevel level_ = LogLevel::info;
  unsigned count_ = 0;
  std::shared_ptr<spdlog::logger> out_;
  std::vector<std::pair<int, Listener>> listeners_;
  std::vector<std::pair<int, TextListener>> text_listeners_;
  int next_listener_ = 1;
};

}  // namespace probity
