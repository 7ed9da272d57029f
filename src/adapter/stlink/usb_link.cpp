// An ST-LINK on USB: a command is one bulk packet, its data another transfer.
#include <algorithm>

#include "adapter/stlink/link.hpp"
#include "adapter/usb_selection.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"

namespace probity::stlink {

namespace {

constexpr Milliseconds kCommandTimeout{1000};
constexpr Milliseconds kDrainTimeout{10};
constexpr unsigned kMostLateAnswers = 4;
// A probe that was reset leaves the bus and comes back, with its firmware's start and the kernel's looking at
// it.
constexpr Milliseconds kReturnLimit{5000};
constexpr Milliseconds kReturnPause{50};

UsbDeviceInfo select(const Host& host, const AdapterSettings& settings) {
  return select_usb_probe(
      host.usb, settings,
      {.name = std::string(kName),
       .matches = [&](const UsbDeviceInfo& d) { return is_wanted(settings, d.vendor, d.product); },
       .shown = printable_serial});
}

class UsbLink final : public StlinkLink {
  // What fails because the probe was unplugged says so, at once and ever after.
  template <typename Body>
  auto guarded(Body body) {
    if (!device_) throw DeviceGone(info_.label + " was unplugged");
    return unless_unplugged(
        info_.label, [this] { return is_on_bus(host_.usb, info_); }, body);
  }

 public:
  UsbLink(const Host& host, UsbDeviceInfo info) : host_(host), info_(std::move(info)) { open(); }

  Bytes read(const Command& command, std::size_t size, Milliseconds timeout) override {
    Bytes answer = guarded([&] {
      start(command);
      return device_->bulk_in(kAnswerEndpoint, size, timeout);
    });
    in_step_ = true;
    if (answer.size() != size) {
      throw AdapterError(fmt::format("ST-LINK answered {} bytes to command {} where {} are due",
                                     answer.size(), name_of(command), size));
    }
    return answer;
  }

  void write(const Command& command, ByteView data, Milliseconds timeout) override {
    guarded([&] {
      start(command);
      if (!data.empty()) device_->bulk_out(command_endpoint_, data, timeout);
    });
    in_step_ = true;
  }

  Bytes read_trace(std::size_t size, Milliseconds timeout) override {
    Bytes bytes;
    while (bytes.size() < size) {
      const Bytes more =
          guarded([&] { return device_->bulk_in(trace_endpoint_, size - bytes.size(), timeout); });
      if (more.empty()) break;  // a firmware that has told of more than it has
      append(bytes, more);
    }
    return bytes;
  }

  std::optional<UsbDeviceInfo> usb_device() const override { return info_; }

  bool recover() override {
    guarded([&] { device_->reset(); });
    device_.reset();
    const Deadline deadline(host_.clock, kReturnLimit,
                            fmt::format("{} to come back after its reset", info_.label));
    for (;;) {
      try {
        if (find_again()) {
          open();
          return true;
        }
      } catch (const AdapterError& e) {  // on its way out of the bus, or not ready yet
        if (deadline.passed()) throw;
      }
      deadline.check();
      host_.clock.sleep(kReturnPause);
    }
  }

 private:
  // Sends a command. An answer that came too late for an earlier one must not be taken for this one's.
  void start(const Command& command) {
    if (!in_step_) drain();
    in_step_ = false;
    device_->bulk_out(command_endpoint_, command, kCommandTimeout);
  }

  void drain() {
    try {
      for (unsigned packets = 0; packets < kMostLateAnswers; ++packets) {
        device_->bulk_in(kAnswerEndpoint, kMaxBlock, kDrainTimeout);
      }
    } catch (const TimeoutError&) {
      // Nothing is left.
    }
  }

  // The same probe under its new address.
  bool find_again() {
    for (const UsbDeviceInfo& d : host_.usb.devices()) {
      if (d.location != info_.location || d.vendor != info_.vendor || d.product != info_.product) continue;
      const std::string label = info_.label;
      info_ = d;
      info_.label = label;
      return true;
    }
    return false;
  }

  void open() {
    const auto model = std::ranges::find(kModels, info_.product, &Model::product);
    // A product id of the user's own: taken for a V2-1, whose endpoints all later probes share.
    command_endpoint_ = model != kModels.end() ? model->command_endpoint : 0x01;
    trace_endpoint_ = model != kModels.end() ? model->trace_endpoint : 0x82;
    device_ = host_.usb.open(info_);
    device_->claim(0);
    in_step_ = false;  // a program that was killed may have left an answer behind
  }

  Host host_;
  UsbDeviceInfo info_;
  std::unique_ptr<UsbDevice> device_;
  std::uint8_t command_endpoint_ = 0, trace_endpoint_ = 0;
  bool in_step_ = false;  // no transfer of a command before has failed
};

}  // namespace

std::unique_ptr<StlinkLink> open_usb_link(const Host& host, const AdapterSettings& settings) {
  UsbDeviceInfo info = select(host, settings);
  if (info.vendor == kVendor && info.product == kProductV1) {
    throw AdapterError(
        "this is an ST-LINK/V1 (0483:3744): it speaks SCSI through the mass-storage driver, which is not "
        "supported; use an ST-LINK/V2 or later");
  }
  return open_usb_link(host, std::move(info));
}

std::unique_ptr<StlinkLink> open_usb_link(const Host& host, UsbDeviceInfo info) {
  return std::make_unique<UsbLink>(host, std::move(info));
}

bool is_wanted(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product) {
  if (!settings.vid_pids.empty()) return in_vid_pids(settings, vendor, product);
  return vendor == kVendor && std::ranges::find(kModels, product, &Model::product) != kModels.end();
}

std::string kind_of(const UsbDeviceInfo& device) {
  const auto model = std::ranges::find(kModels, device.product, &Model::product);
  return std::string(model != kModels.end() ? model->name : kName);
}

std::string printable_serial(const std::string& serial) {
  constexpr std::size_t kBinaryLength = 12;
  const std::string digits = hex_serial(serial);
  return digits.size() == 2 * kBinaryLength ? digits : serial;
}

}  // namespace probity::stlink
