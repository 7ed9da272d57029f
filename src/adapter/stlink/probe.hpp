// Probe: one opened ST-LINK as the driver sees it. Knows what its firmware can, which mode it is in and which
// APs are open, and what each status means. Everything above asks it in messages (codec.hpp).
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "adapter/stlink/firmware.hpp"
#include "adapter/stlink/link.hpp"
#include "adapter/stlink/speeds.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace probity::stlink {

// What a status says about the wire; nothing where it is about something else.
std::optional<Ack> ack_of(Status status);
// Throws DapError where the status is about the wire, else AdapterError; `doing` begins the message.
[[noreturn]] void throw_failure(Status status, const std::string& doing);

// Asks for the version, in any mode and without changing it. AdapterError where it makes no sense.
Version read_version(StlinkLink& link);
// Volts at the target's VDD pin; nothing where the firmware cannot tell. In any mode.
std::optional<float> read_volts(StlinkLink& link, const Version& version);

// Pauses between tries of something the target answers with WAIT; TimeoutError after a second.
class WaitRetry {
 public:
  WaitRetry(Clock& clock, std::string_view waiting_for);
  void again(Status seen);

 private:
  Clock& clock_;
  Deadline deadline_;
  Milliseconds pause_{0};
};

class Probe {
 public:
  // Reads the version and leaves whatever mode the probe was left in. AdapterError or TimeoutError where that
  // fails even after a reset of the probe.
  Probe(std::unique_ptr<StlinkLink> link, Clock& clock, Log& log);
  // Releases nRST, leaves debug mode; does not throw.
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  Clock& clock() { return clock_; }
  Log& log() { return log_; }
  StlinkLink& link() { return *link_; }
  const Version& version() const { return version_; }
  bool has(Feature feature) const { return stlink::has(version_, feature); }
  std::optional<Wire> wire() const { return wire_; }

  // One message and its answer, whatever the status.
  template <typename Message>
  auto ask(const Message& message, Milliseconds timeout = kTimeout) {
    return Message::parse(link_->read(message.encode(), Message::kAnswer, timeout));
  }
  // The same, repeated while the status is a WAIT. TimeoutError after a second of that.
  template <typename Message>
  auto ask_patiently(const Message& message, std::string_view waiting_for) {
    auto answer = ask(message);
    if (ack_of(answer.status) != Ack::wait) return answer;
    WaitRetry retry(clock_, waiting_for);
    do {
      retry.again(answer.status);
      answer = ask(message);
    } while (ack_of(answer.status) == Ack::wait);
    return answer;
  }
  // How long the probe may take over a command that moves `bytes` on the wire.
  Milliseconds patience(std::size_t bytes) const;

  std::optional<float> volts() { return read_volts(*link_, version_); }
  void drive_nrst(bool low);
  // The nearest clock (nearest_speed), set if the firmware can.
  Hertz set_speed(Wire wire, Hertz wanted);
  Speed choose_speed(Wire wire, Hertz wanted);

  // Enters debug mode on `wire`; leaves it first where it is in it. All APs are closed by that. Returns what
  // the probe says: no answer from a target is not an error here.
  Status enter(Wire wire);
  // The debug port's id registers, as they are read on entering.
  ReadIdcodes::Answer idcodes() { return ask(ReadIdcodes{}); }
  // Opens AP `ap` where the firmware wants that; once. DapError or AdapterError where it refuses.
  void open_ap(unsigned ap);
  // Clears the debug port's sticky error flags; needs Feature::dap_registers.
  StatusAnswer clear_sticky_errors();

 private:
  static constexpr Milliseconds kTimeout{1000};

  void start();
  void leave_mode();
  std::vector<Speed> speeds(Wire wire);

  std::unique_ptr<StlinkLink> link_;
  Clock& clock_;
  Log& log_;
  Version version_;
  std::optional<Wire> wire_;  // set while in debug mode
  Hertz wire_clock_;
  bool nrst_low_ = false;
  std::set<unsigned> open_aps_;
};

}  // namespace probity::stlink
