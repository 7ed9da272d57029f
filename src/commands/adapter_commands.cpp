// adapter …: which probe, how fast, its reset wires.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

constexpr std::uint32_t kMaximumKilohertz = UINT32_MAX / 1000;

std::string driver(const Call& call) {
  args::expect(call.args, 1, 1);
  Session& session = call.session;
  if (!session.adapter_driver_name.empty()) {
    session.log().warn("Interface already configured, ignoring");
    return {};
  }
  const AdapterDriver& chosen = adapter_driver(call.args[0]);
  session.adapter_driver_name = chosen.name;
  // With one transport there is nothing to select; as seen of OpenOCD 0.12.0.
  if (chosen.transports.size() == 1) session.require_transport();
  return {};
}

std::string speed(const Call& call) {
  args::expect(call.args, 0, 1);
  Hertz wanted = call.session.adapter_settings.speed;
  if (!call.args.empty()) {
    wanted = kilohertz(static_cast<std::uint32_t>(args::number(call.args[0], kMaximumKilohertz)));
  }
  const bool ask = !call.args.empty() || call.session.initialized();
  const std::optional<Hertz> set = ask ? call.session.set_speed(wanted) : wanted;
  // OpenOCD 0.12.0 fails here ("Translation from khz to adapter speed not implemented"), and with it the
  // reset-init event of many a target file.
  if (!set) {
    call.session.log().info("This adapter doesn't support configurable speed");
    return {};
  }
  if (set->value == 0) return "adapter speed: RCLK - adaptive";
  return fmt::format("adapter speed: {} kHz", set->value / 1000);
}

std::string drivers(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text = "The following debug adapters are available:\n";
  unsigned number = 0;
  for (const AdapterDriver& driver : adapter_drivers())
    text += fmt::format("{}: {}\n", ++number, driver.name);
  return text;
}

Handler delay(std::string_view label, Milliseconds ResetConfig::*field) {
  return [label, field](const Call& call) {
    args::expect(call.args, 0, 1);
    if (!call.args.empty()) call.session.reset_config.*field = args::milliseconds(call.args[0]);
    return fmt::format("{}: {}", label, (call.session.reset_config.*field).count());
  };
}

// "adapter assert srst", "adapter deassert trst assert srst": wires named after a verb; the verb alone means
// both.
std::string assert_wires(const Call& call) {
  bool level = call.name.ends_with(" assert");
  ResetLines lines;
  bool named = false;
  for (const std::string& word : call.args) {
    switch (args::one_of(word, {"srst", "trst", "assert", "deassert"})) {
      case 0:
        lines.srst = level;
        named = true;
        break;
      case 1:
        lines.trst = level;
        named = true;
        break;
      case 2:
        level = true;
        break;
      default:
        level = false;
    }
  }
  if (!named) lines = {.srst = level, .trst = level};
  call.session.adapter().set_reset(lines);
  return {};
}

std::string serial(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& serial = call.session.adapter_settings.serial;
  if (call.args.empty()) return fmt::format("adapter serial: {}", serial.empty() ? "(none)" : serial);
  serial = call.args[0];
  return {};
}

std::string list(const Call& call) {
  args::expect(call.args, 0, 0);
  const std::vector<ProbeReport> reports = call.session.list_probes();
  if (!reports.empty()) return table_of(reports);
  return "no probes found; USB devices seen:" + call.session.usb_devices_seen();
}

std::string usb_location(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& location = call.session.adapter_settings.usb_location;
  if (!call.args.empty()) location = call.args[0];
  return fmt::format("adapter usb location: {}", location.empty() ? "(null)" : location);
}

}  // namespace

std::vector<CommandRow> adapter_rows() {
  constexpr auto kAny = CommandMode::any;
  constexpr auto kConfig = CommandMode::config;
  return {
      {"adapter driver", kConfig, "driver_name", "Chooses the driver of the debug adapter.", driver},
      {"adapter list", kAny, "", "Lists the debug adapter drivers.", drivers},
      {"adapter list-probes", kAny, "",
       "Lists every probe on this machine: kind, USB ids and path, serial number, firmware, target voltage, "
       "and "
       "whether it is free.",
       list},
      {"adapter name", kAny, "", "The name of the driver that was chosen.",
       [](const Call& call) {
         args::expect(call.args, 0, 0);
         const std::string& name = call.session.adapter_driver_name;
         return name.empty() ? "undefined" : name;
       }},
      {"adapter speed", kAny, "[khz]",
       "Sets the wire's clock to the nearest the probe has that is not above; shows it.", speed},
      {"adapter serial", kConfig, "serial_string",
       "Chooses the adapter by its serial number, or the beginning of it, in upper or lower case.", serial},
      {"adapter usb location", kConfig, "[<bus>-port[.port]...]",
       "Chooses the adapter by where it is plugged in.", usb_location},
      {"adapter srst delay", kAny, "[milliseconds]", "How long to wait after SRST was released.",
       delay("adapter srst delay", &ResetConfig::srst_delay)},
      {"adapter srst pulse_width", kAny, "[milliseconds]", "How long SRST is held.",
       delay("adapter srst pulse_width", &ResetConfig::srst_pulse_width)},
      {"adapter assert", CommandMode::exec, "[srst|trst [deassert srst|trst]]", "Pulls reset wires.",
       assert_wires},
      {"adapter deassert", CommandMode::exec, "[srst|trst [assert srst|trst]]", "Releases reset wires.",
       assert_wires},
      {"adapter transports", kConfig, "transport ...",
       "Accepted for old files: the driver knows its transports.", [](const Call&) { return std::string(); }},
      {"jtag_ntrst_delay", kAny, "[milliseconds]", "How long to wait after TRST was released.",
       delay("jtag_ntrst_delay", &ResetConfig::trst_delay)},
      {"jtag_ntrst_assert_width", kAny, "[milliseconds]", "How long TRST is held.",
       delay("jtag_ntrst_assert_width", &ResetConfig::trst_pulse_width)},
      {"jtag_rclk", kAny, "[fallback_speed_khz]",
       "Adaptive clocking, which no probe here has: sets the fallback speed.",
       [](const Call& call) {
         if (!call.args.empty())
           call.session.log().warn("adaptive clocking is not available; using the fallback speed");
         return speed(call);
       }},
  };
}

}  // namespace probity
