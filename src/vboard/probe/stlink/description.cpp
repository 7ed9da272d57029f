#include "vboard/probe/stlink/description.hpp"

#include "vboard/usb/cdc_acm.hpp"

namespace probity::vboard::stlink {

namespace {

// Adds the interfaces one after another, each with the number that is next.
class Builder {
 public:
  explicit Builder(UsbDescription& device)
      : device_(device), packet_(device.high_speed ? std::uint16_t{512} : std::uint16_t{64}) {}

  void vendor(std::string name, std::vector<std::uint8_t> endpoints) {
    InterfaceDescription added{.number = next(), .class_code = 0xFF, .subclass = 0xFF, .protocol = 0xFF};
    added.name = std::move(name);
    for (const std::uint8_t address : endpoints) added.endpoints.push_back(bulk(address));
    device_.interfaces.push_back(std::move(added));
  }

  // SCSI, bulk-only (class 8, subclass 6, protocol 0x50).
  void storage(std::uint8_t in, std::uint8_t out) {
    InterfaceDescription added{.number = next(), .class_code = 8, .subclass = 6, .protocol = 0x50};
    added.name = "ST-Link Mass Storage";
    added.endpoints = {bulk(in), bulk(out)};
    device_.interfaces.push_back(std::move(added));
  }

  // Abstract control model with AT commands (class 2, subclass 2, protocol 1), and its data (class 10).
  void port(std::uint8_t notification, std::uint8_t out, std::uint8_t in) {
    const std::uint8_t number = next();
    const auto data_number = static_cast<std::uint8_t>(number + 1);
    device_.associations.push_back(
        {.first = number, .count = 2, .class_code = 2, .subclass = 2, .protocol = 1});
    InterfaceDescription control{.number = number, .class_code = 2, .subclass = 2, .protocol = 1};
    control.name = "ST-Link VCP Ctrl";
    control.class_descriptors = CdcAcm::functional_descriptors(number, data_number);
    // A V3's 255 is against USB 2.0, table 9-13, but it is what it says: Linux logs that it takes 11 instead.
    const std::uint8_t interval = device_.high_speed ? 255 : 16;
    control.endpoints = {{notification, UsbEndpointKind::interrupt, 8, interval}};
    device_.interfaces.push_back(std::move(control));
    InterfaceDescription data{.number = data_number, .class_code = 10, .subclass = 0, .protocol = 0};
    data.name = "ST-Link VCP Data";
    data.endpoints = {bulk(out), bulk(in)};
    device_.interfaces.push_back(std::move(data));
  }

 private:
  std::uint8_t next() const { return static_cast<std::uint8_t>(device_.interfaces.size()); }
  EndpointDescription bulk(std::uint8_t address) const {
    return {address, UsbEndpointKind::bulk, packet_, 0};
  }

  UsbDescription& device_;
  std::uint16_t packet_;
};

// Which endpoints are whose. V2-1: numbers as in copies of its descriptors in public firmware ("ST-Link VCP
// Ctrl", configuration of 128 bytes; there the serial port's packets are of 16 bytes). V3E: IN endpoints as
// in pyusb/pyusb issue 395 and stlink-org/stlink issue 1022, OUT ones by the V2-1. Without mass storage the
// serial port is interface 1 (seen as 0483:3754 "…:1.1"). Bridge: interface 3, endpoints 0x06 and 0x86, as
// martonmiklos/STLINK-V3-BRIDGE_libusb opens it. No dump of a 374F or 3753 was found: the order of their
// other interfaces follows from these, the endpoints of a second port are the next free ones.
void add_beside(Builder& builder, Beside beside) {
  switch (beside) {
    case Beside::nothing:
      return;
    case Beside::storage_and_port:
      builder.storage(0x83, 0x03);
      builder.port(0x84, 0x05, 0x85);
      return;
    case Beside::port_bridge_and_storage:
      builder.port(0x84, 0x05, 0x85);
      builder.vendor("ST-Link Bridge", {0x86, 0x06});
      builder.storage(0x83, 0x03);
      return;
    case Beside::two_ports:
      builder.port(0x84, 0x05, 0x85);
      builder.port(0x86, 0x07, 0x87);
      return;
    case Beside::port:
      builder.port(0x84, 0x05, 0x85);
      return;
  }
}

}  // namespace

UsbDescription describe(const Model& model, std::string serial) {
  UsbDescription device;
  if (model.beside != Beside::nothing) {  // composite, with interface associations
    device.device_class = 0xEF;
    device.device_subclass = 0x02;
    device.device_protocol = 0x01;
  }
  device.vendor = 0x0483;
  device.product = model.product_id;
  device.manufacturer = "STMicroelectronics";
  device.product_name = model.product_name;
  device.serial = std::move(serial);
  device.high_speed = model.high_speed;
  device.milliamps = model.milliamps;
  Builder builder(device);
  builder.vendor(model.beside == Beside::nothing ? "ST Link" : "ST-Link Debug",
                 {0x81, model.out_endpoint, model.trace_endpoint});
  add_beside(builder, model.beside);
  return device;
}

}  // namespace probity::vboard::stlink
