// The option bytes of the STM32 families that driver `stm32l4x` knows, by the manuals' names: one row a
// register, one a field.
#pragma once

#include <span>
#include <string_view>

#include "flash/stm32/l4_parts.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

// Widths that depend on the size of the largest part with the same device id.
constexpr unsigned kPageBits = 0;     // a page number in its chip bank
constexpr unsigned kPcropBits = 100;  // an offset in units of l4_pcrop_unit()

struct L4OptionField {
  std::string_view name;
  unsigned lsb, bits;  // bits: or one of the above
  std::string_view meaning;
  OptionRisk (*risk)(std::uint32_t before, std::uint32_t after) = nullptr;
};

struct L4OptionRegister {
  std::string_view name;                  // without "FLASH_"
  unsigned offset;                        // from the layout's base
  std::span<const L4OptionField> fields;  // what many families have alike
  std::span<const L4OptionField> more = {};
  bool second_bank = false;  // only parts that can have two banks have it
  bool secure = false;       // written only with TZEN = 1
};

std::span<const L4OptionRegister> l4_option_registers(L4Family family);

// Bytes that one step of PCROP1_STRT … means; 0 where the family has no PCROP.
std::uint32_t l4_pcrop_unit(L4Family family, bool dual_bank);

}  // namespace probity::stm32
