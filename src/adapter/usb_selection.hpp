// Which of the probes on the bus is meant: one answer, and one wording, for every USB and HID driver.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/errors.hpp"

namespace probity {

// True where the user's vid:pid list has this pair.
bool in_vid_pids(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product);

// What the settings ask for: " with serial 066B at USB location 1-2, vid:pid 0483:3748 0483:374b"; empty
// where they leave it open.
std::string wanted_text(const AdapterSettings& settings);

// A device in the list of what was seen.
struct ShownDevice {
  std::uint16_t vendor = 0, product = 0;
  std::string place;  // USB location, or path of a HID
  std::string product_name, serial, access_error;
};
std::string list_text(const std::vector<ShownDevice>& devices);  // a line each, each after a line feed

// The error for several that fit, where only one is meant.
AdapterError several_fit(const std::string& kind, const AdapterSettings& settings,
                         const std::vector<ShownDevice>& fitting);

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
