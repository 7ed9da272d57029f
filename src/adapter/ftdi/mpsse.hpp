// The way to one channel's MPSSE: commands are queued and sent in large transfers; the status bytes of each
// packet are taken off the answers.
#pragma once

#include <initializer_list>
#include <memory>

#include "adapter/adapter.hpp"
#include "adapter/ftdi/chip.hpp"
#include "adapter/ftdi/layout.hpp"
#include "adapter/ftdi/protocol.hpp"

namespace probity::ftdi {

// All may throw AdapterError, DeviceGone or TimeoutError. After a failure in the middle of an exchange
// nothing works any more: answers carry no number, and one that comes late would be taken for the next.
class Mpsse {
 public:
  // Claims the channel's interface (0 is the first) and brings the MPSSE up. ConfigError where the device has
  // no such channel. `host` must outlive it; `chip` as chip_of(device.release) gave it.
  Mpsse(const Host& host, const UsbDeviceInfo& device, const Chip& chip, unsigned channel);

  const Chip& chip() const { return chip_; }
  const std::string& label() const { return device_info_.label; }

  void put(std::initializer_list<std::uint8_t> bytes) { put(ByteView(bytes.begin(), bytes.size())); }
  void put(ByteView bytes);
  // Data of up to the command's length behind it.
  void put(Opcode code, std::initializer_list<std::uint8_t> data = {});
  // The commands queued since the last due() answer `bytes` more. What was due before is fetched now if both
  // together are more than the chip holds; so this comes before the command's bytes are put.
  void due(std::size_t bytes);
  // How long what is queued may take at least, beside the USB transfers.
  void takes(std::size_t clocks) { clocks_ += clocks; }
  // Sends what is queued; the answers to everything since the last call.
  Bytes exchange();

  void set_clock(const ClockSetting& setting);
  void set_adaptive();  // TCK follows RTCK; `chip` is an H type
  // Both bytes of pins, or of them only what changed since `before`.
  void set_pins(const Pins& pins, const Pins* before = nullptr);
  std::uint16_t read_pins();

 private:
  void start();
  void synchronize();
  void request(Request request, std::uint16_t value);
  void send();
  void receive(std::size_t bytes, Milliseconds limit);
  template <typename Body>
  auto guarded(Body body);

  Host host_;
  UsbDeviceInfo device_info_;
  const Chip& chip_;
  unsigned channel_;
  std::unique_ptr<UsbDevice> device_;
  std::uint8_t out_endpoint_ = 0, in_endpoint_ = 0;
  std::size_t packet_ = 64;
  Bytes queue_, answers_;
  std::size_t due_ = 0, clocks_ = 0;
  Hertz clock_{1'000'000};
  bool in_step_ = true;
};

}  // namespace probity::ftdi
