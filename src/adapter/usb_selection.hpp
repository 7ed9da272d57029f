// Which of the probes on the bus is meant: one answer, and one wording, for every USB driver.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"

namespace probity {

struct UsbProbeKind {
  std::string name;  // "ST-LINK", "CMSIS-DAP": for messages
  std::function<bool(const UsbDeviceInfo&)>
      matches;  // the driver's own idea, where the user gave no vid:pid list
  std::function<std::string(const std::string&)>
      serial_text;  // how the serial is shown and compared; none: as it is
};

// The one device on `bus` that fits: vendor:product out of settings.vid_pids (or kind.matches where that is
// empty), usb_location, and serial (whole, or its beginning where only one probe begins so). AdapterError
// where none fits (it says what was looked for and lists what was seen) or several do (lists them with
// location and serial).
UsbDeviceInfo select_usb_probe(UsbBus& bus, const AdapterSettings& settings, const UsbProbeKind& kind);

}  // namespace probity
