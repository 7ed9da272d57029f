#include "adapter/jlink/probe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::jlink {

namespace {

constexpr Milliseconds kSendLimit(2000);
// A full-speed probe that has something answers within a few frames of 1 ms.
constexpr Milliseconds kQuiet(20);
constexpr unsigned kMostStale = 64;
constexpr std::size_t kStaleLength = 2048;

template <typename Body>
auto unless_gone(UsbBus& bus, const UsbDeviceInfo& device, Body body) {
  return unless_unplugged(
      device.label, [&] { return is_on_bus(bus, device); }, body);
}

}  // namespace

Probe::Probe(const Host& host, UsbDeviceInfo device, Log& log)
    : host_(host), device_(std::move(device)), log_(log) {
  const auto interface = debug_interface(device_);
  if (!interface) {
    throw AdapterError(
        fmt::format("{} has no debug interface (vendor class, bulk both ways)", device_.label));
  }
  interface_ = *interface;
  open();
  try {
    facts_.firmware = execute(GetVersion{});
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    // A program that was killed while it sent has left the probe waiting for the rest, of which our message
    // was a part: a reset of the port makes it listen for a command again.
    log_.debug("{}; resetting the USB port of {}", e.message(), device_.label);
    usb_->reset();
    usb_.reset();
    open();
    facts_.firmware = execute(GetVersion{});
  }
  ask_facts();
}

void Probe::open() {
  unless_gone(host_.usb, device_, [&] {
    usb_ = host_.usb.open(device_);
    usb_->claim(interface_.number);
  });
  in_step_ = false;  // a program that was killed may have left an answer behind
}

void Probe::ask_facts() {
  facts_.capabilities = execute(GetCapabilities{});
  if (has(Capability::extended_capabilities)) facts_.capabilities = execute(GetExtendedCapabilities{});
  if (has(Capability::hardware_version)) facts_.hardware = execute(GetHardwareVersion{});
}

void Probe::begin(ByteView command) {
  host_.clock.check_interrupt();
  unless_gone(host_.usb, device_, [&] {
    if (!in_step_) drain();
    in_step_ = false;
    usb_->bulk_out(interface_.out, command, kSendLimit);
  });
}

Bytes Probe::exchange(ByteView command, const Length& length, Milliseconds limit) {
  begin(command);
  const Deadline deadline(host_.clock, limit, fmt::format("an answer of {}", device_.label));
  Bytes answer;
  std::size_t due = length(answer);
  while (answer.size() < due) {
    append(answer, receive(due - answer.size(), limit));
    due = length(answer);
    if (answer.size() < due) deadline.check();
  }
  if (answer.size() > due) {
    throw AdapterError(fmt::format("{}: {} bytes answer command 0x{:02x} where {} are due", device_.label,
                                   answer.size(), command.front(), due));
  }
  in_step_ = true;
  return answer;
}

// Asks for whole packets, so that the probe's last one always fits. What comes may be empty: the end of a
// transfer before it that was a multiple of the packet's length.
Bytes Probe::receive(std::size_t length, Milliseconds limit) {
  const std::size_t packets = (length + interface_.packet - 1) / interface_.packet;
  return unless_gone(host_.usb, device_,
                     [&] { return usb_->bulk_in(interface_.in, packets * interface_.packet, limit); });
}

void Probe::drain() {
  for (unsigned i = 0; i < kMostStale; ++i) {
    try {
      usb_->bulk_in(interface_.in, kStaleLength, kQuiet);
    } catch (const TimeoutError&) {
      return;
    }
    log_.debug("{}: a late answer thrown away", device_.label);
  }
  throw AdapterError(fmt::format("{} sends without having been asked", device_.label));
}

}  // namespace probity::jlink
