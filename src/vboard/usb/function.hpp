// What stands behind some of a device's interfaces: their class or vendor requests and their endpoints. The
// device model (device.hpp) deals with everything that is the same for all.
#pragma once

#include "base/units.hpp"
#include "vboard/usb/transfer.hpp"

namespace probity::vboard {

inline UsbReply stalled() { return {UsbReply::Status::stall, {}}; }
inline UsbReply nothing_yet() { return {UsbReply::Status::nak, {}}; }

class UsbFunction {
 public:
  virtual ~UsbFunction() = default;
  // The device was configured (SET_CONFIGURATION, also of what was configured before) or the bus reset.
  virtual void configure() = 0;
  // A class or vendor request to one of its interfaces, or for the first function a vendor request to the
  // device; `data`: of a transfer to the device.
  virtual UsbReply control(const SetupPacket& setup, ByteView data) = 0;
  // A stall halts the endpoint: the device keeps it until CLEAR_FEATURE.
  virtual UsbReply out(std::uint8_t endpoint, ByteView data) = 0;
  virtual UsbReply in(std::uint8_t endpoint, std::size_t max_length) = 0;
};

}  // namespace probity::vboard
