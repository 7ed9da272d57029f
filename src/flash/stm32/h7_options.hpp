// Which option bytes an STM32H7 has, as rows.
#pragma once

#include <vector>

#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/h7_parts.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

struct H7OptionRows {
  std::vector<OptionRegister> registers;  // the first one is FLASH_OPTSR
  std::vector<OptionField> fields;
};

// `second_core`: the chip has the Cortex-M4 that some of `part` have.
H7OptionRows h7_option_rows(const H7Part& part, bool two_banks, bool second_core);
extern const OptionControl kH7OptionControl;

// Names of one chip bank's fields.
struct H7BankOptions {
  std::string_view prar_name, area_start, area_end;  // PCROP
  std::string_view scar_name, secure_start, secure_end;
  std::string_view wpsn_name, wrp;  // a clear bit protects
};
// `chip_bank` 0 or 1.
const H7BankOptions& h7_bank_options(unsigned chip_bank);

}  // namespace probity::stm32
