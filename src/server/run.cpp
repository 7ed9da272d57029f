#include "server/run.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "base/interrupt.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "server/gdb/gdb_server.hpp"
#include "server/server.hpp"
#include "server/server_commands.hpp"
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
      // Where the file cannot be had the log stays where it is, as OpenOCD's does.
      run_words(interpreter, {"log_output", step.text});
      return true;
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
  return true;
}

// The ports are opened when the scripts are through, before the `init` that is said for them; as OpenOCD
// 0.12.0 does. False: `init` failed.
bool open_servers(server::Server& server, Interpreter& interpreter) {
  server.open_consoles();
  if (!interpreter.init_at_end || interpreter.session().initialized()) return true;
  return interpreter.run("init") == Interpreter::Outcome::ok;
}

// The GDB ports are opened by `init`. OpenOCD 0.12.0 goes on where one cannot be had, and so do we.
class GdbPorts {
 public:
  GdbPorts(Session& session, server::Server& server, server::GdbServers& gdb) : session_(session) {
    session_.on_init = [&session, &server, &gdb] {
      for (server::Service& service : gdb.services()) {
        try {
          server.open(std::move(service));
        } catch (const Error& e) {
          session.report(e);
        }
      }
    };
    session_.on_abandon = [&server] { server.close("gdb"); };
  }
  ~GdbPorts() { session_.on_init = session_.on_abandon = nullptr; }
  GdbPorts(const GdbPorts&) = delete;
  GdbPorts& operator=(const GdbPorts&) = delete;

 private:
  Session& session_;
};

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
int run_session(Session& session, Interpreter& interpreter, server::Server& server, const CommandLine& line,
                Interrupt& interrupt) {
  const SignalsToScripts signals(interrupt, interpreter);
  bool done = run_scripts(interpreter, line);
  if (done && !session.shutdown_requested() && interrupt.signal() == 0)
    done = open_servers(server, interpreter);
  if (session.shutdown_requested()) return *session.shutdown_requested();
  if (!done) {
    if (interrupt.signal() == 0) return 1;
    session.log().warn("{} came: what was running is not finished", name_of_signal(interrupt.signal()));
  } else {
    try {
      server.run();
    } catch (const Interrupted&) {
      // What it waited for.
    }
    if (session.shutdown_requested()) return *session.shutdown_requested();
  }
  shut_down(interpreter, interrupt);
  return session.shutdown_requested().value_or(1);
}

}  // namespace

int run(const CommandLine& line, const Host& host, Log& log, const SearchEnvironment& environment,
        Interrupt& interrupt) {
  try {
    Session session(host, log);
    server::Settings settings;
    Interpreter interpreter(session, server::all_server_rows(settings));
    for (const CommandLine::Step& step : line.steps) {
      if (step.kind == Kind::search) interpreter.search_path().add(step.text);
    }
    add_default_directories(interpreter.search_path(), environment);
    if (!line.has(Kind::file)) interpreter.fallback_script = "openocd.cfg";
    server::GdbServers gdb(session, interpreter, settings.gdb);
    server::Server server(session, interpreter, settings.consoles, interrupt);
    const GdbPorts gdb_ports(session, server, gdb);
    return run_session(session, interpreter, server, line, interrupt);
  } catch (const std::exception& e) {
    const auto* error = dynamic_cast<const Error*>(&e);
    log.line(LogLevel::error, error ? error->describe() : e.what());
  } catch (const LeaveScripts&) {
    return 0;
  }
  return 1;
}

}  // namespace probity
