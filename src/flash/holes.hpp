// Banks whose sectors leave holes (a chip whose second half begins at a fixed address): what of a range is
// flash.
#pragma once

#include <span>
#include <vector>

#include "flash/bank.hpp"

namespace probity {

// A part of a range that lies in sectors wholly, or in a hole wholly.
struct BankPiece {
  std::uint32_t offset = 0, size = 0;  // from the bank's base
  bool hole = false;
};

// [offset, offset + size) in rising order; neighbours differ in `hole`. `sectors` rising; without any,
// nothing is a hole (a bank whose driver knows no sectors).
std::vector<BankPiece> pieces_of(std::span<const Sector> sectors, std::uint32_t offset, std::uint32_t size);

}  // namespace probity
