// Which USB device is the J-Link that the settings mean, and where in it the probe is.
#pragma once

#include <optional>

#include "adapter/adapter.hpp"
#include "adapter/usb_selection.hpp"

namespace probity::jlink {

// The debug interface among a serial port's, a disk's and others.
struct DebugInterface {
  std::uint8_t number = 0, out = 0, in = 0;
  std::uint16_t packet = 64;  // of `in`
};
std::optional<DebugInterface> debug_interface(const UsbDeviceInfo& device);

// SEGGER's, with a debug interface. USB addresses 0 to 3 of old probes are product ids of their own.
bool is_jlink(const UsbDeviceInfo& device);

// "000050104321" as its label and all commands write it: 50104321.
std::string short_serial(const std::string& serial);

// By "jlink usb" (0-3), vid_pids, serial and USB location. ConfigError: the serial is no number. AdapterError
// as of select_usb_probe().
UsbDeviceInfo select(UsbBus& bus, const AdapterSettings& settings);

}  // namespace probity::jlink
