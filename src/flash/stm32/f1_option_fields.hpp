// The option bytes of the F0, F1 and F3 by name: a table for each layout of the USER byte.
#pragma once

#include "flash/stm32/f1_parts.hpp"

namespace probity::stm32 {

extern const F1OptionLayout kF1Options;         // PM0075
extern const F1OptionLayout kF1XlOptions;       // PM0068: BFB2
extern const F1OptionLayout kF0Options;         // RM0091: F03x, F05x, F07x
extern const F1OptionLayout kF0BootSelOptions;  // RM0091: F04x, F09x: BOOT_SEL and nBOOT0
extern const F1OptionLayout kF3Options;         // RM0316, RM0364, RM0366
extern const F1OptionLayout kF37Options;        // RM0313: SDADC12_VDD_MONITOR
extern const F1OptionLayout kGd32F1x0Options;   // GD32F1x0, GD32F3x0, GD32E23x user manuals

// The option bytes as registers, in their order; each value is the byte without its complement.
std::span<const OptionRegister> f1_option_registers();

}  // namespace probity::stm32
