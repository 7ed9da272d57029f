// transport select, list.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

std::vector<CommandRow> transport_rows() {
  return {
      {"transport select", CommandMode::any, "[transport_name]",
       "Selects the wire protocol; without a name shows it, and selects the driver's first one if none was "
       "selected yet.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 1);
         if (!call.args.empty()) call.session.select_transport(call.args[0]);
         return std::string(name_of(call.session.require_transport()));
       }},
      {"transport list", CommandMode::any, "", "Lists the transports of all drivers.",
       [](const Call& call) {
         args::expect(call.args, 0, 0);
         std::string text = "The following transports are available:\n";
         for (const Transport t : all_transports()) text += fmt::format("\t{}\n", name_of(t));
         return text;
       }},
  };
}

}  // namespace probity
