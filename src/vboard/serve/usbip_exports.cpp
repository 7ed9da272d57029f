#include "vboard/serve/usbip_exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {
constexpr std::uint32_t kBus = 1;
constexpr std::uint32_t kBusUnit = 0x10000;  // a devid is bus * kBusUnit + number
}  // namespace

usbip::DeviceRecord ExportedDevice::record() const {
  const UsbDescription& usb = pipe.description();
  usbip::DeviceRecord record;
  record.busid = busid;
  record.path = fmt::format("/sys/devices/virtual/probity/usb{}/{}", kBus, busid);
  record.bus = kBus;
  record.device = number;
  record.speed = usb.high_speed ? usbip::Speed::high : usbip::Speed::full;
  record.vendor = usb.vendor;
  record.product = usb.product;
  record.release = usb.release;
  record.class_code = usb.device_class;
  record.subclass = usb.device_subclass;
  record.protocol = usb.device_protocol;
  for (const auto& interface : usb.interfaces) {
    record.interfaces.push_back({interface.class_code, interface.subclass, interface.protocol});
  }
  return record;
}

std::uint32_t ExportedDevice::devid() const { return kBus * kBusUnit + number; }

void ExportedDevice::unplug() {
  pipe.unplug();
  // The call ends the Import, which clears `client`.
  if (const HangUp hang_up = std::exchange(client, {})) hang_up(fmt::format("{} was unplugged", busid));
}

void Exports::add(std::string kind, UsbPipe& pipe, Board& board) {
  const auto number = static_cast<unsigned>(devices_.size() + 1);
  devices_.push_back({fmt::format("{}-{}", kBus, number), number, std::move(kind), pipe, board});
}

ExportedDevice* Exports::find(std::string_view busid) {
  const auto found =
      std::find_if(devices_.begin(), devices_.end(), [&](const auto& d) { return d.busid == busid; });
  return found == devices_.end() ? nullptr : &*found;
}

Import::~Import() {
  device_.client = nullptr;
  try {
    if (device_.pipe.plugged()) device_.pipe.reset();
  } catch (const AdapterError&) {
    // A fault plan pulls the cable at this transfer: then it is pulled.
  }
}

}  // namespace probity::vboard
