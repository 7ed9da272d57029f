// The words of the adapter drivers: hla_*, st-link, cmsis-dap, remote_bitbang. They are kept in
// AdapterSettings::options under their full name ("st-link backend"), where the driver reads them.
#include <fmt/format.h>

#include <algorithm>

#include "adapter/foreign_drivers.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string vid_pids(const Call& call) {
  if (call.args.empty()) throw UsageError("pairs of vendor and product id are needed");
  if (call.args.size() % 2 != 0) throw UsageError(fmt::format("'{}' has no product id", call.args.back()));
  auto& pairs = call.session.adapter_settings.vid_pids;
  pairs.clear();
  for (std::size_t i = 0; i < call.args.size(); i += 2) {
    pairs.emplace_back(static_cast<std::uint16_t>(args::number(call.args[i], UINT16_MAX)),
                       static_cast<std::uint16_t>(args::number(call.args[i + 1], UINT16_MAX)));
  }
  return {};
}

// Keeps all words under `key`.
Handler keep(std::string key, std::size_t least, std::size_t most) {
  return [key = std::move(key), least, most](const Call& call) -> std::string {
    args::expect(call.args, least, most);
    call.session.adapter_settings.options[key] = args::joined(call.args);
    return {};
  };
}

// "usb", "tcp" or "tcp PORT"; the key is the same for both drivers of an ST-LINK.
std::string stlink_backend(const Call& call) {
  args::expect(call.args, 1, 2);
  const bool tcp = args::one_of(call.args[0], {"usb", "tcp"}) == 1;
  if (call.args.size() == 2) {
    if (!tcp) throw UsageError(fmt::format("unexpected argument '{}'", call.args[1]));
    args::number(call.args[1], UINT16_MAX);
  }
  call.session.adapter_settings.options["st-link backend"] = args::joined(call.args);
  return {};
}

std::string hla_layout(const Call& call) {
  args::expect(call.args, 1, 1);
  const auto foreign = foreign_hla_layouts();
  if (call.args[0] != "stlink" &&
      std::ranges::find(foreign, call.args[0], &ForeignLayout::name) == foreign.end()) {
    throw ConfigError(fmt::format("hla_layout '{}' is unknown; there is: stlink", call.args[0]));
  }
  call.session.adapter_settings.options["hla_layout"] = call.args[0];
  return {};
}

std::string cmsis_dap_backend(const Call& call) {
  args::expect(call.args, 1, 1);
  args::one_of(call.args[0], {"auto", "usb_bulk", "hid", "tcp"});
  call.session.adapter_settings.options["cmsis-dap backend"] = call.args[0];
  return {};
}

std::string cmsis_dap_info(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text;
  for (const std::string& line : call.session.adapter().describe()) text += line + "\n";
  return text;
}

std::string port_number(const Call& call) {
  args::expect(call.args, 1, 1);
  if (call.args[0].empty() || call.args[0].front() != '/') args::number(call.args[0], UINT16_MAX);
  call.session.adapter_settings.options[std::string(call.name)] = call.args[0];
  return {};
}

}  // namespace

std::vector<CommandRow> driver_rows() {
  constexpr auto kConfig = CommandMode::config;
  constexpr auto kAny = CommandMode::any;
  return {
      {"adapter usb vid_pid", kConfig, "(vid pid)*", "Chooses the adapter by USB vendor and product id.",
       vid_pids},
      {"hla_layout", kConfig, "layout_name", "The protocol of the hla adapter: stlink.", hla_layout},
      {"hla_device_desc", kConfig, "description_string", "A description of the hla adapter; kept.",
       keep("hla_device_desc", 1, 1)},
      {"hla_vid_pid", kConfig, "(vid pid)*", "USB vendor and product ids of the hla adapter.", vid_pids},
      {"hla_stlink_backend", kConfig, "usb | tcp [port]",
       "How the ST-LINK is reached: USB, or an stlink-server.", stlink_backend},
      {"st-link vid_pid", kConfig, "(vid pid)*", "USB vendor and product ids of the ST-LINK.", vid_pids},
      {"st-link backend", kConfig, "usb | tcp [port]",
       "How the ST-LINK is reached: USB, or an stlink-server.", stlink_backend},
      {"cmsis-dap vid_pid", kConfig, "(vid pid)*", "USB vendor and product ids of the CMSIS-DAP probe.",
       vid_pids},
      {"cmsis-dap backend", kConfig, "('auto'|'usb_bulk'|'hid'|'tcp')", "How the CMSIS-DAP probe is reached.",
       cmsis_dap_backend},
      {"cmsis-dap info", CommandMode::exec, "", "What the probe says about itself.", cmsis_dap_info},
      {"cmsis-dap usb interface", kConfig, "number", "The USB interface of a CMSIS-DAP v2 probe.",
       keep("cmsis-dap usb interface", 1, 1)},
      {"cmsis-dap tcp host", kConfig, "name", "The host of a CMSIS-DAP probe behind TCP.",
       keep("cmsis-dap tcp host", 1, 1)},
      {"cmsis-dap tcp port", kConfig, "number", "The port of a CMSIS-DAP probe behind TCP.", port_number},
      {"cmsis-dap tcp min_timeout", kConfig, "milliseconds",
       "How long at least to wait for a CMSIS-DAP probe behind TCP.",
       keep("cmsis-dap tcp min_timeout", 1, 1)},
      {"remote_bitbang host", kConfig, "host_name",
       "The host of remote_bitbang; with a '/' in it and no port, a socket's path.",
       keep("remote_bitbang host", 1, 1)},
      {"remote_bitbang port", kConfig, "port_number", "The port of remote_bitbang.", port_number},
      {"remote_bitbang use_remote_sleep", kAny, "(on|off)", "Delays are made by the remote end.",
       keep("remote_bitbang use_remote_sleep", 1, 1)},
  };
}

}  // namespace probity
