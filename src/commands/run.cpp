#include "commands/run.hpp"

#include <fmt/format.h>
#include <signal.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

using Kind = CommandLine::Step::Kind;

Interpreter::Outcome run_words(Interpreter& interpreter, std::vector<std::string> words) {
  return interpreter.run(args::list(words));
}

// False: ends here.
bool run_step(Interpreter& interpreter, const CommandLine::Step& step) {
  using Outcome = Interpreter::Outcome;
  switch (step.kind) {
    case Kind::search:  // already in the search path
      return true;
    case Kind::file:
      return run_words(interpreter, {"script", step.text}) == Outcome::ok;
    case Kind::command:
      return interpreter.run(step.text) == Outcome::ok;
    case Kind::debug:
      return run_words(interpreter, {"debug_level", step.text}) == Outcome::ok;
    case Kind::log_output:
      return run_words(interpreter, {"log_output", step.text}) == Outcome::ok;
  }
  return false;
}

bool run_scripts(Interpreter& interpreter, const CommandLine& line) {
  // As OpenOCD: what steers the log comes before all scripts.
  for (const Kind first : {Kind::debug, Kind::log_output}) {
    for (const CommandLine::Step& step : line.steps) {
      if (step.kind == first && !run_step(interpreter, step)) return false;
    }
  }
  for (const CommandLine::Step& step : line.steps) {
    if (step.kind != Kind::file && step.kind != Kind::command) continue;
    if (!run_step(interpreter, step)) return false;
  }
  if (!line.has(Kind::file) && !line.has(Kind::command)) {
    if (!run_step(interpreter, {Kind::file, "openocd.cfg"})) return false;
  }
  if (interpreter.session().shutdown_requested() || !interpreter.init_at_end) return true;
  return interpreter.run("init") == Interpreter::Outcome::ok;
}

// Until SIGINT or SIGTERM, looking at the targets ten times a second. On a virtual clock, which only sleep()
// moves, time goes on as fast as on the wall.
void wait_for_signal(Session& session) {
  constexpr Milliseconds kPeriod(100);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  while (!session.shutdown_requested()) {
    const Nanoseconds before = session.clock().now();
    const timespec wait{0, duration_cast<Nanoseconds>(kPeriod).count()};
    if (sigtimedwait(&signals, nullptr, &wait) > 0) {
      session.log().user("shutdown command invoked");
      session.request_shutdown(0);
      return;
    }
    const Nanoseconds passed = session.clock().now() - before;
    if (passed < kPeriod) session.clock().sleep(kPeriod - passed);
    if (session.initialized()) session.poll();
  }
}

}  // namespace

int run(const CommandLine& line, const Host& host, Log& log, const SearchEnvironment& environment) {
  try {
    Session session(host, log);
    Interpreter interpreter(session);
    for (const CommandLine::Step& step : line.steps) {
      if (step.kind == Kind::search) interpreter.search_path().add(step.text);
    }
    add_default_directories(interpreter.search_path(), environment);
    if (!line.has(Kind::file)) interpreter.fallback_script = "openocd.cfg";
    const bool done = run_scripts(interpreter, line);
    if (session.shutdown_requested()) return *session.shutdown_requested();
    if (!done) return 1;
    log.warn(
        "the telnet, Tcl and GDB servers are not in this version of Probity yet; waiting for SIGINT or "
        "SIGTERM");
    wait_for_signal(session);
    return session.shutdown_requested().value_or(0);
  } catch (const std::exception& e) {
    const auto* error = dynamic_cast<const Error*>(&e);
    log.line(LogLevel::error, error ? error->describe() : e.what());
  } catch (const LeaveScripts&) {
    return 0;
  }
  return 1;
}

}  // namespace probity
