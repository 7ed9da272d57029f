// Product state, TrustZone, data sectors and hidden areas of an STM32H5.
#pragma once

#include <memory>

#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

std::unique_ptr<ChipProtection> h5_protection(const ProtectedChip& chip);
// Of a chip whose flash is changed through the secure registers, to which secure sectors are open.
std::unique_ptr<ChipProtection> h5_secure_protection(const ProtectedChip& chip);

}  // namespace probity::stm32
