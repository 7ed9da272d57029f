// The STM32 F2, F4 and F7 parts that driver `stm32f2x` knows: one row a device id, and the geometry of flash
// and protection as a pure function of (part, size, option word).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity::stm32 {

struct F2Revision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

// When the array is split into two banks.
enum class F2DualBank {
  never,
  above_1m_or_db1m,  // F42x, F43x, F469, F479: always with 2 MiB; with 1 MiB by OPTCR.DB1M
  ndbank_clear,      // F76x, F77x: OPTCR.nDBANK = 0
};

// How OPTCR.nWRP and its neighbours cover the sectors.
enum class F2Protection {
  bit_per_sector,    // OPTCR bit 16 + n
  bank2_in_optcr1,   // sectors of bank 2: OPTCR1 bit 16 + n
  pairs_when_dual,   // F76x dual bank: one bit for two sectors, bank 2 from bit 6 on
  last_bit_for_two,  // F413/F423: bit 14 covers sectors 14 and 15
};

struct F2Part {
  std::uint16_t device_id;  // DBGMCU_IDCODE.DEV_ID
  std::string_view name;    // as OpenOCD 0.12.0 prints it in `flash info`
  std::span<const F2Revision> revisions;
  unsigned max_kib;             // assumed where the size register is blank
  Address flash_size_register;  // KiB, 16 bits
  unsigned small_sector_kib;    // size of the first four sectors in single-bank mode
  F2DualBank dual_bank;
  F2Protection protection;
  std::uint32_t extra_options;  // OPTCR bits 31:28 shown as bits 11:8 of `user_options`
  bool has_sprmod;              // OPTCR.SPRMOD turns nWRP into PCROP
  bool has_boot_addresses;      // OPTCR1 = BOOT_ADD1:BOOT_ADD0
  bool has_optcr2;              // PCROP of F72x, F73x
  std::string_view bank_words;  // family words in "Dual Bank 2048 kiB … found"; empty: no such line
};

// Null where no row has this id.
const F2Part* find_f2_part(std::uint16_t device_id);
std::string_view revision_name(const F2Part& part, std::uint16_t revision);  // empty: unknown

struct F2Sector {
  std::uint32_t offset = 0, size = 0;  // bytes
  unsigned snb = 0;                    // FLASH_CR.SNB
  unsigned block = 0;                  // index of its protection block
};

// One bit of write protection.
struct F2Block {
  unsigned optcr = 0;  // 0: in FLASH_OPTCR, 1: in FLASH_OPTCR1
  unsigned bit = 0;
  bool operator==(const F2Block&) const = default;
};

struct F2Geometry {
  bool dual_bank = false;
  std::vector<F2Sector> sectors;
  std::vector<F2Block> blocks;
};

F2Geometry f2_geometry(const F2Part& part, unsigned kib, std::uint32_t optcr);

// An area of one-time programmable memory: blocks, and one lock byte for each (0x00: locked for ever).
struct F2Otp {
  Address base;
  std::uint32_t block_size;
  unsigned blocks;
  Address locks;
};
// The area that begins at `base`; null where none does.
const F2Otp* find_f2_otp(Address base);

}  // namespace probity::stm32
