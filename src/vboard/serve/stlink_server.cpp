#include "vboard/serve/stlink_server.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/probe/usb_device.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kRefresh = 0x00, kCountDevices = 0x01, kDeviceInfo = 0x02, kOpen = 0x03, kClose = 0x04,
                       kUsbCommand = 0x05, kServerVersion = 0x06;
constexpr std::uint32_t kOk = 1, kTimeout = 0x1001, kBadParameter = 0x1002, kOpenError = 0x1003,
                        kTruncatedData = 0x1052;
constexpr std::uint8_t kWrite = 0, kRead = 1, kReadSwo = 3;
constexpr std::uint32_t kDeviceId = 1, kConnectionId = 1;
constexpr std::uint32_t kDeviceInfoSize = 41;
constexpr std::size_t kUsbCommandSize = 32, kBlockAt = 8, kBlockSize = 16;
constexpr std::uint32_t kLargestTransfer = 10240 - kUsbCommandSize;  // the client's buffers
constexpr auto kUsbReplyTimeout = Milliseconds(1000);

}  // namespace

StlinkServerConnection::StlinkServerConnection(Board& board, UsbPipe& pipe)
    : board_(board), pipe_(pipe), device_(pipe.probe().usb_info()) {
  for (const auto& endpoint : device_.interfaces.front().endpoints) {
    if ((endpoint.address & 0x80) == 0) out_endpoint_ = endpoint.address;
  }
  in_endpoint_ = reply_endpoint(pipe.description());
  trace_endpoint_ = device_.interfaces.front().endpoints.back().address;
}

bool StlinkServerConnection::serve(Bytes& input, Bytes& output) {
  while (!input.empty()) {
    const std::size_t size = request_size(input);
    if (size == 0 || input.size() < size) break;
    board_.begin_transaction();
    answer(ByteView(input).first(size), output);
    input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return true;
}

// Bytes of the request that begins at `input`; 0 where too little has come to tell.
std::size_t StlinkServerConnection::request_size(ByteView input) const {
  switch (input[0]) {
    case kCountDevices:
      return 1;
    case kRefresh:
      return 2;
    case kServerVersion:
      return 4;
    case kDeviceInfo:
    case kOpen:
    case kClose:
      return 8;
    case kUsbCommand: {
      if (input.size() < kUsbCommandSize) return 0;
      const std::uint32_t size = load_le32(input, 28);
      if (size > kLargestTransfer) throw ProtocolError(fmt::format("a transfer of {} bytes", size));
      return kUsbCommandSize + (input[24] == kWrite ? size : 0);
    }
    default:
      throw ProtocolError(fmt::format("unknown command 0x{:02x}", input[0]));
  }
}

void StlinkServerConnection::answer(ByteView request, Bytes& output) {
  switch (request[0]) {
    case kCountDevices:
      append_le32(output, pipe_.plugged() ? 1 : 0);
      break;
    case kServerVersion:
      for (const std::uint32_t number : {3u, 2u, 1u, 1u}) append_le32(output, number);
      break;
    case kDeviceInfo:
      device_info(request, output);
      break;
    case kOpen:
      open(request, output);
      break;
    case kClose:
      append_le32(output, opened_ ? kOk : kBadParameter);
      opened_ = false;
      break;
    case kUsbCommand:
      usb_command(request, output);
      break;
    default:  // kRefresh
      append_le32(output, kOk);
  }
}

void StlinkServerConnection::device_info(ByteView request, Bytes& output) {
  if (load_le32(request, 4) != kDeviceInfoSize) {
    throw ProtocolError(fmt::format("device info of {} bytes was asked for, it has {}", load_le32(request, 4),
                                    kDeviceInfoSize));
  }
  const bool known = request[1] == 0 && pipe_.plugged();
  append_le32(output, known ? kOk : kBadParameter);
  append_le32(output, kDeviceId);
  Bytes serial(device_.serial.begin(), device_.serial.end());
  serial.resize(32);
  append(output, serial);
  append_le16(output, device_.vendor);
  append_le16(output, device_.product);
  append_u8(output, 0);  // not used exclusively by anybody
}

void StlinkServerConnection::open(ByteView request, Bytes& output) {
  const bool known = load_le32(request, 4) == kDeviceId && pipe_.plugged();
  opened_ = opened_ || known;
  append_le32(output, known ? kOk : kOpenError);
  append_le32(output, kConnectionId);
}

Bytes StlinkServerConnection::transfer(ByteView request) {
  const std::uint32_t size = load_le32(request, 28);
  if (request[24] == kReadSwo) return size == 0 ? Bytes() : pipe_.in(trace_endpoint_, size, kUsbReplyTimeout);
  pipe_.out(out_endpoint_, request.subspan(kBlockAt, kBlockSize));
  if (request[24] == kRead) return size == 0 ? Bytes() : pipe_.in(in_endpoint_, size, kUsbReplyTimeout);
  if (size != 0) pipe_.out(out_endpoint_, request.subspan(kUsbCommandSize));
  return {};
}

void StlinkServerConnection::usb_command(ByteView request, Bytes& output) {
  const std::uint8_t direction = request[24];
  const std::uint32_t expected = direction == kWrite ? 0 : load_le32(request, 28);
  Bytes data;
  std::uint32_t status = kOk;
  if (!opened_ || load_le32(request, 4) != kConnectionId || (direction > kRead && direction != kReadSwo)) {
    status = kBadParameter;
  } else {
    try {
      data = transfer(request);
      if (data.size() < expected) status = kTruncatedData;
    } catch (const TimeoutError&) {
      status = kTimeout;
    } catch (const AdapterError&) {
      status = kOpenError;
    }
  }
  append_le32(output, status);
  data.resize(expected);  // the client waits for all of it, whatever the status
  append(output, data);
}

}  // namespace probity::vboard
