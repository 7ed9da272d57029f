#include "adapter/usb_selection.hpp"

#include <algorithm>
#include <cctype>

namespace probity {

namespace {

// The characters of UTF-8 text up to U+00FF as one byte each; nothing where there are others.
std::optional<std::string> latin1(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      bytes += text[i];
    } else if ((c == 0xC2 || c == 0xC3) && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      bytes += static_cast<char>((c << 6 & 0xC0) | (next & 0x3F));
    } else {
      return {};
    }
  }
  return bytes;
}

bool is_printable(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string hex(const std::string& bytes) {
  std::string digits;
  for (const char c : bytes) digits += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return digits;
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

SerialFit fit(const std::string& wanted, const std::string& spelling) {
  if (wanted == spelling) return SerialFit::exact;
  if (wanted.size() > spelling.size()) return SerialFit::none;
  const bool same = std::equal(wanted.begin(), wanted.end(), spelling.begin(),
                               [](char a, char b) { return lower(a) == lower(b); });
  if (!same) return SerialFit::none;
  return wanted.size() == spelling.size() ? SerialFit::whole : SerialFit::prefix;
}

// The lines of a configuration that choose `device` out of `all`.
std::string ways_to_choose(const SeenDevice& device, const std::vector<SeenDevice>& all) {
  const auto count = [&](auto member) {
    return std::ranges::count_if(all, [&](const SeenDevice& d) { return d.*member == device.*member; });
  };
  std::string text;
  if (!device.shown.empty() && count(&SeenDevice::shown) == 1) text = "adapter serial " + device.shown;
  if (!device.location.empty() && count(&SeenDevice::location) == 1) {
    text += fmt::format("{}adapter usb location {}", text.empty() ? "" : "  or  ", device.location);
  }
  return text.empty() ? "there is nothing to tell it by: unplug the others" : text;
}

AdapterError several_fit(const std::string& kind, const AdapterSettings& settings,
                         const std::vector<SeenDevice>& fitting) {
  AdapterSettings asked = settings;
  asked.vid_pids.clear();  // each probe's is in the list
  std::string text =
      fmt::format("{} probes fit ({}{}); choose one:", fitting.size(), kind, wanted_text(asked));
  for (const SeenDevice& d : fitting) {
    text += fmt::format("\n  {} {}\n    {}", kind, describe(d), ways_to_choose(d, fitting));
  }
  return AdapterError(text);
}

}  // namespace

SerialFit fit_serial(const std::string& wanted, const std::string& serial, const std::string& shown) {
  SerialFit best = std::max(fit(wanted, serial), fit(wanted, shown));
  if (const auto bytes = latin1(serial)) best = std::max(best, fit(wanted, *bytes));
  return best;
}

std::string hex_serial(const std::string& serial) { return hex(latin1(serial).value_or("")); }

std::string shown_serial(const std::string& serial) {
  if (is_printable(serial)) return serial;
  const std::string digits = hex_serial(serial);
  return digits.empty() ? serial : digits;
}

bool in_vid_pids(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product) {
  return std::ranges::find(settings.vid_pids, std::pair{vendor, product}) != settings.vid_pids.end();
}

std::string wanted_text(const AdapterSettings& settings) {
  std::string out;
  if (!settings.serial.empty()) {
    // The bytes of a binary number, as a Tcl file gives them, are nothing to print.
    out += " with serial " + (is_printable(settings.serial) ? settings.serial : hex(settings.serial));
  }
  if (!settings.usb_location.empty()) out += fmt::format(" at USB location {}", settings.usb_location);
  if (settings.vid_pids.empty()) return out;
  out += ", vid:pid";
  for (const auto& [vendor, product] : settings.vid_pids)
    out += fmt::format(" {:04x}:{:04x}", vendor, product);
  return out;
}

SeenDevice seen(const UsbDeviceInfo& d) {
  return {d.vendor,      d.product, d.location, {}, d.product_name, d.serial, shown_serial(d.serial),
          d.access_error};
}
SeenDevice seen(const HidDeviceInfo& d) {
  return {d.vendor,      d.product, d.location, d.path, d.product_name, d.serial, shown_serial(d.serial),
          d.access_error};
}

std::string describe(const SeenDevice& d) {
  std::string out =
      fmt::format("{:04x}:{:04x} at {}", d.vendor, d.product, d.location.empty() ? d.path : d.location);
  if (!d.product_name.empty()) out += ", " + d.product_name;
  if (!d.shown.empty()) out += ", serial " + d.shown;
  if (!d.access_error.empty()) out += ": " + d.access_error;
  return out;
}

std::string list_text(const std::vector<SeenDevice>& devices) {
  std::string out;
  for (const SeenDevice& d : devices) out += "\n  " + describe(d);
  return out;
}

std::string label_of(const std::string& kind, const SeenDevice& d) {
  std::string out = fmt::format("{} {:04x}:{:04x} at {}", kind, d.vendor, d.product,
                                d.location.empty() ? d.path : d.location);
  if (!d.shown.empty()) out += ", serial " + d.shown;
  return out;
}

std::optional<std::size_t> choose(const std::vector<SeenDevice>& devices, const AdapterSettings& settings,
                                  const std::string& kind) {
  SerialFit best = SerialFit::prefix;
  std::vector<std::size_t> fitting;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const SeenDevice& d = devices[i];
    if (!settings.usb_location.empty() && d.location != settings.usb_location) continue;
    const SerialFit how =
        settings.serial.empty() ? SerialFit::prefix : fit_serial(settings.serial, d.serial, d.shown);
    if (how < best) continue;
    if (how > best) fitting.clear();
    best = how;
    fitting.push_back(i);
  }
  if (fitting.empty()) return {};
  if (fitting.size() == 1) return fitting.front();
  std::vector<SeenDevice> all;
  for (const std::size_t i : fitting) all.push_back(devices[i]);
  throw several_fit(kind, settings, all);
}

bool is_on_bus(UsbBus& bus, const UsbDeviceInfo& device) {
  return std::ranges::any_of(bus.devices(), [&](const UsbDeviceInfo& d) {
    return d.bus == device.bus && d.address == device.address && d.location == device.location &&
           d.vendor == device.vendor && d.product == device.product;
  });
}
bool is_on_bus(HidBus& bus, const HidDeviceInfo& device) {
  return std::ranges::any_of(bus.devices(), [&](const HidDeviceInfo& d) {
    return d.path == device.path && d.vendor == device.vendor && d.product == device.product;
  });
}

std::optional<ProbeReport> report_of(const std::string& kind, const SeenDevice& device,
                                     const std::optional<ProbeReport>& mine,
                                     const std::function<void(ProbeReport&)>& ask) {
  ProbeReport report{.kind = kind,
                     .vendor = device.vendor,
                     .product = device.product,
                     .location = device.location,
                     .serial = device.shown,
                     .firmware = {},
                     .millivolts = {},
                     .state = "free"};
  if (mine && is_same_probe(*mine, report)) return mine;
  try {
    ask(report);
  } catch (const DeviceGone&) {
    return {};
  } catch (const DeviceBusy& e) {
    report.state = "held by " + e.holder;
  } catch (const NoRights&) {
    report.state = device.access_error.empty() ? "no rights to open it" : device.access_error;
  } catch (const Error& e) {
    report.state = "does not answer: " + e.message();
  }
  return report;
}

UsbDeviceInfo select_usb_probe(UsbBus& bus, const AdapterSettings& settings, const UsbProbeKind& kind) {
  std::vector<UsbDeviceInfo> candidates;
  std::vector<SeenDevice> all, fitting;
  for (UsbDeviceInfo& device : bus.devices()) {
    SeenDevice entry = seen(device);
    if (kind.shown) entry.shown = kind.shown(device.serial);
    all.push_back(entry);
    const bool right_kind = settings.vid_pids.empty() ? kind.matches(device)
                                                      : in_vid_pids(settings, device.vendor, device.product);
    if (!right_kind) continue;
    fitting.push_back(std::move(entry));
    candidates.push_back(std::move(device));
  }
  if (const auto chosen = choose(fitting, settings, kind.name)) {
    candidates[*chosen].label = label_of(kind.name, fitting[*chosen]);
    return candidates[*chosen];
  }
  const std::string wanted = kind.name + wanted_text(settings);
  if (all.empty()) {
    throw AdapterError(fmt::format("no probe found: looked for {}; there are no USB devices at all", wanted));
  }
  throw AdapterError(
      fmt::format("no probe found: looked for {}; USB devices seen:{}", wanted, list_text(all)));
}

}  // namespace probity
