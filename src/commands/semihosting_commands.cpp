// arm semihosting…: OpenOCD 0.12.0's words and answers.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"
#include "session/semihosting_console.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

Semihosting& semihosting_of(const Call& call) {
  call.session.target();  // says where there is none yet
  return *call.session.current().semihosting;
}

Semihosting& enabled_semihosting(const Call& call) {
  Semihosting& semihosting = semihosting_of(call);
  if (!semihosting.enabled()) throw ScriptError("semihosting not yet enabled for current target");
  return semihosting;
}

std::string_view word(bool on) { return on ? "enabled" : "disabled"; }

std::string switch_semihosting(const Call& call) {
  args::expect(call.args, 0, 1);
  Semihosting& semihosting = semihosting_of(call);
  if (!call.args.empty()) semihosting.enable(args::on_off(call.args[0]));
  return fmt::format("semihosting is {}\n", word(semihosting.enabled()));
}

// One that is on or off, and is shown.
Handler setting(bool Semihosting::*which, std::string_view what) {
  return [which, what](const Call& call) {
    args::expect(call.args, 0, 1);
    Semihosting& semihosting = enabled_semihosting(call);
    if (!call.args.empty()) semihosting.*which = args::on_off(call.args[0]);
    return fmt::format("{} is {}\n", what, word(semihosting.*which));
  };
}

// Without words the line is forgotten.
std::string command_line(const Call& call) {
  Semihosting& semihosting = semihosting_of(call);
  semihosting.command_line = args::joined(call.args);
  return fmt::format("semihosting command line is [{}]\n",
                     call.args.empty() ? "(null)" : semihosting.command_line);
}

std::string base_folder(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& folder = enabled_semihosting(call).base_folder();
  if (!call.args.empty()) folder = call.args[0];
  return fmt::format("semihosting base dir: {}\n", folder);
}

std::string user_parameter(const Call& call) {
  args::expect(call.args, 0, 0);
  const auto& parameter = enabled_semihosting(call).user_parameter();
  if (!parameter) {
    throw TargetError("This command is usable only from a registered user semihosting event callback.");
  }
  return *parameter;
}

std::string redirect(const Call& call) {
  args::expect(call.args, 1, 3);
  Semihosting& semihosting = enabled_semihosting(call);
  if (args::one_of(call.args[0], {"disable", "tcp"}) == 0) {
    args::expect(call.args, 1, 1);
    semihosting.end_redirection();
    return {};
  }
  args::expect(call.args, 2, 3);
  args::number(call.args[1], UINT16_MAX);
  using Redirected = Semihosting::Redirected;
  constexpr Redirected kChoices[] = {Redirected::debug, Redirected::stdio, Redirected::all};
  const Redirected what = call.args.size() == 3
                              ? kChoices[args::one_of(call.args[2], {"debug", "stdio", "all"})]
                              : Redirected::all;
  if (!call.session.open_tcp_service) throw ConfigError("there are no servers in this run");
  semihosting.end_redirection();  // its port may be the same
  semihosting.redirect(make_tcp_console(call.session.open_tcp_service({"semihosting", call.args[1], {}})),
                       what);
  return {};
}

}  // namespace

std::vector<CommandRow> semihosting_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr std::string_view kSwitch = "['enable'|'disable']";
  return {
      {"arm semihosting", kExec, kSwitch, "Carries out what the program asks for at BKPT 0xAB.",
       switch_semihosting},
      {"arm semihosting_fileio", kExec, kSwitch, "Whether GDB carries out the program's file operations.",
       setting(&Semihosting::file_io, "semihosting fileio")},
      {"arm semihosting_resexit", kExec, kSwitch, "Whether the program runs on behind its SYS_EXIT.",
       setting(&Semihosting::resumable_exit, "semihosting resumable exit")},
      {"arm semihosting_cmdline", kExec, "arguments", "The command line that the program is told.",
       command_line},
      {"arm semihosting_basedir", kExec, "[dir]", "The folder of the program's files.", base_folder},
      {"arm semihosting_read_user_param", kExec, "",
       "In the body of a semihosting-user-cmd-0x10X event: what the program passed.", user_parameter},
      {"arm semihosting_redirect", kExec, "(disable | tcp port ['debug'|'stdio'|'all'])",
       "Puts the program's console behind a TCP port.", redirect},
  };
}

}  // namespace probity
