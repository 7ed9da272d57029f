#include "vboard/probe/ftdi/description.hpp"

namespace probity::vboard::ftdi {

std::size_t packet_size(const Chip& chip) { return chip.high_speed ? 512 : 64; }

UsbDescription describe(const Model& model, std::string serial) {
  UsbDescription device;
  device.vendor = model.vendor_id;
  device.product = model.product_id;
  device.release = model.chip.release;
  device.manufacturer = model.manufacturer;
  device.product_name = model.product_name;
  device.serial = std::move(serial);
  device.high_speed = model.chip.high_speed;
  const auto packet = static_cast<std::uint16_t>(packet_size(model.chip));
  for (unsigned i = 0; i < model.chip.channels; ++i) {
    InterfaceDescription channel{
        .number = static_cast<std::uint8_t>(i), .class_code = 0xFF, .subclass = 0xFF, .protocol = 0xFF};
    channel.name = device.product_name;
    channel.endpoints = {{static_cast<std::uint8_t>(kInEndpoint + 2 * i), UsbEndpointKind::bulk, packet, 0},
                         {static_cast<std::uint8_t>(kOutEndpoint + 2 * i), UsbEndpointKind::bulk, packet, 0}};
    device.interfaces.push_back(std::move(channel));
  }
  return device;
}

}  // namespace probity::vboard::ftdi
