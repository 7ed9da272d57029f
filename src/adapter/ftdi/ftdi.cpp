#include "adapter/ftdi/ftdi.hpp"

#include <fmt/format.h>

#include <sstream>

#include "adapter/bit_link.hpp"
#include "adapter/ftdi/chip.hpp"
#include "adapter/ftdi/mpsse.hpp"
#include "adapter/ftdi/mpsse_link.hpp"
#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using namespace ftdi;

const std::string kKind = "FTDI";
constexpr std::uint16_t kFtdiVendor = 0x0403;
constexpr std::uint16_t kOlimexVendor = 0x15ba;  // whose probes are FTDI chips under ids of their own
constexpr Hertz kFastJtag{10'000'000};

std::string option(const AdapterSettings& settings, const std::string& word) {
  const auto found = settings.options.find("ftdi " + word);
  return found == settings.options.end() ? std::string() : found->second;
}

bool is_wanted(const AdapterSettings& settings, const UsbDeviceInfo& d, const std::string& description) {
  if (!in_vid_pids(settings, d.vendor, d.product)) return false;
  // One that may not be opened shows no description; opening it says why.
  return description.empty() || d.product_name == description || !d.access_error.empty();
}

// The one device on the bus that is meant, with its label.
UsbDeviceInfo select(const Host& host, const AdapterSettings& settings) {
  if (settings.vid_pids.empty()) throw ConfigError("Please specify ftdi vid_pid");
  const std::string description = option(settings, "device_desc");
  std::vector<UsbDeviceInfo> fitting;
  std::vector<SeenDevice> all, candidates;
  for (UsbDeviceInfo& device : host.usb.devices()) {
    all.push_back(seen(device));
    if (!is_wanted(settings, device, description)) continue;
    candidates.push_back(seen(device));
    fitting.push_back(std::move(device));
  }
  if (const auto chosen = choose(candidates, settings, kKind)) {
    fitting[*chosen].label = label_of(kKind, candidates[*chosen]);
    return fitting[*chosen];
  }
  // The first words are what OpenOCD 0.12.0 prints.
  const auto any = [](const std::string& text) { return text.empty() ? "*" : text; };
  throw AdapterError(fmt::format(
      "unable to open ftdi device with vid {:04x}, pid {:04x}, description '{}', serial '{}' at bus location "
      "'{}': looked for {}{}; USB devices seen:{}",
      settings.vid_pids.front().first, settings.vid_pids.front().second, any(description),
      any(settings.serial), any(settings.usb_location), kKind, wanted_text(settings),
      all.empty() ? " none" : list_text(all)));
}

class FtdiAdapter final : public Adapter, public SignalControl {
 public:
  FtdiAdapter(const Host& host, const AdapterSettings& settings, Log& log)
      : host_(host),
        settings_(settings),
        log_(log),
        signals_(signals_of(settings)),
        sample_on_falling_(option(settings, "tdo_sample_edge") == "falling") {}

  void open() override;
  std::optional<Hertz> set_speed(Hertz wanted) override;
  void set_reset(ResetLines lines) override;
  DapLink& connect(Transport transport, const JtagChain& chain) override;
  std::optional<unsigned> target_voltage() override { return {}; }
  std::vector<std::string> describe() override { return {}; }
  bool has_srst() const override { return signals_.contains("nSRST"); }
  std::optional<ProbeReport> report() override;

  void define_signal(const std::string& name, const Signal& signal) override { signals_[name] = signal; }
  void set_signal(const std::string& name, Level level) override;
  std::uint16_t get_signal(const std::string& name) override;
  void sample_tdo_on_falling_edge(bool falling) override { sample_on_falling_ = falling; }

 private:
  Mpsse& mpsse() {
    if (!mpsse_) throw AdapterError("the ftdi probe is not open");
    return *mpsse_;
  }
  const Signal& signal(const std::string& name) const;
  void put_signal(const std::string& name, Level level);
  void drive_reset(const std::string& name, bool assert, bool drive_high, std::string_view line);
  void enable_swd();

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  std::map<std::string, Signal> signals_;
  bool sample_on_falling_;
  bool swd_ = false;
  UsbDeviceInfo device_;
  PinState state_{Pins(0, 0), {}};
  std::unique_ptr<Mpsse> mpsse_;
  std::unique_ptr<MpsseLink> bits_;
  std::unique_ptr<DapLink> link_;
};

void FtdiAdapter::open() {
  device_ = select(host_, settings_);
  const Chip* chip = chip_of(device_.release);
  if (chip == nullptr) {
    throw AdapterError(
        fmt::format("unsupported FTDI chip type: 0x{:04x} ({})", device_.release, device_.label));
  }
  const std::string channel = option(settings_, "channel");
  mpsse_ = std::make_unique<Mpsse>(host_, device_, *chip, channel.empty() ? 0u : std::stoul(channel));
  std::istringstream layout(option(settings_, "layout_init"));
  std::uint16_t output = 0, direction = 0;
  layout >> output >> direction;
  state_.pins = Pins(output, direction);
  mpsse_->set_pins(state_.pins);
  mpsse_->put(Opcode::loopback_off);
  set_speed(settings_.speed);
}

std::optional<Hertz> FtdiAdapter::set_speed(Hertz wanted) {
  const Chip& chip = mpsse().chip();
  Hertz set{0};
  if (wanted.value != 0) {
    const ClockSetting clock = clock_setting(chip, wanted);
    mpsse().set_clock(clock);
    set = clock.actual;
  } else if (chip.high_speed) {
    mpsse().set_adaptive();
  } else {
    throw ConfigError(fmt::format("{} has no adaptive clocking (RTCK); give a speed", chip.name));
  }
  mpsse().exchange();
  if (link_ && !swd_ && !sample_on_falling_ && set.value >= kFastJtag.value) {
    log_.info(
        "ftdi: if you experience problems at higher adapter clocks, try the command \"ftdi tdo_sample_edge "
        "falling\"");
  }
  return set;
}

const Signal& FtdiAdapter::signal(const std::string& name) const {
  const auto found = signals_.find(name);
  if (found != signals_.end()) return found->second;
  throw AdapterError(fmt::format("interface configuration doesn't define signal '{}'", name));
}

void FtdiAdapter::put_signal(const std::string& name, Level level) {
  const Pins before = state_.pins;
  state_.pins.set(name, signal(name), level);
  mpsse().set_pins(state_.pins, &before);
}

void FtdiAdapter::set_signal(const std::string& name, Level level) {
  put_signal(name, level);
  mpsse().exchange();
}

std::uint16_t FtdiAdapter::get_signal(const std::string& name) {
  const Signal& wanted = signal(name);
  return level_of(name, wanted, wanted.input == 0 ? std::uint16_t{0} : mpsse().read_pins());
}

// As OpenOCD 0.12.0: asserted is 0; released is driven high or let go, as `reset_config` says. A wire that
// the layout does not have is an error line only.
void FtdiAdapter::drive_reset(const std::string& name, bool assert, bool drive_high, std::string_view line) {
  if (!signals_.contains(name)) {
    if (assert) log_.error("Can't assert {}: {} signal is not defined", line, name);
    return;
  }
  put_signal(name, assert ? Level::low : drive_high ? Level::high : Level::released);
}

void FtdiAdapter::set_reset(ResetLines lines) {
  if (lines.trst && !swd_) drive_reset("nTRST", *lines.trst, !settings_.trst_open_drain, "TRST");
  if (lines.srst) drive_reset("nSRST", *lines.srst, settings_.srst_push_pull, "SRST");
  mpsse().exchange();
}

// A dummy SWD_EN ("-data 0") says that the wiring is for SWD and needs nothing switched.
void FtdiAdapter::enable_swd() {
  const auto enable = signals_.find("SWD_EN");
  if (enable == signals_.end()) {
    throw ConfigError(
        "SWD mode is active but SWD_EN signal is not defined; the layout says with it how the probe is wired "
        "for SWD, for a resistor between TDI and SWDIO: source [find interface/ftdi/swd-resistor-hack.cfg]");
  }
  if (enable->second.data != 0) set_signal("SWD_EN", Level::high);
  const auto oe = signals_.find("SWDIO_OE");
  if (oe != signals_.end()) state_.swdio_oe = oe->second;
}

DapLink& FtdiAdapter::connect(Transport transport, const JtagChain& chain) {
  bits_ = std::make_unique<MpsseLink>(mpsse(), state_, sample_on_falling_);
  switch (transport) {
    case Transport::swd:
      swd_ = true;
      enable_swd();
      link_ = lift_swd(*bits_, host_.clock);
      break;
    case Transport::jtag:
      link_ = lift_jtag(*bits_, host_.clock, log_, chain);
      break;
    default:
      throw ConfigError(fmt::format("ftdi cannot do {}; it has jtag and swd", name_of(transport)));
  }
  return *link_;
}

// What the probe calls itself, with its chip: one FT2232H is like another.
std::string ftdi_kind(const UsbDeviceInfo& device, const Chip& chip) {
  return device.product_name.empty() ? std::string(chip.name)
                                     : fmt::format("{} ({})", device.product_name, chip.name);
}

std::optional<ProbeReport> FtdiAdapter::report() {
  if (!mpsse_) return {};
  return ProbeReport{.kind = ftdi_kind(device_, mpsse_->chip()),
                     .vendor = device_.vendor,
                     .product = device_.product,
                     .location = device_.location,
                     .serial = shown_serial(device_.serial),
                     .firmware = {},
                     .millivolts = {},
                     .state = "held by this process"};
}

}  // namespace

std::unique_ptr<Adapter> make_ftdi(const Host& host, const AdapterSettings& settings, Log& log) {
  return std::make_unique<FtdiAdapter>(host, settings, log);
}

std::vector<ProbeReport> list_ftdis(const Host& host, const std::optional<ProbeReport>& mine, Log&) {
  std::vector<ProbeReport> reports;
  for (const UsbDeviceInfo& device : host.usb.devices()) {
    const Chip* chip = chip_of(device.release);
    if (chip == nullptr || (device.vendor != kFtdiVendor && device.vendor != kOlimexVendor)) continue;
    const auto report =
        report_of(ftdi_kind(device, *chip), seen(device), mine, [&](ProbeReport&) { host.usb.open(device); });
    if (report) reports.push_back(*report);
  }
  return reports;
}

}  // namespace probity
