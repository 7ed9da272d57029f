#include "server/gdb/monitor.hpp"

#include "server/gdb/packet.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {

constexpr Milliseconds kAliveEvery{500};  // as OpenOCD 0.12.0: GDB's patience is 2 s unless told otherwise

// Tells GDB again and again that the command still runs, wherever it lets tasks have their turn.
class KeepAlive {
 public:
  explicit KeepAlive(Context& context)
      : tasks_(context.session.tasks()), id_(tasks_.add(kAliveEvery, [&context] {
          context.link.send("O");
          context.link.connection().flush();
        })) {}
  ~KeepAlive() { tasks_.remove(id_); }
  KeepAlive(const KeepAlive&) = delete;
  KeepAlive& operator=(const KeepAlive&) = delete;

 private:
  Tasks& tasks_;
  Tasks::Id id_;
};

class SyncScope {
 public:
  SyncScope(GdbSettings& settings, bool& sync) : settings_(settings), before_(settings.sync) {
    settings_.sync = &sync;
  }
  ~SyncScope() { settings_.sync = before_; }
  SyncScope(const SyncScope&) = delete;
  SyncScope& operator=(const SyncScope&) = delete;

 private:
  GdbSettings& settings_;
  bool* before_;
};

// An error that nobody has printed yet.
void print_error(Log& log, const std::string& text, const std::string& printed) {
  if (!text.empty() && printed.find(text) == std::string::npos) log.line(LogLevel::error, text);
}

}  // namespace

std::string monitor(Context& context, std::string_view hex, bool& sync) {
  const std::string command = text_from_hex(hex);
  Log& log = context.session.log();
  const Session::CurrentTargetScope current(context.session, context.entry);
  const SyncScope sync_scope(context.settings, sync);
  const KeepAlive alive(context);
  const LogToConsole console(log, context.link);
  std::string errors;
  const int id = log.add_text_listener([&errors](const Log::Text& line) {
    if (line.level == LogLevel::error) errors += std::string(line.text) + "\n";
  });
  Interpreter::Result result;
  try {
    result = context.interpreter.eval(command);
  } catch (...) {
    log.remove_listener(id);
    throw;
  }
  log.remove_listener(id);
  if (result.outcome == Interpreter::Outcome::error) {
    print_error(log, result.text, errors);
    return std::string(kBadRequest);
  }
  if (result.text.empty()) return "OK";
  if (result.text.back() != '\n') result.text += '\n';
  // As OpenOCD: the result itself is the answer, as far as a packet holds it.
  constexpr std::size_t kMost = kPacketSize / 2 - 1;
  const std::size_t before = (result.text.size() - 1) / kMost * kMost;
  context.link.console(std::string_view(result.text).substr(0, before));
  return to_hex(std::string_view(result.text).substr(before));
}

}  // namespace probity::server::gdb
