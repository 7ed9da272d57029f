// init and what belongs to it.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

// A Tcl procedure that users override.
void run_hook(Interpreter& interpreter, const std::string& name) {
  const Interpreter::Result result = interpreter.eval(name);
  if (result.outcome == Interpreter::Outcome::leave) throw LeaveScripts{};
  if (result.outcome == Interpreter::Outcome::error)
    throw ScriptError(fmt::format("{}: {}", name, result.text));
}

// Without -f, and without any adapter named, OpenOCD 0.12 can only fail here; the configuration in the
// current folder is what the user means.
void read_fallback(Interpreter& interpreter, Session& session) {
  if (!session.adapter_driver_name.empty() || interpreter.fallback_script.empty()) return;
  if (!interpreter.search_path().find(interpreter.fallback_script)) return;
  const std::string script = interpreter.fallback_script;
  interpreter.fallback_script.clear();
  session.log().info("no adapter is configured: reading {}", script);
  const Interpreter::Result result = interpreter.call(std::vector<std::string>{"script", script});
  if (result.outcome == Interpreter::Outcome::leave) throw LeaveScripts{};
  if (result.outcome == Interpreter::Outcome::error) throw ScriptError(result.text);
}

std::string init(Interpreter& interpreter, const Call& call) {
  args::expect(call.args, 0, 0);
  Session& session = call.session;
  if (session.initialized()) return {};
  read_fallback(interpreter, session);
  for (const char* hook : {"init_targets", "init_target_events", "init_board"}) run_hook(interpreter, hook);
  try {
    session.open_adapter();
    session.connect_daps();
    session.examine_targets();
    session.make_flash_banks();
    session.trace().start();
    if (session.on_init) session.on_init();
    run_hook(interpreter, "_run_post_init_commands");
  } catch (...) {
    if (session.on_abandon) session.on_abandon();
    session.abandon_init();
    throw;
  }
  return {};
}

}  // namespace

std::vector<CommandRow> session_rows(Interpreter& interpreter) {
  const auto nothing = [](const Call& call) -> std::string {
    args::expect(call.args, 0, 0);
    return {};
  };
  return {
      {"init", CommandMode::any, "",
       "Opens the adapter, connects to the targets and makes the flash banks. Called by itself at the end of "
       "the scripts, "
       "unless 'noinit' was given.",
       [&interpreter](const Call& call) { return init(interpreter, call); }},
      {"noinit", CommandMode::config, "", "Keeps 'init' from being called at the end of the scripts.",
       [&interpreter](const Call& call) -> std::string {
         args::expect(call.args, 0, 0);
         interpreter.init_at_end = false;
         return {};
       }},
      // The parts of OpenOCD's `init`, which some files call by themselves; `init` does all of it.
      {"target init", CommandMode::config, "", "Part of 'init'.", nothing},
      {"dap init", CommandMode::any, "", "Part of 'init'.", nothing},
      {"transport init", CommandMode::any, "", "Part of 'init'.", nothing},
      {"flash init", CommandMode::config, "", "Part of 'init'.", nothing},
      // For startup.tcl: tells the listeners of resets.
      {"_reset_begins", CommandMode::exec, "mode", "Part of 'reset'.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         if (!call.session.on_reset) return {};
         for (const auto& entry : call.session.targets) call.session.on_reset(*entry, call.args[0]);
         return {};
       }},
      {"poll", CommandMode::any, "['on'|'off']",
       "Looks at the targets now, or turns looking at them by itself on or off.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 1);
         Session& session = call.session;
         if (!call.args.empty()) {
           session.polling = args::on_off(call.args[0]);
           return {};
         }
         std::string text = fmt::format("background polling: {}\n", session.polling ? "on" : "off");
         for (const auto& entry : session.targets) {
           if (!entry->target) continue;
           text += fmt::format("TAP: {} (enabled)\n", entry->name);
           // Not part of the result, as with OpenOCD: it is seen before it.
           if (entry->target->poll() == TargetState::halted)
             session.log().user("{}", session.describe_halt(*entry));
         }
         return text;
       }},
      {"poll_period", CommandMode::any, "[milliseconds]", "How often the servers look at the targets.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 1);
         if (call.args.empty())
           return fmt::format("set servers polling period to {}ms", call.session.poll_period().count());
         call.session.set_poll_period(args::milliseconds(call.args[0]));
         return {};
       }},
  };
}

}  // namespace probity
