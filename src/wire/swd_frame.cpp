#include "wire/swd_frame.hpp"

#include <bit>

namespace probity::swd {

bool parity(std::uint32_t value) { return std::popcount(value) % 2 != 0; }

std::uint8_t request(bool ap, bool read, std::uint8_t a) {
  const unsigned address = a >> 2 & 3u;
  const unsigned fields = (ap ? 1u : 0u) | (read ? 2u : 0u) | address << 2;
  constexpr unsigned kStart = 1u << 0;
  constexpr unsigned kPark = 1u << 7;  // Stop, bit 6, is 0
  return static_cast<std::uint8_t>(kStart | fields << 1 | (parity(fields) ? 1u << 5 : 0u) | kPark);
}

BitVector write_data(std::uint32_t value) {
  BitVector bits = BitVector::of(value, 32);
  bits.push(parity(value));
  return bits;
}

std::optional<std::uint32_t> read_data(const BitVector& bits, std::size_t offset) {
  const auto value = static_cast<std::uint32_t>(bits.value(offset, 32));
  if (bits[offset + 32] != parity(value)) return {};
  return value;
}

}  // namespace probity::swd
