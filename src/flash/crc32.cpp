#include "flash/crc32.hpp"

#include <array>

namespace probity {

namespace {

constexpr std::uint32_t kPolynomial = 0x04C11DB7;
constexpr std::uint32_t kTopBit = 0x80000000;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & kTopBit) != 0 ? crc << 1 ^ kPolynomial : crc << 1;
    table[i] = crc;
  }
  return table;
}
constexpr auto kTable = make_table();

}  // namespace

std::uint32_t crc32(ByteView data) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : data) crc = crc << 8 ^ kTable[crc >> 24 ^ byte];
  return crc;
}

}  // namespace probity
