// A USB device on its cable: the standard requests (USB 2.0, chapter 9), endpoint halts, and the way of every
// other transfer to the function it is meant for. Pure protocol: no time, no faults.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "vboard/usb/description.hpp"
#include "vboard/usb/function.hpp"
#include "vboard/usb/transfer.hpp"

namespace probity::vboard {

// A function and the numbers of the interfaces that are its own.
struct MountedFunction {
  std::vector<std::uint8_t> interfaces;
  std::unique_ptr<UsbFunction> function;
};

class UsbDeviceModel {
 public:
  // The host's enumeration has been there: the device starts configured.
  UsbDeviceModel(UsbDescription description, std::vector<MountedFunction> functions);

  const UsbDescription& description() const { return description_; }

  UsbReply control(const SetupPacket& setup, ByteView data);
  // A transfer on an endpoint that the device does not have, or while it is not configured, stalls.
  UsbReply out(std::uint8_t endpoint, ByteView data);
  UsbReply in(std::uint8_t endpoint, std::size_t max_length);
  // A reset of the port, after which the host has restored the configuration.
  void reset() { configure(); }

 private:
  UsbReply standard(const SetupPacket& setup);
  UsbReply get_descriptor(const SetupPacket& setup) const;
  UsbReply get_status(const SetupPacket& setup) const;
  UsbReply set_configuration(const SetupPacket& setup);
  UsbReply set_interface(const SetupPacket& setup);
  UsbReply change_feature(const SetupPacket& setup, bool set);
  void configure();
  const InterfaceDescription* interface(std::uint16_t index) const;
  bool has_endpoint(std::uint16_t address) const;
  UsbFunction* owner_of_interface(std::uint8_t number);
  UsbFunction* owner_of_endpoint(std::uint8_t address);
  UsbReply halting(std::uint8_t endpoint, UsbReply reply);

  UsbDescription description_;
  std::vector<MountedFunction> functions_;
  bool configured_ = true, remote_wakeup_ = false;
  std::set<std::uint8_t> halted_;
};

}  // namespace probity::vboard
