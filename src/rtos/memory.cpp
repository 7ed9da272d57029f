#include "rtos/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::rtos {

namespace {

constexpr std::size_t kBlock = 32;  // of every memory that a chip has, the size is a multiple of this

constexpr std::uint64_t kNear = 2048;  // bytes that a transfer more would take longer than

std::size_t to_block_end(Address address) { return kBlock - address % kBlock; }

// Appends to `text` what is in front of the first NUL; true where there was one.
bool append_text(std::string& text, ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (byte == 0) return true;
    text.push_back(byte < 0x20 || byte >= 0x7F ? '?' : static_cast<char>(byte));
  }
  return false;
}

}  // namespace

void StructureReader::fail(const std::string& message) const {
  throw TargetError(fmt::format("{}: {}", system_, message));
}

Bytes StructureReader::read(Address address, std::size_t size, std::string_view what) {
  if (address == 0) fail(fmt::format("the pointer to {} is null", what));
  if (size > std::numeric_limits<Address>::max() - address) {
    fail(fmt::format("the pointer to {} is 0x{:08x}, where no memory is", what, address));
  }
  Bytes bytes(size);
  with_context(fmt::format("{}: reading {} at 0x{:08x}", system_, what, address),
               [&] { memory_.read_bytes(address, bytes); });
  return bytes;
}

std::uint32_t StructureReader::word(Address address, std::string_view what) {
  return load_le32(read(address, 4, what));
}

std::vector<Bytes> StructureReader::pieces(const std::vector<Piece>& wanted, std::string_view what) {
  std::vector<Piece> sorted = wanted;
  std::ranges::sort(sorted, {}, &Piece::address);
  std::vector<std::pair<Address, Bytes>> blocks;
  for (std::size_t i = 0; i < sorted.size();) {
    const Address begin = sorted[i].address;
    std::uint64_t end = begin;
    for (; i < sorted.size() && std::uint64_t{sorted[i].address} + sorted[i].size <= begin + kNear; ++i) {
      end = std::max(end, std::uint64_t{sorted[i].address} + sorted[i].size);
    }
    if (end == begin) end = std::uint64_t{begin} + sorted[i++].size;  // one that is longer than kNear
    blocks.emplace_back(begin, read(begin, static_cast<std::size_t>(end - begin), what));
  }
  std::vector<Bytes> found;
  for (const Piece& piece : wanted) {
    const auto* block = &*std::prev(
        std::ranges::upper_bound(blocks, piece.address, {}, [](const auto& b) { return b.first; }));
    const auto from = block->second.begin() + (piece.address - block->first);
    found.emplace_back(from, from + static_cast<std::ptrdiff_t>(piece.size));
  }
  return found;
}

std::vector<std::uint32_t> StructureReader::words(const std::vector<Address>& addresses,
                                                  std::string_view what) {
  std::vector<Piece> wanted;
  for (const Address address : addresses) wanted.push_back({address, 4});
  std::vector<std::uint32_t> values;
  for (const Bytes& bytes : pieces(wanted, what)) values.push_back(load_le32(bytes));
  return values;
}

std::string StructureReader::text(Address address, std::string_view what, std::size_t longest) {
  std::string text;
  while (text.size() < longest) {
    const std::size_t size = std::min(to_block_end(address), longest - text.size());
    if (append_text(text, read(address, size, what))) break;
    address += static_cast<Address>(size);
  }
  return text;
}

StructureReader::WithText StructureReader::read_with_text(Address address, std::size_t size,
                                                          std::size_t text_offset, std::string_view what) {
  WithText result;
  const Address text_at = address + static_cast<Address>(text_offset);
  const std::size_t first = std::min(to_block_end(text_at), kLongestName);
  Bytes all = read(address, std::max(size, text_offset + first), what);
  const ByteView beginning = ByteView(all).subspan(text_offset, first);
  if (!append_text(result.text, beginning) && first < kLongestName) {
    result.text += text(text_at + static_cast<Address>(first), what, kLongestName - first);
  }
  result.bytes = std::move(all);
  return result;
}

}  // namespace probity::rtos
