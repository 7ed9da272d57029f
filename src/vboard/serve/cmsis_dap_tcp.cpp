#include "vboard/serve/cmsis_dap_tcp.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "vboard/probe/usb_device.hpp"

namespace probity::vboard {

namespace {
constexpr std::uint32_t kSignature = 0x00504144;  // "DAP\0"
constexpr std::uint8_t kRequest = 1, kResponse = 2;
constexpr std::size_t kHeaderSize = 8;
constexpr auto kReplyTimeout = Milliseconds(1000);
}  // namespace

CmsisDapTcpConnection::CmsisDapTcpConnection(Board& board, UsbPipe& pipe, std::size_t packet_size,
                                             std::size_t packet_count)
    : board_(board), pipe_(pipe), packet_size_(packet_size), packet_count_(packet_count) {
  const UsbDeviceInfo device = pipe.probe().usb_info();
  for (const auto& endpoint : device.interfaces.front().endpoints) {
    if ((endpoint.address & 0x80) == 0) out_endpoint_ = endpoint.address;
  }
  in_endpoint_ = reply_endpoint(pipe.description());
}

// Packets that came together are in flight together.
bool CmsisDapTcpConnection::serve(Bytes& input, Bytes& output) {
  bool more = true;
  while (more) {
    std::size_t sent = 0;
    while (sent < packet_count_ && (more = send_next(input))) ++sent;
    collect(output);
  }
  return true;
}

bool CmsisDapTcpConnection::send_next(Bytes& input) {
  if (input.size() < kHeaderSize) return false;
  if (load_le32(input) != kSignature) {
    throw ProtocolError(fmt::format("signature 0x{:08x} where \"DAP\" is wanted", load_le32(input)));
  }
  const std::size_t length = load_le16(input, 4);
  if (length == 0 || length > packet_size_) {
    throw ProtocolError(fmt::format("a packet of {} bytes; they are of 1 to {}", length, packet_size_));
  }
  if (input[6] != kRequest) throw ProtocolError(fmt::format("packet type 0x{:02x}, not a request", input[6]));
  if (input.size() < kHeaderSize + length) return false;
  board_.begin_transaction();
  pipe_.out(out_endpoint_, ByteView(input).subspan(kHeaderSize, length));
  input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(kHeaderSize + length));
  return true;
}

void CmsisDapTcpConnection::collect(Bytes& output) {
  while (pipe_.probe().replies_waiting() != 0) {
    const Bytes packet = pipe_.in(in_endpoint_, packet_size_, kReplyTimeout);
    append_le32(output, kSignature);
    append_le16(output, static_cast<std::uint16_t>(packet.size()));
    append_u8(output, kResponse);
    append_u8(output, 0);
    append(output, packet);
  }
}

}  // namespace probity::vboard
