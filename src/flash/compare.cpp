#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/plan.hpp"
#include "flash/stream.hpp"

namespace probity {

namespace {

constexpr std::uint64_t kPiece =
    16 * 1024;                        // what a checksum covers: only this much is read back at a difference
constexpr std::size_t kListed = 128;  // as OpenOCD 0.12.0 prints

struct Piece {
  AddressRange range;
  ByteView expected;
};

std::vector<Piece> pieces_of(const Image& image) {
  std::vector<Piece> pieces;
  for (const Segment& segment : image.segments) {
    for (std::size_t at = 0; at < segment.data.size(); at += kPiece) {
      const std::size_t size = std::min<std::size_t>(kPiece, segment.data.size() - at);
      pieces.push_back(
          {{segment.address + static_cast<Address>(at), size}, ByteView(segment.data).subspan(at, size)});
    }
  }
  return pieces;
}

void count_differences(Mismatch& mismatch, const Piece& piece, MemPort& memory) {
  Bytes content(piece.expected.size());
  memory.read_bytes(piece.range.begin, content);
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == piece.expected[i]) continue;
    const Address address = piece.range.begin + static_cast<Address>(i);
    if (mismatch.different++ == 0) {
      mismatch.address = address;
      mismatch.expected = piece.expected[i];
      mismatch.read = content[i];
    }
    if (mismatch.first.size() < kListed) {
      mismatch.first.push_back({address, {piece.expected[i], content[i]}});
    }
  }
}

}  // namespace

std::optional<Mismatch> compare(const Image& image, Target& target, Log& log,
                                std::span<FlashBank* const> banks) {
  const std::vector<Piece> pieces = pieces_of(image);
  std::vector<AddressRange> ranges;
  ranges.reserve(pieces.size());
  for (const Piece& piece : pieces) ranges.push_back(piece.range);
  const auto open = reading_of(banks);
  const auto checksums = crc_on_chip(target, ranges, watchdog_of(banks), log);
  Mismatch mismatch;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (checksums && (*checksums)[i] == crc32(pieces[i].expected)) continue;
    count_differences(mismatch, pieces[i], target.memory());
  }
  if (mismatch.different == 0) return {};
  return mismatch;
}

std::string describe(const Mismatch& mismatch, const Image& image) {
  return fmt::format("verify failed at 0x{:08x}: read 0x{:02x}, expected 0x{:02x}; {} of {} bytes differ",
                     mismatch.address, mismatch.read, mismatch.expected, mismatch.different, image.size());
}

}  // namespace probity
