// The STM32H7 parts that driver `stm32h7x` knows: one row a device id, and the geometry of the flash as a
// pure function of (part, size, which chip banks).
#pragma once

#include <vector>

#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

struct H7Part : WideWordPart {
  std::uint32_t sector_size;  // bytes
  bool two_banks;    // where it has more than 128 KiB: halves, the second one at 0x08100000 whatever the size
  bool second_core;  // some have a Cortex-M4 beside the Cortex-M7, and options for it
  bool second_option_word;  // OPTSR2
  // `second_core`: the chip has the Cortex-M4 that some of the part have.
  H7OptionRows (*option_rows)(const H7Part& part, bool two_banks, bool second_core);
};

// Null where no row has this id.
const H7Part* find_h7_part(std::uint16_t device_id);
extern const WideWordFamily kH7Family;

constexpr Address kH7Bank1 = 0x08000000, kH7Bank2 = 0x08100000;

// Which chip banks a bank of the configuration stands for.
enum class ChipBanks { both, first, second };

struct H7Geometry {
  Address base = kH7Bank1;
  std::uint32_t span = 0;  // bytes from the base to the end of the last sector, a hole included
  std::vector<H7Sector> sectors;
};

// A chip of `kib` KiB in all. With ChipBanks::second on a part with one bank: no sectors.
H7Geometry h7_geometry(const H7Part& part, unsigned kib, ChipBanks which);
bool h7_has_two_banks(const H7Part& part, unsigned kib);

}  // namespace probity::stm32
