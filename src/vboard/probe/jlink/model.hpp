// The J-Links: one row each.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard::jlink {

struct Model {
  std::string_view name;
  std::uint16_t product_id;
  std::string_view serial;            // 12 digits, as the USB string has them
  std::string_view firmware_version;  // what stands before "compiled"
  std::string_view compiled;
  std::uint32_t hardware_version;      // as GET_HW_VERSION gives it: TTMMmmrr, two decimal digits each
  std::vector<unsigned> capabilities;  // bit numbers of GET_CAPS
  std::uint32_t interfaces;  // bit mask of SELECT_IF's numbers; JTAG alone where there is no SELECT_IF
  bool jtag3;                // takes HW_JTAG3; all take HW_JTAG2
  Hertz base_clock;          // divided by whole numbers from `least_divisor`
  std::uint16_t least_divisor;
  std::uint32_t memory;  // bytes for transfers and the SWO buffer
  Hertz swo_clock;       // divided by whole numbers in this range
  std::uint32_t swo_least_divisor, swo_most_divisor;
};

const std::vector<Model>& models();

}  // namespace probity::vboard::jlink
