#include "target/semihosting/arguments.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::semihosting {

namespace {

bool reaches_beyond_memory(Address address, std::size_t size) {
  return std::uint64_t{address} + size > 0x100000000ULL;
}

}  // namespace

std::optional<Bytes> Arguments::read(Address address, std::size_t size) const {
  if (reaches_beyond_memory(address, size)) return {};
  Bytes bytes(size);
  try {
    memory_.read_bytes(address, bytes);
  } catch (const MemoryFault&) {
    return {};
  }
  return bytes;
}

bool Arguments::write(Address address, ByteView bytes) const {
  if (reaches_beyond_memory(address, bytes.size())) return false;
  try {
    memory_.write_bytes(address, bytes);
  } catch (const MemoryFault&) {
    return false;
  }
  return true;
}

std::optional<std::uint32_t> Arguments::word(unsigned n) const {
  const auto bytes = read(block_ + 4 * n, 4);
  if (!bytes) return {};
  return load_le32(*bytes);
}

std::optional<std::uint8_t> Arguments::byte() const {
  const auto bytes = read(block_, 1);
  if (!bytes) return {};
  return bytes->front();
}

bool Arguments::set_word(unsigned n, std::uint32_t value) const {
  Bytes bytes;
  append_le32(bytes, value);
  return write(block_ + 4 * n, bytes);
}

std::optional<std::string> Arguments::text(Address address, std::size_t length, std::size_t most) const {
  if (length > most) return {};
  const auto bytes = read(address, length);
  if (!bytes) return {};
  return std::string(bytes->begin(), std::find(bytes->begin(), bytes->end(), 0));
}

// In pieces that cross no 64-byte boundary: a string may end in the last bytes of a memory.
std::optional<std::string> Arguments::zero_ended(Address address) const {
  constexpr Address kStep = 64;
  std::string text;
  while (text.size() < kLongestText) {
    const auto piece = read(address, kStep - address % kStep);
    if (!piece) return {};
    const auto end = std::find(piece->begin(), piece->end(), 0);
    text.append(piece->begin(), end);
    if (end != piece->end()) return text;
    address += static_cast<Address>(piece->size());
  }
  return {};
}

}  // namespace probity::semihosting
