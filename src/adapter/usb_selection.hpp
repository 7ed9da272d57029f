// Which of the probes on the bus is meant: one answer, and one wording, for every USB and HID driver.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/errors.hpp"

namespace probity {

// How well a serial number fits what the user asked for.
enum class SerialFit { none, prefix, whole, exact };

// `wanted` may be any beginning of the number, in upper or lower case. A number that is not text (old
// ST-LINK/V2) fits by its hexadecimal digits, by its characters in UTF-8, and by its bytes, as "\x50\xff…" in
// a Tcl file gives them. `shown` is how messages write the number. An empty `wanted` is a prefix of
// everything.
SerialFit fit_serial(const std::string& wanted, const std::string& serial, const std::string& shown);

// The characters of `serial` (UTF-8) as two hexadecimal digits each; empty where one is above U+00FF.
std::string hex_serial(const std::string& serial);
// hex_serial() of a number with characters that cannot be printed; any other as it is.
std::string shown_serial(const std::string& serial);

// True where the user's vid:pid list has this pair.
bool in_vid_pids(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product);

// What the settings ask for: " with serial 066B at USB location 1-2, vid:pid 0483:3748 0483:374b"; empty
// where they leave it open.
std::string wanted_text(const AdapterSettings& settings);

// One device that was seen, whichever way it is reached.
struct SeenDevice {
  std::uint16_t vendor = 0, product = 0;
  std::string location;  // on USB: "1-2"; empty: it cannot be told
  std::string path;      // of a HID without a location
  std::string product_name;
  std::string serial;  // as the device gives it
  std::string shown;   // the serial number for messages
  std::string access_error;
};
SeenDevice seen(const UsbDeviceInfo& device);
SeenDevice seen(const HidDeviceInfo& device);

// "0483:374b at 1-2, STM32 STLink, serial 066B"
std::string describe(const SeenDevice& device);
std::string list_text(const std::vector<SeenDevice>& devices);  // a line each, each after a line feed
// "ST-LINK 0483:374b at 1-2, serial 066B": what messages call an open device.
std::string label_of(const std::string& kind, const SeenDevice& device);

// Which of `devices` (all of the driver's kind) the settings' serial and USB location mean. Nothing where
// none fits; AdapterError where several do: it lists them, each with the lines that would choose it. A serial
// number that fits as a whole is meant rather than one that begins so.
std::optional<std::size_t> choose(const std::vector<SeenDevice>& devices, const AdapterSettings& settings,
                                  const std::string& kind);

// True while the device is where it was, and the same one.
bool is_on_bus(UsbBus& bus, const UsbDeviceInfo& device);
bool is_on_bus(HidBus& bus, const HidDeviceInfo& device);
// Runs `body`; what it fails with when the device is off the bus is DeviceGone.
template <typename IsOnBus, typename Body>
auto unless_unplugged(const std::string& label, IsOnBus is_on_bus, Body body) {
  try {
    return body();
  } catch (const DeviceGone&) {
    throw;
  } catch (const AdapterError&) {
    if (is_on_bus()) throw;
    throw DeviceGone(label + " was unplugged");
  }
}

// A probe for `adapter list-probes`: `ask` opens it, fills in what it tells, and lets go of it; what it
// throws becomes the state. Nothing where the probe was unplugged meanwhile.
std::optional<ProbeReport> report_of(const std::string& kind, const SeenDevice& device,
                                     const std::optional<ProbeReport>& mine,
                                     const std::function<void(ProbeReport&)>& ask);

struct UsbProbeKind {
  std::string name;  // "ST-LINK": for messages
  std::function<bool(const UsbDeviceInfo&)>
      matches;  // the driver's own idea, where the user gave no vid:pid list
  std::function<std::string(const std::string&)> shown;  // how a serial is shown; none: shown_serial
};

// The one device on `bus` that is meant, with its label: vendor:product out of settings.vid_pids (or
// kind.matches where that is empty), then as choose(). AdapterError where none fits (it says what was looked
// for and lists what was seen).
UsbDeviceInfo select_usb_probe(UsbBus& bus, const AdapterSettings& settings, const UsbProbeKind& kind);

}  // namespace probity
