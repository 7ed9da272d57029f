#include "vboard/probe/usb_device.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "vboard/usb/cdc_acm.hpp"
#include "vboard/usb/fat12.hpp"
#include "vboard/usb/hid.hpp"
#include "vboard/usb/mass_storage.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kCdcControl = 0x02, kHid = 0x03, kMassStorage = 0x08, kCdcData = 0x0A;

// The firmware's packets and vendor requests.
class DebugFunction final : public UsbFunction {
 public:
  explicit DebugFunction(Probe& probe) : probe_(probe), reply_(reply_endpoint(probe.description())) {}
  void configure() override { probe_.usb_reset(); }
  UsbReply control(const SetupPacket& setup, ByteView data) override { return probe_.control(setup, data); }
  UsbReply out(std::uint8_t endpoint, ByteView data) override {
    if (probe_.is_stuck()) return nothing_yet();
    probe_.receive(endpoint, data);
    return {};
  }
  UsbReply in(std::uint8_t endpoint, std::size_t max_length) override {
    if (endpoint != reply_) {
      Bytes trace = probe_.take_trace(endpoint, max_length);
      if (trace.empty()) return nothing_yet();
      return {UsbReply::Status::ok, std::move(trace)};
    }
    if (probe_.replies_waiting() == 0) return nothing_yet();
    Bytes reply = probe_.take_reply(max_length);
    probe_.reply_taken();
    return {UsbReply::Status::ok, std::move(reply)};
  }

 private:
  Probe& probe_;
  std::uint8_t reply_;
};

Bytes volume_of(const Probe& probe) {
  const UsbDescription& device = probe.description();
  return fat12_volume(
      "VBOARD",
      {{"DETAILS.TXT", fmt::format("Probe: {}\r\nSerial: {}\r\nFirmware: {}\r\n", device.product_name,
                                   printable_serial(device.serial), probe.firmware_version())}});
}

}  // namespace

std::uint8_t reply_endpoint(const UsbDescription& device) {
  const auto& endpoints = device.interfaces.front().endpoints;
  const auto found =
      std::ranges::find_if(endpoints, [](const EndpointDescription& e) { return (e.address & 0x80) != 0; });
  return found == endpoints.end() ? std::uint8_t{0} : found->address;
}

std::unique_ptr<UsbDeviceModel> make_usb_device(Probe& probe) {
  const UsbDescription& device = probe.description();
  const InterfaceDescription& debug = device.interfaces.front();
  std::vector<MountedFunction> functions;
  std::unique_ptr<UsbFunction> firmware = std::make_unique<DebugFunction>(probe);
  if (debug.class_code == kHid) firmware = std::make_unique<HidFunction>(debug, std::move(firmware));
  functions.push_back({{debug.number}, std::move(firmware)});
  for (const auto& interface : device.interfaces) {
    if (interface.class_code == kMassStorage) {
      functions.push_back({{interface.number}, std::make_unique<MassStorage>(interface, volume_of(probe))});
    } else if (interface.class_code == kCdcControl) {
      functions.push_back({{interface.number}, std::make_unique<CdcAcm>()});
    } else if (interface.class_code == kCdcData) {
      functions.back().interfaces.push_back(interface.number);  // it follows its control interface
    }
  }
  return std::make_unique<UsbDeviceModel>(device, std::move(functions));
}

}  // namespace probity::vboard
