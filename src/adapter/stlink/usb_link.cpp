// An ST-LINK on USB: a command is one bulk packet, its data another transfer.
#include <algorithm>

#include "adapter/stlink/link.hpp"
#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"

namespace probity::stlink {

namespace {

constexpr Milliseconds kCommandTimeout{1000};
constexpr Milliseconds kDrainTimeout{10};
constexpr unsigned kMostLateAnswers = 4;
// A probe that was reset leaves the bus and comes back.
constexpr Milliseconds kResetTime{1000};

UsbDeviceInfo select(const Host& host, const AdapterSettings& settings) {
  return select_usb_probe(
      host.usb, settings,
      {.name = "ST-LINK",
       .matches = [&](const UsbDeviceInfo& d) { return is_wanted(settings, d.vendor, d.product); },
       .serial_text = printable_serial});
}

class UsbLink final : public StlinkLink {
 public:
  UsbLink(const Host& host, const AdapterSettings& settings) : host_(host), settings_(settings) { open(); }

  Bytes read(const Command& command, std::size_t size, Milliseconds timeout) override {
    start(command);
    Bytes answer = device_->bulk_in(kAnswerEndpoint, size, timeout);
    in_step_ = true;
    if (answer.size() != size) {
      throw AdapterError(fmt::format("ST-LINK answered {} bytes to command {} where {} are due",
                                     answer.size(), name_of(command), size));
    }
    return answer;
  }

  void write(const Command& command, ByteView data, Milliseconds timeout) override {
    start(command);
    if (!data.empty()) device_->bulk_out(command_endpoint_, data, timeout);
    in_step_ = true;
  }

  bool recover() override {
    device_->reset();
    device_.reset();
    host_.clock.sleep(kResetTime);
    open();
    return true;
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

  void open() {
    const UsbDeviceInfo info = select(host_, settings_);
    if (info.vendor == kVendor && info.product == kProductV1) {
      throw AdapterError(
          "this is an ST-LINK/V1 (0483:3744): it speaks SCSI through the mass-storage driver, which is not "
          "supported; "
          "use an ST-LINK/V2 or later");
    }
    const auto model = std::ranges::find(kModels, info.product, &Model::product);
    // A product id of the user's own: taken for a V2-1, whose endpoints all later probes share.
    command_endpoint_ = model != kModels.end() ? model->command_endpoint : 0x01;
    device_ = host_.usb.open(info);
    device_->claim(0);
    in_step_ = true;
  }

  Host host_;
  AdapterSettings settings_;
  std::unique_ptr<UsbDevice> device_;
  std::uint8_t command_endpoint_ = 0;
  bool in_step_ = true;  // no transfer of a command before has failed
};

}  // namespace

std::unique_ptr<StlinkLink> open_usb_link(const Host& host, const AdapterSettings& settings) {
  return std::make_unique<UsbLink>(host, settings);
}

bool is_wanted(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product) {
  if (settings.vid_pids.empty()) {
    return vendor == kVendor && std::ranges::find(kModels, product, &Model::product) != kModels.end();
  }
  return std::ranges::find(settings.vid_pids, std::pair{vendor, product}) != settings.vid_pids.end();
}

std::string printable_serial(const std::string& serial) {
  constexpr std::size_t kBinaryLength = 12;
  std::vector<unsigned> units;  // UTF-8 of code points up to U+00FF; anything above is not a binary serial
  for (std::size_t i = 0; i < serial.size(); ++i) {
    const auto c = static_cast<unsigned char>(serial[i]);
    if (c < 0x80) {
      units.push_back(c);
    } else if ((c == 0xC2 || c == 0xC3) && i + 1 < serial.size()) {
      units.push_back((c == 0xC3 ? 0xC0u : 0x80u) | (static_cast<unsigned char>(serial[++i]) & 0x3Fu));
    } else {
      return serial;
    }
  }
  if (units.size() != kBinaryLength) return serial;
  std::string digits;
  for (const unsigned u : units) digits += fmt::format("{:02X}", u);
  return digits;
}

}  // namespace probity::stlink
