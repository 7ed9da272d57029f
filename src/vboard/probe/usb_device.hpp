// The probe as a USB device: its debug interface and what else the description lists.
#pragma once

#include <memory>

#include "vboard/probe/probe.hpp"
#include "vboard/usb/device.hpp"

namespace probity::vboard {

// `probe` must outlive the device. Debug (vendor class or HID), mass storage and serial ports work; an
// interface of another kind stalls.
std::unique_ptr<UsbDeviceModel> make_usb_device(Probe& probe);

// The endpoint of the debug interface on which the probe's replies come: its first one to the host.
std::uint8_t reply_endpoint(const UsbDescription& device);

}  // namespace probity::vboard
