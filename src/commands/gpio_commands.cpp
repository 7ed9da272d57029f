// adapter gpio, and the own words of the drivers that are GPIO lines. Usage and help as OpenOCD 0.12.0 words
// them.
#include <fmt/format.h>

#include <array>
#include <cctype>

#include "adapter/gpio/signals.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

using namespace gpio;

// True where `word` is an option that changes `wire`.
bool apply(const SignalFacts& signal, std::string_view word, Wire& wire) {
  if (word == "-active-high" || word == "-active-low") {
    wire.active_low = word == "-active-low";
  } else if (word == "-pull-none" || word == "-pull-up" || word == "-pull-down") {
    wire.pull = word == "-pull-up" ? GpioPull::up : word == "-pull-down" ? GpioPull::down : GpioPull::none;
  } else if (signal.takes_drive &&
             (word == "-push-pull" || word == "-open-drain" || word == "-open-source")) {
    wire.drive = word == "-open-drain"    ? GpioDrive::open_drain
                 : word == "-open-source" ? GpioDrive::open_source
                                          : GpioDrive::push_pull;
  } else if (signal.initial != InitialState::none && (word == "-init-inactive" || word == "-init-active")) {
    wire.initial = word == "-init-active" ? InitialState::active : InitialState::inactive;
  } else if (signal.kind == SignalKind::bidirectional && word == "-init-input") {
    wire.initial = InitialState::input;
  } else if (word == "-exit-inactive" || word == "-exit-active" || word == "-exit-input") {
    // OpenOCD after 0.12: how a line is left; the kernel takes a line back as it was.
  } else {
    return false;
  }
  return true;
}

std::string adapter_gpio(const Call& call) {
  AdapterSettings& settings = call.session.adapter_settings;
  if (call.args.empty()) {
    std::string all;
    for (const SignalFacts& signal : signals()) all += describe(signal, wire_of(settings, signal)) + "\n";
    return all;
  }
  // OpenOCD after 0.12: lines of a board's own, which a parallel port's cable needs and nothing here drives.
  if (call.args[0].size() == 5 && call.args[0].starts_with("user")) return {};
  const SignalFacts* signal = signal_named(call.args[0]);
  if (signal == nullptr) throw UsageError(fmt::format("adapter has no gpio named {}", call.args[0]));
  Wire wire = wire_of(settings, *signal);
  if (call.args.size() == 1) return describe(*signal, wire);
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    const std::string& word = call.args[i];
    if (!word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0) {
      wire.number = static_cast<int>(args::number(word, INT32_MAX));
    } else if (word == "-chip") {
      if (i + 1 == call.args.size()) throw ConfigError("-chip option requires a parameter");
      wire.chip = static_cast<int>(args::number(call.args[++i], INT32_MAX));
    } else if (!apply(*signal, word, wire)) {
      throw UsageError(fmt::format("illegal option for adapter gpio {}: {}", signal->name, word));
    }
  }
  keep_wire(settings, *signal, wire);
  return {};
}

std::string number_of(const Call& call, const std::string& driver, std::string_view signal) {
  const auto& options = call.session.adapter_settings.options;
  const auto found = options.find(fmt::format("{} {}", driver, signal));
  return found == options.end() ? "-1" : found->second;
}

// "sysfsgpio jtag_nums 11 25 10 9" sets, without numbers it only shows: "SysfsGPIO nums: tck = 11, …".
Handler numbers(std::string driver, std::string label, std::vector<std::string_view> wires) {
  return [driver = std::move(driver), label = std::move(label), wires = std::move(wires)](const Call& call) {
    if (!call.args.empty()) args::expect(call.args, wires.size(), wires.size());
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      call.session.adapter_settings.options[fmt::format("{} {}", driver, wires[i])] =
          fmt::format("{}", args::number(call.args[i], INT32_MAX));
    }
    std::string text = fmt::format("{} num{}:", label, wires.size() > 1 ? "s" : "");
    for (const std::string_view wire : wires) {
      text +=
          fmt::format("{}{} = {}", wire == wires.front() ? " " : ", ", wire, number_of(call, driver, wire));
    }
    return text;
  };
}

// Numbers that say how a driver reaches the pins itself, which none does here.
Handler accept(std::size_t least, std::size_t most) {
  return [least, most](const Call& call) {
    if (!call.args.empty()) args::expect(call.args, least, most);
    for (const std::string& word : call.args) args::number(word);
    return std::string();
  };
}

std::string accept_path(const Call& call) {
  args::expect(call.args, 0, 1);
  return {};
}

struct NumberRow {
  std::string_view sysfs, imx;  // the command's name with each driver
  std::string_view usage, help;
  std::vector<std::string_view> wires;
};

std::vector<NumberRow> number_rows() {
  return {
      {"sysfsgpio jtag_nums",
       "imx_gpio_jtag_nums",
       "[tck tms tdi tdo]",
       "gpio numbers for tck, tms, tdi, tdo. (in that order)",
       {"tck", "tms", "tdi", "tdo"}},
      {"sysfsgpio swd_nums",
       "imx_gpio_swd_nums",
       "[swclk swdio]",
       "gpio numbers for swclk, swdio. (in that order)",
       {"swclk", "swdio"}},
      {"sysfsgpio tck_num", "imx_gpio_tck_num", "[tck]", "gpio number for tck.", {"tck"}},
      {"sysfsgpio tms_num", "imx_gpio_tms_num", "[tms]", "gpio number for tms.", {"tms"}},
      {"sysfsgpio tdi_num", "imx_gpio_tdi_num", "[tdi]", "gpio number for tdi.", {"tdi"}},
      {"sysfsgpio tdo_num", "imx_gpio_tdo_num", "[tdo]", "gpio number for tdo.", {"tdo"}},
      {"sysfsgpio srst_num", "imx_gpio_srst_num", "[srst]", "gpio number for srst.", {"srst"}},
      {"sysfsgpio trst_num", "imx_gpio_trst_num", "[trst]", "gpio number for trst.", {"trst"}},
      {"sysfsgpio swclk_num", "imx_gpio_swclk_num", "[swclk]", "gpio number for swclk.", {"swclk"}},
      {"sysfsgpio swdio_num", "imx_gpio_swdio_num", "[swdio]", "gpio number for swdio.", {"swdio"}},
  };
}

}  // namespace

std::vector<CommandRow> gpio_rows() {
  constexpr auto kConfig = CommandMode::config;
  constexpr auto kAny = CommandMode::any;
  std::vector<CommandRow> rows = {
      {"adapter gpio", kConfig,
       "[ tdo|tdi|tms|tck|trst|swdio|swdio_dir|swclk|srst|led[gpio_number] [-chip chip_number] "
       "[-active-high|-active-low] [-push-pull|-open-drain|-open-source] [-pull-none|-pull-up|-pull-down]"
       "[-init-inactive|-init-active|-init-input] ]",
       "gpio adapter command group", adapter_gpio},
      {"bcm2835gpio peripheral_base", kConfig, "[base]",
       "accepted: the pins are driven through the kernel, which knows their registers", accept(1, 1)},
      {"bcm2835gpio peripheral_mem_dev", kConfig, "[device]",
       "accepted: the pins are driven through the kernel, which knows their registers", accept_path},
      {"bcm2835gpio speed_coeffs", kConfig, "[SPEED_COEFF SPEED_OFFSET]",
       "accepted: the pins go as fast as the kernel sets them", accept(2, 2)},
      {"am335xgpio speed_coeffs", kConfig, "[SPEED_COEFF SPEED_OFFSET]",
       "accepted: the pins go as fast as the kernel sets them", accept(2, 2)},
      {"imx_gpio_peripheral_base", kConfig, "[base]",
       "accepted: the pins are driven through the kernel, which knows their registers", accept(1, 1)},
      {"imx_gpio_speed_coeffs", kConfig, "[SPEED_COEFF SPEED_OFFSET]",
       "accepted: the pins go as fast as the kernel sets them", accept(2, 2)},
  };
  for (const NumberRow& row : number_rows()) {
    rows.push_back({row.sysfs, kConfig, row.usage, row.help, numbers("sysfsgpio", "SysfsGPIO", row.wires)});
    rows.push_back({row.imx, kAny, row.usage, row.help, numbers("imx_gpio", "imx_gpio GPIO", row.wires)});
  }
  return rows;
}

}  // namespace probity
