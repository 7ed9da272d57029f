#include "adapter/stlink/probe.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace probity::stlink {

namespace {

constexpr Milliseconds kWaitLimit{1000};
constexpr Milliseconds kLongestPause{32};
// A transfer is 46 clocks (ADIv5.2, B4.2); with turnarounds and the probe's own pauses, per byte of 8-bit
// accesses.
constexpr std::uint64_t kClocksPerByte = 64;

// Their bits in ABORT and CTRL/STAT (IHI 0031, B2.2).
constexpr std::uint32_t kAbortStickyFlags = 0x1E;  // ORUNERRCLR, WDERRCLR, STKERRCLR, STKCMPCLR
constexpr std::uint32_t kCtrlStickyFlags = 0xB2;   // WDATAERR, STICKYERR, STICKYCMP, STICKYORUN

}  // namespace

std::optional<Ack> ack_of(Status status) {
  struct Row {
    Status status;
    Ack ack;
  };
  static constexpr std::array kRows = {
      Row{Status::ok, Ack::ok},
      Row{Status::write_verify_error, Ack::ok},  // of the JTAG instruction register; harmless (OpenOCD 0.12)
      Row{Status::ap_wait, Ack::wait},
      Row{Status::dp_wait, Ack::wait},
      Row{Status::command_wait, Ack::wait},
      Row{Status::fault, Ack::fault},
      Row{Status::ap_fault, Ack::fault},
      Row{Status::dp_fault, Ack::fault},
      Row{Status::write_error, Ack::fault},
      Row{Status::ap_sticky_error, Ack::fault},
      Row{Status::ap_sticky_overrun, Ack::fault},
      Row{Status::ap_error, Ack::none},
      Row{Status::dp_error, Ack::none},
      Row{Status::no_device, Ack::none},
      Row{Status::unknown_chain, Ack::none},
      Row{Status::get_idcode_error, Ack::none},
      Row{Status::ap_parity, Ack::parity},
      Row{Status::dp_parity, Ack::parity},
      Row{Status::ap_wdata_error, Ack::parity},
  };
  const auto row = std::ranges::find(kRows, status, &Row::status);
  if (row == kRows.end()) return {};
  return row->ack;
}

void throw_failure(Status status, const std::string& doing) {
  const auto ack = ack_of(status);
  if (!ack) {
    throw AdapterError(fmt::format("{}: ST-LINK status {}", doing, describe(status)),
                       static_cast<unsigned>(status));
  }
  const std::string_view meaning = *ack == Ack::none     ? "the target does not answer"
                                   : *ack == Ack::parity ? "parity error on the wire (cable, speed?)"
                                   : *ack == Ack::wait   ? "the target keeps answering WAIT"
                                                         : "the target answers FAULT";
  throw DapError(fmt::format("{}: {} (ST-LINK status {})", doing, meaning, describe(status)),
                 static_cast<unsigned>(*ack), "DP", 0);
}

namespace {

// A firmware that takes the first command for data it still waits for (a program was killed in the middle of
// a write) says nothing at all. A free one answers within a few milliseconds.
constexpr Milliseconds kFirstAnswer{500};

template <typename Message>
auto ask(StlinkLink& link, const Message& message) {
  return Message::parse(link.read(message.encode(), Message::kAnswer, kFirstAnswer));
}

}  // namespace

Version read_version(StlinkLink& link) {
  Version version = Version::from(ask(link, GetVersion{}));
  // A V3 hides its version behind a command of its own.
  if (version.stlink >= 3 && version.jtag == 0 && version.swim == 0) {
    version = Version::from(ask(link, GetVersionEx{}));
  }
  if (version.stlink < 2 || version.stlink > 4) {
    throw AdapterError(fmt::format("ST-LINK gave a version that makes no sense: {}", describe(version)));
  }
  return version;
}

std::optional<float> read_volts(StlinkLink& link, const Version& version) {
  if (!has(version, Feature::target_voltage)) return {};
  return ask(link, GetTargetVoltage{}).volts();
}

WaitRetry::WaitRetry(Clock& clock, std::string_view waiting_for)
    : clock_(clock), deadline_(clock, kWaitLimit, waiting_for) {}

void WaitRetry::again(Status seen) {
  deadline_.check("ST-LINK status " + describe(seen));
  // The first try comes at once: the USB round trip was a pause already.
  if (pause_.count() > 0) clock_.sleep(pause_);
  pause_ = std::min(std::max(pause_ * 2, Milliseconds(1)), kLongestPause);
}

Probe::Probe(std::unique_ptr<StlinkLink> link, Clock& clock, Log& log)
    : link_(std::move(link)), clock_(clock), log_(log), wire_clock_(kilohertz(kDefaultSwd.kilohertz)) {
  try {
    start();
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    // A program that was killed in mid-command leaves the firmware waiting for the rest: only a reset helps
    // (the same remedy as OpenOCD's).
    log_.debug("{}; resetting the ST-LINK", e.message());
    if (!link_->recover()) throw;
    start();
  }
}

Probe::~Probe() {
  const UninterruptedScope giving_back(clock_);
  try {
    if (nrst_low_) drive_nrst(false);
    if (wire_) link_->write(ExitDebug{}.encode(), {}, kTimeout);
  } catch (const std::exception& e) {
    log_.debug("leaving the ST-LINK's debug mode: {}", e.what());
  }
}

void Probe::start() {
  version_ = read_version(*link_);
  leave_mode();
}

void Probe::leave_mode() {
  const Mode mode = ask(GetCurrentMode{});
  log_.debug("ST-LINK mode 0x{:02x}", static_cast<unsigned>(mode));
  if (mode == Mode::dfu) link_->write(ExitDfu{}.encode(), {}, kTimeout);
  if (mode == Mode::debug) link_->write(ExitDebug{}.encode(), {}, kTimeout);
  if (mode == Mode::swim) link_->write(ExitSwim{}.encode(), {}, kTimeout);
  if (mode == Mode::boot_loader) {
    throw AdapterError(
        "the ST-LINK is in its boot loader (a firmware update was not finished?): update its firmware");
  }
}

Milliseconds Probe::patience(std::size_t bytes) const {
  return kTimeout + Milliseconds(bytes * kClocksPerByte * 1000 / std::max(wire_clock_.value, 1u));
}

void Probe::drive_nrst(bool low) {
  const auto answer =
      ask_patiently(DriveNrst(low ? NrstLevel::low : NrstLevel::high), "the ST-LINK to drive nRST");
  if (ack_of(answer.status) != Ack::ok)
    throw_failure(answer.status, low ? "pulling nRST low" : "releasing nRST");
  nrst_low_ = low;
}

std::vector<Speed> Probe::speeds(Wire wire) {
  const bool jtag = wire == Wire::jtag;
  if (version_.stlink >= 3) {
    const auto answer = ask(GetComFreq{jtag});
    if (ack_of(answer.status) != Ack::ok) throw_failure(answer.status, "asking for the ST-LINK's clocks");
    std::vector<Speed> list;
    for (const std::uint32_t khz : answer.kilohertz) list.push_back({khz, 0});
    if (!list.empty()) return list;
    throw AdapterError("the ST-LINK names no clock that it can make");
  }
  if (!has(jtag ? Feature::jtag_speed : Feature::swd_speed)) return {jtag ? kDefaultJtag : kDefaultSwd};
  const auto table = jtag ? jtag_speeds_v2() : swd_speeds_v2();
  return {table.begin(), table.end()};
}

Speed Probe::choose_speed(Wire wire, Hertz wanted) { return nearest_speed(speeds(wire), wanted); }

Hertz Probe::set_speed(Wire wire, Hertz wanted) {
  const bool jtag = wire == Wire::jtag;
  const Speed speed = choose_speed(wire, wanted);
  StatusAnswer answer;
  if (version_.stlink >= 3) {
    answer = ask_patiently(SetComFreq{jtag, speed.kilohertz}, "the ST-LINK to change its clock");
  } else if (jtag && has(Feature::jtag_speed)) {
    answer = ask_patiently(SetJtagDivisor(speed.divisor), "the ST-LINK to change its clock");
  } else if (!jtag && has(Feature::swd_speed)) {
    answer = ask_patiently(SetSwdDivisor(speed.divisor), "the ST-LINK to change its clock");
  }
  if (ack_of(answer.status) != Ack::ok) {
    throw_failure(answer.status, fmt::format("setting the clock to {} kHz", speed.kilohertz));
  }
  wire_clock_ = kilohertz(speed.kilohertz);
  return wire_clock_;
}

Status Probe::enter(Wire wire) {
  if (wire_) link_->write(ExitDebug{}.encode(), {}, kTimeout);
  open_aps_.clear();
  wire_ = wire;
  return ask(EnterDebug(wire)).status;
}

void Probe::open_ap(unsigned ap) {
  if (!has(Feature::init_ap) || open_aps_.contains(ap)) return;
  const auto answer = ask_patiently(InitAp(static_cast<std::uint8_t>(ap)), "the ST-LINK to open an AP");
  if (ack_of(answer.status) != Ack::ok) throw_failure(answer.status, fmt::format("opening AP {}", ap));
  open_aps_.insert(ap);
}

StatusAnswer Probe::clear_sticky_errors() {
  if (wire_ != Wire::jtag) return ask(WriteDapReg(kDebugPort, kABORT, kAbortStickyFlags));
  // A JTAG-DP has no ABORT flags for that: writing ones to CTRL/STAT clears them (IHI 0031, B2.2.2).
  const auto ctrl_stat = ask(ReadDapReg(kDebugPort, kCTRL_STAT));
  if (ack_of(ctrl_stat.status) != Ack::ok) return {ctrl_stat.status};
  return ask(WriteDapReg(kDebugPort, kCTRL_STAT, ctrl_stat.value | kCtrlStickyFlags));
}

}  // namespace probity::stlink
