#include "vboard/usb/cdc_acm.hpp"

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {
// PSTN 1.2, table 13.
constexpr std::uint8_t kSetLineCoding = 0x20, kGetLineCoding = 0x21, kSetControlLineState = 0x22,
                       kSendBreak = 0x23;
constexpr std::size_t kCodingSize = 7;
}  // namespace

Bytes CdcAcm::functional_descriptors(std::uint8_t control_interface, std::uint8_t data_interface) {
  constexpr std::uint8_t kInterface = 0x24;                                       // CS_INTERFACE
  constexpr std::uint8_t kHeader = 0, kCallManagement = 1, kAcm = 2, kUnion = 6;  // CDC 1.2, table 13
  constexpr std::uint8_t kLineCoding = 0x02, kBreak = 0x04;                       // PSTN 1.2, table 4
  Bytes bytes = {5, kInterface, kHeader, 0x10, 0x01};                             // CDC 1.10
  append(bytes, Bytes{5, kInterface, kCallManagement, 0, data_interface});        // none
  append(bytes, Bytes{4, kInterface, kAcm, kLineCoding | kBreak});
  append(bytes, Bytes{5, kInterface, kUnion, control_interface, data_interface});
  return bytes;
}

// 115200 baud, 8 data bits, no parity, 1 stop bit (PSTN 1.2, table 17).
Bytes CdcAcm::default_coding() {
  Bytes bytes;
  append_le32(bytes, 115200);
  append(bytes, Bytes{0, 0, 8});
  return bytes;
}

void CdcAcm::configure() { coding_ = default_coding(); }

UsbReply CdcAcm::control(const SetupPacket& setup, ByteView data) {
  const bool to_host = setup.to_host();
  if (setup.request == kGetLineCoding && to_host) return {UsbReply::Status::ok, coding_};
  if (setup.request == kSetLineCoding && !to_host && data.size() == kCodingSize) {
    coding_.assign(data.begin(), data.end());
    return {};
  }
  if ((setup.request == kSetControlLineState || setup.request == kSendBreak) && !to_host) return {};
  return stalled();
}

UsbReply CdcAcm::out(std::uint8_t, ByteView) { return {}; }

UsbReply CdcAcm::in(std::uint8_t, std::size_t) { return nothing_yet(); }

}  // namespace probity::vboard
