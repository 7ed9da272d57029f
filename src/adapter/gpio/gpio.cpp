#include "adapter/gpio/gpio.hpp"

#include <fmt/format.h>

#include "adapter/bit_link.hpp"
#include "adapter/gpio/signals.hpp"
#include "adapter/gpio/wire_link.hpp"
#include "adapter/gpio/wires.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using namespace gpio;

// A driver name. Its first line in the log is OpenOCD's.
struct Variant {
  std::string_view name, banner;
  unsigned lines_a_chip;  // where its own commands count lines over all chips; 0: by `adapter gpio` alone
  std::string_view note;  // what is different here
};

constexpr unsigned kOneChip = 1u << 16;

const Variant kLinuxGpiod{"linuxgpiod", "Linux GPIOD JTAG/SWD bitbang driver", 0, ""};
const Variant kBcm2835{"bcm2835gpio", "BCM2835 GPIO JTAG/SWD bitbang driver", 0,
                       "bcm2835gpio drives the pins through the kernel (/dev/gpiochip0); peripheral_base and "
                       "speed_coeffs mean nothing"};
const Variant kAm335x{
    "am335xgpio", "AM335x GPIO JTAG/SWD bitbang driver", 0,
    "am335xgpio drives the pins through the kernel (/dev/gpiochip0 to 3); speed_coeffs means "
    "nothing"};
const Variant kSysfs{
    "sysfsgpio", "SysfsGPIO JTAG/SWD bitbang driver", kOneChip,
    "sysfsgpio drives the pins through /dev/gpiochip0: its numbers are the lines of that chip"};
const Variant kImx{"imx_gpio", "imx_gpio GPIO JTAG/SWD bitbang driver", 32,
                   "imx_gpio drives the pins through the kernel (/dev/gpiochip0 and on); peripheral_base and "
                   "speed_coeffs mean nothing"};

class GpioAdapter final : public Adapter {
 public:
  GpioAdapter(const Host& host, const AdapterSettings& settings, Log& log, const Variant& variant)
      : host_(host), settings_(settings), log_(log), variant_(variant) {}

  void open() override;
  std::optional<Hertz> set_speed(Hertz) override { return {}; }  // as fast as the kernel goes
  void set_reset(ResetLines lines) override;
  DapLink& connect(Transport transport, const JtagChain& chain) override;
  std::optional<unsigned> target_voltage() override { return {}; }
  std::vector<std::string> describe() override { return {}; }
  bool has_srst() const override { return wire("srst").connected(); }

 private:
  Wire wire(std::string_view signal) const;
  void add(std::vector<Wires::Request>& requests, std::string_view signal, GpioDrive drive) const;
  std::vector<Wires::Request> requests(std::initializer_list<std::string_view> needed,
                                       std::string_view complaint) const;

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  const Variant& variant_;
  std::unique_ptr<Wires> resets_, wires_;
  std::unique_ptr<WireLink> bits_;
  std::unique_ptr<DapLink> link_;
};

Wire GpioAdapter::wire(std::string_view signal) const {
  Wire wire = wire_of(settings_, *signal_named(signal));
  if (variant_.lines_a_chip != 0) {
    const auto own = settings_.options.find(fmt::format("{} {}", variant_.name, signal));
    if (own == settings_.options.end()) return wire;
    const auto number = static_cast<int>(std::stoul(own->second));
    const auto lines = static_cast<int>(variant_.lines_a_chip);
    wire.number = number % lines;
    wire.chip = number / lines;
  }
  return wire;
}

void GpioAdapter::add(std::vector<Wires::Request>& requests, std::string_view signal, GpioDrive drive) const {
  const Wire w = wire(signal);
  if (!w.connected()) return;
  const bool is_input = signal_named(signal)->kind == SignalKind::input || w.initial == InitialState::input;
  requests.push_back({std::string(signal),
                      static_cast<unsigned>(std::max(w.chip, 0)),
                      {.offset = static_cast<unsigned>(w.number),
                       .direction = is_input ? GpioDirection::input : GpioDirection::output,
                       .drive = drive,
                       .pull = w.pull,
                       .active_low = w.active_low,
                       .value = w.initial == InitialState::active}});
}

// The resets' drive is reset_config's, as with OpenOCD.
void GpioAdapter::open() {
  log_.info("{}", variant_.banner);
  if (!variant_.note.empty()) log_.info("{}", variant_.note);
  if (host_.gpio == nullptr) throw ConfigError("there are no GPIO lines here");
  std::vector<Wires::Request> requests;
  add(requests, "srst", settings_.srst_push_pull ? GpioDrive::push_pull : GpioDrive::open_drain);
  add(requests, "trst", settings_.trst_open_drain ? GpioDrive::open_drain : GpioDrive::push_pull);
  resets_ = std::make_unique<Wires>(*host_.gpio, requests);
}

void GpioAdapter::set_reset(ResetLines lines) {
  if (!resets_) throw AdapterError(fmt::format("{} is not open", variant_.name));
  const std::string srst = "srst", trst = "trst";
  if (lines.srst && resets_->has(srst)) resets_->set({{srst, *lines.srst}});
  if (lines.trst && resets_->has(trst)) resets_->set({{trst, *lines.trst}});
}

std::vector<Wires::Request> GpioAdapter::requests(std::initializer_list<std::string_view> needed,
                                                  std::string_view complaint) const {
  std::vector<Wires::Request> requests;
  for (const std::string_view signal : needed) {
    const Wire w = wire(signal);
    if (!w.connected()) throw ConfigError(std::string(complaint));
    add(requests, signal, w.drive);
  }
  return requests;
}

DapLink& GpioAdapter::connect(Transport transport, const JtagChain& chain) {
  if (!resets_) throw AdapterError(fmt::format("{} is not open", variant_.name));
  if (transport != Transport::swd && transport != Transport::jtag) {
    throw ConfigError(fmt::format("{} cannot do {}; it has jtag and swd", variant_.name, name_of(transport)));
  }
  const bool swd = transport == Transport::swd;
  auto wanted =
      swd ? requests({"swclk", "swdio"}, "Require swclk and swdio gpio for SWD mode")
          : requests({"tck", "tms", "tdi", "tdo"}, "Require tck, tms, tdi and tdo gpios for JTAG mode");
  if (swd) add(wanted, "swdio_dir", wire("swdio_dir").drive);
  add(wanted, "led", wire("led").drive);
  link_.reset();
  bits_.reset();
  wires_.reset();  // the lines are asked for again
  wires_ = std::make_unique<Wires>(*host_.gpio, wanted);
  bits_ = std::make_unique<WireLink>(*wires_);
  link_ = swd ? lift_swd(*bits_, host_.clock) : lift_jtag(*bits_, host_.clock, log_, chain);
  return *link_;
}

std::unique_ptr<Adapter> make(const Host& host, const AdapterSettings& settings, Log& log,
                              const Variant& variant) {
  return std::make_unique<GpioAdapter>(host, settings, log, variant);
}

}  // namespace

std::unique_ptr<Adapter> make_linuxgpiod(const Host& host, const AdapterSettings& settings, Log& log) {
  return make(host, settings, log, kLinuxGpiod);
}
std::unique_ptr<Adapter> make_bcm2835gpio(const Host& host, const AdapterSettings& settings, Log& log) {
  return make(host, settings, log, kBcm2835);
}
std::unique_ptr<Adapter> make_am335xgpio(const Host& host, const AdapterSettings& settings, Log& log) {
  return make(host, settings, log, kAm335x);
}
std::unique_ptr<Adapter> make_sysfsgpio(const Host& host, const AdapterSettings& settings, Log& log) {
  return make(host, settings, log, kSysfs);
}
std::unique_ptr<Adapter> make_imx_gpio(const Host& host, const AdapterSettings& settings, Log& log) {
  return make(host, settings, log, kImx);
}

}  // namespace probity
