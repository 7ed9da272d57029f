// What flash interfaces with ECC over a wide flash word share (H5, H7): the buffer that collects one, and
// which flash words cannot be read because their ECC does not fit.
#pragma once

#include <cstdint>
#include <set>

#include "base/units.hpp"
#include "vboard/chip/flash_engine.hpp"

namespace probity::vboard {

class FlashWordBuffer {
 public:
  // Of the flash word of `size` bytes (at most 32) at `offset` of the cells. What is not written is ones.
  FlashWordBuffer(std::uint32_t offset, std::uint32_t size) : offset_(offset), bytes_(size, 0xFF) {}
  // False: one of the bytes had been written before. `place`, an offset of the cells, is inside the word.
  bool put(std::uint32_t place, unsigned size, std::uint32_t value);
  bool full() const;
  std::uint32_t offset() const { return offset_; }
  const Bytes& bytes() const { return bytes_; }

 private:
  std::uint32_t offset_;
  std::uint32_t written_ = 0;  // one bit a byte
  Bytes bytes_;
};

class EccErrors {
 public:
  // Flash words are `size` bytes.
  explicit EccErrors(std::uint32_t size) : size_(size) {}
  void add(std::uint32_t word) { words_.insert(word); }  // its offset
  void erased(CellRange range);
  // Is a flash word of which `range` has a part among them?
  bool in(CellRange range) const;

 private:
  std::uint32_t size_;
  std::set<std::uint32_t> words_;
};

}  // namespace probity::vboard
