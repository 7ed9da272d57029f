// A UsbDescription as the bytes that GET_DESCRIPTOR brings (USB 2.0, 9.6), and as what enumeration shows.
#pragma once

#include <optional>

#include "transport/hid.hpp"
#include "transport/usb.hpp"
#include "vboard/usb/description.hpp"

namespace probity::vboard {

// bDescriptorType: USB 2.0, table 9-5; BOS: USB 3.2, 9.6.2; HID 1.11, 7.1.
enum class DescriptorType : std::uint8_t {
  device = 1,
  configuration = 2,
  string = 3,
  interface = 4,
  endpoint = 5,
  device_qualifier = 6,
  other_speed_configuration = 7,
  interface_association = 11,
  bos = 15,
  hid = 0x21,
  hid_report = 0x22,
};

// Every device has one configuration; this is its bConfigurationValue.
constexpr std::uint8_t kConfigurationValue = 1;

Bytes device_descriptor(const UsbDescription& device);
// With all its interfaces, associations and endpoints. `type` configuration, or other_speed_configuration:
// then with the packet sizes of full speed.
Bytes configuration_descriptor(const UsbDescription& device, DescriptorType type);
// Of a device that also works at full speed: what changes there. Nothing does.
Bytes device_qualifier_descriptor(const UsbDescription& device);
// String `index`; 0 lists the languages. Nothing where the device has no such string.
std::optional<Bytes> string_descriptor(const UsbDescription& device, std::uint8_t index);
// A serial number for people: hexadecimal digits, two a unit, where it is binary.
std::string printable_serial(const std::string& serial);
// The HID descriptor among an interface's class descriptors; nothing where it has none.
std::optional<Bytes> hid_descriptor(const InterfaceDescription& interface);

// What an operating system's enumeration shows of the device; bus, address and location are left open.
UsbDeviceInfo info_of(const UsbDescription& device);
// The same for its HID interface, if it has one; path and location are left open.
std::optional<HidDeviceInfo> hid_info_of(const UsbDescription& device);

}  // namespace probity::vboard
