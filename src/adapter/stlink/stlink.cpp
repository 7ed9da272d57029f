#include "adapter/stlink/stlink.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "adapter/raw_command.hpp"
#include "adapter/stlink/dap_link.hpp"
#include "adapter/stlink/trace.hpp"
#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using stlink::Feature;
using stlink::Probe;
using stlink::Wire;

constexpr Milliseconds kRawTimeout{1000};
constexpr float kLowestVolts = 1.5F;  // OpenOCD's limit; the parts themselves need 1.65 V

std::optional<unsigned> millivolts(std::optional<float> volts) {
  if (!volts) return {};
  return static_cast<unsigned>(std::lround(*volts * 1000));
}

struct Backend {
  bool tcp = false;
  std::uint16_t port = stlink::kServerPort;
};

Backend parse_backend(const AdapterSettings& settings) {
  Backend backend;
  for (const char* key : {"hla_stlink_backend", "st-link backend"}) {
    const auto option = settings.options.find(key);
    if (option == settings.options.end()) continue;
    std::istringstream words(option->second);
    std::string kind;
    std::string rest;
    unsigned port = stlink::kServerPort;
    words >> kind;
    if (!(words >> port)) words.clear(words.rdstate() & ~std::ios::failbit);
    const bool known = kind == "usb" || kind == "tcp";
    if (!known || (words >> rest) || port == 0 || port > 0xFFFF) {
      throw ConfigError(fmt::format("{}: \"usb\" or \"tcp [PORT]\" is due, not \"{}\"", key, option->second));
    }
    backend = {kind == "tcp", static_cast<std::uint16_t>(port)};
  }
  const auto layout = settings.options.find("hla_layout");
  if (layout != settings.options.end() && layout->second != "stlink") {
    throw ConfigError(fmt::format("hla_layout {}: only \"stlink\" is supported", layout->second));
  }
  return backend;
}

class StlinkAdapter final : public Adapter, public RawCommand {
 public:
  StlinkAdapter(const Host& host, const AdapterSettings& settings, Log& log)
      : host_(host),
        settings_(settings),
        log_(log),
        backend_(parse_backend(settings)),
        wanted_(settings.speed) {}

  void open() override {
    auto link = backend_.tcp ? stlink::open_tcp_link(host_, settings_, backend_.port)
                             : stlink::open_usb_link(host_, settings_);
    probe_ = std::make_unique<Probe>(std::move(link), host_.clock, log_);
    volts_ = probe_->volts();
  }

  std::vector<std::string> describe() override {
    auto lines = probe().link().describe();
    lines.push_back(stlink::describe(probe().version()));
    if (volts_) lines.push_back(fmt::format("Target voltage: {:f}", *volts_));
    return lines;
  }

  std::optional<Hertz> set_speed(Hertz wanted) override {
    wanted_ = wanted;
    const bool connected = probe().wire().has_value();
    // Before connect() the wire is not known; SWD is what nearly everybody uses. connect() sets the clock
    // again.
    const Wire wire = probe().wire().value_or(Wire::swd);
    if (!connected) return kilohertz(probe().choose_speed(wire, wanted).kilohertz);
    const Hertz speed = probe().set_speed(wire, wanted);
    if (speed != wanted) {
      log_.info("Unable to match requested speed {} kHz, using {} kHz", wanted.value / 1000,
                speed.value / 1000);
    }
    return speed;
  }

  void set_reset(ResetLines lines) override {
    if (lines.srst) probe().drive_nrst(*lines.srst);
    if (lines.trst) log_.debug("ST-LINK firmware has no command for nTRST; the wire stays as it is");
  }

  DapLink& connect(Transport transport, const JtagChain&) override {
    check_transport(transport);
    const Wire wire = is_jtag(transport) ? Wire::jtag : Wire::swd;
    link_.reset();
    if (volts_ && *volts_ < kLowestVolts) log_.error("target voltage may be too low for reliable debugging");
    probe().set_speed(wire, wanted_);
    // nRST goes low before the debug signals move, and again afterwards: firmware that is not in debug mode
    // may not know the pin yet, so the first one may fail (facts of OpenOCD 0.12 and of ST's tools).
    if (settings_.connect_under_reset) try_reset(true);
    const stlink::Status entered = probe().enter(wire);
    if (settings_.connect_under_reset) {
      probe().drive_nrst(true);
    } else {
      try_reset(false);  // whoever had the probe before may have been killed with the line low
    }
    link_ = std::make_unique<stlink::StlinkDapLink>(probe(), !is_hla(transport), entered);
    return *link_;
  }

  std::optional<unsigned> target_voltage() override {
    volts_ = probe().volts();
    return millivolts(volts_);
  }

  Bytes raw_command(ByteView bytes, std::size_t answer) override {
    stlink::Command command{};
    if (bytes.size() > command.size()) {
      throw UsageError(fmt::format("an ST-LINK takes commands of {} bytes at most", command.size()));
    }
    std::ranges::copy(bytes, command.begin());
    if (answer > 0) return probe().link().read(command, answer, kRawTimeout);
    probe().link().write(command, {}, kRawTimeout);
    return {};
  }

  TraceCapture* trace_capture() override {
    if (!trace_ && probe_) trace_ = std::make_unique<stlink::StlinkTrace>(*probe_);
    return trace_.get();
  }

  std::optional<ProbeReport> report() override {
    const auto device = probe().link().usb_device();
    if (!device) return {};
    return ProbeReport{.kind = stlink::kind_of(*device),
                       .vendor = device->vendor,
                       .product = device->product,
                       .location = device->location,
                       .serial = stlink::printable_serial(device->serial),
                       .firmware = stlink::name_of(probe().version()),
                       .millivolts = target_voltage(),
                       .state = "held by this process"};
  }

 private:
  Probe& probe() {
    if (!probe_) throw AdapterError("the ST-LINK is not open");
    return *probe_;
  }

  void check_transport(Transport transport) {
    const auto& version = probe().version();
    if (version.jtag == 0) {
      throw AdapterError(
          fmt::format("ST-LINK firmware {} is made for STM8 only: mode (transport) not supported by device",
                      stlink::name_of(version)));
    }
    if (!is_hla(transport) && !probe().has(Feature::dap_registers)) {
      throw AdapterError(
          fmt::format("ST-Link version does not support DAP direct transport: firmware {} is older than "
                      "V2J24; use transport {} or update the firmware",
                      stlink::name_of(version), is_jtag(transport) ? "hla_jtag" : "hla_swd"));
    }
    const std::string missing = stlink::missing_features(version);
    if (!missing.empty()) {
      log_.warn("ST-LINK firmware {} is old: {}. Update it with STM32CubeProgrammer",
                stlink::name_of(version), missing);
    }
  }

  void try_reset(bool low) {
    try {
      probe().drive_nrst(low);
    } catch (const DapError& e) {
      log_.debug("{}", e.message());
    } catch (const AdapterError& e) {
      if (!e.probe_status) throw;  // not the firmware's refusal: the probe is gone
      log_.debug("{}", e.message());
    }
  }

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  Backend backend_;
  Hertz wanted_;
  std::optional<float> volts_;
  std::unique_ptr<Probe> probe_;
  std::unique_ptr<stlink::StlinkDapLink> link_;
  std::unique_ptr<stlink::StlinkTrace> trace_;
};

}  // namespace

std::vector<ProbeReport> list_stlinks(const Host& host, const std::optional<ProbeReport>& mine, Log&) {
  std::vector<ProbeReport> all;
  for (const UsbDeviceInfo& device : host.usb.devices()) {
    if (!stlink::is_wanted({}, device.vendor, device.product)) continue;
    SeenDevice entry = seen(device);
    entry.shown = stlink::printable_serial(device.serial);
    const auto report = report_of(stlink::kind_of(device), entry, mine, [&](ProbeReport& r) {
      if (device.product == stlink::kProductV1) {
        r.state = "not supported";
        return;
      }
      UsbDeviceInfo labelled = device;
      labelled.label = label_of(std::string(stlink::kName), entry);
      const auto link = stlink::open_usb_link(host, std::move(labelled));
      const auto version = stlink::read_version(*link);
      r.firmware = stlink::name_of(version);
      r.millivolts = millivolts(stlink::read_volts(*link, version));
    });
    if (report) all.push_back(*report);
  }
  return all;
}

std::unique_ptr<Adapter> make_stlink(const Host& host, const AdapterSettings& settings, Log& log) {
  return std::make_unique<StlinkAdapter>(host, settings, log);
}

}  // namespace probity
