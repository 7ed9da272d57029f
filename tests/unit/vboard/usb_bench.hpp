// Control requests to a virtual device, and its descriptors taken apart again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "vboard/usb/transfer.hpp"

namespace probity::vboard {

// bDescriptorType and the whole descriptor, of everything in a configuration.
struct ParsedDescriptor {
  std::uint8_t type;
  Bytes bytes;
};

inline std::vector<ParsedDescriptor> parse_descriptors(ByteView bytes) {
  std::vector<ParsedDescriptor> all;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = bytes[at];
    if (length < 2 || at + length > bytes.size()) throw std::out_of_range("a descriptor's length");
    all.push_back({bytes[at + 1], Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(at + length))});
    at += length;
  }
  return all;
}

inline std::vector<Bytes> of_type(const std::vector<ParsedDescriptor>& all, std::uint8_t type) {
  std::vector<Bytes> some;
  for (const auto& one : all) {
    if (one.type == type) some.push_back(one.bytes);
  }
  return some;
}

inline constexpr std::uint8_t kToHost = 0x80, kInterface = 0x01, kEndpoint = 0x02, kClass = 0x20,
                              kVendor = 0x40;

// Any device model or pipe.
template <typename Device>
UsbReply ask(Device& device, std::uint8_t type, std::uint8_t request, std::uint16_t value,
             std::uint16_t index, std::uint16_t length) {
  return device.control({static_cast<std::uint8_t>(kToHost | type), request, value, index, length}, {});
}
template <typename Device>
UsbReply tell(Device& device, std::uint8_t type, std::uint8_t request, std::uint16_t value,
              std::uint16_t index, ByteView data = {}) {
  return device.control({type, request, value, index, static_cast<std::uint16_t>(data.size())}, data);
}
template <typename Device>
Bytes descriptor(Device& device, std::uint8_t type, std::uint8_t index = 0, std::uint16_t length = 0xFFFF) {
  return ask(device, 0, 6, static_cast<std::uint16_t>(type << 8 | index), 0, length).data;
}

inline bool is_stall(const UsbReply& reply) { return reply.status == UsbReply::Status::stall; }
inline bool is_ok(const UsbReply& reply) { return reply.status == UsbReply::Status::ok; }
inline bool is_nak(const UsbReply& reply) { return reply.status == UsbReply::Status::nak; }

}  // namespace probity::vboard
