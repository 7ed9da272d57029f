#include "flash/silabs/efm32_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace probity::efm32 {

namespace {

constexpr Address kMscSeries0 = 0x400C0000, kMscSeries1 = 0x400E0000, kPeripherals = 0x40000000;
constexpr std::uint8_t kGiant = 72, kLeopard = 74;

// Ids, names and the page sizes of those that do not say: as OpenOCD 0.12.0 has them (the Gecko SDK's
// SYSTEM_PartFamily_TypeDef lists the ids).
constexpr Family kFamilies[] = {
    {16, "EFR32MG1P Mighty", 1},
    {17, "EFR32MG1B Mighty", 1},
    {18, "EFR32MG1V Mighty", 1},
    {19, "EFR32BG1P Blue", 1},
    {20, "EFR32BG1B Blue", 1},
    {21, "EFR32BG1V Blue", 1},
    {25, "EFR32FG1P Flex", 1},
    {26, "EFR32FG1B Flex", 1},
    {27, "EFR32FG1V Flex", 1},
    {28, "EFR32MG2P Mighty", 1},
    {29, "EFR32MG2B Mighty", 1},
    {30, "EFR32MG2V Mighty", 1},
    {31, "EFR32BG12P Blue", 1},
    {32, "EFR32BG12B Blue", 1},
    {33, "EFR32BG12V Blue", 1},
    {37, "EFR32FG12P Flex", 1},
    {38, "EFR32FG12B Flex", 1},
    {39, "EFR32FG12V Flex", 1},
    {40, "EFR32MG13P Mighty", 1},
    {41, "EFR32MG13B Mighty", 1},
    {42, "EFR32MG13V Mighty", 1},
    {43, "EFR32BG13P Blue", 1},
    {44, "EFR32BG13B Blue", 1},
    {45, "EFR32BG13V Blue", 1},
    {46, "EFR32ZG13P Zen", 1},
    {49, "EFR32FG13P Flex", 1},
    {50, "EFR32FG13B Flex", 1},
    {51, "EFR32FG13V Flex", 1},
    {52, "EFR32MG14P Mighty", 1},
    {53, "EFR32MG14B Mighty", 1},
    {54, "EFR32MG14V Mighty", 1},
    {55, "EFR32BG14P Blue", 1},
    {56, "EFR32BG14B Blue", 1},
    {57, "EFR32BG14V Blue", 1},
    {58, "EFR32ZG14P Zen", 1},
    {61, "EFR32FG14P Flex", 1},
    {62, "EFR32FG14B Flex", 1},
    {63, "EFR32FG14V Flex", 1},
    {71, "EFM32G", 0, 512},
    {72, "EFM32GG Giant", 0},
    {73, "EFM32TG Tiny", 0, 512},
    {74, "EFM32LG Leopard", 0},
    {75, "EFM32WG Wonder", 0},
    {76, "EFM32ZG Zero", 0, 1024},
    {77, "EFM32HG Happy", 0, 1024},
    {81, "EFM32PG1B Pearl", 1},
    {83, "EFM32JG1B Jade", 1},
    {85, "EFM32PG12B Pearl", 1},
    {87, "EFM32JG12B Jade", 1},
    {89, "EFM32PG13B Pearl", 1},
    {91, "EFM32JG13B Jade", 1},
    {100, "EFM32GG11B Giant", 1, 0, kPeripherals},
    {103, "EFM32TG11B Tiny", 1, 0, kPeripherals},
    {106, "EFM32GG12B Giant", 1, 0, kPeripherals},
    {120, "EZR32WG Wonder", 0},
    {121, "EZR32LG Leopard", 0},
    {122, "EZR32HG Happy", 0, 1024},
};

// Errata of EFM32GG and LG: MEM_INFO_PAGE_SIZE is wrong below this PROD_REV.
constexpr unsigned kFirstRevisionWithPageSize = 18;

std::uint32_t page_size_of(const Family& family, unsigned revision, std::uint32_t flash_kib,
                           std::uint8_t raw) {
  if (family.page_size != 0) return family.page_size;
  const bool says_it_wrong = family.id == kGiant || family.id == kLeopard;
  if (says_it_wrong && revision < kFirstRevisionWithPageSize) return flash_kib < 512 ? 2048 : 4096;
  const std::uint32_t exponent = (raw + 10u) & 0xFF;  // 0xFF, of a blank page, is 512 bytes: none has that
  return exponent == 11 || exponent == 12 ? 1u << exponent : 0;
}

}  // namespace

const Family* find_family(std::uint8_t id) {
  const auto* found = std::ranges::find(kFamilies, id, &Family::id);
  return found == std::end(kFamilies) ? nullptr : found;
}

MscRegisters msc_of(const Family& family) {
  const Address base = family.msc != 0 ? family.msc : family.series == 0 ? kMscSeries0 : kMscSeries1;
  return {base + 0x08, base + 0x0C, base + 0x10,
          base + 0x18, base + 0x1C, base + (family.series == 0 ? 0x3C : 0x40)};
}

Identity identity_of(std::uint32_t part, std::uint32_t msize, std::uint8_t page_size) {
  Identity identity;
  identity.family = find_family(static_cast<std::uint8_t>(DI::kFamily.get(part)));
  identity.number = DI::kNumber.get(part);
  identity.revision = DI::kRevision.get(part);
  identity.flash_kib = DI::kFlashKib.get(msize);
  identity.ram_kib = DI::kRamKib.get(msize);
  if (identity.family != nullptr)
    identity.page_size = page_size_of(*identity.family, identity.revision, identity.flash_kib, page_size);
  return identity;
}

std::string name_of(const Identity& identity) {
  return fmt::format("{} Gecko, rev {}", identity.family->name, identity.revision);
}

}  // namespace probity::efm32
