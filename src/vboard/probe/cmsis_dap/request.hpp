// A cursor over one command packet.
#pragma once

#include <stdexcept>

#include "base/bytes.hpp"

namespace probity::vboard::cmsis_dap {

// Every read moves on; std::out_of_range when the packet ends before.
class Request {
 public:
  explicit Request(ByteView packet) : packet_(packet) {}

  std::uint8_t u8() { return load_u8(packet_, advance(1)); }
  std::uint16_t u16() { return load_le16(packet_, advance(2)); }
  std::uint32_t u32() { return load_le32(packet_, advance(4)); }
  ByteView bytes(std::size_t count) {
    if (count > packet_.size() - at_) throw std::out_of_range("the packet is too short");
    return packet_.subspan(advance(count), count);
  }

 private:
  std::size_t advance(std::size_t by) {
    const std::size_t here = at_;
    at_ += by;
    return here;
  }
  ByteView packet_;
  std::size_t at_ = 0;
};

}  // namespace probity::vboard::cmsis_dap
