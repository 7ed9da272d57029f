// The parts that driver `stm32l4x` knows: one row a device id, and the geometry of their flash as a pure
// function of (part, size, option register).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "flash/stm32/l4_registers.hpp"

namespace probity::stm32 {

struct L4Revision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

// Which option bytes a part has (l4_option_tables.cpp).
enum class L4Family {
  l41_46,  // one bank
  l47_48,
  l49_4a,
  l4_plus,
  l5,
  g0,
  g0b,
  g43,
  g47,
  g49,
  wb5,
  wb1,
  wl,
  c0,
  u0,
  u3,
  u5,
  wba5,
  wba6,
  wba2,
};

// How the flash is divided. A bit that is no bit (width 0) is never set.
struct L4Banking {
  unsigned single_page_kib, dual_page_kib;
  bool dual_if_full;    // the part with all of its flash always has two banks
  Field full, trimmed;  // of OPTR: two banks; for a part with all of its flash, for one with less
  Field small_pages;    // of OPTR: pages of `dual_page_kib`, whatever the number of banks; width 0: with two
  bool gap;             // bank 2 begins where that of the largest part does
};

// How it is known that bank 2 lies before bank 1.
enum class L4Swap { never, optr_set, optr_clear, fb_mode };

struct L4Part {
  std::uint16_t device_id;  // DBGMCU_IDCODE.DEV_ID
  std::string_view name;    // as OpenOCD prints it in `flash info`
  std::span<const L4Revision> revisions;
  unsigned max_kib;  // of the largest part, assumed where the size register is blank
  L4Family family;
  const L4Layout* layout;
  Address size_register;  // KiB, 16 bits
  Address otp;
  unsigned granule;  // bytes that are programmed at once
  const L4Banking* banking;
  L4Swap swap;
  bool four_areas;  // all four WRP areas can be used in single-bank mode
  bool trust_zone;

  bool two_banks() const { return banking->dual_if_full || banking->full.width != 0; }
};

// Null where no row has this id.
const L4Part* find_l4_part(std::uint16_t device_id);
std::span<const L4Part> l4_parts();
std::string_view revision_name(const L4Part& part, std::uint16_t revision);  // "'unknown'" where it is

struct L4Page {
  std::uint32_t offset = 0;  // from the bank's base, bytes
  unsigned bank = 0;         // chip bank, 0 or 1: CR.BKER
  unsigned number = 0;       // in its chip bank: CR.PNB
};

struct L4Geometry {
  bool dual_bank = false;
  std::uint32_t page_size = 0;  // bytes
  std::uint32_t size = 0;       // bytes, gap included
  std::uint32_t gap_begin = 0, gap_size = 0;
  unsigned bank_pages = 0;                // of one chip bank
  std::uint32_t bank_offset[2] = {0, 0};  // where the chip's bank 1 and 2 begin
  std::uint32_t wrp_mask = 0;             // significant bits of a page number in WRPxxR
  std::vector<L4Page> pages;              // by offset
};

// `swapped`: bank 2 lies at the lower address.
L4Geometry l4_geometry(const L4Part& part, unsigned kib, std::uint32_t optr, bool swapped);

// An area of one-time programmable memory; null where none begins at `base`.
struct L4Otp {
  Address base;
  std::uint32_t size;  // bytes
};
const L4Otp* find_l4_otp(Address base);

// Read-out protection as OPTR says it.
enum class L4Rdp { level0, level0_5, level1, level2 };
L4Rdp rdp_level(const L4Part& part, std::uint32_t optr);
std::string_view name_of(L4Rdp level);  // "0", "0.5" …
std::uint8_t value_of(L4Rdp level);     // what OPTR.RDP holds

}  // namespace probity::stm32
