// Settings of the servers: kept in Session::server_settings.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

// gdb_port and the like: a number, "disabled", "pipe" or a pipe's path.
Handler port(std::string key, std::string initial) {
  return [key = std::move(key), initial = std::move(initial)](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    auto& settings = call.session.server_settings;
    if (!call.args.empty()) {
      const std::string& word = call.args[0];
      if (!word.empty() && word.find_first_not_of("0123456789") == std::string::npos)
        args::number(word, UINT16_MAX);
      settings[key] = word;
      return {};
    }
    const auto found = settings.find(key);
    return found == settings.end() ? initial : found->second;
  };
}

Handler on_off(std::string key) {
  return [key = std::move(key)](const Call& call) -> std::string {
    args::expect(call.args, 1, 1);
    call.session.server_settings[key] = args::on_off(call.args[0]) ? "enable" : "disable";
    return {};
  };
}

std::string breakpoint_override(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& kind = call.session.server_settings["gdb_breakpoint_override"];
  if (!call.args.empty()) {
    kind = args::one_of(call.args[0], {"hard", "soft", "disable"}) == 2 ? "" : call.args[0];
  }
  return kind.empty() ? "breakpoint type is not overridden" : fmt::format("force {} breakpoints", kind);
}

std::string bindto(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& name = call.session.server_settings["bindto"];
  if (call.args.empty()) return fmt::format("bindto name: {}", name.empty() ? "(null)" : name);
  name = call.args[0];
  return {};
}

// One setting under the spelling of 0.12 ("gdb_port") and the one that came after it ("gdb port").
void both(std::vector<CommandRow>& rows, std::string_view underscored, std::string_view spaced,
          std::string_view usage, std::string_view help, const Handler& handler) {
  rows.push_back({underscored, CommandMode::config, usage, help, handler});
  rows.push_back({spaced, CommandMode::config, usage, help, handler});
}

}  // namespace

std::vector<CommandRow> server_rows() {
  std::vector<CommandRow> rows;
  constexpr std::string_view kPort = "[port_num|'disabled'|'pipe'|path]";
  both(rows, "gdb_port", "gdb port", kPort, "The first port of the GDB servers.", port("gdb_port", "3333"));
  both(rows, "telnet_port", "telnet port", kPort, "The port of the telnet server.",
       port("telnet_port", "4444"));
  both(rows, "tcl_port", "tcl port", kPort, "The port of the Tcl server.", port("tcl_port", "6666"));
  constexpr std::string_view kOnOff = "('enable'|'disable')";
  both(rows, "gdb_memory_map", "gdb memory_map", kOnOff, "Whether GDB is told the memory map.",
       on_off("gdb_memory_map"));
  both(rows, "gdb_flash_program", "gdb flash_program", kOnOff, "Whether GDB may program flash.",
       on_off("gdb_flash_program"));
  both(rows, "gdb_report_data_abort", "gdb report_data_abort", kOnOff,
       "Whether GDB is told of refused accesses.", on_off("gdb_report_data_abort"));
  both(rows, "gdb_report_register_access_error", "gdb report_register_access_error", kOnOff,
       "Whether GDB is told of registers that cannot be read.", on_off("gdb_report_register_access_error"));
  both(rows, "gdb_target_description", "gdb target_description", kOnOff, "Whether GDB is told the registers.",
       on_off("gdb_target_description"));
  rows.push_back({"gdb_breakpoint_override", CommandMode::any, "('hard'|'soft'|'disable')",
                  "Which kind of breakpoint GDB's 'break' sets.", breakpoint_override});
  rows.push_back({"gdb breakpoint_override", CommandMode::any, "('hard'|'soft'|'disable')",
                  "Which kind of breakpoint GDB's 'break' sets.", breakpoint_override});
  rows.push_back(
      {"bindto", CommandMode::config, "[name]", "The address on which the servers listen.", bindto});
  return rows;
}

}  // namespace probity
