// Which part of driver `stm32l4x` a target is.
#pragma once

#include <string>

#include "flash/stm32/l4_parts.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

struct L4Identity {
  const L4Part* part = nullptr;
  const L4Layout* layout = nullptr;  // the part's, or that of WL5x's second core
  std::uint32_t idcode = 0;          // DBGMCU_IDCODE
  std::uint16_t revision = 0;
};

// FlashError naming `bank` where the chip is none of these, or none can be recognised.
L4Identity identify_l4(Target& target, const std::string& bank);
// "STM32L47/L48xx - Rev 4 : 0x1007".
std::string describe_l4(const L4Identity& identity);

}  // namespace probity::stm32
