#include "adapter/mem_port.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace probity {

namespace {

// Splits [address, address + size) into the widest aligned accesses and calls part(offset, length, width) for
// each run of one width: at most five.
template <typename Part>
void for_each_aligned_part(Address address, std::size_t size, Part part) {
  std::size_t begin = 0;  // of the run
  std::size_t at = 0;
  Width run = Width::byte;
  auto take = [&](std::size_t length, Width width) {
    if (length == 0) return;
    if (width != run && at != begin) {
      part(begin, at - begin, run);
      begin = at;
    }
    run = width;
    at += length;
  };
  auto left = [&] { return size - at; };
  auto aligned = [&](std::size_t to) { return (address + at) % to == 0; };
  if (!aligned(2) && left() >= 1) take(1, Width::byte);
  if (!aligned(4) && left() >= 2) take(2, Width::half);
  if (aligned(4)) take(left() / 4 * 4, Width::word);
  if (left() >= 2) take(2, Width::half);
  take(left(), Width::byte);
  if (at != begin) part(begin, at - begin, run);
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

namespace {
// AHB5-AP: HNONSEC is bit 30 of CSW (Arm 100230, "AHB-AP Control/Status Word"; ADIv5.2 C2.6.4, Prot).
constexpr std::uint32_t kHnonsec = 1u << 30;
}  // namespace

SecureAccess::SecureAccess(MemPort& memory, bool wanted) : memory_(memory) {
  if (wanted) before_ = memory.csw();
  if (before_ && (*before_ & kHnonsec) != 0) memory_.set_csw(0, kHnonsec);
}

SecureAccess::~SecureAccess() {
  if (before_ && (*before_ & kHnonsec) != 0) memory_.set_csw(kHnonsec, kHnonsec);
}

}  // namespace probity
