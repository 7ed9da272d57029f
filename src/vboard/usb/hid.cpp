#include "vboard/usb/hid.hpp"

#include "base/bytes.hpp"
#include "vboard/usb/descriptors.hpp"

namespace probity::vboard {

namespace {
// 7.2: class requests; the report's kind is the high byte of wValue.
constexpr std::uint8_t kGetReport = 0x01, kGetIdle = 0x02, kSetReport = 0x09, kSetIdle = 0x0A;
constexpr std::uint8_t kInput = 1, kOutput = 2;
}  // namespace

HidFunction::HidFunction(const InterfaceDescription& interface, std::unique_ptr<UsbFunction> reports)
    : reports_(std::move(reports)) {
  for (const auto& endpoint : interface.endpoints) {
    if ((endpoint.address & 0x80) == 0) out_endpoint_ = endpoint.address;
    report_size_ = endpoint.max_packet;
  }
}

Bytes HidFunction::descriptor(std::size_t report_size) {
  constexpr std::uint8_t kNoCountry = 0, kReportDescriptors = 1;
  Bytes bytes = {9, static_cast<std::uint8_t>(DescriptorType::hid)};
  append_le16(bytes, 0x0111);  // HID 1.11
  append(bytes, Bytes{kNoCountry, kReportDescriptors, static_cast<std::uint8_t>(DescriptorType::hid_report)});
  append_le16(bytes, static_cast<std::uint16_t>(report_size));
  return bytes;
}

void HidFunction::configure() {
  idle_ = 0;
  reports_->configure();
}

UsbReply HidFunction::control(const SetupPacket& setup, ByteView data) {
  const auto report_kind = static_cast<std::uint8_t>(setup.value >> 8);
  if (setup.request == kSetIdle) {
    idle_ = report_kind;  // here the high byte is the duration
    return {};
  }
  if (setup.request == kGetIdle) return {UsbReply::Status::ok, {idle_}};
  // An input report says what is now, and a probe has no standing state: its answers come on the endpoint.
  if (setup.request == kGetReport && report_kind == kInput)
    return {UsbReply::Status::ok, Bytes(report_size_)};
  if (setup.request == kSetReport && report_kind == kOutput) return reports_->out(out_endpoint_, data);
  return stalled();
}

}  // namespace probity::vboard
