#include "vboard/usb/transfer.hpp"

#include "base/bytes.hpp"

namespace probity::vboard {

SetupPacket SetupPacket::parse(ByteView eight_bytes) {
  return {.request_type = load_u8(eight_bytes, 0),
          .request = load_u8(eight_bytes, 1),
          .value = load_le16(eight_bytes, 2),
          .index = load_le16(eight_bytes, 4),
          .length = load_le16(eight_bytes, 6)};
}

}  // namespace probity::vboard
