#include "flash/stm32/f2_parts.hpp"

#include <algorithm>
#include <array>

#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr F2Revision kRevF2[] = {{0x1000, "A"}, {0x2000, "B"}, {0x1001, "Z"}, {0x2001, "Y"},
                                 {0x2003, "X"}, {0x2007, "1"}, {0x200F, "V"}, {0x201F, "2"}};
constexpr F2Revision kRevF4[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}, {0x1007, "1"}, {0x2001, "3"}};
constexpr F2Revision kRevF4LowPower[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x2000, "B"}, {0x3000, "C"}};
constexpr F2Revision kRevAOnly[] = {{0x1000, "A"}};
constexpr F2Revision kRevF7[] = {{0x1000, "A"}, {0x1001, "Z"}};

// FLASHSIZE_BASE of ST's CMSIS headers: every F4 (the F2: RM0033), stm32f746xx.h and stm32f767xx.h,
// stm32f722xx.h.
constexpr Address kSizeF4 = 0x1FFF7A22;
constexpr Address kSizeF7 = 0x1FF0F442;
constexpr Address kSizeF72 = 0x1FF07A22;

constexpr std::string_view kWordsF42 = "STM32F42x/43x/469/479";
constexpr std::string_view kWordsF76 = "STM32F76x/77x";

constexpr auto kNever = F2DualBank::never;
constexpr auto kPlain = F2Protection::bit_per_sector;

// Names and revision letters as OpenOCD 0.12.0 prints them; ids from the reference manuals' DBGMCU chapters
// (the same as in stlink-org/stlink, config/chips), sizes from their "embedded flash" chapters.
// clang-format off
constexpr F2Part kParts[] = {
    // id     name                    revisions       KiB   size reg  sector dual                         protection                      extra       sprmod boot   optcr2 words
    {0x411, "STM32F2xx",              kRevF2,         1024, kSizeF4,  16, kNever,                         kPlain,                         0,          false, false, false, {}},         // RM0033
    {0x413, "STM32F4xx",              kRevF4,         1024, kSizeF4,  16, kNever,                         kPlain,                         0,          false, false, false, {}},         // RM0090: F40x/41x
    {0x419, "STM32F4xx",              kRevF4,         2048, kSizeF4,  16, F2DualBank::above_1m_or_db1m,   F2Protection::bank2_in_optcr1,  0xF0000000, true,  false, false, kWordsF42},  // RM0090: F42x/43x
    {0x421, "STM32F446",              kRevAOnly,       512, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0390
    {0x423, "STM32F4xx (Low Power)",  kRevF4LowPower,  256, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0368: F401xB/C
    {0x431, "STM32F4xx (Low Power)",  kRevF4LowPower,  512, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0383: F411
    {0x433, "STM32F4xx (Low Power)",  kRevF4LowPower,  512, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0368: F401xD/E
    {0x434, "STM32F4xx",              kRevF4,         2048, kSizeF4,  16, F2DualBank::above_1m_or_db1m,   F2Protection::bank2_in_optcr1,  0xF0000000, true,  false, false, kWordsF42},  // RM0386: F469/479
    {0x441, "STM32F4xx (Low Power)",  kRevF4LowPower, 1024, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0402: F412
    {0x449, "STM32F7[4|5]x",          kRevF7,        1024, kSizeF7,  32, kNever,                         kPlain,                         0xF0000000, false, true,  false, {}},         // RM0385
    {0x451, "STM32F7[6|7]x",          kRevF7,         2048, kSizeF7,  32, F2DualBank::ndbank_clear,       F2Protection::pairs_when_dual,  0xF0000000, false, true,  false, kWordsF76},  // RM0410
    {0x452, "STM32F7[2|3]x",          kRevAOnly,       512, kSizeF72, 16, kNever,                         kPlain,                         0xF0000000, false, true,  true,  {}},         // RM0431
    {0x458, "STM32F4xx (Low Power)",  kRevF4LowPower,  128, kSizeF4,  16, kNever,                         kPlain,                         0,          true,  false, false, {}},         // RM0401: F410
    {0x463, "STM32F4[1|2]3",          kRevAOnly,      1536, kSizeF4,  16, kNever,                         F2Protection::last_bit_for_two, 0x80000000, true,  false, false, {}},         // RM0430
};

// FLASH_OTP_BASE and FLASH_OTP_END of ST's CMSIS headers.
constexpr F2Otp kOtpAreas[] = {
    {0x1FFF7800, 32, 16, 0x1FFF7A00},  // every F4 (F2 the same: RM0033)
    {0x1FF0F000, 64, 16, 0x1FF0F400},  // stm32f746xx.h, stm32f767xx.h
    {0x1FF07800, 32, 16, 0x1FF07A00},  // stm32f722xx.h: F72x, F73x
};
// clang-format on

constexpr unsigned kSecondBankSnb = 0x10;        // RM0090, RM0410: sector 12 is SNB 0b10000
constexpr unsigned kSectorsPerBankOfPairs = 12;  // F76x: nWRP bits 0-5 are bank 1's, 6-11 bank 2's
constexpr unsigned kLastBlockOf413 = 14;

bool is_dual(const F2Part& part, unsigned kib, std::uint32_t optcr) {
  switch (part.dual_bank) {
    case F2DualBank::never:
      return false;
    case F2DualBank::above_1m_or_db1m:
      return kib > 1024 || (kib == 1024 && OPTCR::DB1M.is_set(optcr));
    case F2DualBank::ndbank_clear:
      return !OPTCR::nDBANK.is_set(optcr);
  }
  return false;
}

// Sector sizes of one bank: four small ones, one of four times that, then of eight times that; the last one
// is cut where the bank ends before it.
std::vector<unsigned> sizes_in_kib(unsigned bank_kib, unsigned small) {
  std::vector<unsigned> sizes;
  for (unsigned used = 0; used < bank_kib; used += sizes.back()) {
    const unsigned full = sizes.size() < 4 ? small : sizes.size() == 4 ? 4 * small : 8 * small;
    sizes.push_back(std::min(full, bank_kib - used));
  }
  return sizes;
}

F2Block block_for(const F2Part& part, bool dual, unsigned bank, unsigned index) {
  const unsigned first = OPTCR::nWRP.lsb;
  switch (part.protection) {
    case F2Protection::bit_per_sector:
      return {0, first + index};
    case F2Protection::bank2_in_optcr1:
      return {bank, first + index};
    case F2Protection::pairs_when_dual:
      return {0, first + (dual ? (bank * kSectorsPerBankOfPairs + index) / 2 : index)};
    case F2Protection::last_bit_for_two:
      return {0, first + std::min(index, kLastBlockOf413)};
  }
  return {};
}

}  // namespace

const F2Part* find_f2_part(std::uint16_t device_id) {
  for (const F2Part& part : kParts) {
    if (part.device_id == device_id) return &part;
  }
  return nullptr;
}

std::string_view revision_name(const F2Part& part, std::uint16_t revision) {
  for (const F2Revision& row : part.revisions) {
    if (row.id == revision) return row.name;
  }
  return {};
}

F2Geometry f2_geometry(const F2Part& part, unsigned kib, std::uint32_t optcr) {
  F2Geometry geometry;
  geometry.dual_bank = is_dual(part, kib, optcr);
  const unsigned banks = geometry.dual_bank ? 2 : 1;
  const bool halved = geometry.dual_bank && part.dual_bank == F2DualBank::ndbank_clear;
  const std::vector<unsigned> sizes =
      sizes_in_kib(kib / banks, halved ? part.small_sector_kib / 2 : part.small_sector_kib);
  std::uint32_t offset = 0;
  for (unsigned bank = 0; bank < banks; ++bank) {
    for (unsigned i = 0; i < sizes.size(); ++i) {
      const F2Block block = block_for(part, geometry.dual_bank, bank, i);
      if (geometry.blocks.empty() || geometry.blocks.back() != block) geometry.blocks.push_back(block);
      geometry.sectors.push_back({offset, sizes[i] * 1024, bank * kSecondBankSnb + i,
                                  static_cast<unsigned>(geometry.blocks.size() - 1)});
      offset += sizes[i] * 1024;
    }
  }
  return geometry;
}

const F2Otp* find_f2_otp(Address base) {
  for (const F2Otp& area : kOtpAreas) {
    if (area.base == base) return &area;
  }
  return nullptr;
}

}  // namespace probity::stm32
