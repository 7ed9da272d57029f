// What the kernel knows of a USB device, readable by everybody and without touching the device. Every
// function takes the place where sysfs is mounted.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace probity::sysfs {

// A string of the device at `location` ("1-2.3"): "serial", "product", "manufacturer". Nothing where the
// device has none or sysfs is not there; what is not a text as the device meant it (a binary serial number,
// of which the kernel drops everything behind a zero) is nothing, too, and has to be asked from the device
// itself.
std::optional<std::string> device_text(const std::filesystem::path& sys, const std::string& location,
                                       const std::string& what);
// The name of one of its interfaces in configuration `configuration`.
std::optional<std::string> interface_name(const std::filesystem::path& sys, const std::string& location,
                                          unsigned configuration, unsigned interface_number);

// The device's file below sysfs as it is, whatever it holds; empty where it cannot be read.
std::string raw_device_text(const std::filesystem::path& sys, const std::string& location,
                            const std::string& what);

// Location of the USB device behind the HID node `node` ("/dev/hidraw0"); empty where there is none
// (Bluetooth).
std::string location_of_hid(const std::filesystem::path& sys, const std::filesystem::path& node);

}  // namespace probity::sysfs
