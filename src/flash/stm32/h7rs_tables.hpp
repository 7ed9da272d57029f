// The flash of STM32H7R/S as data: its layout, option bytes and one-time programmable area, and what closes
// it.
#pragma once

#include "flash/stm32/h7_parts.hpp"

namespace probity::stm32 {

extern const H7Layout kH7rsLayout;
extern const OptionControl kH7rsOptionControl;
extern const OtpArea kH7rsOtpArea;
extern const WideWordRules kH7rsRules;

// The same for all of the part; the other arguments are of other H7.
H7OptionRows h7rs_option_rows(const H7Part& part, bool two_banks, bool second_core);

std::unique_ptr<ChipProtection> h7rs_protection(const ProtectedChip& chip);

}  // namespace probity::stm32
