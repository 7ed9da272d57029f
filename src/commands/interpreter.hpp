// The Tcl interpreter: Jim Tcl with every command row registered under its name. One C trampoline resolves
// names with spaces ("flash erase_sector"), checks the command mode, and turns C++ exceptions into Tcl
// errors: none crosses Jim's C frames.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/errors.hpp"
#include "commands/row.hpp"
#include "commands/search_path.hpp"
#include "session/session.hpp"

struct Jim_Interp;
struct Jim_Obj;

namespace probity {

// Thrown by a handler to leave every script that is running (`shutdown`, `exit`, a signal); Tcl's catch does
// not stop it.
struct LeaveScripts {};
// A failure that is printed only if no script catches it, like Tcl's own; other Errors are printed at once.
struct ScriptError : Error {
  using Error::Error;
};

class Interpreter {
 public:
  // `session` must outlive the interpreter. Registers all rows (table.hpp) and those of the layers above,
  // installs session.run_event and evaluates the embedded startup scripts.
  explicit Interpreter(Session& session, std::vector<CommandRow> rows_above = {});
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // leave: `shutdown` or `exit` was called, or a signal came.
  enum class Outcome { ok, error, leave };
  struct Result {
    Outcome outcome = Outcome::ok;
    std::string text;
  };

  // Evaluates at global level; prints nothing but what the commands log. `source` names the text in error
  // traces.
  Result eval(const std::string& script, const std::string& source = {});
  // The same, as typed at a prompt: a result is printed, an error is printed with where it happened.
  Outcome run(const std::string& script, const std::string& source = {});
  // The same for a console of its own, which shows the result; errors go to the log, as with run().
  Outcome run_for(const std::string& script, const std::function<void(std::string_view)>& show);
  // One command of these words.
  Result call(std::span<const std::string> words);

  // Bits of signals for the Tcl code that runs: once one is set, all scripts are left at their next command.
  // Lives as long as the interpreter.
  long long* signal_mask();
  // No signal is known from now on.
  void forget_signals();

  Session& session() { return session_; }
  SearchPath& search_path() { return search_path_; }
  // What `init` reads when no adapter is configured; empty: nothing.
  std::string fallback_script;
  // What `exit` does on a console: ends it and returns true. False or empty: it ends the program.
  std::function<bool()> exit_console;
  // False after `noinit`.
  bool init_at_end = true;

  // The rows of `object_rows` become "NAME word …". For targets, global commands work too: "NAME mww …" is
  // `mww` with NAME as the current target. The vector must outlive the interpreter. ConfigError if the name
  // is taken.
  void create_object(const std::string& name, const std::vector<CommandRow>& object_rows,
                     bool is_target = false);

  // All rows, sorted by name, and what add_help_text / add_usage_text gave for other names.
  std::vector<const CommandRow*> rows() const;
  // The words of the objects that there are, "stm32f4x.cpu mdw", with their rows.
  std::vector<std::pair<std::string, const CommandRow*>> object_words() const;
  struct Text {
    std::string usage, help;
  };
  std::map<std::string, Text, std::less<>> added_texts;

  // The row's mode; nothing for unknown names. Procs are `any`.
  std::optional<CommandMode> mode_of(const std::string& name);
  // Our commands and the scripts' procs, for suggestions and completion.
  std::vector<std::string> command_names();

 private:
  struct Entry;
  static int trampoline(Jim_Interp* jim, int argc, Jim_Obj* const* argv);
  static int unknown(Jim_Interp* jim, int argc, Jim_Obj* const* argv);
  static int expr(Jim_Interp* jim, int argc, Jim_Obj* const* argv);
  void register_command(const std::string& name, const CommandRow* row);
  void register_rows(std::vector<CommandRow> rows_above);
  int dispatch(const Entry& entry, int argc, Jim_Obj* const* argv);
  int dispatch_object(const Entry& entry, int argc, Jim_Obj* const* argv);
  int dispatch_word(const Entry& entry, int argc, Jim_Obj* const* argv);
  int run_row(const CommandRow& row, std::string_view name, std::string_view object, int argc,
              Jim_Obj* const* argv);
  std::string call_row(const CommandRow& row, std::string_view name, std::string_view object,
                       std::span<const std::string> words);
  int guard(const std::function<std::string()>& body);
  int fail(const Error& error);
  bool exists(const std::string& name);
  std::vector<std::string> procs();
  int forward(const std::string& name, int argc, Jim_Obj* const* argv);
  Result result_of(int code);
  Outcome conclude(const Result& result, const std::function<void(std::string_view)>& show);
  void report_error(const std::string& text);
  void run_event(TargetEntry& target, std::string_view event);

  Session& session_;
  Jim_Interp* jim_;
  SearchPath search_path_;
  std::vector<CommandRow> table_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<std::string> jim_procs_;  // those that Jim itself defines
  std::string logged_;                  // the last error a handler has already printed
};

}  // namespace probity
