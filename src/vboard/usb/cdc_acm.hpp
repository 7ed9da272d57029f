// A serial port (USB CDC 1.2 and its PSTN subclass, Abstract Control Model). The probe's UART is wired to
// nothing: what the host sends goes nowhere, and nothing comes.
#pragma once

#include "vboard/usb/description.hpp"
#include "vboard/usb/function.hpp"

namespace probity::vboard {

class CdcAcm final : public UsbFunction {
 public:
  // The functional descriptors of the control interface (CDC 1.2, 5.2.3): header, call management by the
  // data interface or not at all, ACM with line coding and break, union.
  static Bytes functional_descriptors(std::uint8_t control_interface, std::uint8_t data_interface);

  void configure() override;
  UsbReply control(const SetupPacket& setup, ByteView data) override;
  UsbReply out(std::uint8_t endpoint, ByteView data) override;
  UsbReply in(std::uint8_t endpoint, std::size_t max_length) override;

 private:
  static Bytes default_coding();
  Bytes coding_ = default_coding();
};

}  // namespace probity::vboard
