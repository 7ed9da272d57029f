#include "adapter/mem_port.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace probity {

namespace {

// Splits [address, address + size) into a head, a run of words and a tail, and calls part(offset, length,
// width) for each.
template <typename Part>
void for_each_aligned_part(Address address, std::size_t size, Part part) {
  std::size_t offset = 0;
  auto take = [&](std::size_t length, Width width) {
    part(offset, length, width);
    offset += length;
  };
  auto at = [&] { return address + static_cast<Address>(offset); };
  if (at() % 2 != 0 && size - offset >= 1) take(1, Width::byte);
  if (at() % 4 != 0 && size - offset >= 2) take(2, Width::half);
  const std::size_t words = at() % 4 == 0 ? (size - offset) / 4 * 4 : 0;
  if (words != 0) take(words, Width::word);
  if (size - offset >= 2) take(2, Width::half);
  if (size - offset == 1) take(1, Width::byte);
}

}  // namespace

void MemPort::run(std::span<WordAccess> batch) {
  for (WordAccess& access : batch) {
    if (access.read) {
      access.value = read32(access.address);
    } else {
      write32(access.address, access.value);
    }
  }
}

void MemPort::read_bytes(Address address, ByteSpan data) {
  for_each_aligned_part(address, data.size(), [&](std::size_t offset, std::size_t length, Width width) {
    read(address + static_cast<Address>(offset), data.subspan(offset, length), width);
  });
}

void MemPort::write_bytes(Address address, ByteView data) {
  for_each_aligned_part(address, data.size(), [&](std::size_t offset, std::size_t length, Width width) {
    write(address + static_cast<Address>(offset), data.subspan(offset, length), width);
  });
}

std::uint32_t MemPort::read32(Address address) {
  std::array<std::uint8_t, 4> b{};
  read(address, b, Width::word);
  return load_le32(b);
}

std::uint16_t MemPort::read16(Address address) {
  std::array<std::uint8_t, 2> b{};
  read(address, b, Width::half);
  return load_le16(b);
}

std::uint8_t MemPort::read8(Address address) {
  std::array<std::uint8_t, 1> b{};
  read(address, b, Width::byte);
  return b[0];
}

void MemPort::write32(Address address, std::uint32_t value) {
  std::array<std::uint8_t, 4> b{};
  store_le32(b, 0, value);
  write(address, b, Width::word);
}

void MemPort::write16(Address address, std::uint16_t value) {
  std::array<std::uint8_t, 2> b{};
  store_le16(b, 0, value);
  write(address, b, Width::half);
}

void MemPort::write8(Address address, std::uint8_t value) {
  write(address, std::span<const std::uint8_t>(&value, 1), Width::byte);
}

}  // namespace probity
