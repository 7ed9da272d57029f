#include "wire/bit_vector.hpp"

#include <stdexcept>
#include <string>

namespace probity {

namespace {

void require(std::size_t size, std::size_t offset, std::size_t count) {
  if (offset > size || size - offset < count) {
    throw std::out_of_range("need " + std::to_string(count) + " bits at " + std::to_string(offset) + " of " +
                            std::to_string(size));
  }
}

}  // namespace

BitVector BitVector::of(std::uint64_t value, std::size_t count) {
  BitVector bits;
  bits.push(value, count);
  return bits;
}

BitVector BitVector::repeat(bool bit, std::size_t count) {
  BitVector bits;
  for (std::size_t i = 0; i < count; ++i) bits.push(bit);
  return bits;
}

BitVector BitVector::from_bytes(ByteView bytes, std::size_t count) {
  require(bytes.size() * 8, 0, count);
  BitVector bits;
  for (std::size_t i = 0; i < count; ++i) bits.push((bytes[i / 8] >> (i % 8) & 1) != 0);
  return bits;
}

bool BitVector::operator[](std::size_t index) const {
  require(size_, index, 1);
  return (bytes_[index / 8] >> (index % 8) & 1) != 0;
}

std::uint64_t BitVector::value(std::size_t offset, std::size_t count) const {
  require(64, 0, count);
  require(size_, offset, count);
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = offset + i;
    result |= std::uint64_t{static_cast<std::uint8_t>(bytes_[at / 8] >> (at % 8) & 1)} << i;
  }
  return result;
}

void BitVector::push(bool bit) {
  if (size_ % 8 == 0) bytes_.push_back(0);
  if (bit) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 1u << (size_ % 8));
  ++size_;
}

void BitVector::push(std::uint64_t value, std::size_t count) {
  require(64, 0, count);
  for (std::size_t i = 0; i < count; ++i) push((value >> i & 1) != 0);
}

void BitVector::append(const BitVector& more) {
  for (std::size_t i = 0; i < more.size(); ++i) push(more[i]);
}

BitVector BitVector::slice(std::size_t offset, std::size_t count) const {
  require(size_, offset, count);
  BitVector bits;
  for (std::size_t i = 0; i < count; ++i) bits.push((*this)[offset + i]);
  return bits;
}

}  // namespace probity
