// An FTDI chip with its channel A wired to the debug connector: USB requests, packets with their status
// bytes, the latency timer. Channel B is a serial port that leads nowhere.
#pragma once

#include "vboard/probe/ftdi/model.hpp"
#include "vboard/probe/ftdi/mpsse.hpp"
#include "vboard/probe/probe.hpp"

namespace probity::vboard::ftdi {

class Firmware final : public Probe {
 public:
  // `model` and `board` must outlive it.
  Firmware(const Model& model, Board& board, const ProbeOptions& options = {});

  const UsbDescription& description() const override { return description_; }
  std::string firmware_version() const override { return "hardware"; }
  void receive(std::uint8_t endpoint, ByteView data) override;
  UsbReply control(const SetupPacket& setup, ByteView data) override;
  bool is_stuck() const override { return mpsse_.is_stuck(); }
  void reply_taken() override;
  std::optional<Nanoseconds> time_to_idle_reply() const override { return Milliseconds(latency_); }
  void idle_reply() override { send_packets(true); }
  void usb_reset() override;
  void lose_power() override;

 private:
  UsbReply channel_a(const SetupPacket& setup);
  UsbReply serial_port(const SetupPacket& setup) const;
  void set_bit_mode(std::uint8_t mode);
  void after_run();
  void send_packets(bool short_one);

  const Model& model_;
  UsbDescription description_;
  Pins pins_;
  Mpsse mpsse_;
  bool mpsse_mode_ = false;
  std::uint8_t latency_;
};

}  // namespace probity::vboard::ftdi
