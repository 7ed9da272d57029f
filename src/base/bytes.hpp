// The only place that shifts bytes: little- and big-endian loads and stores, and appenders for building
// messages. A load or store at `offset` requires that the bytes exist; otherwise std::out_of_range names
// offset and size.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "base/units.hpp"

namespace probity {

namespace detail {
inline void require(std::size_t size, std::size_t offset, std::size_t need) {
  if (offset > size || size - offset < need) {
    throw std::out_of_range("need " + std::to_string(need) + " bytes at offset " + std::to_string(offset) +
                            " of " + std::to_string(size));
  }
}
}  // namespace detail

inline std::uint8_t load_u8(ByteView b, std::size_t offset = 0) {
  detail::require(b.size(), offset, 1);
  return b[offset];
}
inline std::uint16_t load_le16(ByteView b, std::size_t offset = 0) {
  detail::require(b.size(), offset, 2);
  return static_cast<std::uint16_t>(b[offset] | b[offset + 1] << 8);
}
inline std::uint32_t load_le32(ByteView b, std::size_t offset = 0) {
  detail::require(b.size(), offset, 4);
  return std::uint32_t{b[offset]} | std::uint32_t{b[offset + 1]} << 8 | std::uint32_t{b[offset + 2]} << 16 |
         std::uint32_t{b[offset + 3]} << 24;
}
inline std::uint64_t load_le64(ByteView b, std::size_t offset = 0) {
  return load_le32(b, offset) | std::uint64_t{load_le32(b, offset + 4)} << 32;
}
inline std::uint16_t load_be16(ByteView b, std::size_t offset = 0) {
  detail::require(b.size(), offset, 2);
  return static_cast<std::uint16_t>(b[offset] << 8 | b[offset + 1]);
}
inline std::uint32_t load_be32(ByteView b, std::size_t offset = 0) {
  return std::uint32_t{load_be16(b, offset)} << 16 | load_be16(b, offset + 2);
}

inline void store_le16(ByteSpan b, std::size_t offset, std::uint16_t v) {
  detail::require(b.size(), offset, 2);
  b[offset] = static_cast<std::uint8_t>(v);
  b[offset + 1] = static_cast<std::uint8_t>(v >> 8);
}
inline void store_le32(ByteSpan b, std::size_t offset, std::uint32_t v) {
  store_le16(b, offset, static_cast<std::uint16_t>(v));
  store_le16(b, offset + 2, static_cast<std::uint16_t>(v >> 16));
}
inline void store_be32(ByteSpan b, std::size_t offset, std::uint32_t v) {
  detail::require(b.size(), offset, 4);
  for (unsigned i = 0; i < 4; ++i) b[offset + i] = static_cast<std::uint8_t>(v >> (24 - 8 * i));
}

inline void append_u8(Bytes& b, std::uint8_t v) { b.push_back(v); }
inline void append_le16(Bytes& b, std::uint16_t v) {
  b.push_back(static_cast<std::uint8_t>(v));
  b.push_back(static_cast<std::uint8_t>(v >> 8));
}
inline void append_le32(Bytes& b, std::uint32_t v) {
  append_le16(b, static_cast<std::uint16_t>(v));
  append_le16(b, static_cast<std::uint16_t>(v >> 16));
}
inline void append(Bytes& b, ByteView more) { b.insert(b.end(), more.begin(), more.end()); }

}  // namespace probity
