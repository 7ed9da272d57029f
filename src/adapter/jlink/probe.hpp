// Probe: an open J-Link, message by message, and what it said about itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapter/jlink/discovery.hpp"
#include "adapter/jlink/messages.hpp"
#include "base/log.hpp"
#include "transport/host.hpp"

namespace probity::jlink {

struct ProbeFacts {
  std::string firmware;  // "J-Link V9 compiled May  7 2021 16:26:12"
  CapabilitySet capabilities;
  std::optional<HardwareVersion> hardware;
};

// All calls may throw AdapterError, DeviceGone or TimeoutError.
class Probe {
 public:
  // Opens the device and asks for its facts; the target is left alone. DeviceBusy and NoRights, too.
  Probe(const Host& host, UsbDeviceInfo device, Log& log);

  const ProbeFacts& facts() const { return facts_; }
  bool has(Capability capability) const { return facts_.capabilities.has(capability); }
  const UsbDeviceInfo& device() const { return device_; }

  // Sends a message, and returns what its answer says. `extra`: what the probe may need beside the usual
  // time.
  template <typename Message>
  auto execute(const Message& message, Milliseconds extra = Milliseconds(0)) {
    const Milliseconds limit = kAnswerLimit + extra;
    const Bytes answer = exchange(
        message.encode(), [&](ByteView begun) { return message.answer_length(begun); }, limit);
    if constexpr (requires { message.parse(answer); }) return message.parse(answer);
  }

 private:
  static constexpr Milliseconds kAnswerLimit{2000};

  using Length = std::function<std::size_t(ByteView begun)>;
  Bytes exchange(ByteView command, const Length& length, Milliseconds limit);
  void open();
  void begin(ByteView command);
  Bytes receive(std::size_t length, Milliseconds limit);
  void drain();
  void ask_facts();

  Host host_;
  UsbDeviceInfo device_;
  Log& log_;
  DebugInterface interface_;
  std::unique_ptr<UsbDevice> usb_;
  bool in_step_ = false;  // nothing can come that was not asked for
  ProbeFacts facts_;
};

}  // namespace probity::jlink
