// A debug probe's firmware model, as its USB endpoints show it. One row a kind in probe_kinds.cpp.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/hid.hpp"
#include "transport/usb.hpp"
#include "vboard/board.hpp"

namespace probity::vboard {

class Probe {
 public:
  virtual ~Probe() = default;

  virtual UsbDeviceInfo usb_info() const = 0;
  // A probe that the host's HID driver takes; nothing for vendor-class bulk probes.
  virtual std::optional<HidDeviceInfo> hid_info() const { return std::nullopt; }

  // One transfer from the host. Work it asks for is done at once, on the board's timeline; replies wait in a
  // queue. A request the firmware does not know is put into errors() and never answered with success.
  virtual void receive(std::uint8_t endpoint, ByteView data) = 0;
  // A USB port reset: what firmware does when it is configured anew.
  virtual void usb_reset() { replies_.clear(); }

  std::size_t replies_waiting() const { return replies_.size(); }
  // Up to `max_length` bytes of the oldest reply; what is longer stays for the next transfer. Requires that a
  // reply waits.
  Bytes take_reply(std::size_t max_length);
  void drop_replies() { replies_.clear(); }

  // Requests that no real firmware takes, in words; a driver's test wants none.
  const std::vector<std::string>& errors() const { return errors_; }

 protected:
  void reply(Bytes data) { replies_.push_back(std::move(data)); }
  void error(std::string what) { errors_.push_back(std::move(what)); }

 private:
  std::deque<Bytes> replies_;
  std::vector<std::string> errors_;
};

// `kind` is a name as `probe=` and `--probe` take it: stlink-v2, stlink-v2-1, stlink-v3, cmsis-dap-v1,
// cmsis-dap-v2. ConfigError lists the known ones. `board` must outlive the probe.
std::unique_ptr<Probe> make_probe(std::string_view kind, Board& board);
std::vector<std::string> probe_kinds();

}  // namespace probity::vboard
