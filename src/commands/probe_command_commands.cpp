// st-link cmd, cmsis-dap cmd, hla_command: bytes to the probe's firmware as the user wrote them.
#include <fmt/format.h>

#include "adapter/raw_command.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

Bytes bytes_of(std::span<const std::string> words) {
  Bytes bytes;
  for (const std::string& word : words) bytes.push_back(static_cast<std::uint8_t>(args::number(word, 0xFF)));
  return bytes;
}

RawCommand& raw(Session& session, std::string_view driver) {
  if (session.adapter_driver_name == driver) {
    if (auto* command = dynamic_cast<RawCommand*>(&session.adapter())) return *command;
  }
  throw ConfigError(fmt::format("the adapter driver is {}, not {}", session.adapter_driver_name, driver));
}

std::string stlink_command(const Call& call) {
  if (call.args.size() < 2) throw UsageError("the answer's length and a byte are needed");
  const std::size_t length = args::number(call.args[0], UINT16_MAX);
  const Bytes answer = raw(call.session, "st-link").raw_command(bytes_of(call.args.subspan(1)), length);
  std::string text;
  for (const std::uint8_t byte : answer) text += fmt::format("{}0x{:02x}", text.empty() ? "" : " ", byte);
  return text + "\n";
}

std::string cmsis_dap_command(const Call& call) {
  if (call.args.empty()) throw UsageError("a byte is needed");
  Bytes answer = raw(call.session, "cmsis-dap").raw_command(bytes_of(call.args), 0);
  constexpr std::size_t kShown = 4;  // behind the command's own number; as seen of OpenOCD 0.12.0
  answer.resize(std::max(answer.size(), kShown + 1));
  call.session.log().info("Returned data {:02x} {:02x} {:02x} {:02x}", answer[1], answer[2], answer[3],
                          answer[4]);
  return {};
}

}  // namespace

std::vector<CommandRow> probe_command_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"st-link cmd", kExec, "rx_n (tx_byte)+",
       "Sends a command of these bytes to the ST-LINK and shows rx_n bytes of its answer.", stlink_command},
      {"cmsis-dap cmd", kExec, "(tx_byte)+",
       "Sends a command of these bytes to the CMSIS-DAP probe and logs the answer's first bytes.",
       cmsis_dap_command},
      {"hla_command", kExec, "<command>", "A text command to the probe; an ST-LINK has none.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         throw ConfigError("The selected adapter doesn't support custom commands");
       }},
  };
}

}  // namespace probity
