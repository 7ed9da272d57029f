#include "commands/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "base/suggest.hpp"
#include "commands/args.hpp"
#include "commands/left_out.hpp"
#include "commands/startup_scripts.hpp"
#include "commands/table.hpp"

extern "C" {
#include <jim.h>
}

namespace probity {

// What a Jim command of ours is: a row, a group ("flash") or an object ("stm32f4x.cpu").
struct Interpreter::Entry {
  Interpreter& owner;
  std::string name;
  const CommandRow* row = nullptr;                       // null: a group or an object
  const std::vector<CommandRow>* object_rows = nullptr;  // an object's
  bool is_target = false;
  std::string object =
      {};  // a word of that object, which `info commands` and `help` list: "stm32f4x.cpu mdw"
  std::string word = {};
};

namespace {

std::string text_of(Jim_Obj* object) {
  int length = 0;
  const char* text = Jim_GetString(object, &length);
  return {text, static_cast<std::size_t>(length)};
}

std::vector<std::string> words_of(int argc, Jim_Obj* const* argv) {
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(argc));
  for (int i = 0; i < argc; ++i) words.push_back(text_of(argv[i]));
  return words;
}

Jim_Obj* object_of(Jim_Interp* jim, std::string_view text) {
  return Jim_NewStringObj(jim, text.data(), static_cast<int>(text.size()));
}

// What OpenOCD lists as words of a target, of the commands that mean the current one.
bool is_word_of_target(std::string_view name) {
  constexpr std::string_view kGroups[] = {"arm ", "cortex_m ", "itm "};
  constexpr std::string_view kWords[] = {"mdb",
                                         "mdh",
                                         "mdw",
                                         "mdd",
                                         "mwb",
                                         "mwh",
                                         "mww",
                                         "mwd",
                                         "read_memory",
                                         "write_memory",
                                         "get_reg",
                                         "set_reg",
                                         "tpiu config",
                                         "rtt channellist",
                                         "rtt setup",
                                         "rtt channels",
                                         "rtt start",
                                         "rtt stop",
                                         "rtt polling_interval"};
  return std::ranges::any_of(kGroups, [&](std::string_view group) { return name.starts_with(group); }) ||
         std::ranges::find(kWords, name) != std::end(kWords);
}

constexpr std::string_view kTargetProc = "_target_object ";  // "_target_object WORD" of the startup scripts

}  // namespace

Interpreter::Interpreter(Session& session, std::vector<CommandRow> rows_above)
    : session_(session), jim_(Jim_CreateInterp()) {
  Jim_RegisterCoreCommands(jim_);
  Jim_InitStaticExtensions(jim_);
  jim_procs_ = procs();
  // OpenOCD's configuration files ask for this to know which system they are on.
  Jim_SetGlobalVariableStr(jim_, "ocd_HOSTOS", object_of(jim_, "linux"));
  register_rows(std::move(rows_above));
  Jim_CreateCommand(jim_, "unknown", &Interpreter::unknown, this, nullptr);
  Jim_CreateCommand(jim_, "expr", &Interpreter::expr, this, nullptr);
  session_.run_event = [this](TargetEntry& target, std::string_view event) { run_event(target, event); };
  session_.leave_scripts = [] { throw LeaveScripts{}; };
  for (const StartupScript& script : startup_scripts()) {
    const Result result = eval(std::string(script.text), fmt::format("embedded:{}", script.name));
    if (result.outcome == Outcome::error) {
      throw ConfigError(fmt::format("embedded {}: {}", script.name, result.text));
    }
  }
}

Interpreter::~Interpreter() {
  session_.run_event = nullptr;
  session_.trace().run_event = nullptr;
  session_.leave_scripts = nullptr;
  Jim_FreeInterp(jim_);
}

void Interpreter::register_rows(std::vector<CommandRow> rows_above) {
  table_ = all_rows(*this);
  std::ranges::move(rows_above, std::back_inserter(table_));
  std::ranges::sort(table_, {}, &CommandRow::name);
  for (const CommandRow& row : table_) register_command(std::string(row.name), &row);
  // Every first part of a name with spaces is a group, unless it is a command itself.
  for (const CommandRow& row : table_) {
    for (std::size_t space = row.name.find(' '); space != std::string_view::npos;
         space = row.name.find(' ', space + 1)) {
      const std::string group(row.name.substr(0, space));
      if (!exists(group)) register_command(group, nullptr);
    }
  }
}

void Interpreter::register_command(const std::string& name, const CommandRow* row) {
  entries_.push_back(std::make_unique<Entry>(Entry{*this, name, row}));
  Jim_CreateCommand(jim_, name.c_str(), &Interpreter::trampoline, entries_.back().get(), nullptr);
}

void Interpreter::create_object(const std::string& name, const std::vector<CommandRow>& object_rows,
                                bool is_target) {
  if (exists(name)) throw ConfigError(fmt::format("a command named '{}' exists already", name));
  entries_.push_back(std::make_unique<Entry>(Entry{*this, name, nullptr, &object_rows, is_target}));
  Jim_CreateCommand(jim_, name.c_str(), &Interpreter::trampoline, entries_.back().get(), nullptr);
  const auto add_word = [&](std::string_view word, const CommandRow* row) {
    const std::string command = fmt::format("{} {}", name, word);
    entries_.push_back(
        std::make_unique<Entry>(Entry{*this, command, row, nullptr, false, name, std::string(word)}));
    Jim_CreateCommand(jim_, command.c_str(), &Interpreter::trampoline, entries_.back().get(), nullptr);
  };
  for (const CommandRow& row : object_rows) add_word(row.name, &row);
  if (!is_target) return;
  for (const CommandRow& row : table_) {
    if (is_word_of_target(row.name)) add_word(row.name, &row);
  }
  for (const std::string& proc : procs()) {
    if (proc.starts_with(kTargetProc)) add_word(std::string_view(proc).substr(kTargetProc.size()), nullptr);
  }
}

int Interpreter::trampoline(Jim_Interp* jim, int argc, Jim_Obj* const* argv) {
  const Entry& entry = *static_cast<const Entry*>(Jim_CmdPrivData(jim));
  if (!entry.object.empty()) return entry.owner.dispatch_word(entry, argc, argv);
  return entry.object_rows ? entry.owner.dispatch_object(entry, argc, argv)
                           : entry.owner.dispatch(entry, argc, argv);
}

// "{stm32f4x.cpu mdw} ADDRESS" is "stm32f4x.cpu mdw ADDRESS".
int Interpreter::dispatch_word(const Entry& entry, int argc, Jim_Obj* const* argv) {
  std::vector<Jim_Obj*> words;
  std::string_view rest = entry.word;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(object_of(jim_, rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  words.insert(words.end(), argv + 1, argv + argc);
  return forward(entry.object, static_cast<int>(words.size()), words.data());
}

int Interpreter::dispatch(const Entry& entry, int argc, Jim_Obj* const* argv) {
  if (argc > 1) {
    const std::string longer = entry.name + " " + text_of(argv[1]);
    if (exists(longer)) return forward(longer, argc - 2, argv + 2);
  }
  if (entry.row) return run_row(*entry.row, entry.name, {}, argc - 1, argv + 1);
  return guard([&]() -> std::string {
    std::string usage = fmt::format("{}: {}", entry.name, "a subcommand is missing");
    if (argc > 1) {
      const std::string asked = entry.name + " " + text_of(argv[1]);
      usage = fmt::format("unknown command \"{}\"{}", asked, did_you_mean(asked, command_names()));
    }
    for (const CommandRow& row : table_) {
      if (row.name.starts_with(entry.name + " ")) usage += fmt::format("\n  {} {}", row.name, row.usage);
    }
    throw ConfigError(usage);
  });
}

int Interpreter::dispatch_object(const Entry& entry, int argc, Jim_Obj* const* argv) {
  const std::string word = argc > 1 ? text_of(argv[1]) : std::string();
  for (const CommandRow& row : *entry.object_rows) {
    if (row.name == word) return run_row(row, entry.name + " " + word, entry.name, argc - 2, argv + 2);
  }
  const bool is_row =
      std::ranges::any_of(entries_, [&](const auto& e) { return e->name == word && !e->object_rows; });
  if (entry.is_target && is_row) {
    const Session::CurrentTargetScope scope(session_, session_.target_entry(entry.name));
    return forward(word, argc - 2, argv + 2);
  }
  // What a target does in Tcl, because it works on the caller's variables.
  if (const std::string proc = std::string(kTargetProc) + word; entry.is_target && exists(proc)) {
    const Session::CurrentTargetScope scope(session_, session_.target_entry(entry.name));
    return forward(proc, argc - 2, argv + 2);
  }
  return guard([&]() -> std::string {
    std::vector<std::string> known;
    std::string usage;
    for (const CommandRow& row : *entry.object_rows) {
      known.push_back(entry.name + " " + std::string(row.name));
      usage += fmt::format("\n  {} {}", known.back(), row.usage);
    }
    const std::string asked = entry.name + " " + word;
    throw ConfigError(
        argc > 1 ? fmt::format("unknown command \"{}\"{}{}", asked, did_you_mean(asked, known), usage)
                 : fmt::format("{}: a subcommand is missing{}", entry.name, usage));
  });
}

int Interpreter::forward(const std::string& name, int argc, Jim_Obj* const* argv) {
  std::vector<Jim_Obj*> words{object_of(jim_, name)};
  words.insert(words.end(), argv, argv + argc);
  return Jim_EvalObjVector(jim_, static_cast<int>(words.size()), words.data());
}

int Interpreter::run_row(const CommandRow& row, std::string_view name, std::string_view object, int argc,
                         Jim_Obj* const* argv) {
  return guard([&] {
    session_.clock().check_interrupt();
    const std::vector<std::string> words = words_of(argc, argv);
    session_.log().debug("command - {} {}", name, args::joined(words));
    return call_row(row, name, object, words);
  });
}

std::string Interpreter::call_row(const CommandRow& row, std::string_view name, std::string_view object,
                                  std::span<const std::string> words) {
  const bool configuring = session_.stage() == Stage::config;
  // OpenOCD's sentences, as seen of 0.12.0.
  if (row.mode == CommandMode::config && !configuring) {
    throw ConfigError(fmt::format("The '{}' command must be used before 'init'.", name));
  }
  if (row.mode == CommandMode::exec && configuring) {
    throw ConfigError(fmt::format("The '{}' command must be used after 'init'.", name));
  }
  try {
    return row.run(Call{session_, name, words, object});
  } catch (const UsageError& e) {
    throw UsageError(fmt::format("{}: {}\nusage: {} {}", name, e.describe(), name, row.usage));
  }
}

int Interpreter::guard(const std::function<std::string()>& body) {
  try {
    Jim_SetResult(jim_, object_of(jim_, body()));
    return JIM_OK;
  } catch (const LeaveScripts&) {
    return JIM_EXIT;
  } catch (const Interrupted&) {
    return JIM_EXIT;
  } catch (const ScriptError& e) {
    Jim_SetResult(jim_, object_of(jim_, e.message()));
    return JIM_ERR;
  } catch (const Error& e) {
    return fail(e);
  } catch (const std::exception& e) {
    return fail(Error(fmt::format("internal error: {}", e.what())));
  }
}

// Printed at once, as OpenOCD does, so that it is seen even where a script catches it; and handed on as the
// Tcl error.
int Interpreter::fail(const Error& error) {
  const std::string text = error.describe();
  if (!text.empty()) session_.report(error);
  logged_ = text;
  Jim_SetResult(jim_, object_of(jim_, text));
  return JIM_ERR;
}

int Interpreter::unknown(Jim_Interp* jim, int argc, Jim_Obj* const* argv) {
  auto& self = *static_cast<Interpreter*>(Jim_CmdPrivData(jim));
  const std::string name = argc > 1 ? text_of(argv[1]) : std::string();
  // Scripts from before OpenOCD 0.11 call commands by an internal "ocd_" name.
  if (name.starts_with("ocd_") && self.exists(name.substr(4))) {
    return self.forward(name.substr(4), argc - 2, argv + 2);
  }
  const std::vector<std::string> known = self.command_names();
  std::string hint = argc > 2 ? did_you_mean(name + " " + text_of(argv[2]), known) : std::string();
  if (hint.empty()) hint = did_you_mean(name, known);
  const std::string text = fmt::format("invalid command name \"{}\"{}", name, hint);
  Jim_SetResult(jim, object_of(jim, text));
  return JIM_ERR;
}

// Jim's own takes one word; files written for OpenOCD before 0.12 also say `expr $a + $b`.
int Interpreter::expr(Jim_Interp* jim, int argc, Jim_Obj* const* argv) {
  if (argc == 2) return Jim_EvalExpression(jim, argv[1]);
  auto& self = *static_cast<Interpreter*>(Jim_CmdPrivData(jim));
  const std::string text = args::joined(words_of(argc - 1, argv + 1));
  self.session_.log().warn("DEPRECATED! use 'expr {{ {} }}' not 'expr {}'", text, text);
  Jim_Obj* expression = object_of(jim, text);
  Jim_IncrRefCount(expression);
  const int code = Jim_EvalExpression(jim, expression);
  Jim_DecrRefCount(jim, expression);
  return code;
}

bool Interpreter::exists(const std::string& name) {
  Jim_Obj* object = object_of(jim_, name);
  Jim_IncrRefCount(object);
  const bool found = Jim_GetCommand(jim_, object, JIM_NONE) != nullptr;
  Jim_DecrRefCount(jim_, object);
  return found;
}

long long* Interpreter::signal_mask() {
  static_assert(std::is_same_v<jim_wide, long long>);
  jim_->signal_level = 1;  // else Jim does not look at the mask
  return &jim_->sigmask;
}

void Interpreter::forget_signals() { jim_->sigmask = 0; }

Interpreter::Result Interpreter::result_of(int code) {
  const std::string text = text_of(Jim_GetResult(jim_));
  if (code == JIM_EXIT || code == JIM_SIGNAL) return {Outcome::leave, {}};
  if (code == JIM_ERR) return {Outcome::error, text};
  return {Outcome::ok, text};
}

Interpreter::Result Interpreter::eval(const std::string& script, const std::string& source) {
  if (source.empty()) return result_of(Jim_EvalGlobal(jim_, script.c_str()));
  return result_of(Jim_EvalSource(jim_, source.c_str(), 1, script.c_str()));
}

Interpreter::Result Interpreter::call(std::span<const std::string> words) {
  std::vector<Jim_Obj*> objects;
  for (const std::string& word : words) objects.push_back(object_of(jim_, word));
  return result_of(Jim_EvalObjVector(jim_, static_cast<int>(objects.size()), objects.data()));
}

Interpreter::Outcome Interpreter::run(const std::string& script, const std::string& source) {
  return conclude(eval(script, source), [this](std::string_view text) { session_.log().user("{}", text); });
}

Interpreter::Outcome Interpreter::run_for(const std::string& script,
                                          const std::function<void(std::string_view)>& show) {
  return conclude(eval(script), show);
}

Interpreter::Outcome Interpreter::conclude(const Result& result,
                                           const std::function<void(std::string_view)>& show) {
  if (result.outcome == Outcome::error) {
    report_error(result.text);
  } else if (result.outcome == Outcome::ok && !result.text.empty()) {
    show(result.text);
  }
  return result.outcome;
}

void Interpreter::report_error(const std::string& text) {
  if (text != logged_) session_.log().line(LogLevel::error, text);
  logged_.clear();
  // Jim keeps {procedure file line} triples, innermost first.
  const int length = Jim_ListLength(jim_, jim_->stackTrace);
  for (int i = 0; i + 2 < length; i += 3) {
    const auto field = [&](int n) { return text_of(Jim_ListGetIndex(jim_, jim_->stackTrace, i + n)); };
    const std::string file = field(1);
    if (file.empty() || file.starts_with("embedded:")) continue;
    const std::string procedure = field(0);
    session_.log().user("  at {}:{}{}", file, field(2),
                        procedure.empty() ? "" : fmt::format(" in procedure '{}'", procedure));
  }
}

void Interpreter::run_event(TargetEntry& target, std::string_view event) {
  const auto found =
      std::ranges::find(target.events, event, [](const auto& e) { return std::string_view(e.first); });
  if (found == target.events.end()) return;
  session_.log().debug("target: {} event {}", target.name, event);
  const Session::CurrentTargetScope scope(session_, target);
  const std::string body = found->second;  // the body may replace itself
  const Result result = eval(body);
  if (result.outcome == Outcome::leave) throw LeaveScripts{};
  if (result.outcome == Outcome::ok || session_.probe_gone()) return;
  session_.log().error("Error executing event {} on target {}:", event, target.name);
  report_error(result.text);
}

std::vector<const CommandRow*> Interpreter::rows() const {
  std::vector<const CommandRow*> all;
  for (const CommandRow& row : table_) all.push_back(&row);
  return all;
}

std::vector<std::pair<std::string, const CommandRow*>> Interpreter::object_words() const {
  std::vector<std::pair<std::string, const CommandRow*>> words;
  for (const auto& entry : entries_) {
    if (!entry->object.empty() && entry->row) words.emplace_back(entry->name, entry->row);
  }
  return words;
}

std::optional<CommandMode> Interpreter::mode_of(const std::string& name) {
  if (!exists(name)) return {};
  for (const auto& [word, row] : object_words()) {
    if (word == name) return row->mode;
  }
  const auto found = std::ranges::find(table_, name, &CommandRow::name);
  return found == table_.end() ? CommandMode::any : found->mode;
}

std::vector<std::string> Interpreter::procs() {
  std::vector<std::string> names;
  Jim_Obj* saved = Jim_GetResult(jim_);
  Jim_IncrRefCount(saved);
  if (Jim_EvalGlobal(jim_, "info procs") == JIM_OK) {
    Jim_Obj* list = Jim_GetResult(jim_);
    Jim_IncrRefCount(list);
    const int length = Jim_ListLength(jim_, list);
    for (int i = 0; i < length; ++i) names.push_back(text_of(Jim_ListGetIndex(jim_, list, i)));
    Jim_DecrRefCount(jim_, list);
  }
  Jim_SetResult(jim_, saved);
  Jim_DecrRefCount(jim_, saved);
  return names;
}

std::vector<std::string> Interpreter::command_names() {
  std::vector<std::string> names;
  for (const auto& entry : entries_) {
    if (!find_left_out(entry->name)) names.push_back(entry->name);
  }
  for (std::string& name : procs()) {
    if (std::ranges::find(jim_procs_, name) == jim_procs_.end()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace probity
