// target create, names, current …; the object words are in target_object_commands.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"
#include "commands/target_options.hpp"
#include "commands/target_types.hpp"

namespace probity {

namespace {

// Files from before OpenOCD 0.8 say cortex_m3.
TargetType type_named(Session& session, const std::string& word) {
  const bool old = word == "cortex_m3" || word == "cortex_m4" || word == "stm32_stlink";
  if (old) session.log().warn("target type '{}' is now called 'cortex_m'", word);
  const std::optional<TargetType> type = target_type(old ? "cortex_m" : std::string_view(word));
  if (!type) {
    throw ConfigError(fmt::format("Target type '{}' unknown; there is: cortex_m, hla_target, mem_ap", word));
  }
  if (!type->own && session.transport && is_hla(*session.transport)) {
    throw ConfigError("The selected transport doesn't support this target");  // as OpenOCD 0.12.0
  }
  if (!type->own || type->name == "mem_ap") return *type;
  // OpenOCD shows the target by how it is reached, and so do the scripts that read `targets`.
  if (!is_hla(session.require_transport())) return *target_type("cortex_m");
  session.log().info(
      "The selected transport took over low-level target control. The results might differ compared to plain "
      "JTAG/SWD");
  return *target_type("hla_target");
}

// Before OpenOCD 0.11 there were no DAPs: a target named its TAP. It gets the DAP that this means.
std::string implied_dap(Session& session, const std::string& tap) {
  for (const auto& entry : session.daps) {
    if (entry->tap == tap) return entry->name;
  }
  const auto& taps = session.taps.taps;
  if (std::ranges::find(taps, tap, &JtagTap::name) == taps.end()) {
    throw ConfigError(fmt::format("-chain-position: there is no TAP named '{}'", tap));
  }
  auto entry = std::make_unique<DapEntry>();
  entry->name = tap + ".dap";
  entry->tap = tap;
  session.daps.push_back(std::move(entry));
  return tap + ".dap";
}

std::string create(Interpreter& interpreter, const Call& call, const std::vector<CommandRow>& object_rows) {
  if (call.args.size() < 2) throw UsageError("a name and a type are needed");
  Session& session = call.session;
  auto entry = std::make_unique<TargetEntry>();
  entry->name = call.args[0];
  const TargetType type = type_named(session, call.args[1]);
  entry->type = type.name;
  entry->foreign = !type.own;
  if (type.big_endian) entry->endian = "big";
  configure_target(session, *entry, call.args.subspan(2));
  // Old files of Cortex-M did so, and get the DAP that they mean; OpenOCD's sentence for the others.
  if (entry->foreign && type.has_dap && entry->chain_position) {
    throw ConfigError("target requires -dap parameter instead of -chain-position!");
  }
  if (entry->dap.empty()) {
    if (!entry->chain_position)
      throw UsageError(type.has_dap ? "-dap name is needed" : "-chain-position name is needed");
    if (type.has_dap) entry->dap = implied_dap(session, *entry->chain_position);
  }
  if (type.name == "mem_ap" && !entry->ap) throw ConfigError("AP number not specified");
  interpreter.create_object(entry->name, object_rows, /*is_target=*/true);
  session.targets.push_back(std::move(entry));
  session.select(call.args[0]);
  return {};
}

std::string names(const Call& call) {
  args::expect(call.args, 0, 0);
  std::vector<std::string> all;
  for (const auto& entry : call.session.targets) all.push_back(entry->name);
  return args::list(all);
}

std::string smp(const Call& call) {
  std::vector<TargetEntry*> together;
  for (const std::string& name : call.args) {
    // OpenOCD 0.12.0 passes over them without a word, and files have come to rely on it.
    if (std::ranges::find(call.session.targets, name, [](const auto& t) { return t->name; }) ==
        call.session.targets.end()) {
      call.session.log().warn("target smp: there is no target named '{}'", name);
      continue;
    }
    TargetEntry& entry = call.session.target_entry(name);
    if (std::ranges::find(together, &entry) == together.end()) together.push_back(&entry);
  }
  for (TargetEntry* entry : together) entry->together = together;
  return {};
}

}  // namespace

std::vector<CommandRow> target_rows(Interpreter& interpreter) {
  const auto objects = std::make_shared<const std::vector<CommandRow>>(target_object_rows());
  constexpr auto kAny = CommandMode::any;
  return {
      {"target create", CommandMode::config, "name type '-dap' name [options ...]",
       "Declares a target and selects it; its name becomes a command.",
       [&interpreter, objects](const Call& call) { return create(interpreter, call, *objects); }},
      {"target current", kAny, "", "The name of the current target.",
       [](const Call& call) {
         args::expect(call.args, 0, 0);
         return call.session.targets.empty() ? std::string() : call.session.current().name;
       }},
      {"target names", kAny, "", "The names of all targets.", names},
      {"target types", kAny, "", "The types that 'target create' takes.",
       [](const Call&) { return target_type_names(); }},
      {"target count", kAny, "", "How many targets there are.",
       [](const Call& call) { return fmt::format("{}", call.session.targets.size()); }},
      {"target smp", kAny, "targetname1 targetname2 ...", "Gathers targets that run together.", smp},
  };
}

}  // namespace probity
