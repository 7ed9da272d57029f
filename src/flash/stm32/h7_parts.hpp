// The STM32H7 parts that driver `stm32h7x` knows: one row a device id, and the geometry of the flash as a
// pure function of (part, size, which chip banks).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "flash/stm32/h7_layout.hpp"

namespace probity::stm32 {

struct H7Revision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

struct H7Part {
  std::uint16_t device_id;  // DBGMCU_IDCODE.DEV_ID
  std::string_view name;    // as OpenOCD 0.12.0 prints it
  std::span<const H7Revision> revisions;
  unsigned max_kib;
  Address flash_size_register;  // KiB, 16 bits
  std::uint32_t sector_size;    // bytes
  unsigned sectors_per_wrp_bit;
  bool two_banks;    // where it has more than 128 KiB: halves, the second one at 0x08100000 whatever the size
  bool second_core;  // some have a Cortex-M4 beside the Cortex-M7, and options for it
  bool second_option_word;  // OPTSR2
  const H7Layout* layout;
};

// Null where no row has this id.
const H7Part* find_h7_part(std::uint16_t device_id);

constexpr Address kH7Bank1 = 0x08000000, kH7Bank2 = 0x08100000;

// Which chip banks a bank of the configuration stands for.
enum class ChipBanks { both, first, second };

struct H7Sector {
  std::uint32_t offset = 0, size = 0;  // bytes, from the base
  unsigned chip_bank = 0;              // 0 or 1
  unsigned snb = 0;                    // FLASH_CR.SNB
  bool operator==(const H7Sector&) const = default;
};

struct H7Geometry {
  Address base = kH7Bank1;
  std::uint32_t span = 0;  // bytes from the base to the end of the last sector, a hole included
  std::vector<H7Sector> sectors;
};

// A chip of `kib` KiB in all. With ChipBanks::second on a part with one bank: no sectors.
H7Geometry h7_geometry(const H7Part& part, unsigned kib, ChipBanks which);
bool h7_has_two_banks(const H7Part& part, unsigned kib);

}  // namespace probity::stm32
