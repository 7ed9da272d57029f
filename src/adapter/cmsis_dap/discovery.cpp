#include "adapter/cmsis_dap/discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

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

// A v2 interface: vendor class, bulk OUT then bulk IN as its first endpoints.
std::optional<BulkEndpoints> bulk_endpoints(const UsbInterface& interface) {
  std::vector<UsbEndpoint> bulk;
  for (const UsbEndpoint& e : interface.endpoints) {
    if (e.kind == UsbEndpointKind::bulk) bulk.push_back(e);
  }
  if (bulk.size() < 2 || (bulk[0].address & 0x80) != 0 || (bulk[1].address & 0x80) == 0) return {};
  return BulkEndpoints{bulk[0].address, bulk[1].address, bulk[0].max_packet};
}

// The interface that speaks CMSIS-DAP v2, if there is one.
struct BulkInterface {
  std::uint8_t number;
  BulkEndpoints endpoints;
};
std::optional<BulkInterface> bulk_interface(const UsbDeviceInfo& device, const AdapterSettings& settings) {
  const std::string number = option(settings, "usb interface");
  std::optional<unsigned> forced;
  if (!number.empty()) forced = number_option<unsigned>(settings, "usb interface", number);
  for (const UsbInterface& interface : device.interfaces) {
    const auto endpoints = bulk_endpoints(interface);
    const bool named = interface.name.find(kMark) != std::string::npos && interface.class_code == 0xFF;
    const bool chosen = forced ? *forced == interface.number && !settings.vid_pids.empty() : named;
    if (!endpoints || !(chosen || (forced && *forced == interface.number && named))) continue;
    return BulkInterface{interface.number, *endpoints};
  }
  return {};
}

bool is_same_device(const SeenDevice& a, const SeenDevice& b) {
  if (!a.location.empty() && !b.location.empty()) return a.location == b.location;
  return a.vendor == b.vendor && a.product == b.product && a.serial == b.serial;
}

struct Backends {
  bool bulk, hid;
};

// A probe that has both interfaces is there once, as v2.
std::vector<Candidate> candidates(const Host& host, const AdapterSettings& settings, Backends backends) {
  const auto right_ids = [&](const auto& device) {
    return settings.vid_pids.empty() || in_vid_pids(settings, device.vendor, device.product);
  };
  std::vector<Candidate> found;
  if (backends.bulk) {
    for (UsbDeviceInfo& device : host.usb.devices()) {
      if (!right_ids(device)) continue;
      const auto interface = bulk_interface(device, settings);
      if (!interface) continue;
      SeenDevice entry = seen(device);
      found.push_back({std::move(entry), std::move(device), {}, interface->number, interface->endpoints});
    }
  }
  if (!backends.hid) return found;
  for (HidDeviceInfo& device : host.hid.devices()) {
    const bool named = device.product_name.find(kMark) != std::string::npos;
    if (!right_ids(device) || !(named || !settings.vid_pids.empty())) continue;
    SeenDevice entry = seen(device);
    const bool known =
        std::ranges::any_of(found, [&](const Candidate& c) { return is_same_device(c.seen, entry); });
    if (!known) found.push_back({std::move(entry), {}, std::move(device), 0, {}});
  }
  return found;
}

// A v1 probe that a program drives through libusb has no HID node meanwhile.
std::string who_hides_a_probe(const Host& host) {
  std::string text;
  for (const UsbDeviceInfo& device : host.usb.devices()) {
    if (device.product_name.find(kMark) == std::string::npos) continue;
    const std::string holder = host.usb.holder(device);
    if (!holder.empty())
      text += fmt::format("; {} is in use by {}", label_of(std::string(kMark), seen(device)), holder);
  }
  return text;
}

std::string what_was_seen(const Host& host) {
  std::vector<SeenDevice> usb, hid;
  for (const UsbDeviceInfo& device : host.usb.devices()) usb.push_back(seen(device));
  for (const HidDeviceInfo& device : host.hid.devices()) hid.push_back(seen(device));
  if (usb.empty() && hid.empty()) return "; there are no USB or HID devices at all";
  return fmt::format("{}; USB devices seen:{}; HID devices seen:{}", who_hides_a_probe(host),
                     usb.empty() ? " none" : list_text(usb), hid.empty() ? " none" : list_text(hid));
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

std::vector<Candidate> all_probes(const Host& host) { return candidates(host, {}, {true, true}); }

namespace {

// Tells an unplugged probe from one that fails.
class PluggedPipe final : public PacketPipe {
 public:
  PluggedPipe(std::unique_ptr<PacketPipe> pipe, std::string label, std::function<bool()> is_on_bus)
      : pipe_(std::move(pipe)), label_(std::move(label)), is_on_bus_(std::move(is_on_bus)) {}

  void send(ByteView packet) override {
    unless_unplugged(label_, is_on_bus_, [&] { pipe_->send(packet); });
  }
  Bytes receive(Milliseconds timeout) override {
    return unless_unplugged(label_, is_on_bus_, [&] { return pipe_->receive(timeout); });
  }
  std::size_t packet_size() const override { return pipe_->packet_size(); }
  void set_packet_size(std::size_t size) override { pipe_->set_packet_size(size); }
  bool exact_length() const override { return pipe_->exact_length(); }
  Milliseconds quiet_time() const override { return pipe_->quiet_time(); }

 private:
  std::unique_ptr<PacketPipe> pipe_;
  std::string label_;
  std::function<bool()> is_on_bus_;
};

}  // namespace

std::unique_ptr<PacketPipe> open_candidate(const Host& host, Candidate chosen) {
  const std::string label = label_of(std::string(kMark), chosen.seen);
  std::unique_ptr<PacketPipe> pipe;
  std::function<bool()> is_there;
  if (chosen.usb) {
    chosen.usb->label = label;
    auto device = host.usb.open(*chosen.usb);
    device->claim(chosen.interface_number);
    pipe = make_bulk_pipe(std::move(device), chosen.endpoints);
    is_there = [&bus = host.usb, info = *chosen.usb] { return is_on_bus(bus, info); };
  } else {
    chosen.hid->label = label;
    pipe = make_hid_pipe(host.hid.open(*chosen.hid));
    is_there = [&bus = host.hid, info = *chosen.hid] { return is_on_bus(bus, info); };
  }
  return std::make_unique<PluggedPipe>(std::move(pipe), label, std::move(is_there));
}

OpenPipe open_pipe(const Host& host, const AdapterSettings& settings, Log& log) {
  const std::string given = option(settings, "backend");
  const std::string backend = given.empty() ? "auto" : given;
  if (backend != "auto" && backend != "usb_bulk" && backend != "hid" && backend != "tcp") {
    throw ConfigError(
        fmt::format("cmsis-dap backend '{}' is unknown; it is one of: auto usb_bulk hid tcp", backend));
  }
  if (backend == "tcp") return {open_tcp(host, settings, log), {}};
  const bool any = backend == "auto";
  std::vector<Candidate> found =
      candidates(host, settings, {any || backend == "usb_bulk", any || backend == "hid"});
  std::vector<SeenDevice> devices;
  for (const Candidate& c : found) devices.push_back(c.seen);
  if (const auto chosen = choose(devices, settings, std::string(kMark))) {
    const Candidate& probe = found[*chosen];
    auto pipe = open_candidate(host, probe);
    if (probe.usb) {
      log.info("Using CMSIS-DAPv2 interface with VID:PID=0x{:04x}:0x{:04x}, serial={}", probe.seen.vendor,
               probe.seen.product, probe.seen.shown);
    }
    return {std::move(pipe), probe};
  }
  if (any && !option(settings, "tcp host").empty()) return {open_tcp(host, settings, log), {}};
  throw AdapterError("unable to find a matching CMSIS-DAP device" + wanted_text(settings) +
                     what_was_seen(host));
}

}  // namespace probity::cmsis_dap
