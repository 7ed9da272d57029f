// gdb_port, gdb_memory_map, gdb_breakpoint_override and the like.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_support.hpp"
#include "server/gdb/gdb_server.hpp"
#include "server/gdb/target_description.hpp"

namespace probity::server {

namespace {

// A number, "disabled", "pipe" or a pipe's path.
Handler port(GdbSettings& settings) {
  return [&settings](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    if (call.args.empty()) return settings.port;
    const std::string& word = call.args[0];
    if (!word.empty() && word.find_first_not_of("0123456789") == std::string::npos) {
      args::number(word, UINT16_MAX);
    }
    settings.port = word;
    return {};
  };
}

Handler on_off(bool& setting) {
  return [&setting](const Call& call) -> std::string {
    args::expect(call.args, 1, 1);
    setting = args::on_off(call.args[0]);
    return {};
  };
}

Handler breakpoint_override(GdbSettings& settings) {
  return [&settings](const Call& call) -> std::string {
    using enum BreakpointOverride;
    args::expect(call.args, 0, 1);
    if (!call.args.empty()) {
      constexpr BreakpointOverride kKinds[] = {hard, soft, none};
      settings.breakpoint_override = kKinds[args::one_of(call.args[0], {"hard", "soft", "disable"})];
    }
    if (settings.breakpoint_override == none) return "breakpoint type is not overridden";
    return fmt::format("force {} breakpoints", settings.breakpoint_override == hard ? "hard" : "soft");
  };
}

Handler sync(GdbSettings& settings) {
  return [&settings](const Call& call) -> std::string {
    args::expect(call.args, 0, 0);
    if (!settings.sync) {
      throw ConfigError("gdb_sync command can only be run from within gdb using \"monitor gdb_sync\"");
    }
    *settings.sync = true;
    return {};
  };
}

std::string save_tdesc(const Call& call) {
  args::expect(call.args, 0, 0);
  const Target& target = call.session.target();
  const std::string text = gdb::target_description(target.registers());
  const std::string path = call.session.current().type + ".xml";
  flash_support::write_file(path, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  return {};
}

}  // namespace

std::vector<CommandRow> gdb_rows(GdbSettings& settings) {
  constexpr auto kAny = CommandMode::any;
  constexpr auto kConfig = CommandMode::config;
  constexpr auto kExec = CommandMode::exec;
  constexpr std::string_view kOnOff = "('enable'|'disable')";
  std::vector<CommandRow> rows;
  // Under the name of OpenOCD 0.12 ("gdb_port") and the one that came after it ("gdb port").
  const auto both = [&rows](std::string_view underscored, std::string_view spaced, CommandMode mode,
                            std::string_view usage, std::string_view help, const Handler& handler) {
    rows.push_back({underscored, mode, usage, help, handler});
    rows.push_back({spaced, mode, usage, help, handler});
  };
  both("gdb_port", "gdb port", kConfig, "[port_num|'disabled'|'pipe'|path]",
       "The first port of the GDB servers.", port(settings));
  both("gdb_memory_map", "gdb memory_map", kConfig, kOnOff, "Whether GDB is told the memory map.",
       on_off(settings.memory_map));
  both("gdb_flash_program", "gdb flash_program", kConfig, kOnOff, "Whether GDB may program flash.",
       on_off(settings.flash_program));
  both("gdb_report_data_abort", "gdb report_data_abort", kConfig, kOnOff,
       "Whether GDB is told of refused accesses; else it reads zeros there.",
       on_off(settings.report_data_abort));
  both("gdb_report_register_access_error", "gdb report_register_access_error", kConfig, kOnOff,
       "Whether GDB is told of registers that cannot be read; else they read as zero.",
       on_off(settings.report_register_access_error));
  both("gdb_target_description", "gdb target_description", kConfig, kOnOff,
       "Whether GDB is told the registers.", on_off(settings.target_description));
  both("gdb_breakpoint_override", "gdb breakpoint_override", kAny, "('hard'|'soft'|'disable')",
       "Which kind of breakpoint GDB's 'break' sets.", breakpoint_override(settings));
  both("gdb_sync", "gdb sync", kAny, "",
       "In GDB's monitor: the next stepi does not step, and GDB reads the target's state anew.",
       sync(settings));
  both("gdb_save_tdesc", "gdb save_tdesc", kExec, "",
       "Saves the target description that GDB gets, as TYPE.xml in the current folder.", save_tdesc);
  return rows;
}

}  // namespace probity::server
