// Commands of the interpreter and the log: echo, sleep, shutdown, help, find, capture …
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/errors.hpp"
#include "base/suggest.hpp"
#include "commands/args.hpp"
#include "commands/help.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"
#include "commands/version.hpp"

namespace probity {

namespace {

std::string echo(const Call& call) {
  const bool no_newline = call.args.size() == 2 && call.args[0] == "-n";
  if (!no_newline) args::expect(call.args, 1, 1);
  if (no_newline) {
    call.session.log().raw(call.args[1]);
  } else {
    call.session.log().line(LogLevel::user, call.args[0]);
  }
  return {};
}

// Time passes on the session's clock, so that a script's `sleep` counts on the virtual board; the targets are
// looked at meanwhile, as OpenOCD's event loop does.
std::string sleep_command(const Call& call) {
  args::expect(call.args, 1, 2);
  if (call.args.size() == 2) args::one_of(call.args[1], {"busy"});
  call.session.sleep(args::milliseconds(call.args[0]));
  return {};
}

std::string shutdown(Interpreter& interpreter, const Call& call) {
  args::expect(call.args, 0, 1);
  const bool failed = call.args.size() == 1 && call.args[0] == "error";
  call.session.log().user("shutdown command invoked");
  call.session.request_shutdown(failed ? 1 : 0);
  interpreter.run("_run_pre_shutdown_commands");
  // `shutdown error` is a Tcl error, so that it also ends what calls it; seen of OpenOCD 0.12.0.
  if (failed) throw Error("");
  throw LeaveScripts{};
}

std::string exit_command(Interpreter& interpreter, const Call& call) {
  args::expect(call.args, 0, 1);
  if (interpreter.exit_console && interpreter.exit_console()) throw LeaveScripts{};
  const auto status = call.args.empty() ? 0 : static_cast<int>(args::number(call.args[0], 255));
  call.session.request_shutdown(status);
  throw LeaveScripts{};
}

std::string debug_level(const Call& call) {
  args::expect(call.args, 0, 1);
  Log& log = call.session.log();
  if (!call.args.empty()) {
    const bool negative = call.args[0].starts_with('-');
    const int level =
        static_cast<int>(args::number(negative ? call.args[0].substr(1) : call.args[0], negative ? 3 : 4));
    log.set_level(static_cast<LogLevel>(negative ? -level : level));
  }
  return fmt::format("debug_level: {}\n", static_cast<int>(log.level()));
}

std::string capture(Interpreter& interpreter, const Call& call) {
  args::expect(call.args, 1, 1);
  Log& log = call.session.log();
  std::string captured;
  const int listener = log.add_text_listener([&](const Log::Text& text) {
    if (text.level <= LogLevel::info) captured.append(text.text).append(text.ends_line ? "\n" : "");
  });
  const Interpreter::Result result = interpreter.eval(call.args[0]);
  log.remove_listener(listener);
  if (result.outcome == Interpreter::Outcome::leave) throw LeaveScripts{};
  // What was printed is the result even of a script that fails; seen of OpenOCD 0.12.0.
  const std::string& text = captured.empty() ? result.text : captured;
  if (result.outcome == Interpreter::Outcome::error) throw ScriptError(text);
  return text;
}

// "; did you mean …?": the nearest name in the folder of a file that is not there, of all places searched.
std::string near_file(const SearchPath& path, const std::string& name) {
  const std::filesystem::path wanted(name);
  std::vector<std::string> stems;
  for (const auto& directory : path.directories()) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory / wanted.parent_path(), ignored)) {
      if (entry.path().extension() == wanted.extension()) stems.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(stems);  // of two that are as near, always the same
  const std::string* best = nearest(wanted.stem().string(), stems);
  if (!best) return {};
  return fmt::format("; did you mean {}{}?", (wanted.parent_path() / *best).string(),
                     wanted.extension().string());
}

std::string find_file(Interpreter& interpreter, const Call& call) {
  args::expect(call.args, 1, 1);
  const SearchPath& path = interpreter.search_path();
  auto found = path.find(call.args[0]);
  if (!found) {  // written on Windows?
    std::string name = call.args[0];
    std::ranges::replace(name, '\\', '/');
    found = path.find(name);
  }
  if (!found) {
    std::error_code ignored;
    if (std::filesystem::is_directory(call.args[0], ignored)) {
      throw ScriptError(fmt::format("Can't find {}: it is a directory", call.args[0]));
    }
    std::string message = fmt::format("Can't find {}{}; looked in the current folder", call.args[0],
                                      near_file(path, call.args[0]));
    for (const auto& directory : path.directories()) message += ", " + directory.string();
    throw ScriptError(message);
  }
  return found->string();
}

std::string command_mode(Interpreter& interpreter, const Call& call) {
  if (call.args.empty()) return call.session.stage() == Stage::config ? "config" : "exec";
  const auto mode = interpreter.mode_of(args::joined(call.args));
  return std::string(mode ? name_of(*mode) : "unknown");
}

// Printed, not returned: `set x [help]` is empty, as with OpenOCD, and `capture {help}` has it.
std::string show_help(Interpreter& interpreter, const Call& call, bool with_help) {
  std::string text = help_text(interpreter, args::joined(call.args), with_help);
  if (text.ends_with('\n')) text.pop_back();
  if (!text.empty()) call.session.log().user("{}", text);
  return {};
}

// `add_help_text "flash erase" text` and `add_help_text flash erase text`: the last word is the text.
std::string add_text(Interpreter& interpreter, const Call& call, std::string Interpreter::Text::*field) {
  if (call.args.size() < 2) throw UsageError("a command name and a text are needed");
  interpreter.added_texts[args::joined(call.args.first(call.args.size() - 1))].*field = call.args.back();
  return {};
}

}  // namespace

std::vector<CommandRow> core_rows(Interpreter& interpreter) {
  constexpr auto kAny = CommandMode::any;
  const auto with = [&interpreter](auto handler) {
    return [&interpreter, handler](const Call& call) { return handler(interpreter, call); };
  };
  return {
      {"echo", kAny, "[-n] string", "Prints a line; with -n without ending it.", echo},
      {"sleep", kAny, "milliseconds ['busy']", "Waits; the targets are looked at meanwhile.", sleep_command},
      {"shutdown", kAny, "['error']", "Ends the program; with 'error' its exit status is 1.", with(shutdown)},
      {"exit", kAny, "[status]", "Ends the scripts and the program; on a telnet console, that console.",
       with(exit_command)},
      {"version", kAny, "", "Shows the program's version.",
       [](const Call& call) {
         args::expect(call.args, 0, 1);
         return version_line();
       }},
      {"debug_level", kAny, "[number]",
       "Sets how much is logged: 0 errors, 1 warnings, 2 information (the default), 3 debugging, 4 wire "
       "traffic.",
       debug_level},
      {"log_output", kAny, "[file_name | 'default']", "Sends the log to a file, or to stderr again.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 1);
         call.session.log().set_output(call.args.empty() ? "default" : call.args[0]);
         return {};
       }},
      {"ms", kAny, "", "Milliseconds that only ever rise, to measure differences of time.",
       [](const Call& call) {
         return fmt::format("{}", duration_cast<Milliseconds>(call.session.clock().now()).count());
       }},
      {"capture", kAny, "command",
       "Runs a command and returns what it printed, or its result where it printed nothing.", with(capture)},
      {"find", kAny, "<file>", "The path of a script file, from the current folder or the search path.",
       with(find_file)},
      {"ocd_find", kAny, "file", "The path of a script file, from the current folder or the search path.",
       with(find_file)},
      {"add_script_search_dir", kAny, "directory",
       "Adds a directory to those where script files are looked for.",
       with([](Interpreter& i, const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         i.search_path().add(call.args[0]);
         return {};
       })},
      {"command mode", kAny, "[command_name ...]",
       "The mode in which a command may be used: any, config or exec; without a name, the present mode.",
       with(command_mode)},
      {"help", kAny, "[command_name]", "Shows commands with usage and help.",
       with([](Interpreter& i, const Call& call) { return show_help(i, call, true); })},
      {"usage", kAny, "[command_name]", "Shows commands with their usage.",
       with([](Interpreter& i, const Call& call) { return show_help(i, call, false); })},
      {"add_help_text", kAny, "command_name helptext_string", "Sets the help text of a command.",
       with([](Interpreter& i, const Call& call) { return add_text(i, call, &Interpreter::Text::help); })},
      {"add_usage_text", kAny, "command_name usage_string", "Sets the usage text of a command.",
       with([](Interpreter& i, const Call& call) { return add_text(i, call, &Interpreter::Text::usage); })},
  };
}

}  // namespace probity
