#include "adapter/jlink/jlink.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapter/jlink/probe.hpp"
#include "adapter/jlink/trace.hpp"
#include "adapter/jlink/wire_link.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using namespace jlink;

constexpr std::uint32_t kUsualMostKilohertz = 12000;  // where the probe does not tell
constexpr Nanoseconds kSettle = Milliseconds(3);      // of the reset wires, as OpenOCD waits

class Jlink final : public JlinkAdapter {
 public:
  Jlink(const Host& host, const AdapterSettings& settings, Log& log)
      : host_(host), settings_(settings), log_(log), speed_(settings.speed) {}
  ~Jlink() override;

  void open() override;
  std::optional<Hertz> set_speed(Hertz wanted) override;
  void set_reset(ResetLines lines) override;
  DapLink& connect(Transport transport, const JtagChain& chain) override;
  std::optional<unsigned> target_voltage() override { return hardware_status().millivolts; }
  std::vector<std::string> describe() override;
  TraceCapture* trace_capture() override;
  std::optional<ProbeReport> report() override;

  bool has(Capability capability) override { return probe().has(capability); }
  HardwareStatus hardware_status() override { return probe().execute(GetState{}); }
  std::uint32_t free_memory() override { return probe().execute(GetFreeMemory{}); }
  void set_target_power(bool on) override { probe().execute(SetPower{on}); }
  unsigned jtag_version() override { return jtag_version_; }
  void set_jtag_version(unsigned version) override;
  const DeviceConfig& stored_config() override;
  DeviceConfig& edited_config() override;
  void write_config() override;

 private:
  Probe& probe() {
    if (!probe_) throw AdapterError("the J-Link is not open");
    return *probe_;
  }
  void enter();
  void select(WireKind wire);
  std::uint32_t most_kilohertz();
  void apply_speed(Hertz speed);

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  Hertz speed_;
  ResetLines reset_;  // as last set
  unsigned jtag_version_ = 2;
  std::optional<DeviceConfig> stored_, edited_;
  std::uint16_t handle_ = 0;  // of our registration; 0: none
  std::unique_ptr<Probe> probe_;
  std::unique_ptr<WireLink> wire_;
  std::unique_ptr<DapLink> link_;
  std::unique_ptr<SwoCapture> trace_;
};

Jlink::~Jlink() {
  if (!probe_) return;
  const UninterruptedScope giving_back(host_.clock);
  try {
    link_.reset();
    if (trace_) trace_->stop();
    if (reset_.srst.value_or(false) || reset_.trst.value_or(false)) set_reset({false, false});
    if (handle_ != 0) probe_->execute(Register{false, handle_});
  } catch (const std::exception& e) {
    log_.debug("J-Link: closing: {}", e.what());
  }
}

void Jlink::open() {
  auto probe = std::make_unique<Probe>(host_, jlink::select(host_.usb, settings_), log_);
  probe_ = std::move(probe);
  // HW_JTAG3 came with hardware version 5 (RM08001).
  constexpr unsigned kFirstWithV3 = 5;
  const auto& hardware = probe_->facts().hardware;
  jtag_version_ = hardware && hardware->major >= kFirstWithV3 ? 3 : 2;
  enter();
}

// Others who use the probe at the same time learn that we are there. Nothing depends on it.
void Jlink::enter() {
  if (!probe().has(Capability::registration)) return;
  const Registration own = probe().execute(Register{true, 0});
  if (own.listed) handle_ = own.handle;
  if (!own.listed)
    log_.warn("J-Link: maximum number of connections on the device reached; going on unregistered");
}

std::vector<std::string> Jlink::describe() {
  const ProbeFacts& facts = probe().facts();
  std::vector<std::string> lines;
  if (!facts.firmware.empty()) lines.push_back(facts.firmware);
  if (facts.hardware)
    lines.push_back(fmt::format("Hardware version: {}.{:02}", facts.hardware->major, facts.hardware->minor));
  const unsigned millivolts = hardware_status().millivolts;
  lines.push_back(fmt::format("VTarget = {}.{:03} V", millivolts / 1000, millivolts % 1000));
  return lines;
}

std::uint32_t Jlink::most_kilohertz() {
  if (!probe().has(Capability::speeds)) return kUsualMostKilohertz;
  const Speeds speeds = probe().execute(GetSpeeds{});
  return speeds.base_hertz / 1000 / speeds.least_divisor;
}

// Within the probe's range. It divides its clock by itself, and does not tell by what.
void Jlink::apply_speed(Hertz speed) {
  probe().execute(SetSpeed{static_cast<std::uint16_t>(speed.value / 1000)});
  if (wire_) wire_->set_speed(speed);
}

std::optional<Hertz> Jlink::set_speed(Hertz wanted) {
  if (wanted.value == 0) {
    if (!probe().has(Capability::adaptive_clocking))
      throw ConfigError("Adaptive clocking is not supported by the device");
    probe().execute(SetSpeed{kAdaptiveClocking});
    speed_ = wanted;
    return speed_;
  }
  const std::uint32_t most = std::min<std::uint32_t>(most_kilohertz(), kAdaptiveClocking - 1u);
  std::uint32_t khz = std::max(wanted.value / 1000, 1u);
  if (khz > most) {
    log_.info("Reduced speed from {} kHz to {} kHz (maximum)", khz, most);
    khz = most;
  }
  speed_ = kilohertz(khz);
  apply_speed(speed_);
  return speed_;
}

void Jlink::set_reset(ResetLines lines) {
  if (lines.srst) {
    reset_.srst = lines.srst;
    *lines.srst ? probe().execute(ResetLow{}) : probe().execute(ResetHigh{});
  }
  if (lines.trst) {
    reset_.trst = lines.trst;
    *lines.trst ? probe().execute(TrstLow{}) : probe().execute(TrstHigh{});
  }
}

void Jlink::set_jtag_version(unsigned version) {
  jtag_version_ = version;
  if (wire_) wire_->set_jtag_version(version);
}

const DeviceConfig& Jlink::stored_config() {
  if (!stored_) stored_.emplace(probe().execute(ReadConfig{}));
  return *stored_;
}

DeviceConfig& Jlink::edited_config() {
  if (!edited_) edited_ = stored_config();
  return *edited_;
}

void Jlink::write_config() {
  probe().execute(WriteConfig{edited_config().raw()});
  stored_.reset();
  if (stored_config() != edited_config())
    throw AdapterError("Verification of device configuration failed. Please check your device");
}

void Jlink::select(WireKind wire) {
  if (!probe().has(Capability::select_interface)) {
    if (wire != WireKind::jtag) throw ConfigError("Device supports JTAG transport only");
    return;
  }
  const std::uint32_t there = probe().execute(GetInterfaces{});
  if ((there >> static_cast<unsigned>(wire) & 1) == 0)
    throw ConfigError("Selected transport is not supported by the device");
  probe().execute(SelectInterface{wire});
}

DapLink& Jlink::connect(Transport transport, const JtagChain& chain) {
  if (transport != Transport::swd && transport != Transport::jtag) {
    throw ConfigError(fmt::format("a J-Link cannot do {}; it has jtag and swd", name_of(transport)));
  }
  const bool jtag = transport == Transport::jtag;
  link_.reset();
  select(jtag ? WireKind::jtag : WireKind::swd);
  // Whoever had the probe before may have been killed with a wire low.
  set_reset({reset_.srst.value_or(false), reset_.trst.value_or(false)});
  host_.clock.sleep(kSettle);
  wire_ = std::make_unique<WireLink>(probe(), jtag ? WireKind::jtag : WireKind::swd, log_);
  wire_->set_jtag_version(jtag_version_);
  if (speed_.value != 0) apply_speed(std::clamp(speed_, kilohertz(1), kilohertz(most_kilohertz())));
  if (!jtag) {
    link_ = lift_swd(*wire_, host_.clock);
    return *link_;
  }
  // Firmware of V5 and V6 loses its place where the first move is no multiple of 8 clocks (OpenOCD).
  constexpr std::size_t kFirstMove = 8;
  const BitVector high = BitVector::repeat(true, kFirstMove);
  wire_->jtag({high, high}, 0, 0);
  wire_->collect();
  link_ = lift_jtag(*wire_, host_.clock, log_, chain);
  return *link_;
}

TraceCapture* Jlink::trace_capture() {
  if (!trace_ && probe_) {
    trace_ = std::make_unique<SwoCapture>(*probe_, log_, [this] {
      if (wire_) wire_->measure_memory();
    });
  }
  return trace_.get();
}

// "J-Link V9 compiled May  7 2021 16:26:12" → "V9 compiled May 7 2021 16:26:12"
std::string firmware_of(const ProbeFacts& facts) {
  constexpr std::string_view kMaker = "J-Link ";
  std::string_view text = facts.firmware;
  if (text.starts_with(kMaker)) text.remove_prefix(kMaker.size());
  std::string single(text);
  const auto doubled = std::ranges::unique(single, [](char a, char b) { return a == ' ' && b == ' '; });
  single.erase(doubled.begin(), doubled.end());
  return single;
}

ProbeReport about(const UsbDeviceInfo& device) {
  return {.kind = "J-Link",
          .vendor = device.vendor,
          .product = device.product,
          .location = device.location,
          .serial = short_serial(device.serial),
          .firmware = {},
          .millivolts = {},
          .state = {}};
}

std::optional<ProbeReport> Jlink::report() {
  ProbeReport report = about(probe().device());
  report.firmware = firmware_of(probe().facts());
  report.millivolts = hardware_status().millivolts;
  report.state = "held by this process";
  return report;
}

}  // namespace

std::vector<ProbeReport> list_jlinks(const Host& host, const std::optional<ProbeReport>& mine, Log& log) {
  std::vector<ProbeReport> all;
  for (UsbDeviceInfo& device : host.usb.devices()) {
    if (!is_jlink(device)) continue;
    SeenDevice entry = seen(device);
    entry.shown = short_serial(device.serial);
    device.label = label_of("J-Link", entry);
    const auto report = report_of("J-Link", entry, mine, [&](ProbeReport& r) {
      Probe probe(host, device, log);
      r.firmware = firmware_of(probe.facts());
      r.millivolts = probe.execute(GetState{}).millivolts;
    });
    if (report) all.push_back(*report);
  }
  return all;
}

std::unique_ptr<Adapter> make_jlink(const Host& host, const AdapterSettings& settings, Log& log) {
  return std::make_unique<Jlink>(host, settings, log);
}

}  // namespace probity
