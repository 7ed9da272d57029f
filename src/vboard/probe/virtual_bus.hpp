// The in-process USB and HID bus: probes on the transport seam.
#pragma once

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
  bool open = false;
};

PluggedProbe plug(std::unique_ptr<Probe> probe, Board& board);

class VirtualUsbBus final : public UsbBus {
 public:
  // `probes` must outlive the bus and every device opened on it.
  explicit VirtualUsbBus(std::vector<PluggedProbe>& probes) : probes_(probes) {}
  std::vector<UsbDeviceInfo> devices() override;
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override;

 private:
  std::vector<PluggedProbe>& probes_;
};

class VirtualHidBus final : public HidBus {
 public:
  explicit VirtualHidBus(std::vector<PluggedProbe>& probes) : probes_(probes) {}
  std::vector<HidDeviceInfo> devices() override;
  std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) override;

 private:
  std::vector<PluggedProbe>& probes_;
};

}  // namespace probity::vboard
