// jlink usb, hwstatus, jtag, targetpower, freemem, config, emucom.
#include <fmt/format.h>

#include "adapter/jlink/jlink.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

using jlink::Capability;

JlinkAdapter& probe(const Call& call) {
  auto* adapter = dynamic_cast<JlinkAdapter*>(&call.session.adapter());
  if (adapter == nullptr) {
    throw ConfigError(
        fmt::format("{}: the adapter is no J-Link, but {}", call.name, call.session.adapter_driver_name));
  }
  return *adapter;
}

// Which of two words it is.
bool is_first(const std::string& word, std::string_view first, std::string_view second) {
  if (word != first && word != second) throw UsageError("Invalid argument: " + word);
  return word == first;
}

constexpr std::string_view kNoConfig = "Reading configuration is not supported by the device";
constexpr std::string_view kNoPower = "Target power supply is not supported by the device";
constexpr unsigned kUsbAddresses = 4;

std::string usb(const Call& call) {
  args::expect(call.args, 1, 1);
  const std::uint64_t address = args::number(call.args[0]);
  if (address >= kUsbAddresses) throw ConfigError("Invalid USB address: " + call.args[0]);
  call.session.adapter_settings.options["jlink usb"] = std::to_string(address);
  return {};
}

std::string hwstatus(const Call& call) {
  args::expect(call.args, 0, 0);
  constexpr unsigned kLowest = 1500;
  const jlink::HardwareStatus s = probe(call).hardware_status();
  return fmt::format("VTarget = {}.{:03} V\nTCK = {} TDI = {} TDO = {} TMS = {} SRST = {} TRST = {}{}",
                     s.millivolts / 1000, s.millivolts % 1000, s.tck, s.tdi, s.tdo, s.tms, s.srst, s.trst,
                     s.millivolts < kLowest ? "\nTarget voltage too low. Check target power" : "");
}

std::string jtag(const Call& call) {
  args::expect(call.args, 0, 1);
  JlinkAdapter& adapter = probe(call);
  if (call.args.empty()) return fmt::format("JTAG command version: {}", adapter.jtag_version());
  adapter.set_jtag_version(is_first(call.args[0], "2", "3") ? 2 : 3);
  return {};
}

std::string targetpower(const Call& call) {
  args::expect(call.args, 1, 1);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::target_power)) return std::string(kNoPower);
  adapter.set_target_power(is_first(call.args[0], "on", "off"));
  return {};
}

std::string freemem(const Call& call) {
  args::expect(call.args, 0, 0);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::free_memory)) return "Retrieval of free memory is not supported by the device";
  return fmt::format("Device has {} bytes of free memory", adapter.free_memory());
}

// What is stored, and behind it in brackets what it was changed to.
std::string shown(std::string_view what, const std::string& stored, const std::string& edited) {
  return fmt::format("{}: {}{}", what, stored, stored == edited ? "" : fmt::format(" [{}]", edited));
}
std::string shown_address(JlinkAdapter& adapter) {
  return shown("USB address", std::to_string(adapter.stored_config().usb_address()),
               std::to_string(adapter.edited_config().usb_address()));
}
std::string shown_power(JlinkAdapter& adapter) {
  const auto word = [](const jlink::DeviceConfig& c) { return std::string(c.target_power() ? "on" : "off"); };
  return shown("Target power supply", word(adapter.stored_config()), word(adapter.edited_config()));
}

std::string config(const Call& call) {
  args::expect(call.args, 0, 0);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::read_config)) return "Device doesn't support reading configuration";
  std::string text = "J-Link device configuration:\n" + shown_address(adapter);
  if (adapter.has(Capability::target_power)) text += "\n" + shown_power(adapter);
  return text;
}

std::string config_usb(const Call& call) {
  args::expect(call.args, 0, 1);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::read_config)) return std::string(kNoConfig);
  if (call.args.empty()) return shown_address(adapter);
  const std::uint64_t address = args::number(call.args[0]);
  if (address >= kUsbAddresses) throw ConfigError("Invalid USB address: " + call.args[0]);
  adapter.edited_config().set_usb_address(static_cast<unsigned>(address));
  return {};
}

std::string config_targetpower(const Call& call) {
  args::expect(call.args, 0, 1);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::read_config)) return std::string(kNoConfig);
  if (!adapter.has(Capability::target_power)) return std::string(kNoPower);
  if (call.args.empty()) return shown_power(adapter);
  adapter.edited_config().set_target_power(is_first(call.args[0], "on", "off"));
  return {};
}

// The addresses of a probe on Ethernet: only of one that has it.
std::string config_network(const Call& call) {
  args::expect(call.args, 0, 2);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::read_config)) return std::string(kNoConfig);
  if (!adapter.has(Capability::ethernet)) return "Ethernet connectivity is not supported by the device";
  throw ConfigError(
      fmt::format("'{}' is left out of this program: use SEGGER's J-Link Configurator", call.name));
}

std::string config_reset(const Call& call) {
  args::expect(call.args, 0, 0);
  JlinkAdapter& adapter = probe(call);
  if (adapter.has(Capability::read_config)) adapter.edited_config() = adapter.stored_config();
  return {};
}

std::string config_write(const Call& call) {
  args::expect(call.args, 0, 0);
  JlinkAdapter& adapter = probe(call);
  if (!adapter.has(Capability::read_config)) return std::string(kNoConfig);
  if (!adapter.has(Capability::write_config)) return "Writing configuration is not supported by the device";
  if (adapter.edited_config() == adapter.stored_config())
    return "Operation not performed due to no changes in the configuration";
  adapter.write_config();
  return "The new device configuration applies after power cycling the J-Link device";
}

// Channels of firmware extensions, of which no public description is known.
std::string emucom(const Call& call) {
  args::expect(call.args, 2, 2);
  if (!probe(call).has(Capability::emucom)) throw AdapterError("Device does not support EMUCOM");
  throw ConfigError(fmt::format(
      "'{}' is left out of this program: its channels belong to firmware extensions that nobody describes",
      call.name));
}

}  // namespace

std::vector<CommandRow> jlink_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"jlink usb", CommandMode::config, "<0-3>", "Chooses a J-Link by the USB address it is set to.", usb},
      {"jlink hwstatus", kExec, "", "Shows the target's voltage and the levels of the probe's wires.",
       hwstatus},
      {"jlink jtag", kExec, "[2|3]", "Which of its messages the probe clocks JTAG with.", jtag},
      {"jlink targetpower", kExec, "<on|off>", "Switches the probe's supply for the target.", targetpower},
      {"jlink freemem", kExec, "", "Shows how much of the probe's memory is free.", freemem},
      {"jlink config", kExec, "[<cmd>]", "Shows the settings that the probe keeps.", config},
      {"jlink config usb", kExec, "[0-3]", "Shows or sets the probe's USB address.", config_usb},
      {"jlink config targetpower", kExec, "[on|off]",
       "Shows or sets whether the probe supplies the target from its power-up on.", config_targetpower},
      {"jlink config mac", kExec, "[ff:ff:ff:ff:ff:ff]",
       "The MAC address of a J-Link with Ethernet; left out.", config_network},
      {"jlink config ip", kExec, "[A.B.C.D[/E] [F.G.H.I]]",
       "The IP address of a J-Link with Ethernet, with the bits of its subnet mask or the mask; left out.",
       config_network},
      {"jlink config reset", kExec, "", "Undoes changes of the settings that are not written yet.",
       config_reset},
      {"jlink config write", kExec, "", "Writes changed settings into the probe.", config_write},
      {"jlink emucom write", kExec, "<channel> <data>", "Writes to a channel of the firmware; left out.",
       emucom},
      {"jlink emucom read", kExec, "<channel> <length>", "Reads from a channel of the firmware; left out.",
       emucom},
  };
}

}  // namespace probity
