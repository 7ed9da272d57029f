// What the rows of facts_l4.cpp and facts_u5.cpp make: a chip line whose flash interface is that of a layout.
#pragma once

#include "vboard/chip/facts/chip_line.hpp"
#include "vboard/chip/flash/l4_layout.hpp"

namespace probity::vboard {

Device l4_device(const GenerationFacts& family, const LineRow& row, L4Layout layout,
                 std::vector<OrderingCodes> codes);

}  // namespace probity::vboard
