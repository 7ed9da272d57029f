// Which option bytes an STM32H7 has, as rows.
#pragma once

#include <array>

#include "flash/stm32/h7_parts.hpp"

namespace probity::stm32 {

H7OptionRows h7_option_rows(const H7Part& part, bool two_banks, bool second_core);
extern const OptionControl kH7OptionControl;
// Half-words of H7A and H7B.
extern const OtpArea kH7OtpArea;

// Names of one chip bank's fields.
struct H7BankOptions {
  std::string_view prar_name, area_start, area_end;  // PCROP
  std::string_view scar_name, secure_start, secure_end;
};
// `chip_bank` 0 or 1.
const H7BankOptions& h7_bank_options(unsigned chip_bank);
extern const std::array<WriteProtection, 2> kH7WriteProtection;

}  // namespace probity::stm32
