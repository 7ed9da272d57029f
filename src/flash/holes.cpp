#include "flash/holes.hpp"

#include <algorithm>

namespace probity {

std::vector<BankPiece> pieces_of(std::span<const Sector> sectors, std::uint32_t offset, std::uint32_t size) {
  if (sectors.empty()) return {{offset, size, false}};
  std::vector<BankPiece> pieces;
  const std::uint64_t end = std::uint64_t{offset} + size;
  std::uint64_t at = offset;
  const auto add = [&](std::uint64_t to, bool hole) {
    if (to <= at) return;
    const auto length = static_cast<std::uint32_t>(to - at);
    if (!pieces.empty() && pieces.back().hole == hole) {
      pieces.back().size += length;
    } else {
      pieces.push_back({static_cast<std::uint32_t>(at), length, hole});
    }
    at = to;
  };
  for (const Sector& sector : sectors) {
    add(std::min<std::uint64_t>(end, sector.offset), true);
    if (at >= sector.offset) add(std::min(end, std::uint64_t{sector.offset} + sector.size), false);
  }
  add(end, true);
  return pieces;
}

}  // namespace probity
