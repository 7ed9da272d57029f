#include "adapter/cmsis_dap/cmsis_dap.hpp"

#include <fmt/format.h>

#include <array>

#include "adapter/cmsis_dap/discovery.hpp"
#include "adapter/cmsis_dap/link.hpp"
#include "adapter/cmsis_dap/probe.hpp"
#include "adapter/cmsis_dap/trace.hpp"
#include "adapter/raw_command.hpp"
#include "adapter/wire_chain.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using namespace cmsis_dap;

// DAP_Info 0xF0, in the words OpenOCD prints.
constexpr std::array<std::string_view, 9> kCapabilities = {"SWD supported",
                                                           "JTAG supported",
                                                           "SWO-UART supported",
                                                           "SWO-MANCHESTER supported",
                                                           "Atomic commands supported",
                                                           "Test domain timer supported",
                                                           "SWO streaming trace supported",
                                                           "UART communication port supported",
                                                           "UART via USB COM port supported"};
constexpr std::uint32_t kHasSwd = 1u << 0, kHasJtag = 1u << 1;

class CmsisDap final : public Adapter, public RawCommand {
 public:
  CmsisDap(const Host& host, const AdapterSettings& settings, Log& log)
      : host_(host), settings_(settings), log_(log), speed_(settings.speed) {}
  ~CmsisDap() override;

  void open() override;
  std::optional<Hertz> set_speed(Hertz wanted) override;
  void set_reset(ResetLines lines) override;
  DapLink& connect(Transport transport, const JtagChain& chain) override;
  std::optional<unsigned> target_voltage() override { return {}; }
  std::vector<std::string> describe() override;
  std::optional<ProbeReport> report() override;
  TraceCapture* trace_capture() override;
  Bytes raw_command(ByteView bytes, std::size_t) override {
    if (bytes.size() > probe().facts().packet_size) {
      throw UsageError(
          fmt::format("the probe takes commands of {} bytes at most", probe().facts().packet_size));
    }
    return probe().execute(RawMessage{bytes});
  }

 private:
  // A user's own command, whose answer is given as it came.
  struct RawMessage {
    ByteView bytes;
    Bytes encode() const { return {bytes.begin(), bytes.end()}; }
    static Bytes parse(ByteView response) { return {response.begin(), response.end()}; }
  };
  Probe& probe() {
    if (!probe_) throw AdapterError("the CMSIS-DAP probe is not open");
    return *probe_;
  }
  void require_capability(std::uint32_t bit, std::string_view name);
  void log_pins();

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  Hertz speed_;
  ResetLines reset_;  // as last set
  std::unique_ptr<Probe> probe_;
  std::optional<Candidate> device_;  // nothing behind TCP
  std::unique_ptr<Link> link_;
  std::unique_ptr<SwoCapture> trace_;
};

std::string kind_of(const Candidate& device) { return device.usb ? "CMSIS-DAP/v2" : "CMSIS-DAP/v1"; }

// Firmware that is known to fail: nothing to repair from here.
struct BadFirmware {
  std::uint16_t vendor, product;
  std::string_view
      version;  // DAP_Info 0x04; DAPLink 0254 and 0255 answer it with their own version (pyOCD #1173)
  std::string_view trouble;
};
constexpr std::array kBadFirmware = {
    BadFirmware{0x0D28, 0x0204, "0254",
                "DAPLink 0254 is known to fail with OpenOCD's way of asking (DAPLink issue 665); update it"},
};

std::string firmware_name(Probe& probe) {
  const std::string own = info_text(probe.execute(Info{InfoId::product_firmware_version}));
  return own.empty() ? probe.facts().firmware_version : own;
}

CmsisDap::~CmsisDap() {
  if (!probe_) return;
  const UninterruptedScope giving_back(host_.clock);
  try {
    link_.reset();
    if (reset_.srst.value_or(false) || reset_.trst.value_or(false)) set_reset({false, false});
    probe_->execute(HostStatus{Led::running, false});
    probe_->execute(Disconnect{});
    probe_->execute(HostStatus{Led::connect, false});
  } catch (const std::exception& e) {
    log_.debug("CMSIS-DAP: closing: {}", e.what());
  }
}

void CmsisDap::open() {
  OpenPipe opened = open_pipe(host_, settings_, log_);
  auto probe = std::make_unique<Probe>(std::move(opened.pipe), log_);
  probe->open();
  probe_ = std::move(probe);
  device_ = std::move(opened.probe);
  if (!device_) return;
  for (const BadFirmware& bad : kBadFirmware) {
    if (device_->seen.vendor == bad.vendor && device_->seen.product == bad.product &&
        probe_->facts().firmware_version == bad.version) {
      log_.warn("{}", bad.trouble);
    }
  }
}

std::optional<ProbeReport> CmsisDap::report() {
  if (!device_) return {};
  return ProbeReport{.kind = kind_of(*device_),
                     .vendor = device_->seen.vendor,
                     .product = device_->seen.product,
                     .location = device_->seen.location,
                     .serial = device_->seen.shown,
                     .firmware = firmware_name(probe()),
                     .millivolts = {},
                     .state = "held by this process"};
}

TraceCapture* CmsisDap::trace_capture() {
  if (!trace_ && probe_) trace_ = std::make_unique<SwoCapture>(*probe_, log_);
  return trace_.get();
}

// The probe makes of it what it can and does not tell.
std::optional<Hertz> CmsisDap::set_speed(Hertz wanted) {
  if (wanted.value == 0) throw ConfigError("RTCK not supported. Set nonzero \"adapter speed\".");
  speed_ = wanted;
  if (link_) {
    link_->set_speed(speed_);
  } else if (probe_) {
    probe_->execute(SwjClock{speed_});
  }
  return speed_;
}

void CmsisDap::set_reset(ResetLines lines) {
  if (lines.srst) reset_.srst = lines.srst;
  if (lines.trst) reset_.trst = lines.trst;
  std::uint8_t output = 0, select = 0;
  auto line = [&](std::optional<bool> asserted, std::uint8_t pin) {
    if (!asserted) return;
    select = static_cast<std::uint8_t>(select | pin);
    if (!*asserted) output = static_cast<std::uint8_t>(output | pin);
  };
  line(lines.srst, kPinNreset);
  line(lines.trst, kPinNtrst);
  if (select != 0) probe().execute(SwjPins{output, select, 0});
}

void CmsisDap::require_capability(std::uint32_t bit, std::string_view name) {
  if ((probe().facts().capabilities & bit) == 0)
    throw ConfigError(fmt::format("CMSIS-DAP: {} not supported", name));
}

void CmsisDap::log_pins() {
  const std::uint8_t pins = probe().execute(SwjPins{0, 0, 0});
  auto level = [pins](std::uint8_t pin) { return (pins & pin) != 0 ? 1 : 0; };
  log_.info("SWCLK/TCK = {} SWDIO/TMS = {} TDI = {} TDO = {} nTRST = {} nRESET = {}", level(kPinSwclk),
            level(kPinSwdio), level(kPinTdi), level(kPinTdo), level(kPinNtrst), level(kPinNreset));
}

DapLink& CmsisDap::connect(Transport transport, const JtagChain& chain) {
  if (transport != Transport::swd && transport != Transport::jtag) {
    throw ConfigError(fmt::format("a CMSIS-DAP probe cannot do {}; it has swd and jtag", name_of(transport)));
  }
  const bool jtag = transport == Transport::jtag;
  require_capability(jtag ? kHasJtag : kHasSwd, jtag ? "JTAG" : "SWD");
  link_.reset();
  probe().execute(Connect{jtag ? WirePort::jtag : WirePort::swd});
  log_.info("CMSIS-DAP: Interface Initialised ({})", jtag ? "JTAG" : "SWD");
  if (reset_.srst.value_or(false) || reset_.trst.value_or(false)) {
    set_reset(reset_);  // DAP_Connect sets the pins up with both resets released
    if (settings_.connect_under_reset) log_.info("Connecting under reset");
  }
  link_ = std::make_unique<Link>(probe(), log_, jtag ? std::optional(wire_chain(chain)) : std::nullopt);
  set_speed(speed_);
  if (!jtag) probe().execute(SwdConfigure{1, false});
  probe().execute(HostStatus{Led::connect, true});
  probe().execute(HostStatus{Led::running, true});
  log_pins();
  log_.info("CMSIS-DAP: Interface ready");
  return *link_;
}

std::vector<std::string> CmsisDap::describe() {
  const ProbeFacts& facts = probe().facts();
  std::vector<std::string> lines;
  for (std::size_t bit = 0; bit < kCapabilities.size(); ++bit) {
    if ((facts.capabilities >> bit & 1) != 0)
      lines.push_back(fmt::format("CMSIS-DAP: {}", kCapabilities[bit]));
  }
  if (!facts.firmware_version.empty()) {
    lines.push_back(fmt::format("CMSIS-DAP: FW Version = {}", facts.firmware_version));
  }
  if (!facts.serial.empty()) lines.push_back(fmt::format("CMSIS-DAP: Serial# = {}", facts.serial));
  return lines;
}

}  // namespace

std::vector<ProbeReport> list_cmsis_daps(const Host& host, const std::optional<ProbeReport>& mine, Log& log) {
  std::vector<ProbeReport> all;
  for (const Candidate& device : all_probes(host)) {
    const auto report = report_of(kind_of(device), device.seen, mine, [&](ProbeReport& r) {
      Probe probe(open_candidate(host, device), log);
      probe.open();
      r.firmware = firmware_name(probe);
    });
    if (report) all.push_back(*report);
  }
  return all;
}

std::unique_ptr<Adapter> make_cmsis_dap(const Host& host, const AdapterSettings& settings, Log& log) {
  return std::make_unique<CmsisDap>(host, settings, log);
}

}  // namespace probity
