// The HID seam: hidapi (hidapi_bus.cpp, the only file that includes its header) or the virtual board.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

struct HidDeviceInfo {
  std::uint16_t vendor = 0, product = 0;
  std::string path;  // what open() takes
  std::string manufacturer, product_name, serial;
  std::uint16_t usage_page = 0, usage = 0;
  int interface_number = -1;
  std::string location;      // of the USB device: "bus-port[.port…]"; empty where it cannot be told
  std::string access_error;  // why it cannot be opened, as far as enumeration can tell; empty: nothing known
  std::string label;         // as UsbDeviceInfo's
};

// Reports without report id: write() sends exactly the bytes of one report (padded to the report size by the
// caller); read() returns one report. DeviceGone when it was unplugged, TimeoutError when no report came in
// time.
class HidDevice {
 public:
  virtual ~HidDevice() = default;
  virtual void write(ByteView report) = 0;
  virtual Bytes read(std::size_t max_length, Milliseconds timeout) = 0;
};

class HidBus {
 public:
  virtual ~HidBus() = default;
  virtual std::vector<HidDeviceInfo> devices() = 0;
  // Throws NoRights, DeviceBusy, DeviceGone or AdapterError, naming the device.
  virtual std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) = 0;
  // Who has the device open: "openocd (process 1234)"; empty where nobody has, or it cannot be told.
  virtual std::string holder(const HidDeviceInfo&) { return {}; }
};

}  // namespace probity
