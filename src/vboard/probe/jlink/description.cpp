#include "vboard/probe/jlink/description.hpp"

namespace probity::vboard::jlink {

// As the descriptors of V8 and V9 are listed by lsusb in public bug reports: full speed, packets of 64 bytes,
// class, subclass and protocol 0xFF.
UsbDescription describe(const Model& model, std::string serial) {
  constexpr std::uint16_t kSegger = 0x1366;
  UsbDescription device;
  device.vendor = kSegger;
  device.product = model.product_id;
  device.manufacturer = "SEGGER";
  device.product_name = "J-Link";
  device.serial = std::move(serial);
  device.milliamps = 500;  // it can feed the target
  InterfaceDescription only{.number = 0, .class_code = 0xFF, .subclass = 0xFF, .protocol = 0xFF};
  only.name = "J-Link";
  only.endpoints = {{kInEndpoint, UsbEndpointKind::bulk, 64, 0},
                    {kOutEndpoint, UsbEndpointKind::bulk, 64, 0}};
  device.interfaces = {only};
  return device;
}

}  // namespace probity::vboard::jlink
