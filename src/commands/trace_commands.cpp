// tpiu, swo, cti: declared by target files, kept and shown again; tracing itself is not in this version.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

TraceEntry& entry_named(Session& session, std::string_view name) {
  const auto found = std::ranges::find(session.trace, name, &TraceEntry::name);
  if (found == session.trace.end()) throw ConfigError(fmt::format("there is nothing named '{}'", name));
  return *found;
}

// Options with what they are before they are set; as OpenOCD 0.12.0 answers cget.
std::map<std::string, std::string> defaults(std::string_view kind) {
  if (kind == "cti") return {{"-dap", ""}, {"-ap-num", "0"}, {"-baseaddr", "0"}};
  return {{"-dap", ""},          {"-ap-num", "0"},     {"-baseaddr", "3758358528"},  // 0xE0040000
          {"-protocol", "sync"}, {"-port-width", "1"}, {"-formatter", "0"},
          {"-traceclk", "0"},    {"-pin-freq", "0"},   {"-output", "external"}};
}

void configure_entry(TraceEntry& entry, std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size();) {
    const std::size_t left = words.size() - i - 1;
    if (words[i] == "-event") {
      if (left < 2) throw UsageError("-event needs a name and a body");
      std::erase_if(entry.events, [&](const auto& event) { return event.first == words[i + 1]; });
      entry.events.emplace_back(words[i + 1], words[i + 2]);
      i += 3;
      continue;
    }
    if (!entry.options.contains(words[i])) throw UsageError(fmt::format("unknown option '{}'", words[i]));
    if (left < 1) throw UsageError(fmt::format("{} needs a value", words[i]));
    entry.options[words[i]] = words[i + 1];
    i += 2;
  }
}

std::string cget(const Call& call) {
  args::expect(call.args, 1, 2);
  const TraceEntry& entry = entry_named(call.session, call.object);
  if (call.args[0] == "-event" && call.args.size() == 2) {
    for (const auto& [name, body] : entry.events) {
      if (name == call.args[1]) return body;
    }
    return {};
  }
  const auto found = entry.options.find(call.args[0]);
  if (found == entry.options.end()) throw UsageError(fmt::format("unknown option '{}'", call.args[0]));
  return found->second;
}

std::string event_list(const Call& call) {
  const TraceEntry& entry = entry_named(call.session, call.object);
  std::string text = fmt::format("Event actions for TPIU/SWO {}\n\nEvent | Body\n----- | ----\n", entry.name);
  for (const auto& [event, body] : entry.events) text += fmt::format("{} | {}\n", event, body);
  return text + "***END***";
}

std::string absent(const Call& call) {
  throw ConfigError(fmt::format("{}: trace is not in this version of Probity", call.name));
}

std::vector<CommandRow> object_rows() {
  constexpr auto kAny = CommandMode::any;
  return {
      {"configure", kAny, "[attribute value ...]", "Sets options and events.",
       [](const Call& call) -> std::string {
         if (call.args.empty()) throw UsageError("an -option is needed");
         configure_entry(entry_named(call.session, call.object), call.args);
         return {};
       }},
      {"cget", kAny, "attribute", "The value of an option.", cget},
      {"eventlist", kAny, "", "Shows the events that have a body.", event_list},
      {"enable", kAny, "", "Not in this version.", absent},
      {"disable", kAny, "", "Nothing is enabled.", [](const Call&) { return std::string(); }},
  };
}

Handler creator(Interpreter& interpreter, std::string kind,
                std::shared_ptr<const std::vector<CommandRow>> objects) {
  return
      [&interpreter, kind = std::move(kind), objects = std::move(objects)](const Call& call) -> std::string {
        if (call.args.empty()) throw UsageError("a name is needed");
        TraceEntry entry{call.args[0], kind, defaults(kind), {}};
        configure_entry(entry, call.args.subspan(1));
        if (entry.options["-dap"].empty()) throw UsageError("-dap is needed");
        interpreter.create_object(entry.name, *objects);
        call.session.trace.push_back(std::move(entry));
        return {};
      };
}

Handler names(std::string_view a, std::string_view b = {}) {
  return [a, b](const Call& call) {
    std::vector<std::string> all;
    for (const TraceEntry& entry : call.session.trace) {
      if (entry.kind == a || entry.kind == b) all.push_back(entry.name);
    }
    return args::list(all);
  };
}

}  // namespace

std::vector<CommandRow> trace_rows(Interpreter& interpreter) {
  constexpr auto kAny = CommandMode::any;
  constexpr std::string_view kUsage = "name [-dap dap] [-ap-num num] [-baseaddr baseaddr]";
  const auto objects = std::make_shared<const std::vector<CommandRow>>(object_rows());
  const auto nothing = [](const Call&) { return std::string(); };
  return {
      {"tpiu create", kAny, kUsage, "Declares a TPIU; its name becomes a command.",
       creator(interpreter, "tpiu", objects)},
      {"swo create", kAny, kUsage, "Declares an SWO; its name becomes a command.",
       creator(interpreter, "swo", objects)},
      {"cti create", kAny, kUsage, "Declares a CTI; its name becomes a command.",
       creator(interpreter, "cti", objects)},
      {"tpiu names", kAny, "", "The names of all TPIUs and SWOs.", names("tpiu", "swo")},
      {"swo names", kAny, "", "The names of all TPIUs and SWOs.", names("tpiu", "swo")},
      {"cti names", kAny, "", "The names of all CTIs.", names("cti")},
      {"tpiu init", kAny, "", "Part of 'init'.", nothing},
      {"swo init", kAny, "", "Part of 'init'.", nothing},
      {"tpiu config", kAny, "...", "Not in this version, except 'disable'.",
       [](const Call& call) -> std::string {
         if (call.args.size() == 1 && call.args[0] == "disable") return {};
         return absent(call);
       }},
      {"itm port", kAny, "port (0|1|on|off)", "Accepted with a warning: trace is not in this version.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 2, 2);
         args::number(call.args[0], 31);
         args::on_off(call.args[1]);
         call.session.log().warn("{}: trace is not in this version of Probity; nothing is captured",
                                 call.name);
         return {};
       }},
      {"itm ports", kAny, "(0|1|on|off)", "Accepted with a warning: trace is not in this version.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         args::on_off(call.args[0]);
         call.session.log().warn("{}: trace is not in this version of Probity; nothing is captured",
                                 call.name);
         return {};
       }},
  };
}

}  // namespace probity
