#include "server/run.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/interrupt.hpp"
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

// Looks at the targets ten times a second until a signal comes. On a virtual clock, which only sleep() moves,
// time goes on as fast as on the wall.
void serve(Session& session, const Interrupt& interrupt) {
  constexpr Milliseconds kPeriod(100), kSlice(20);
  SystemClock wall;
  while (!interrupt.pending()) {
    const Nanoseconds before = session.clock().now();
    for (Nanoseconds waited{0}; waited < kPeriod && !interrupt.pending(); waited += kSlice)
      wall.sleep(kSlice);
    const Nanoseconds passed = session.clock().now() - before;
    if (passed < kPeriod) session.clock().sleep(kPeriod - passed);
    if (session.initialized()) session.poll();
  }
}

// Gives the signals to the interpreter, too, as long as it lives.
class SignalsToScripts {
 public:
  SignalsToScripts(Interrupt& interrupt, Interpreter& interpreter) : interrupt_(interrupt) {
    interrupt_.mirror(interpreter.signal_mask());
  }
  ~SignalsToScripts() { interrupt_.mirror(nullptr); }
  SignalsToScripts(const SignalsToScripts&) = delete;
  SignalsToScripts& operator=(const SignalsToScripts&) = delete;

 private:
  Interrupt& interrupt_;
};

// As OpenOCD 0.12.0 does at a signal: `shutdown`, which users override, then the end by that same signal.
// Another signal leaves `shutdown` as well.
void shut_down(Interpreter& interpreter, Interrupt& interrupt) {
  interrupt.confirm();
  interrupt.rearm();
  interpreter.forget_signals();
  interpreter.run("shutdown");
}

// The exit status.
int run_session(Session& session, Interpreter& interpreter, const CommandLine& line, Interrupt& interrupt) {
  const SignalsToScripts signals(interrupt, interpreter);
  Log& log = session.log();
  const bool done = run_scripts(interpreter, line);
  if (session.shutdown_requested()) return *session.shutdown_requested();
  if (interrupt.signal() != 0) {
    log.warn("{} came: what was running is not finished", name_of_signal(interrupt.signal()));
  } else {
    if (!done) return 1;
    log.warn(
        "the telnet, Tcl and GDB servers are not in this version of Probity yet; waiting for a signal to "
        "end");
    try {
      serve(session, interrupt);
    } catch (const Interrupted&) {
      // What it waited for.
    }
  }
  shut_down(interpreter, interrupt);
  return session.shutdown_requested().value_or(1);
}

}  // namespace

int run(const CommandLine& line, const Host& host, Log& log, const SearchEnvironment& environment,
        Interrupt& interrupt) {
  try {
    Session session(host, log);
    Interpreter interpreter(session);
    for (const CommandLine::Step& step : line.steps) {
      if (step.kind == Kind::search) interpreter.search_path().add(step.text);
    }
    add_default_directories(interpreter.search_path(), environment);
    if (!line.has(Kind::file)) interpreter.fallback_script = "openocd.cfg";
    return run_session(session, interpreter, line, interrupt);
  } catch (const std::exception& e) {
    const auto* error = dynamic_cast<const Error*>(&e);
    log.line(LogLevel::error, error ? error->describe() : e.what());
  } catch (const LeaveScripts&) {
    return 0;
  }
  return 1;
}

}  // namespace probity
