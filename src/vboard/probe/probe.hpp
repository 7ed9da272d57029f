// A debug probe's firmware model, as the endpoints of its debug interface show it. One row a kind in
// probe_kinds.cpp.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vboard/board.hpp"
#include "vboard/usb/descriptors.hpp"
#include "vboard/usb/transfer.hpp"

namespace probity::vboard {

// What differs between two probes of a kind.
struct ProbeOptions {
  std::string serial;    // UTF-8; empty: the kind's own
  std::string firmware;  // "V2J21S4"; empty: the kind's own
  unsigned twin = 0;  // so many of its kind are on the bus already: its own serial number differs from theirs
};

class Probe {
 public:
  virtual ~Probe() = default;

  // All of the USB device; interface 0 is the debug interface.
  virtual const UsbDescription& description() const = 0;
  UsbDeviceInfo usb_info() const { return info_of(description()); }
  // As its users write it: "V2J37M26".
  virtual std::string firmware_version() const = 0;

  // One transfer from the host. Work it asks for is done at once, on the board's timeline; replies wait in a
  // queue. A request the firmware does not know is put into errors() and never answered with success.
  virtual void receive(std::uint8_t endpoint, ByteView data) = 0;
  // A vendor request to the device or the debug interface; what is not known stalls.
  virtual UsbReply control(const SetupPacket&, ByteView) { return {UsbReply::Status::stall, {}}; }
  // True while what was received is more than the probe holds, until replies are taken: it takes no more, and
  // the host's last transfer would not have ended either.
  virtual bool is_stuck() const { return false; }
  // The host has taken a reply, or part of one.
  virtual void reply_taken() {}
  // How long it takes until the probe sends something of its own accord; nothing: never. Then, called when
  // that time has passed, idle_reply() makes a reply wait.
  virtual std::optional<Nanoseconds> time_to_idle_reply() const { return {}; }
  virtual void idle_reply() {}
  // A USB port reset: what firmware does when it is configured anew.
  virtual void usb_reset() { replies_.clear(); }
  // The cable was pulled: nothing is left of what a host had set, and the pins are let go.
  virtual void lose_power() = 0;

  std::size_t replies_waiting() const { return replies_.size(); }
  // Up to `max_length` bytes of the oldest reply; what is longer stays for the next transfer. Requires that a
  // reply waits.
  Bytes take_reply(std::size_t max_length);
  void drop_replies() { replies_.clear(); }
  // Up to `max_length` bytes of what the debug interface's `endpoint` has that is not for replies: trace.
  virtual Bytes take_trace(std::uint8_t /*endpoint*/, std::size_t /*max_length*/) { return {}; }

  // Requests that no real firmware takes, in words; a driver's test wants none.
  const std::vector<std::string>& errors() const { return errors_; }

 protected:
  void reply(Bytes data) { replies_.push_back(std::move(data)); }
  void error(std::string what) { errors_.push_back(std::move(what)); }

 private:
  std::deque<Bytes> replies_;
  std::vector<std::string> errors_;
};

// `kind` is a name as `probe=` and `--probe` take it, see probe_kinds(). ConfigError lists the known ones, or
// says what is wrong with the firmware version. `board` must outlive the probe.
std::unique_ptr<Probe> make_probe(std::string_view kind, Board& board, const ProbeOptions& options = {});
std::vector<std::string> probe_kinds();

// Makes the probes of one bus: of several of a kind, each has a serial number of its own.
class ProbeMaker {
 public:
  // As make_probe(); `options.twin` is filled in.
  std::unique_ptr<Probe> make(const std::string& kind, Board& board, ProbeOptions options);

 private:
  std::map<std::string, unsigned> made_;
};

// The serial number of a probe: what `options` say, or else `own`, a number that ends in four digits.
std::string serial_of(const ProbeOptions& options, std::string_view own);

}  // namespace probity::vboard
