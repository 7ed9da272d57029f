// Read-out protection, PCROP and secure areas of an STM32H7 (not of H7R/S).
#pragma once

#include <memory>

#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

std::unique_ptr<ChipProtection> h7_protection(const ProtectedChip& chip);

}  // namespace probity::stm32
