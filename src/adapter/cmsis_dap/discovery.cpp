#include "adapter/cmsis_dap/discovery.hpp"

#include <fmt/format.h>

#include <charconv>

#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

constexpr std::string_view kMark =
    "CMSIS-DAP";  // in the product or interface string, as the specification asks
constexpr std::uint16_t kDefaultTcpPort = 4441;  // as OpenOCD's
constexpr Milliseconds kConnectTimeout(5000);

std::string option(const AdapterSettings& settings, const std::string& word) {
  const auto found = settings.options.find("cmsis-dap " + word);
  return found == settings.options.end() ? std::string() : found->second;
}

template <typename Number>
Number number_option(const AdapterSettings& settings, const std::string& word, const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw ConfigError(
        fmt::format("cmsis-dap {}: '{}' is not a number that fits", word, option(settings, word)));
  }
  return value;
}

template <typename Info>
bool wanted(const AdapterSettings& settings, const Info& info) {
  if (!settings.vid_pids.empty() && !in_vid_pids(settings, info.vendor, info.product)) return false;
  return settings.serial.empty() || settings.serial == info.serial;
}

ShownDevice shown(const UsbDeviceInfo& d) {
  return {d.vendor, d.product, d.location, d.product_name, d.serial, d.access_error};
}
ShownDevice shown(const HidDeviceInfo& d) {
  return {d.vendor, d.product, d.path, d.product_name, d.serial, {}};
}

// A v2 interface: vendor class, bulk OUT then bulk IN as its first endpoints.
std::optional<BulkEndpoints> bulk_endpoints(const UsbInterface& interface) {
  std::vector<UsbEndpoint> bulk;
  for (const UsbEndpoint& e : interface.endpoints) {
    if (e.kind == UsbEndpointKind::bulk) bulk.push_back(e);
  }
  if (bulk.size() < 2 || (bulk[0].address & 0x80) != 0 || (bulk[1].address & 0x80) == 0) return {};
  return BulkEndpoints{bulk[0].address, bulk[1].address, bulk[0].max_packet};
}

struct BulkCandidate {
  UsbDeviceInfo device;
  std::uint8_t interface_number;
  BulkEndpoints endpoints;
};
ShownDevice shown(const BulkCandidate& c) { return shown(c.device); }

// The one that is left, or the error that lists them all.
template <typename Candidate>
const Candidate& only(const std::vector<Candidate>& found, const AdapterSettings& settings) {
  if (found.size() == 1) return found.front();
  std::vector<ShownDevice> all;
  all.reserve(found.size());
  for (const Candidate& c : found) all.push_back(shown(c));
  throw several_fit("CMSIS-DAP", settings, all);
}

std::vector<BulkCandidate> bulk_candidates(const Host& host, const AdapterSettings& settings) {
  const std::string number = option(settings, "usb interface");
  std::optional<unsigned> forced;
  if (!number.empty()) forced = number_option<unsigned>(settings, "usb interface", number);
  std::vector<BulkCandidate> found;
  for (const UsbDeviceInfo& device : host.usb.devices()) {
    if (!wanted(settings, device)) continue;
    if (!settings.usb_location.empty() && settings.usb_location != device.location) continue;
    for (const UsbInterface& interface : device.interfaces) {
      const auto endpoints = bulk_endpoints(interface);
      const bool named = interface.name.find(kMark) != std::string::npos && interface.class_code == 0xFF;
      const bool chosen = forced ? *forced == interface.number && !settings.vid_pids.empty() : named;
      if (!endpoints || !(chosen || (forced && *forced == interface.number && named))) continue;
      found.push_back({device, interface.number, *endpoints});
      break;
    }
  }
  return found;
}

std::vector<HidDeviceInfo> hid_candidates(const Host& host, const AdapterSettings& settings) {
  std::vector<HidDeviceInfo> found;
  for (const HidDeviceInfo& device : host.hid.devices()) {
    const bool named = device.product_name.find(kMark) != std::string::npos;
    if (wanted(settings, device) && (named || !settings.vid_pids.empty())) found.push_back(device);
  }
  return found;
}

std::string what_was_seen(const Host& host) {
  std::vector<ShownDevice> usb, hid;
  for (const UsbDeviceInfo& device : host.usb.devices()) usb.push_back(shown(device));
  for (const HidDeviceInfo& device : host.hid.devices()) hid.push_back(shown(device));
  if (usb.empty() && hid.empty()) return "; there are no USB or HID devices at all";
  return fmt::format("; USB devices seen:{}; HID devices seen:{}", usb.empty() ? " none" : list_text(usb),
                     hid.empty() ? " none" : list_text(hid));
}

std::unique_ptr<PacketPipe> open_bulk(const Host& host, const BulkCandidate& chosen, Log& log) {
  auto device = host.usb.open(chosen.device);
  device->claim(chosen.interface_number);
  log.info("Using CMSIS-DAPv2 interface with VID:PID=0x{:04x}:0x{:04x}, serial={}", chosen.device.vendor,
           chosen.device.product, chosen.device.serial);
  return make_bulk_pipe(std::move(device), chosen.endpoints);
}

std::unique_ptr<PacketPipe> open_tcp(const Host& host, const AdapterSettings& settings, Log& log) {
  const std::string name = option(settings, "tcp host");
  if (name.empty()) {
    throw ConfigError("the CMSIS-DAP TCP backend needs a host name; set it with: cmsis-dap tcp host NAME");
  }
  const std::string port_text = option(settings, "tcp port");
  const auto port =
      port_text.empty() ? kDefaultTcpPort : number_option<std::uint16_t>(settings, "tcp port", port_text);
  log.info("CMSIS-DAP: Connecting to {}:{} using TCP backend", name, port);
  return make_tcp_pipe(host.tcp.connect(name, port, kConnectTimeout));
}

}  // namespace

std::unique_ptr<PacketPipe> open_pipe(const Host& host, const AdapterSettings& settings, Log& log) {
  const std::string given = option(settings, "backend");
  const std::string backend = given.empty() ? "auto" : given;
  if (backend != "auto" && backend != "usb_bulk" && backend != "hid" && backend != "tcp") {
    throw ConfigError(
        fmt::format("cmsis-dap backend '{}' is unknown; it is one of: auto usb_bulk hid tcp", backend));
  }
  if (backend == "tcp") return open_tcp(host, settings, log);
  if (backend == "auto" || backend == "usb_bulk") {
    const auto found = bulk_candidates(host, settings);
    if (!found.empty()) return open_bulk(host, only(found, settings), log);
  }
  if (backend == "auto" || backend == "hid") {
    const auto found = hid_candidates(host, settings);
    if (!found.empty()) return make_hid_pipe(host.hid.open(only(found, settings)));
  }
  if (backend == "auto" && !option(settings, "tcp host").empty()) return open_tcp(host, settings, log);
  throw AdapterError("unable to find a matching CMSIS-DAP device" + wanted_text(settings) +
                     what_was_seen(host));
}

}  // namespace probity::cmsis_dap
