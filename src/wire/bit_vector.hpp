// BitVector: bits in wire order, first bit first; packed little end first, as probes take them (bit 0 of byte
// 0 is the first on the wire).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/units.hpp"

namespace probity {

class BitVector {
 public:
  BitVector() = default;
  // The low `count` bits of `value` (at most 64), least significant first.
  static BitVector of(std::uint64_t value, std::size_t count);
  static BitVector repeat(bool bit, std::size_t count);
  // `count` bits of packed bytes; std::out_of_range where there are fewer.
  static BitVector from_bytes(ByteView bytes, std::size_t count);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // std::out_of_range behind the end.
  bool operator[](std::size_t index) const;
  // Up to 64 bits from `offset`, the first one least significant.
  std::uint64_t value(std::size_t offset, std::size_t count) const;
  const Bytes& bytes() const { return bytes_; }  // unused bits of the last byte are 0

  void push(bool bit);
  void push(std::uint64_t value, std::size_t count);
  void append(const BitVector& more);
  BitVector slice(std::size_t offset, std::size_t count) const;

  bool operator==(const BitVector&) const = default;

 private:
  Bytes bytes_;
  std::size_t size_ = 0;
};

}  // namespace probity
