#pragma once

#include <span>

#include "vboard/chip/facts.hpp"

namespace probity::vboard {

struct PeripheralRange {
  std::uint32_t begin, end;
};
// Ascending. Every address of a range answers; what no model stands for is plain storage.
std::span<const PeripheralRange> peripheral_ranges(ChipLineId line);

}  // namespace probity::vboard
