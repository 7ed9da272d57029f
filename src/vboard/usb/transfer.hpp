// One USB transfer with a virtual device: what the host asks on the default control pipe, and what it gets on
// any pipe.
#pragma once

#include <cstdint>

#include "base/units.hpp"

namespace probity::vboard {

// USB 2.0, 9.3: the eight bytes of a control transfer's setup stage.
struct SetupPacket {
  std::uint8_t request_type =
      0;  // bit 7: device to host; bits 6:5 standard, class, vendor; bits 4:0 recipient
  std::uint8_t request = 0;
  std::uint16_t value = 0, index = 0, length = 0;

  static SetupPacket parse(ByteView eight_bytes);
  bool to_host() const { return (request_type & 0x80) != 0; }
};

struct UsbReply {
  // nak: the device has nothing for the host yet, ask again after the next transfer. stall: it refuses.
  enum class Status { ok, nak, stall };
  Status status = Status::ok;
  Bytes data;  // of a transfer to the host
};

}  // namespace probity::vboard
