// cti: declared by target files, kept and shown again.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

using ObjectRows = std::shared_ptr<const std::vector<CommandRow>>;

CtiEntry& cti_named(Session& session, std::string_view name) {
  const auto found = std::ranges::find(session.ctis, name, &CtiEntry::name);
  if (found == session.ctis.end()) throw ConfigError(fmt::format("there is no CTI named '{}'", name));
  return *found;
}

void configure_cti(CtiEntry& entry, std::span<const std::string> words) {
  for (const auto& option : args::options(words)) {
    if (!entry.options.contains(option.name))
      throw UsageError(fmt::format("unknown option '{}'", option.name));
    entry.options[option.name] = option.value;
  }
}

std::vector<CommandRow> cti_object_rows() {
  constexpr auto kAny = CommandMode::any;
  return {
      {"configure", kAny, "[attribute value ...]", "Sets options.",
       [](const Call& call) -> std::string {
         configure_cti(cti_named(call.session, call.object), call.args);
         return {};
       }},
      {"cget", kAny, "attribute", "The value of an option.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         const auto& options = cti_named(call.session, call.object).options;
         const auto found = options.find(call.args[0]);
         if (found == options.end()) throw UsageError(fmt::format("unknown option '{}'", call.args[0]));
         return found->second;
       }},
  };
}

std::string create_cti(Interpreter& interpreter, const Call& call, const ObjectRows& objects) {
  if (call.args.empty()) throw UsageError("a name is needed");
  CtiEntry entry{call.args[0], {{"-dap", ""}, {"-ap-num", "0"}, {"-baseaddr", "0"}}};
  configure_cti(entry, call.args.subspan(1));
  if (entry.options["-dap"].empty()) throw UsageError("-dap is needed");
  interpreter.create_object(entry.name, *objects);
  call.session.ctis.push_back(std::move(entry));
  return {};
}

std::string cti_names(const Call& call) {
  args::expect(call.args, 0, 0);
  std::vector<std::string> names;
  for (const CtiEntry& entry : call.session.ctis) names.push_back(entry.name);
  return args::list(names);
}

}  // namespace

std::vector<CommandRow> cti_rows(Interpreter& interpreter) {
  constexpr auto kAny = CommandMode::any;
  const auto ctis = std::make_shared<const std::vector<CommandRow>>(cti_object_rows());
  return {
      {"cti create", kAny, "name [-dap dap] [-ap-num num] [-baseaddr baseaddr]",
       "Declares a CTI; its name becomes a command.",
       [&interpreter, ctis](const Call& call) { return create_cti(interpreter, call, ctis); }},
      {"cti names", kAny, "", "The names of all CTIs.", cti_names},
  };
}

}  // namespace probity
