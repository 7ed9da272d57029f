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
    return in_vid_pids(settings_, d.vendor, d.product);
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

  std::vector<ShownDevice> shown(const std::vector<UsbDeviceInfo>& devices) const {
    std::vector<ShownDevice> out;
    out.reserve(devices.size());
    for (const UsbDeviceInfo& d : devices) {
      out.push_back({d.vendor, d.product, d.location, d.product_name, text(d.serial), d.access_error});
    }
    return out;
  }

 private:
  std::string text(const std::string& serial) const {
    return kind_.serial_text ? kind_.serial_text(serial) : serial;
  }

  const AdapterSettings& settings_;
  const UsbProbeKind& kind_;
};

}  // namespace

bool in_vid_pids(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product) {
  return std::ranges::find(settings.vid_pids, std::pair{vendor, product}) != settings.vid_pids.end();
}

std::string wanted_text(const AdapterSettings& settings) {
  std::string out;
  if (!settings.serial.empty()) out += fmt::format(" with serial {}", settings.serial);
  if (!settings.usb_location.empty()) out += fmt::format(" at USB location {}", settings.usb_location);
  if (settings.vid_pids.empty()) return out;
  out += ", vid:pid";
  for (const auto& [vendor, product] : settings.vid_pids)
    out += fmt::format(" {:04x}:{:04x}", vendor, product);
  return out;
}

std::string list_text(const std::vector<ShownDevice>& devices) {
  std::string out;
  for (const ShownDevice& d : devices) {
    out += fmt::format("\n  {:04x}:{:04x} at {}", d.vendor, d.product, d.place);
    if (!d.product_name.empty()) out += ", " + d.product_name;
    if (!d.serial.empty()) out += ", serial " + d.serial;
    if (!d.access_error.empty()) out += ": " + d.access_error;
  }
  return out;
}

AdapterError several_fit(const std::string& kind, const AdapterSettings& settings,
                         const std::vector<ShownDevice>& fitting) {
  return AdapterError(fmt::format("{} probes fit ({}{}); choose one with: adapter serial SERIAL{}",
                                  fitting.size(), kind, wanted_text(settings), list_text(fitting)));
}

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
    throw several_fit(kind.name, settings, selection.shown(fit));
  }
  if (fit.size() == 1) return fit.front();
  const std::string wanted = kind.name + wanted_text(settings);
  if (seen.empty()) {
    throw AdapterError(fmt::format("no probe found: looked for {}; there are no USB devices at all", wanted));
  }
  throw AdapterError(fmt::format("no probe found: looked for {}; USB devices seen:{}", wanted,
                                 list_text(selection.shown(seen))));
}

}  // namespace probity
