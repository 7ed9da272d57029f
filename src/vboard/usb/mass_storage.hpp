// USB mass storage, bulk-only transport (USB Mass Storage Class, Bulk-Only Transport 1.0; "BOT" below), of
// one read-only disk.
#pragma once

#include "vboard/usb/description.hpp"
#include "vboard/usb/function.hpp"
#include "vboard/usb/scsi_disk.hpp"

namespace probity::vboard {

class MassStorage final : public UsbFunction {
 public:
  // `interface` gives the packet size: what was sent ends with a short packet, or a stall where it would not.
  MassStorage(const InterfaceDescription& interface, Bytes sectors);

  void configure() override;
  UsbReply control(const SetupPacket& setup, ByteView data) override;
  UsbReply out(std::uint8_t endpoint, ByteView data) override;
  UsbReply in(std::uint8_t endpoint, std::size_t max_length) override;

 private:
  enum class Phase { command, data_out, data_in, data_in_stall, status };
  void begin(ByteView wrapper);
  void begin_data(std::uint32_t expected, bool to_host, ScsiDisk::Result result);

  ScsiDisk disk_;
  std::size_t packet_ = 64;
  Phase phase_ = Phase::command;
  bool wedged_ = false;  // after a wrapper that is none, until the reset request (BOT 6.6.1)
  Bytes data_;           // for the host, in phase data_in
  std::uint32_t tag_ = 0, residue_ = 0;
  std::uint8_t status_ = 0;
};

}  // namespace probity::vboard
