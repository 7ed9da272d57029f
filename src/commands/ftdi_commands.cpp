// ftdi …: which chip, how its pins are wired, its signals. Usage and help as OpenOCD 0.12.0 words them.
#include <fmt/format.h>

#include "adapter/ftdi/ftdi.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

constexpr std::size_t kMostPairs = 8;  // as OpenOCD 0.12.0 keeps

std::uint16_t mask(const std::string& word) {
  return static_cast<std::uint16_t>(args::number(word, UINT16_MAX));
}

ftdi::SignalControl& ftdi_signals(const Call& call) {
  auto* control = dynamic_cast<ftdi::SignalControl*>(&call.session.adapter());
  if (control == nullptr) {
    throw ConfigError(fmt::format("the adapter driver is {}, not ftdi", call.session.adapter_driver_name));
  }
  return *control;
}

bool is_open(const Call& call) {
  return call.session.initialized() && call.session.adapter_driver_name == "ftdi";
}

std::string device_desc(const Call& call) {
  if (call.args.size() != 1) {
    throw UsageError("expected exactly one argument to ftdi device_desc <description>");
  }
  call.session.adapter_settings.options["ftdi device_desc"] = call.args[0];
  return {};
}

std::string vid_pid(const Call& call) {
  std::size_t count = call.args.size();
  Log& log = call.session.log();
  if (count > 2 * kMostPairs) {
    log.warn("ignoring extra IDs in ftdi vid_pid (maximum is {} pairs)", kMostPairs);
    count = 2 * kMostPairs;
  }
  if (count < 2 || count % 2 != 0) log.warn("incomplete ftdi vid_pid configuration directive");
  if (count < 2) throw UsageError("a vendor and a product id are needed");
  auto& pairs = call.session.adapter_settings.vid_pids;
  pairs.clear();
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    pairs.emplace_back(mask(call.args[i]), mask(call.args[i + 1]));
  }
  return {};
}

std::string channel(const Call& call) {
  args::expect(call.args, 1, 1);
  const auto number = args::number(call.args[0], UINT8_MAX);
  call.session.adapter_settings.options["ftdi channel"] = fmt::format("{}", number);
  return {};
}

std::string layout_init(const Call& call) {
  args::expect(call.args, 2, 2);
  call.session.adapter_settings.options["ftdi layout_init"] =
      fmt::format("{} {}", mask(call.args[0]), mask(call.args[1]));
  return {};
}

ftdi::Signal alias_of(const Call& call, const std::string& name, bool inverted) {
  const auto defined = ftdi::signals_of(call.session.adapter_settings);
  const auto found = defined.find(name);
  if (found == defined.end()) throw ConfigError(fmt::format("signal {} is not defined", name));
  ftdi::Signal signal = found->second;
  signal.invert_data ^= inverted;
  signal.invert_input ^= inverted;
  return signal;
}

void apply_option(const Call& call, const std::string& word, const std::string& value, ftdi::Signal& signal) {
  switch (args::one_of(word, {"-data", "-ndata", "-input", "-ninput", "-oe", "-noe", "-alias", "-nalias"})) {
    case 0:
    case 1:
      signal.invert_data = word == "-ndata";
      signal.data = mask(value);
      return;
    case 2:
    case 3:
      signal.invert_input = word == "-ninput";
      signal.input = mask(value);
      return;
    case 4:
    case 5:
      signal.invert_oe = word == "-noe";
      signal.oe = mask(value);
      return;
    default:
      signal = alias_of(call, value, word == "-nalias");
  }
}

std::string layout_signal(const Call& call) {
  if (call.args.empty()) throw UsageError("a signal name is needed");
  const std::string& name = call.args[0];
  ftdi::Signal signal;
  for (std::size_t i = 1; i < call.args.size(); i += 2) {
    if (i + 1 == call.args.size()) throw UsageError(fmt::format("{} needs a value", call.args[i]));
    apply_option(call, call.args[i], call.args[i + 1], signal);
  }
  call.session.adapter_settings.options[std::string(ftdi::kSignalOption) + name] = ftdi::text_of(signal);
  if (is_open(call)) ftdi_signals(call).define_signal(name, signal);
  return {};
}

std::string set_signal(const Call& call) {
  args::expect(call.args, 2, 2);
  const std::string& level = call.args[1];
  if (level != "0" && level != "1" && level != "z" && level != "Z") {
    throw UsageError(fmt::format("unknown signal level '{}', use 0, 1 or z", level));
  }
  ftdi_signals(call).set_signal(call.args[0], level == "0"   ? ftdi::Level::low
                                              : level == "1" ? ftdi::Level::high
                                                             : ftdi::Level::released);
  return {};
}

std::string get_signal(const Call& call) {
  args::expect(call.args, 1, 1);
  const std::uint16_t value = ftdi_signals(call).get_signal(call.args[0]);
  return fmt::format("Signal {} = {}", call.args[0], value == 0 ? "000000" : fmt::format("{:#06x}", value));
}

std::string tdo_sample_edge(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& edge = call.session.adapter_settings.options["ftdi tdo_sample_edge"];
  if (!call.args.empty()) {
    const bool falling = args::one_of(call.args[0], {"rising", "falling"}) == 1;
    edge = call.args[0];
    if (is_open(call)) ftdi_signals(call).sample_tdo_on_falling_edge(falling);
  }
  return fmt::format("ftdi samples TDO on {} edge of TCK", edge == "falling" ? edge : "rising");
}

}  // namespace

std::vector<CommandRow> ftdi_rows() {
  constexpr auto kConfig = CommandMode::config;
  constexpr auto kAny = CommandMode::any;
  constexpr auto kExec = CommandMode::exec;
  return {
      {"ftdi device_desc", kConfig, "description_string", "set the USB device description of the FTDI device",
       device_desc},
      {"ftdi channel", kConfig, "(0-3)", "set the channel of the FTDI device that is used as JTAG", channel},
      {"ftdi layout_init", kConfig, "data direction",
       "initialize the FTDI GPIO signals used to control output-enables and reset signals", layout_init},
      {"ftdi layout_signal", kAny, "name [-data mask|-ndata mask] [-oe mask|-noe mask] [-alias|-nalias name]",
       "define a signal controlled by one or more FTDI GPIO as data and/or output enable", layout_signal},
      {"ftdi set_signal", kExec, "name (1|0|z)", "control a layout-specific signal", set_signal},
      {"ftdi get_signal", kExec, "name", "read the value of a layout-specific signal", get_signal},
      {"ftdi vid_pid", kConfig, "(vid pid)*", "the vendor ID and product ID of the FTDI device", vid_pid},
      {"ftdi tdo_sample_edge", kAny, "(rising|falling)",
       "set which TCK clock edge is used for sampling TDO - default is rising-edge (Setting to falling-edge "
       "may "
       "allow signalling speed increase)",
       tdo_sample_edge},
  };
}

}  // namespace probity
