#include "server/server_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/errors.hpp"
#include "base/log.hpp"
#include "commands/args.hpp"
#include "session/session.hpp"

namespace probity::server {

namespace {

Handler port(std::string& setting) {
  return [&setting](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    if (call.args.empty()) return setting;
    const std::string& word = call.args[0];
    if (word != "disabled" && word != "pipe") args::number(word, UINT16_MAX);
    setting = word;
    return {};
  };
}

std::string bindto(ServerSettings& settings, const Call& call) {
  args::expect(call.args, 0, 1);
  if (call.args.empty())
    return fmt::format("bindto name: {}", settings.bindto.empty() ? "(null)" : settings.bindto);
  settings.bindto = call.args[0];
  return {};
}

// OpenOCD's sentences, as seen of 0.12.0, two blanks and all.
Handler subscription(ServerSettings& settings, bool CommandSource::Subscriptions::*which,
                     std::string_view what) {
  return [&settings, which, what](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    if (!settings.running || !settings.running->subscriptions)
      throw UsageError("can only be called from the tcl server");
    bool& on = settings.running->subscriptions->*which;
    if (!call.args.empty()) on = args::on_off(call.args[0]);
    call.session.log().user("{} is {}", what, on ? "enabled" : "disabled");
    return {};
  };
}

}  // namespace

std::vector<CommandRow> server_rows(ServerSettings& settings) {
  constexpr std::string_view kPort = "[port_num|'disabled'|'pipe']";
  constexpr std::string_view kTelnetHelp = "The port of the telnet server; 0: any free one.";
  constexpr std::string_view kTclHelp = "The port of the Tcl server; 0: any free one.";
  using Subscriptions = CommandSource::Subscriptions;
  return {
      // The spelling of 0.12 and the one that came after it.
      {"telnet_port", CommandMode::config, kPort, kTelnetHelp, port(settings.telnet_port)},
      {"telnet port", CommandMode::config, kPort, kTelnetHelp, port(settings.telnet_port)},
      {"tcl_port", CommandMode::config, kPort, kTclHelp, port(settings.tcl_port)},
      {"tcl port", CommandMode::config, kPort, kTclHelp, port(settings.tcl_port)},
      {"bindto", CommandMode::config, "[name]",
       "The address (or a name of it) on which the servers listen; 0.0.0.0: all of this machine.",
       [&settings](const Call& call) { return bindto(settings, call); }},
      {"tcl_notifications", CommandMode::exec, "[on|off]",
       "Whether this client of the Tcl server is told of the targets' events.",
       subscription(settings, &Subscriptions::events, "Target Notification output ")},
      {"tcl notifications", CommandMode::exec, "[on|off]",
       "Whether this client of the Tcl server is told of the targets' events.",
       subscription(settings, &Subscriptions::events, "Target Notification output ")},
      {"tcl_trace", CommandMode::exec, "[on|off]",
       "Whether this client of the Tcl server is sent the targets' trace data.",
       subscription(settings, &Subscriptions::trace, "Target trace output ")},
      {"tcl trace", CommandMode::exec, "[on|off]",
       "Whether this client of the Tcl server is sent the targets' trace data.",
       subscription(settings, &Subscriptions::trace, "Target trace output ")},
  };
}

std::vector<CommandRow> all_server_rows(Settings& settings) {
  std::vector<CommandRow> rows = server_rows(settings.consoles);
  std::ranges::move(gdb_rows(settings.gdb), std::back_inserter(rows));
  return rows;
}

}  // namespace probity::server
