// What a USB device says of itself, as data. The descriptor bytes that a host reads (descriptors.cpp) and the
// UsbDeviceInfo that the in-process bus shows both come from it, so the two cannot disagree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "transport/usb.hpp"

namespace probity::vboard {

struct EndpointDescription {
  std::uint8_t address = 0;  // bit 7 set: device to host
  UsbEndpointKind kind = UsbEndpointKind::bulk;
  std::uint16_t max_packet = 64;  // bytes
  std::uint8_t interval = 0;      // bInterval
};

struct InterfaceDescription {
  std::uint8_t number = 0;
  std::uint8_t class_code = 0xFF, subclass = 0, protocol = 0;
  std::string name = {};         // UTF-8; empty: no string
  Bytes class_descriptors = {};  // between the interface and its endpoints: HID, CDC functional descriptors
  std::vector<EndpointDescription> endpoints = {};
  Bytes report_descriptor = {};  // of a HID interface
};

struct InterfaceAssociation {
  std::uint8_t first = 0, count = 0;
  std::uint8_t class_code = 0, subclass = 0, protocol = 0;
};

struct UsbDescription {
  std::uint16_t usb_version = 0x0200;  // bcdUSB; 0x0210 where there is a BOS descriptor
  std::uint8_t device_class = 0, device_subclass = 0, device_protocol = 0;
  std::uint16_t vendor = 0, product = 0, release = 0x0100;  // release: bcdDevice
  std::string manufacturer, product_name;
  std::string
      serial;  // UTF-8, a code point a UTF-16 unit: binary serials of old ST-LINK V2 are 12 of U+0000..U+00FF
  bool high_speed = false;
  bool remote_wakeup = false, self_powered = false;
  std::uint16_t milliamps = 100;
  std::vector<InterfaceAssociation> associations;
  std::vector<InterfaceDescription> interfaces;
  Bytes bos;                               // whole BOS descriptor; empty: none
  std::uint8_t microsoft_vendor_code = 0;  // MS OS 2.0: the vendor request that reads `microsoft_os_set`
  Bytes microsoft_os_set;
};

}  // namespace probity::vboard
