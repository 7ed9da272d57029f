#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <filesystem>

#include "base/errors.hpp"

namespace probity {

namespace {

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("probity", std::move(sink));
  // The lines come with their own prefix and newline: an empty end of line lets `echo -n` stay on its line.
  logger->set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::local, std::string()));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return "Error: ";
    case LogLevel::warning:
      return "Warn : ";
    case LogLevel::info:
      return "Info : ";
    case LogLevel::debug:
    case LogLevel::debug_io:
      return "Debug: ";
    default:
      return "";
  }
}

}  // namespace

Log::Log(Clock& clock)
    : clock_(clock),
      start_(clock.now()),
      out_(make_logger(std::make_shared<spdlog::sinks::stderr_sink_st>())) {}

Log::~Log() = default;

void Log::set_output(const std::string& path) {
  if (path.empty() || path == "default") {
    out_ = make_logger(std::make_shared<spdlog::sinks::stderr_sink_st>());
    return;
  }
  // spdlog would make the folders, which a wrong name should not.
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    throw ConfigError(
        fmt::format("failed to open output log '{}': there is no folder {}", path, folder.string()));
  }
  try {
    out_ = make_logger(std::make_shared<spdlog::sinks::basic_file_sink_st>(path, /*truncate=*/true));
  } catch (const spdlog::spdlog_ex& e) {
    throw ConfigError(fmt::format("failed to open output log '{}': {}", path, e.what()));
  }
}

int Log::add_listener(Listener listener) {
  listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

int Log::add_text_listener(TextListener listener) {
  text_listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

void Log::remove_listener(int id) {
  std::erase_if(listeners_, [id](const auto& entry) { return entry.first == id; });
  std::erase_if(text_listeners_, [id](const auto& entry) { return entry.first == id; });
}

std::string Log::prefix(LogLevel level) {
  const std::string_view name = level_name(level);
  if (name.empty() || level_ < LogLevel::debug) return std::string(name);
  const auto milliseconds = duration_cast<Milliseconds>(clock_.now() - start_).count();
  return fmt::format("{}{} {} ", name, ++count_, milliseconds);
}

void Log::line(LogLevel level, std::string_view text) {
  if (!enabled(level)) return;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    print(level, prefix(level), text.substr(begin, end - begin), true);
    if (end + 1 >= text.size()) return;
    begin = end + 1;
  }
}

void Log::raw(std::string_view text) { print(LogLevel::user, {}, text, false); }

void Log::keep(std::string_view text) { out_->info("{}\n", text); }

void Log::print(LogLevel level, std::string_view prefix, std::string_view text, bool newline) {
  out_->info("{}{}{}", prefix, text, newline ? "\n" : "");
  if (!listeners_.empty()) {
    const std::string line = std::string(prefix).append(text);
    for (const auto& [id, listener] : listeners_) listener(level, line);
  }
  for (const auto& [id, listener] : text_listeners_) listener({level, text, newline});
}

}  // namespace probity
