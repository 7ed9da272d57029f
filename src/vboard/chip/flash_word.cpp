#include "vboard/chip/flash_word.hpp"

#include "base/bytes.hpp"

namespace probity::vboard {

bool FlashWordBuffer::put(std::uint32_t place, unsigned size, std::uint32_t value) {
  Bytes bytes;
  append_le32(bytes, value);
  bool fresh = true;
  for (unsigned i = 0; i < size; ++i) {
    const std::uint32_t at = place - offset_ + i, bit = 1u << at;
    fresh &= (written_ & bit) == 0;
    written_ |= bit;
    bytes_.at(at) = bytes[i];
  }
  return fresh;
}

bool FlashWordBuffer::full() const {
  return written_ == (bytes_.size() == 32 ? 0xFFFFFFFF : (1u << bytes_.size()) - 1);
}

void EccErrors::erased(CellRange range) {
  words_.erase(words_.lower_bound(range.offset), words_.lower_bound(range.offset + range.size));
}

bool EccErrors::in(CellRange range) const {
  const auto first = words_.lower_bound(range.offset - range.offset % size_);
  return first != words_.end() && *first < range.offset + range.size;
}

}  // namespace probity::vboard
