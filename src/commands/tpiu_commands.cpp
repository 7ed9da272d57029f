// tpiu and swo: the end of trace, set up by objects of their own, and as before OpenOCD 0.11 by `tpiu
// config`.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"
#include "commands/trace_unit_options.hpp"

namespace probity {

namespace {

// Messages and their order as seen of OpenOCD 0.12.0, unless said otherwise.
constexpr std::string_view kDeprecated = "DEPRECATED 'tpiu config' command: ";

TraceUnit& unit_of(const Call& call) { return call.session.trace().unit(call.object); }

std::string event_list(const Call& call) {
  args::expect(call.args, 0, 0);
  const TraceUnit& unit = unit_of(call);
  std::string text = fmt::format("Event actions for TPIU/SWO {}\n\n{:25} | Body\n{:-<25} | {:-<40}\n",
                                 unit.name, "Event", "", "");
  for (const auto& [event, body] : unit.events) text += fmt::format("{:25} | {}\n", event, body);
  return text + "***END***";
}

std::vector<CommandRow> unit_rows() {
  constexpr auto kAny = CommandMode::any;
  return {
      {"configure", kAny, "[attribute value ...]", "Sets options and events.",
       [](const Call& call) -> std::string {
         if (call.args.empty()) throw UsageError("missing: -option ...");
         configure_trace_unit(unit_of(call), call.session, call.args);
         return {};
       }},
      {"cget", kAny, "attribute", "The value of an option.",
       [](const Call& call) { return trace_unit_option(unit_of(call), call.args); }},
      {"eventlist", kAny, "", "Shows the events that have a body.", event_list},
      {"enable", kAny, "",
       "Sets the target's trace output, and starts to capture it; before 'init', 'init' does.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 0);
         call.session.trace().enable(unit_of(call));
         return {};
       }},
      {"disable", CommandMode::exec, "", "Ends what 'enable' began.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 0);
         call.session.trace().disable(unit_of(call));
         return {};
       }},
  };
}

using ObjectRows = std::shared_ptr<const std::vector<CommandRow>>;

std::string create_unit(Interpreter& interpreter, const Call& call, const ObjectRows& objects) {
  if (call.args.empty()) throw UsageError("a name is needed");
  TraceUnit unit;
  unit.name = call.args[0];
  configure_trace_unit(unit, call.session, call.args.subspan(1));
  if (unit.dap.empty() || !unit.ap) throw ScriptError("-dap and -ap-num required when creating TPIU");
  interpreter.create_object(unit.name, *objects);
  call.session.trace().add(std::move(unit));
  return {};
}

std::string unit_names(const Call& call) {
  args::expect(call.args, 0, 0);
  std::vector<std::string> names;
  for (const auto& unit : call.session.trace().units()) names.push_back(unit->name);
  return args::list(names);
}

// --- tpiu config: the old way ----------------------------------------------------------------------------

// The first unit; made where there is none.
TraceUnit& old_unit(Interpreter& interpreter, Session& session, const ObjectRows& objects) {
  Log& log = session.log();
  if (const auto& units = session.trace().units(); !units.empty()) {
    log.info("{}Using {}", kDeprecated, units.front()->name);
    return *units.front();
  }
  const TargetEntry& target = session.current();
  TraceUnit unit;
  unit.name = target.name + ".tpiu";
  unit.dap = target.dap;
  unit.ap = target.ap;
  log.info("{}Adding a TPIU '{}' in the configuration", kDeprecated, unit.name);
  if (!unit.ap && is_hla(session.require_transport())) unit.ap = 0;
  if (!unit.ap && target.target && target.target->examined()) unit.ap = session.access_port_of(target);
  if (!unit.ap) {
    log.info("{}Target {} uses AP autodetection. Adding TPIU on AP 0; can be revised later", kDeprecated,
             target.name);
    unit.ap = 0;
    unit.ap_of_current_target = true;
  }
  log.info("{}Running: 'tpiu create {} -dap {} -ap-num 0x{:x}'", kDeprecated, unit.name, unit.dap, *unit.ap);
  interpreter.create_object(unit.name, *objects);
  return session.trace().add(std::move(unit));
}

// "(external | internal OUTPUT) (sync WIDTH | (manchester | uart) FORMATTER) CLOCK [FREQUENCY]" as the words
// of `configure`, in OpenOCD's order.
std::vector<std::string> modern_words(std::span<const std::string> words) {
  std::size_t at = 0;
  const auto next = [&]() -> const std::string& {
    if (at == words.size()) throw UsageError("more words are due");
    return words[at++];
  };
  std::vector<std::string> output, form;
  const std::string& place = words.empty() ? next() : words[at++];
  if (place == "internal") {
    output = {"-output", next()};
  } else if (place != "external") {
    throw UsageError(fmt::format("'{}' is none of disable, external, internal", place));
  }
  const std::string& protocol = next();
  if (protocol == "sync") {
    form = {"-port-width", next()};
  } else if (protocol == "manchester" || protocol == "uart") {
    form = {"-formatter", next()};
  } else {
    throw UsageError(fmt::format("'{}' is none of sync, manchester, uart", protocol));
  }
  std::vector<std::string> all = {"-protocol", protocol, "-traceclk", next()};
  if (at < words.size()) all.insert(all.end(), {"-pin-freq", next()});
  if (at < words.size()) throw UsageError(fmt::format("unexpected argument '{}'", words[at]));
  all.insert(all.end(), output.begin(), output.end());
  all.insert(all.end(), form.begin(), form.end());
  return all;
}

std::string old_config(Interpreter& interpreter, const Call& call, const ObjectRows& objects) {
  Session& session = call.session;
  TraceUnit& unit = old_unit(interpreter, session, objects);
  if (call.args.empty()) throw UsageError("more words are due");
  if (call.args[0] == "disable") {
    args::expect(call.args, 1, 1);
    session.log().info("{}Running: '{} disable'", kDeprecated, unit.name);
    session.trace().disable(unit);
    return {};
  }
  const std::vector<std::string> words = modern_words(call.args);
  session.log().info("{}Running: '{} configure {}'", kDeprecated, unit.name, args::joined(words));
  configure_trace_unit(unit, session, words);
  session.log().info("{}Running: '{} enable'", kDeprecated, unit.name);
  session.trace().enable(unit);
  return {};
}

std::string init(const Call& call) {
  args::expect(call.args, 0, 0);
  call.session.trace().start();
  return {};
}

void run_event(Interpreter& interpreter, TraceUnit& unit, std::string_view event) {
  const auto found =
      std::ranges::find(unit.events, event, [](const auto& e) { return std::string_view(e.first); });
  if (found == unit.events.end()) return;
  Session& session = interpreter.session();
  session.log().debug("TPIU/SWO: {} event: {} action : {}", unit.name, event, found->second);
  const std::string body = found->second;  // the body may replace itself
  const std::string target = session.targets.empty() ? std::string() : session.current().name;
  const Interpreter::Result result = interpreter.eval(body);
  if (!target.empty()) session.select(target);  // whatever `targets NAME` it said
  if (result.outcome == Interpreter::Outcome::leave) throw LeaveScripts{};
  if (result.outcome == Interpreter::Outcome::ok) return;
  session.log().user("Error executing event {} on TPIU/SWO {}:\n{}", event, unit.name, result.text);
}

}  // namespace

std::vector<CommandRow> tpiu_rows(Interpreter& interpreter) {
  constexpr auto kAny = CommandMode::any;
  constexpr std::string_view kUsage = "name [-dap dap] [-ap-num num] [-baseaddr baseaddr]";
  constexpr std::string_view kConfigUsage =
      "(disable | ((external | internal (<filename> | <:port> | -)) (sync <port width> | ((manchester | "
      "uart) <formatter enable>)) <TRACECLKIN freq> [<trace freq>]))";
  const auto units = std::make_shared<const std::vector<CommandRow>>(unit_rows());
  interpreter.session().trace().run_event = [&interpreter](TraceUnit& unit, std::string_view event) {
    run_event(interpreter, unit, event);
  };
  const auto create = [&interpreter, units](const Call& call) {
    return create_unit(interpreter, call, units);
  };
  return {
      {"tpiu create", kAny, kUsage, "Declares a TPIU; its name becomes a command.", create},
      {"swo create", kAny, kUsage, "Declares an SWO; its name becomes a command.", create},
      {"tpiu names", kAny, "", "The names of all TPIUs and SWOs.", unit_names},
      {"swo names", kAny, "", "The names of all TPIUs and SWOs.", unit_names},
      {"tpiu init", CommandMode::exec, "", "Part of 'init': enables what was enabled before it.", init},
      {"swo init", CommandMode::exec, "", "Part of 'init': enables what was enabled before it.", init},
      {"tpiu config", kAny, kConfigUsage, "Sets and enables the first TPIU; deprecated, use 'tpiu create'.",
       [&interpreter, units](const Call& call) { return old_config(interpreter, call, units); }},
  };
}

}  // namespace probity
