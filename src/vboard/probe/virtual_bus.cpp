#include "vboard/probe/virtual_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

constexpr unsigned kBusNumber = 1;
constexpr std::uint8_t kHidClass = 0x03;
constexpr std::string_view kThisProcess = "this process";

// Marks the probe as taken for its own lifetime, or until it is unplugged.
class OpenMark {
 public:
  OpenMark(VirtualPorts& ports, PluggedProbe& plugged)
      : ports_(ports), plugged_(plugged), connection_(plugged.pipe->connection()) {
    plugged_.opened = connection_;
  }
  ~OpenMark() {
    if (plugged_.opened == connection_) plugged_.opened = 0;
  }
  OpenMark(const OpenMark&) = delete;
  OpenMark& operator=(const OpenMark&) = delete;
  UsbPipe& pipe() {
    ports_.before_use();
    if (plugged_.pipe->connection() != connection_) throw AdapterError("the virtual probe was unplugged");
    return *plugged_.pipe;
  }
  const UsbDescription& description() const { return plugged_.probe->description(); }

 private:
  VirtualPorts& ports_;
  PluggedProbe& plugged_;
  unsigned connection_;
};

class VirtualUsbDevice final : public UsbDevice {
 public:
  VirtualUsbDevice(VirtualPorts& ports, PluggedProbe& plugged) : mark_(ports, plugged) {}

  void claim(unsigned interface_number) override {
    for (const auto& interface : mark_.description().interfaces) {
      if (interface.number != interface_number) continue;
      if (interface.class_code == kHidClass) throw AdapterError("the HID driver holds this interface");
      for (const auto& endpoint : interface.endpoints) claimed_.insert(endpoint.address);
      return;
    }
    throw AdapterError(fmt::format("the virtual probe has no interface {}", interface_number));
  }

  void bulk_out(std::uint8_t endpoint, ByteView data, Milliseconds) override {
    require(endpoint, UsbEndpointKind::bulk);
    mark_.pipe().out(endpoint, data);
  }
  Bytes bulk_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    require(endpoint, UsbEndpointKind::bulk);
    return mark_.pipe().in(endpoint, max_length, timeout);
  }
  void interrupt_out(std::uint8_t endpoint, ByteView data, Milliseconds) override {
    require(endpoint, UsbEndpointKind::interrupt);
    mark_.pipe().out(endpoint, data);
  }
  Bytes interrupt_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    require(endpoint, UsbEndpointKind::interrupt);
    return mark_.pipe().in(endpoint, max_length, timeout);
  }
  Bytes control(std::uint8_t request_type, std::uint8_t request, std::uint16_t value, std::uint16_t index,
                ByteView data, std::size_t max_length, Milliseconds) override {
    SetupPacket setup{request_type, request, value, index, 0};
    setup.length = static_cast<std::uint16_t>(setup.to_host() ? max_length : data.size());
    UsbReply reply = mark_.pipe().control(setup, data);
    if (reply.status != UsbReply::Status::ok) {
      throw AdapterError(fmt::format("the virtual probe stalls control request 0x{:02x}", request));
    }
    return std::move(reply.data);
  }
  void reset() override { mark_.pipe().reset(); }

 private:
  void require(std::uint8_t endpoint, UsbEndpointKind kind) {
    for (const auto& interface : mark_.description().interfaces) {
      for (const auto& known : interface.endpoints) {
        if (known.address == endpoint && known.kind == kind && claimed_.contains(endpoint)) return;
      }
    }
    throw AdapterError(
        fmt::format("endpoint 0x{:02x} of the virtual probe is not there, of another kind, or "
                    "not claimed",
                    endpoint));
  }

  OpenMark mark_;
  std::set<std::uint8_t> claimed_;
};

class VirtualHidDevice final : public HidDevice {
 public:
  VirtualHidDevice(VirtualPorts& ports, PluggedProbe& plugged) : mark_(ports, plugged) {
    for (const auto& endpoint : mark_.description().interfaces.front().endpoints) {
      ((endpoint.address & 0x80) == 0 ? out_ : in_) = endpoint.address;
    }
  }
  void write(ByteView report) override { mark_.pipe().out(out_, report); }
  Bytes read(std::size_t max_length, Milliseconds timeout) override {
    return mark_.pipe().in(in_, max_length, timeout);
  }

 private:
  OpenMark mark_;
  std::uint8_t out_ = 0, in_ = 0;
};

UsbSpeed speed_of(const UsbDescription& device) {
  if (hid_info_of(device)) return UsbSpeed::hid;
  return device.high_speed ? UsbSpeed::high : UsbSpeed::full;
}

UsbDeviceInfo usb_info(const VirtualPorts& ports, std::size_t i) {
  UsbDeviceInfo info = ports.probes[i].probe->usb_info();
  info.bus = kBusNumber;
  info.address = static_cast<unsigned>(i + 1);
  info.location = fmt::format("{}-{}", kBusNumber, i + 1);
  return info;
}

std::optional<HidDeviceInfo> hid_info(const VirtualPorts& ports, std::size_t i) {
  auto info = hid_info_of(ports.probes[i].probe->description());
  if (!info) return info;
  info->location = fmt::format("{}-{}", kBusNumber, i + 1);
  info->path = "virtual:" + info->location;
  return info;
}

// The probe of which `same` (a port's index) is true; nothing when it is gone.
template <typename Same>
PluggedProbe* find(VirtualPorts& ports, Same same) {
  for (std::size_t i = 0; i < ports.probes.size(); ++i) {
    if (ports.probes[i].pipe->plugged() && same(i)) return &ports.probes[i];
  }
  return nullptr;
}

PluggedProbe& require_free(PluggedProbe* found, const std::string& name) {
  if (found == nullptr) throw AdapterError(fmt::format("no device {} on the virtual bus", name));
  if (found->is_open()) throw AdapterError(fmt::format("device {} on the virtual bus is busy", name));
  return *found;
}

PluggedProbe* find(VirtualPorts& ports, const UsbDeviceInfo& wanted) {
  return find(ports, [&](std::size_t i) {
    const UsbDeviceInfo info = usb_info(ports, i);
    return info.location == wanted.location && info.vendor == wanted.vendor &&
           info.product == wanted.product && info.serial == wanted.serial;
  });
}

PluggedProbe* find(VirtualPorts& ports, const HidDeviceInfo& wanted) {
  return find(ports, [&](std::size_t i) {
    const auto info = hid_info(ports, i);
    return info && info->path == wanted.path;
  });
}

std::string holder_of(const PluggedProbe* found) {
  return std::string(found != nullptr && found->is_open() ? kThisProcess : std::string_view());
}

}  // namespace

PluggedProbe plug(std::unique_ptr<Probe> probe, Board& board) {
  PluggedProbe plugged;
  plugged.pipe = std::make_unique<UsbPipe>(*probe, board, speed_of(probe->description()));
  plugged.probe = std::move(probe);
  return plugged;
}

std::vector<UsbDeviceInfo> VirtualUsbBus::devices() {
  std::vector<UsbDeviceInfo> list;
  for (std::size_t i = 0; i < ports_.probes.size(); ++i) {
    if (ports_.probes[i].pipe->plugged()) list.push_back(usb_info(ports_, i));
  }
  return list;
}

std::unique_ptr<UsbDevice> VirtualUsbBus::open(const UsbDeviceInfo& wanted) {
  const std::string name = fmt::format("{:04x}:{:04x} {}", wanted.vendor, wanted.product, wanted.serial);
  return std::make_unique<VirtualUsbDevice>(ports_, require_free(find(ports_, wanted), name));
}

std::string VirtualUsbBus::holder(const UsbDeviceInfo& info) { return holder_of(find(ports_, info)); }

std::vector<HidDeviceInfo> VirtualHidBus::devices() {
  std::vector<HidDeviceInfo> list;
  for (std::size_t i = 0; i < ports_.probes.size(); ++i) {
    const auto info = hid_info(ports_, i);
    if (info && ports_.probes[i].pipe->plugged()) list.push_back(*info);
  }
  return list;
}

std::unique_ptr<HidDevice> VirtualHidBus::open(const HidDeviceInfo& wanted) {
  return std::make_unique<VirtualHidDevice>(ports_, require_free(find(ports_, wanted), wanted.path));
}

std::string VirtualHidBus::holder(const HidDeviceInfo& info) { return holder_of(find(ports_, info)); }

}  // namespace probity::vboard
