// The in-process USB and HID bus: probes on the transport seam.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "transport/hid.hpp"
#include "transport/usb.hpp"
#include "vboard/probe/usb_pipe.hpp"

namespace probity::vboard {

// One probe with its cable.
struct PluggedProbe {
  std::unique_ptr<Probe> probe;
  std::unique_ptr<UsbPipe> pipe;
  unsigned opened = 0;  // the pipe's connection() for which somebody has the device open; 0: nobody

  bool is_open() const { return opened != 0 && opened == pipe->connection(); }
};

PluggedProbe plug(std::unique_ptr<Probe> probe, Board& board);

// The probes of a bus, in the order of their ports: 1-1, 1-2 … `before_use` is called before each transfer.
struct VirtualPorts {
  std::vector<PluggedProbe> probes;
  std::function<void()> before_use = [] {};
};

class VirtualUsbBus final : public UsbBus {
 public:
  // `ports` must outlive the bus and every device opened on it.
  explicit VirtualUsbBus(VirtualPorts& ports) : ports_(ports) {}
  std::vector<UsbDeviceInfo> devices() override;
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override;
  std::string holder(const UsbDeviceInfo& info) override;

 private:
  VirtualPorts& ports_;
};

class VirtualHidBus final : public HidBus {
 public:
  explicit VirtualHidBus(VirtualPorts& ports) : ports_(ports) {}
  std::vector<HidDeviceInfo> devices() override;
  std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) override;
  std::string holder(const HidDeviceInfo& info) override;

 private:
  VirtualPorts& ports_;
};

}  // namespace probity::vboard
