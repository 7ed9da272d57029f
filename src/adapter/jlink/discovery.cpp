#include "adapter/jlink/discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "adapter/jlink/protocol.hpp"
#include "base/errors.hpp"

namespace probity::jlink {

namespace {

constexpr std::uint8_t kVendorClass = 0xFF;
// 0101 to 0108: J-Link alone or with a serial port. From 1001 on the low byte says which of serial ports,
// disk, network and debug interface the probe shows (SEGGER, udev rules 99-jlink.rules).
constexpr std::array<std::uint16_t, 7> kOldProducts = {0x0101, 0x0102, 0x0103, 0x0104,
                                                       0x0105, 0x0107, 0x0108};
constexpr std::uint16_t kFirstComposite = 0x1001, kLastComposite = 0x10FF;
constexpr std::uint16_t kUsbAddress0 = 0x0101, kUsbAddress3 = 0x0104;
constexpr std::string_view kName = "J-Link";

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// Probes with any other product id than 0102 to 0104 are at address 0.
bool is_at_address(const UsbDeviceInfo& device, const std::string& wanted) {
  if (wanted.empty()) return true;
  const bool numbered = device.product >= kUsbAddress0 && device.product <= kUsbAddress3;
  return wanted == std::to_string(numbered ? device.product - kUsbAddress0 : 0);
}

}  // namespace

std::optional<DebugInterface> debug_interface(const UsbDeviceInfo& device) {
  for (const UsbInterface& interface : device.interfaces) {
    if (interface.class_code != kVendorClass || interface.subclass != kVendorClass) continue;
    DebugInterface found{.number = interface.number};
    for (const UsbEndpoint& e : interface.endpoints) {
      if (e.kind != UsbEndpointKind::bulk) continue;
      if ((e.address & 0x80) == 0) {
        found.out = e.address;
      } else {
        found.in = e.address;
        found.packet = e.max_packet;
      }
    }
    if (found.out != 0 && found.in != 0) return found;
  }
  return {};
}

bool is_jlink(const UsbDeviceInfo& device) {
  if (device.vendor != kVendor) return false;
  const bool composite = device.product >= kFirstComposite && device.product <= kLastComposite;
  if (!composite && std::ranges::find(kOldProducts, device.product) == kOldProducts.end()) return false;
  return debug_interface(device).has_value();
}

std::string short_serial(const std::string& serial) {
  if (!is_number(serial)) return shown_serial(serial);
  // Of 12 digits the last 10 are the number; some probes have anything but zeros before them (libjaylink).
  constexpr std::size_t kDigits = 10;
  const std::string digits = serial.size() > kDigits ? serial.substr(serial.size() - kDigits) : serial;
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

UsbDeviceInfo select(UsbBus& bus, const AdapterSettings& settings) {
  AdapterSettings wanted = settings;
  if (!settings.serial.empty()) {
    if (!is_number(settings.serial)) throw ConfigError("Invalid serial number: " + settings.serial);
    wanted.serial = short_serial(settings.serial);
  }
  const auto address = settings.options.find("jlink usb");
  const std::string usb_address = address == settings.options.end() ? std::string() : address->second;
  std::string name(kName);
  if (!usb_address.empty()) name += fmt::format(" at USB address {}", usb_address);
  return select_usb_probe(
      bus, wanted,
      {name, [&](const UsbDeviceInfo& d) { return is_jlink(d) && is_at_address(d, usb_address); },
       short_serial});
}

}  // namespace probity::jlink
