// Which STM32 F2/F4/F7 it is: DBGMCU_IDCODE looked up in the table of parts.
#pragma once

#include <string>

#include "flash/stm32/f2_parts.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

struct F2Identity {
  const F2Part* part = nullptr;
  std::uint16_t revision = 0;
  std::uint32_t idcode = 0;  // as read
};

// FlashError, in the name of `bank`, where the id belongs to no known part.
F2Identity identify_f2(Target& target, const std::string& bank);
// "STM32F4xx - Rev: Z".
std::string describe_f2(const F2Identity& identity);

}  // namespace probity::stm32
