#include "vboard/probe/virtual_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

constexpr unsigned kBusNumber = 1;

// Marks the probe as taken for its own lifetime.
class OpenMark {
 public:
  explicit OpenMark(PluggedProbe& plugged) : plugged_(plugged) { plugged_.open = true; }
  ~OpenMark() { plugged_.open = false; }
  OpenMark(const OpenMark&) = delete;
  OpenMark& operator=(const OpenMark&) = delete;
  UsbPipe& pipe() { return *plugged_.pipe; }
  UsbDeviceInfo info() const { return plugged_.probe->usb_info(); }

 private:
  PluggedProbe& plugged_;
};

class VirtualUsbDevice final : public UsbDevice {
 public:
  explicit VirtualUsbDevice(PluggedProbe& plugged) : mark_(plugged) {}

  void claim(unsigned interface_number) override {
    const UsbDeviceInfo info = mark_.info();
    for (const auto& interface : info.interfaces) {
      if (interface.number != interface_number) continue;
      if (interface.class_code == 0x03) throw AdapterError("the HID driver holds this interface");
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
    return mark_.pipe().in(max_length, timeout);
  }
  void interrupt_out(std::uint8_t endpoint, ByteView data, Milliseconds) override {
    require(endpoint, UsbEndpointKind::interrupt);
    mark_.pipe().out(endpoint, data);
  }
  Bytes interrupt_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    require(endpoint, UsbEndpointKind::interrupt);
    return mark_.pipe().in(max_length, timeout);
  }
  Bytes control(std::uint8_t, std::uint8_t request, std::uint16_t, std::uint16_t, ByteView, std::size_t,
                Milliseconds) override {
    throw AdapterError(fmt::format("the virtual probe stalls control request 0x{:02x}", request));
  }
  void reset() override { mark_.pipe().reset(); }

 private:
  void require(std::uint8_t endpoint, UsbEndpointKind kind) {
    const UsbDeviceInfo info = mark_.info();
    for (const auto& interface : info.interfaces) {
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
  explicit VirtualHidDevice(PluggedProbe& plugged) : mark_(plugged) {
    const UsbDeviceInfo info = mark_.info();
    for (const auto& endpoint : info.interfaces.front().endpoints) {
      if ((endpoint.address & 0x80) == 0) out_ = endpoint.address;
    }
  }
  void write(ByteView report) override { mark_.pipe().out(out_, report); }
  Bytes read(std::size_t max_length, Milliseconds timeout) override {
    return mark_.pipe().in(max_length, timeout);
  }

 private:
  OpenMark mark_;
  std::uint8_t out_ = 0;
};

UsbSpeed speed_of(const Probe& probe) {
  if (probe.hid_info()) return UsbSpeed::hid;
  return probe.usb_info().high_speed ? UsbSpeed::high : UsbSpeed::full;
}

// Finds the probe that `same` names; AdapterError when it is gone or taken.
template <typename Same>
PluggedProbe& find_free(std::vector<PluggedProbe>& probes, const std::string& name, Same same) {
  const auto found = std::find_if(probes.begin(), probes.end(),
                                  [&](const PluggedProbe& p) { return p.pipe->plugged() && same(*p.probe); });
  if (found == probes.end()) throw AdapterError(fmt::format("no device {} on the virtual bus", name));
  if (found->open) throw AdapterError(fmt::format("device {} on the virtual bus is busy", name));
  return *found;
}

}  // namespace

PluggedProbe plug(std::unique_ptr<Probe> probe, Board& board) {
  PluggedProbe plugged;
  plugged.pipe = std::make_unique<UsbPipe>(*probe, board, speed_of(*probe));
  plugged.probe = std::move(probe);
  return plugged;
}

std::vector<UsbDeviceInfo> VirtualUsbBus::devices() {
  std::vector<UsbDeviceInfo> list;
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    if (!probes_[i].pipe->plugged()) continue;
    UsbDeviceInfo info = probes_[i].probe->usb_info();
    info.bus = kBusNumber;
    info.address = static_cast<unsigned>(i + 1);
    info.location = fmt::format("{}-{}", kBusNumber, i + 1);
    list.push_back(std::move(info));
  }
  return list;
}

std::unique_ptr<UsbDevice> VirtualUsbBus::open(const UsbDeviceInfo& wanted) {
  const std::string name = fmt::format("{:04x}:{:04x} {}", wanted.vendor, wanted.product, wanted.serial);
  return std::make_unique<VirtualUsbDevice>(find_free(probes_, name, [&](const Probe& probe) {
    const UsbDeviceInfo info = probe.usb_info();
    return info.vendor == wanted.vendor && info.product == wanted.product && info.serial == wanted.serial;
  }));
}

std::vector<HidDeviceInfo> VirtualHidBus::devices() {
  std::vector<HidDeviceInfo> list;
  for (const auto& plugged : probes_) {
    if (const auto info = plugged.probe->hid_info(); info && plugged.pipe->plugged()) list.push_back(*info);
  }
  return list;
}

std::unique_ptr<HidDevice> VirtualHidBus::open(const HidDeviceInfo& wanted) {
  return std::make_unique<VirtualHidDevice>(find_free(probes_, wanted.path, [&](const Probe& probe) {
    const auto info = probe.hid_info();
    return info && info->path == wanted.path;
  }));
}

}  // namespace probity::vboard
