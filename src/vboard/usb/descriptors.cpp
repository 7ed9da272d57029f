#include "vboard/usb/descriptors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint16_t kEnglish = 0x0409;
constexpr std::uint8_t kControlPacket = 64;  // bMaxPacketSize0
constexpr std::size_t kLongestString = 126;  // UTF-16 units: bLength is one byte
constexpr std::uint16_t kFullSpeedBulkPacket = 64;

constexpr std::uint8_t code(DescriptorType type) { return static_cast<std::uint8_t>(type); }

// The device's strings; string 1 is the first.
std::vector<std::string_view> strings_of(const UsbDescription& device) {
  std::vector<std::string_view> all = {device.manufacturer, device.product_name, device.serial};
  for (const auto& interface : device.interfaces) {
    if (!interface.name.empty() && std::ranges::find(all, interface.name) == all.end()) {
      all.push_back(interface.name);
    }
  }
  return all;
}

// 0: no string.
std::uint8_t string_index(const UsbDescription& device, std::string_view text) {
  const auto all = strings_of(device);
  const auto found = text.empty() ? all.end() : std::ranges::find(all, text);
  return found == all.end() ? 0 : static_cast<std::uint8_t>(found - all.begin() + 1);
}

// The length of a UTF-8 sequence by its first byte, and that byte's own bits (RFC 3629, 3).
struct Utf8Lead {
  std::size_t length;
  std::uint32_t bits;
};
Utf8Lead utf8_lead(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte};
  if (byte < 0xE0) return {2, byte & 0x1Fu};
  if (byte < 0xF0) return {3, byte & 0x0Fu};
  return {4, byte & 0x07u};
}

std::vector<std::uint16_t> utf16(std::string_view utf8) {
  std::vector<std::uint16_t> units;
  for (std::size_t i = 0; i < utf8.size();) {
    auto [length, point] = utf8_lead(static_cast<std::uint8_t>(utf8[i]));
    for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k) {
      point = point << 6 | (static_cast<std::uint8_t>(utf8[i + k]) & 0x3Fu);
    }
    i += length;
    if (point < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(point));
    } else {
      units.push_back(static_cast<std::uint16_t>(0xD800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    }
  }
  return units;
}

std::uint8_t attributes(UsbEndpointKind kind) {
  switch (kind) {
    case UsbEndpointKind::control:
      return 0;
    case UsbEndpointKind::isochronous:
      return 1;
    case UsbEndpointKind::bulk:
      return 2;
    case UsbEndpointKind::interrupt:
      break;
  }
  return 3;
}

void append_endpoint(Bytes& bytes, const EndpointDescription& endpoint, bool full_speed) {
  const bool shorter = full_speed && endpoint.kind == UsbEndpointKind::bulk;
  append(bytes, Bytes{7, code(DescriptorType::endpoint), endpoint.address, attributes(endpoint.kind)});
  append_le16(bytes, shorter ? std::min(endpoint.max_packet, kFullSpeedBulkPacket) : endpoint.max_packet);
  append_u8(bytes, endpoint.interval);
}

void append_interface(Bytes& bytes, const UsbDescription& device, const InterfaceDescription& interface,
                      bool full_speed) {
  constexpr std::uint8_t kAlternateSetting = 0;
  append(bytes, Bytes{9, code(DescriptorType::interface), interface.number, kAlternateSetting,
                      static_cast<std::uint8_t>(interface.endpoints.size()), interface.class_code,
                      interface.subclass, interface.protocol, string_index(device, interface.name)});
  append(bytes, interface.class_descriptors);
  for (const auto& endpoint : interface.endpoints) append_endpoint(bytes, endpoint, full_speed);
}

// Named after its first interface.
void append_association(Bytes& bytes, const UsbDescription& device, const InterfaceAssociation& association,
                        const InterfaceDescription& first) {
  append(bytes, Bytes{8, code(DescriptorType::interface_association), association.first, association.count,
                      association.class_code, association.subclass, association.protocol,
                      string_index(device, first.name)});
}

}  // namespace

Bytes device_descriptor(const UsbDescription& device) {
  Bytes bytes = {18, code(DescriptorType::device)};
  append_le16(bytes, device.usb_version);
  append(bytes, Bytes{device.device_class, device.device_subclass, device.device_protocol, kControlPacket});
  append_le16(bytes, device.vendor);
  append_le16(bytes, device.product);
  append_le16(bytes, device.release);
  for (const std::string& text : {device.manufacturer, device.product_name, device.serial}) {
    append_u8(bytes, string_index(device, text));
  }
  append_u8(bytes, 1);  // bNumConfigurations
  return bytes;
}

Bytes configuration_descriptor(const UsbDescription& device, DescriptorType type) {
  const bool full_speed = type == DescriptorType::other_speed_configuration;
  Bytes inside;
  for (const auto& interface : device.interfaces) {
    for (const auto& association : device.associations) {
      if (association.first == interface.number) append_association(inside, device, association, interface);
    }
    append_interface(inside, device, interface, full_speed);
  }
  constexpr std::size_t kOwnSize = 9;
  const unsigned power = 0x80u | (device.self_powered ? 0x40u : 0) | (device.remote_wakeup ? 0x20u : 0);
  Bytes bytes = {kOwnSize, code(type)};
  append_le16(bytes, static_cast<std::uint16_t>(kOwnSize + inside.size()));
  append(bytes,
         Bytes{static_cast<std::uint8_t>(device.interfaces.size()), kConfigurationValue, 0 /* no name */,
               static_cast<std::uint8_t>(power), static_cast<std::uint8_t>(device.milliamps / 2)});
  append(bytes, inside);
  return bytes;
}

Bytes device_qualifier_descriptor(const UsbDescription& device) {
  Bytes bytes = {10, code(DescriptorType::device_qualifier)};
  append_le16(bytes, device.usb_version);
  append(bytes, Bytes{device.device_class, device.device_subclass, device.device_protocol, kControlPacket,
                      1 /* configurations */, 0});
  return bytes;
}

std::optional<Bytes> string_descriptor(const UsbDescription& device, std::uint8_t index) {
  Bytes text;
  if (index == 0) {
    append_le16(text, kEnglish);
  } else {
    const auto all = strings_of(device);
    if (index > all.size() || all[index - 1u].empty()) return std::nullopt;
    auto units = utf16(all[index - 1u]);
    units.resize(std::min(units.size(), kLongestString));
    for (const std::uint16_t unit : units) append_le16(text, unit);
  }
  Bytes bytes = {static_cast<std::uint8_t>(text.size() + 2), code(DescriptorType::string)};
  append(bytes, text);
  return bytes;
}

std::string printable_serial(const std::string& serial) {
  if (std::ranges::all_of(serial, [](char c) { return c >= ' ' && c < '\x7F'; })) return serial;
  std::string digits;
  for (const std::uint16_t unit : utf16(serial)) digits += fmt::format("{:02X}", unit);
  return digits;
}

std::optional<Bytes> hid_descriptor(const InterfaceDescription& interface) {
  const Bytes& all = interface.class_descriptors;
  if (all.size() < 2 || all[1] != code(DescriptorType::hid)) return std::nullopt;
  return Bytes(all.begin(), all.begin() + std::min<std::ptrdiff_t>(all[0], std::ssize(all)));
}

UsbDeviceInfo info_of(const UsbDescription& device) {
  UsbDeviceInfo info;
  info.vendor = device.vendor;
  info.product = device.product;
  info.release = device.release;
  info.manufacturer = device.manufacturer;
  info.product_name = device.product_name;
  info.serial = device.serial;
  info.high_speed = device.high_speed;
  for (const auto& interface : device.interfaces) {
    UsbInterface shown{.number = interface.number,
                       .class_code = interface.class_code,
                       .subclass = interface.subclass,
                       .protocol = interface.protocol,
                       .name = interface.name,
                       .endpoints = {}};
    for (const auto& e : interface.endpoints) shown.endpoints.push_back({e.address, e.kind, e.max_packet});
    info.interfaces.push_back(std::move(shown));
  }
  return info;
}

std::optional<HidDeviceInfo> hid_info_of(const UsbDescription& device) {
  constexpr std::uint8_t kHidClass = 0x03;
  const auto found = std::ranges::find(device.interfaces, kHidClass, &InterfaceDescription::class_code);
  if (found == device.interfaces.end()) return std::nullopt;
  HidDeviceInfo info;
  info.vendor = device.vendor;
  info.product = device.product;
  info.manufacturer = device.manufacturer;
  info.product_name = device.product_name;
  info.serial = device.serial;
  info.interface_number = found->number;
  // HID 1.11, 6.2.2: the first items name usage page (0x06, two bytes) and usage (0x09, one byte).
  const Bytes& report = found->report_descriptor;
  if (report.size() >= 5 && report[0] == 0x06 && report[3] == 0x09) {
    info.usage_page = load_le16(report, 1);
    info.usage = report[4];
  }
  return info;
}

}  // namespace probity::vboard
