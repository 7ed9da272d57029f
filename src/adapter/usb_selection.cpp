#include "adapter/usb_selection.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

namespace {

class Selection {
 public:
  Selection(const AdapterSettings& settings, const UsbProbeKind& kind) : settings_(settings), kind_(kind) {}

  bool right_kind(const UsbDeviceInfo& d) const {
    if (settings_.vid_pids.empty()) return kind_.matches(d);
    return std::ranges::find(settings_.vid_pids, std::pair{d.vendor, d.product}) != settings_.vid_pids.end();
  }
  bool right_place(const UsbDeviceInfo& d) const {
    return settings_.usb_location.empty() || d.location == settings_.usb_location;
  }
  bool serial_begins_right(const UsbDeviceInfo& d) const {
    return d.serial.starts_with(settings_.serial) || text(d.serial).starts_with(settings_.serial);
  }
  bool serial_is_right(const UsbDeviceInfo& d) const {
    return d.serial == settings_.serial || text(d.serial) == settings_.serial;
  }

  // "an ST-LINK with serial 066B at 1-2, vid:pid 0483:3748 0483:374b"
  std::string wanted() const {
    std::string out = kind_.name;
    if (!settings_.serial.empty()) out += fmt::format(" with serial {}", settings_.serial);
    if (!settings_.usb_location.empty()) out += fmt::format(" at USB location {}", settings_.usb_location);
    if (settings_.vid_pids.empty()) return out;
    out += ", vid:pid";
    for (const auto& [vendor, product] : settings_.vid_pids)
      out += fmt::format(" {:04x}:{:04x}", vendor, product);
    return out;
  }

  std::string describe(const UsbDeviceInfo& d) const {
    std::string out = fmt::format("{:04x}:{:04x} at {}", d.vendor, d.product, d.location);
    if (!d.product_name.empty()) out += ", " + d.product_name;
    if (!d.serial.empty()) out += ", serial " + text(d.serial);
    if (!d.access_error.empty()) out += ": " + d.access_error;
    return out;
  }

 private:
  std::string text(const std::string& serial) const {
    return kind_.serial_text ? kind_.serial_text(serial) : serial;
  }

  const AdapterSettings& settings_;
  const UsbProbeKind& kind_;
};

std::string list(const Selection& selection, const std::vector<UsbDeviceInfo>& devices) {
  std::string out;
  for (const UsbDeviceInfo& d : devices) out += "\n  " + selection.describe(d);
  return out;
}

}  // namespace

UsbDeviceInfo select_usb_probe(UsbBus& bus, const AdapterSettings& settings, const UsbProbeKind& kind) {
  const Selection selection(settings, kind);
  const std::vector<UsbDeviceInfo> seen = bus.devices();
  std::vector<UsbDeviceInfo> fit;
  std::ranges::copy_if(seen, std::back_inserter(fit), [&](const UsbDeviceInfo& d) {
    return selection.right_kind(d) && selection.right_place(d) && selection.serial_begins_right(d);
  });
  if (fit.size() > 1) {
    const auto whole = [&](const UsbDeviceInfo& d) { return selection.serial_is_right(d); };
    if (std::ranges::count_if(fit, whole) == 1) return *std::ranges::find_if(fit, whole);
    throw AdapterError(fmt::format("{} probes fit ({}); choose one with: adapter serial SERIAL{}", fit.size(),
                                   selection.wanted(), list(selection, fit)));
  }
  if (fit.size() == 1) return fit.front();
  if (seen.empty()) {
    throw AdapterError(
        fmt::format("no probe found: looked for {}; there are no USB devices at all", selection.wanted()));
  }
  throw AdapterError(fmt::format("no probe found: looked for {}; USB devices seen:{}", selection.wanted(),
                                 list(selection, seen)));
}

}  // namespace probity
