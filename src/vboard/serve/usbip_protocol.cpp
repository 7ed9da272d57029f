#include "vboard/serve/usbip_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/serve/connection.hpp"

namespace probity::vboard::usbip {

namespace {

constexpr std::uint16_t kVersion = 0x0111;
constexpr std::uint16_t kListRequest = 0x8005, kImportRequest = 0x8003, kListReply = 0x0005,
                        kImportReply = 0x0003;
constexpr std::size_t kRequestHeaderSize = 8, kPathSize = 256, kBusidSize = 32;
constexpr std::uint32_t kSubmit = 1, kUnlink = 2, kSubmitReply = 3, kUnlinkReply = 4;
constexpr std::uint32_t kShortNotOk = 0x0001;  // Linux, URB_SHORT_NOT_OK
constexpr std::uint32_t kNotIsochronous = 0xFFFFFFFF;
constexpr std::uint32_t kLargestTransfer = 16
                                           << 20;  // Linux, usbfs_memory_mb: a host's limit for all its URBs
constexpr std::uint32_t kMostPackets = 1024;       // Linux, USBIP_MAX_ISO_PACKETS
constexpr std::size_t kPacketDescriptorSize = 16;
constexpr std::uint32_t kLastEndpoint = 15;

void append_be32(Bytes& output, std::uint32_t value) {
  std::array<std::uint8_t, 4> word{};
  store_be32(word, 0, value);
  append(output, word);
}

void append_be16(Bytes& output, std::uint16_t value) {
  std::array<std::uint8_t, 4> word{};
  store_be32(word, 0, value);
  append(output, ByteView(word).subspan(2));
}

void append_text(Bytes& output, const std::string& text, std::size_t size) {
  const std::size_t end = output.size() + size;
  output.insert(output.end(), text.begin(), text.begin() + std::min(text.size(), size - 1));
  output.resize(end);
}

void append_device(Bytes& output, const DeviceRecord& device) {
  append_text(output, device.path, kPathSize);
  append_text(output, device.busid, kBusidSize);
  append_be32(output, device.bus);
  append_be32(output, device.device);
  append_be32(output, static_cast<std::uint32_t>(device.speed));
  append_be16(output, device.vendor);
  append_be16(output, device.product);
  append_be16(output, device.release);
  append(output, Bytes{device.class_code, device.subclass, device.protocol, device.configuration,
                       device.configurations, static_cast<std::uint8_t>(device.interfaces.size())});
}

void append_reply_header(Bytes& output, std::uint16_t code, std::uint32_t status) {
  append_be16(output, kVersion);
  append_be16(output, code);
  append_be32(output, status);
}

// The header of a command's reply as far as its first own field; devid, direction and endpoint are 0.
void append_command_reply(Bytes& output, std::uint32_t code, std::uint32_t seqnum, Status status) {
  append_be32(output, code);
  append_be32(output, seqnum);
  output.resize(output.size() + 12);
  append_be32(output, static_cast<std::uint32_t>(status));
}

ImportRequest parse_import(ByteView message) {
  const auto text = message.subspan(kRequestHeaderSize, kBusidSize);
  const auto end = std::find(text.begin(), text.end(), 0);
  if (end == text.end()) throw ProtocolError("a bus id that does not end");
  return {std::string(text.begin(), end)};
}

// Without its data.
SubmitCommand parse_submit(ByteView header) {
  SubmitCommand submit;
  submit.seqnum = load_be32(header, 4);
  submit.devid = load_be32(header, 8);
  submit.to_host = load_be32(header, 0x0C) != 0;
  submit.short_is_error = (load_be32(header, 0x14) & kShortNotOk) != 0;
  submit.length = load_be32(header, 0x18);
  submit.start_frame = load_be32(header, 0x1C);
  const std::uint32_t packets = load_be32(header, 0x20), endpoint = load_be32(header, 0x10);
  if (packets != kNotIsochronous) submit.packets = packets;
  if (submit.length > kLargestTransfer) {
    throw ProtocolError(fmt::format("a transfer of {} bytes", submit.length));
  }
  if (submit.packets > kMostPackets) {
    throw ProtocolError(fmt::format("a transfer of {} isochronous packets", submit.packets));
  }
  if (endpoint > kLastEndpoint) throw ProtocolError(fmt::format("endpoint number {}", endpoint));
  submit.endpoint = static_cast<std::uint8_t>(endpoint);
  std::copy_n(header.begin() + 0x28, submit.setup.size(), submit.setup.begin());
  return submit;
}

}  // namespace

void ListReply::append_to(Bytes& output) const {
  append_reply_header(output, kListReply, 0);
  append_be32(output, static_cast<std::uint32_t>(devices.size()));
  for (const auto& device : devices) {
    append_device(output, device);
    for (const auto& interface : device.interfaces) {
      append(output, Bytes{interface.class_code, interface.subclass, interface.protocol, 0});
    }
  }
}

void ImportReply::append_to(Bytes& output) const {
  append_reply_header(output, kImportReply, device ? 0 : 1);
  if (device) append_device(output, *device);
}

void SubmitReply::append_to(Bytes& output) const {
  append_command_reply(output, kSubmitReply, seqnum, status);
  append_be32(output, actual_length);
  append_be32(output, start_frame);
  output.resize(output.size() + 16);  // number_of_packets, error_count, padding
  append(output, data);
}

void UnlinkReply::append_to(Bytes& output) const {
  append_command_reply(output, kUnlinkReply, seqnum, status);
  output.resize(output.size() + 24);
}

std::optional<Request> take_request(ByteView& input) {
  if (input.size() < kRequestHeaderSize) return std::nullopt;
  if (const std::uint16_t version = load_be16(input); version != kVersion) {
    throw ProtocolError(fmt::format("version 0x{:04x}, not 0x{:04x}", version, kVersion));
  }
  const std::uint16_t code = load_be16(input, 2);
  if (const std::uint32_t status = load_be32(input, 4); status != 0) {
    throw ProtocolError(fmt::format("a request with status {}", status));
  }
  if (code == kListRequest) {
    input = input.subspan(kRequestHeaderSize);
    return ListRequest{};
  }
  if (code != kImportRequest) throw ProtocolError(fmt::format("unknown request 0x{:04x}", code));
  if (input.size() < kRequestHeaderSize + kBusidSize) return std::nullopt;
  ImportRequest request = parse_import(input);
  input = input.subspan(kRequestHeaderSize + kBusidSize);
  return request;
}

std::optional<Command> take_command(ByteView& input) {
  if (input.size() < kHeaderSize) return std::nullopt;
  const std::uint32_t code = load_be32(input);
  if (code == kUnlink) {
    const UnlinkCommand unlink{load_be32(input, 4), load_be32(input, 8), load_be32(input, 0x14)};
    input = input.subspan(kHeaderSize);
    return unlink;
  }
  if (code != kSubmit) throw ProtocolError(fmt::format("unknown command 0x{:08x}", code));
  SubmitCommand submit = parse_submit(input);
  const std::size_t data = submit.to_host ? 0 : submit.length;
  const std::size_t size = kHeaderSize + data + submit.packets * kPacketDescriptorSize;
  if (input.size() < size) return std::nullopt;
  const ByteView bytes = input.subspan(kHeaderSize, data);
  submit.data.assign(bytes.begin(), bytes.end());
  input = input.subspan(size);
  return submit;
}

}  // namespace probity::vboard::usbip
