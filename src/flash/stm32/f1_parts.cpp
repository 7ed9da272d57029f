#include "flash/stm32/f1_parts.hpp"

#include <algorithm>

#include "flash/stm32/f1_option_fields.hpp"
#include "flash/stm32/f1_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr F1Revision kRevMedium[] = {{0x0000, "A"}, {0x2000, "B"}, {0x2001, "Z"}, {0x2003, "Y"}};
constexpr F1Revision kRevA[] = {{0x1000, "A"}};
constexpr F1Revision kRevAZ[] = {{0x1000, "A"}, {0x1001, "Z"}};
constexpr F1Revision kRevAZY[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}};
constexpr F1Revision kRevAZYB[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}, {0x2000, "B"}};
constexpr F1Revision kRevAB[] = {{0x1000, "A"}, {0x2000, "B"}};
constexpr F1Revision kRev12[] = {{0x1000, "1.0"}, {0x2000, "2.0"}};

// FLASHSIZE_BASE of ST's CMSIS headers: stm32f1xx, and stm32f0xx and stm32f3xx. The GD32 and the AT32 have
// the F1's, whatever their core.
constexpr Address kSizeF1 = 0x1FFFF7E0, kSizeF0F3 = 0x1FFFF7CC;

constexpr std::uint32_t kById = 0x00000FFF, kByRevision = 0xFFFF0FFF, kBySeries = 0xFFFFF000;

// Names and revision letters as OpenOCD 0.12.0 prints them. Ids: RM0008 31.6.1, RM0041 25.6.1, RM0091 32.4.1,
// RM0360 26.4.1, RM0316 33.6.1, RM0313 31.6.1, RM0364 and RM0365 and RM0366 (DBGMCU chapters). Pages for a
// bit of protection: OB_WRP_* of ST's stm32f0xx, stm32f1xx and stm32f3xx HAL headers. OpenOCD 0.12.0 has 4
// pages instead of 2 for 0x428, 0x442 and 0x448: protecting one of its blocks protects another one.
// clang-format off
const F1Part kParts[] = {
    // id          mask         name                            revisions   KiB   size reg   page  wrp dual   options
    {0x00000440, kById,       "STM32F05x",                    kRev12,      64, kSizeF0F3, 1024, 4, false, &kF0Options},         // RM0091; F030x8: RM0360
    {0x00000442, kById,       "STM32F09x",                    kRev12,     256, kSizeF0F3, 2048, 2, false, &kF0BootSelOptions},  // RM0091; F030xC: RM0360
    {0x00000444, kById,       "STM32F03x",                    kRev12,      32, kSizeF0F3, 1024, 4, false, &kF0Options},         // RM0091; F030x4/x6: RM0360
    {0x00000445, kById,       "STM32F04x",                    kRev12,      32, kSizeF0F3, 1024, 4, false, &kF0BootSelOptions},  // RM0091; F070x6: RM0360
    {0x00000448, kById,       "STM32F07x",                    kRev12,     128, kSizeF0F3, 2048, 2, false, &kF0Options},         // RM0091; F070xB: RM0360
    {0x00000410, kById,       "STM32F10x (Medium Density)",   kRevMedium, 128, kSizeF1,   1024, 4, false, &kF1Options},         // RM0008; also APM32F103xB, CKS32F103
    {0x00000412, kById,       "STM32F10x (Low Density)",      kRevA,       32, kSizeF1,   1024, 4, false, &kF1Options},         // RM0008
    {0x00000414, kById,       "STM32F10x (High Density)",     kRevAZY,    512, kSizeF1,   2048, 2, false, &kF1Options},         // RM0008; also APM32F103xE, GD32F303
    {0x00000418, kById,       "STM32F10x (Connectivity)",     kRevAZ,     256, kSizeF1,   2048, 2, false, &kF1Options},         // RM0008
    {0x00000420, kById,       "STM32F100 (Low/Medium Density)", kRevAZ,   128, kSizeF1,   1024, 4, false, &kF1Options},         // RM0041
    {0x00000428, kById,       "STM32F100 (High Density)",     kRevAZ,     512, kSizeF1,   2048, 2, false, &kF1Options},         // RM0041
    {0x00000430, kById,       "STM32F10x (XL Density)",       kRevA,     1024, kSizeF1,   2048, 2, true,  &kF1XlOptions},       // RM0008, PM0068
    {0x00000422, kById,       "STM32F302xB/C",                kRevAZYB,   256, kSizeF0F3, 2048, 2, false, &kF3Options},         // RM0316, RM0365: F302/F303xB/C, F358
    {0x00000432, kById,       "STM32F37x",                    kRevAB,     256, kSizeF0F3, 2048, 2, false, &kF37Options},        // RM0313
    {0x00000438, kById,       "STM32F33x",                    kRevA,       64, kSizeF0F3, 2048, 2, false, &kF3Options},         // RM0364; F303x6/8: RM0316
    {0x00000439, kById,       "STM32F302x6/8",                kRevAZ,      64, kSizeF0F3, 2048, 2, false, &kF3Options},         // RM0365; F301: RM0366
    {0x00000446, kById,       "STM32F303xD/E",                kRevA,      512, kSizeF0F3, 2048, 2, false, &kF3Options},         // RM0316; F302xD/E: RM0365
    // Clones with a DEV_ID of ST's medium density, known by their revision.
    {0x13030410, kByRevision, "GD32F1x0",                     {},          64, kSizeF1,   1024, 4, false, &kGd32F1x0Options},
    {0x17040410, kByRevision, "GD32F3x0",                     {},         128, kSizeF1,   1024, 4, false, &kGd32F1x0Options},
    {0x19090410, kByRevision, "GD32E23x",                     {},          64, kSizeF1,   1024, 4, false, &kGd32F1x0Options},
    // Clones with ids of their own, which OpenOCD 0.12.0 does not know (ids as in Black Magic Debug).
    {0x0000029B, kById,       "CS32F103",                     {},         128, kSizeF1,   1024, 4, false, &kF1Options},
    {0x70050000, kBySeries,   "AT32F403A/407",                {},        1024, kSizeF1,   2048, 2, true,  &kF1XlOptions},
    {0x70030000, kBySeries,   "AT32F415",                     {},         256, kSizeF1,   2048, 2, false, &kF1Options},
};
// clang-format on

constexpr unsigned kLastWrpBit = 31;
constexpr Field kPartNo{"PARTNO", 4, 12};  // CPUID
constexpr std::uint32_t kCortexM0 = 0xC20, kCortexM3 = 0xC23, kCortexM4 = 0xC24, kCortexM23 = 0xD20;

}  // namespace

std::span<const F1Part> f1_parts() { return kParts; }

const F1Part* find_f1_part(std::uint32_t idcode) {
  const F1Part* found = nullptr;
  for (const F1Part& part : kParts) {
    const bool closer = found == nullptr || part.idcode_mask > found->idcode_mask;
    if ((idcode & part.idcode_mask) == part.idcode && closer) found = &part;
  }
  return found;
}

std::string_view revision_name(const F1Part& part, std::uint16_t revision) {
  for (const F1Revision& row : part.revisions) {
    if (row.id == revision) return row.name;
  }
  return {};
}

std::optional<Address> f1_idcode_address(std::uint32_t cpuid) {
  switch (kPartNo.get(cpuid)) {
    case kCortexM0:
    case kCortexM23:
      return f1::kDbgmcuIdcodeM0;
    case kCortexM3:
    case kCortexM4:
      return f1::kDbgmcuIdcode;
  }
  return {};
}

F1OptionValues f1_options_in_force(const F1OptionLayout& layout, std::uint32_t obr, std::uint32_t wrpr) {
  const auto byte = [](std::uint32_t word, unsigned lsb) {
    return static_cast<std::uint8_t>(Field{"", lsb, 8}.get(word));
  };
  constexpr std::uint8_t kLevel1 = 0xFF, kLevel2 = 0xCC;
  const unsigned level = f1_rdp_level(layout, obr);
  return {level == 0   ? layout.rdp_level0
          : level == 1 ? kLevel1
                       : kLevel2,
          byte(obr, layout.user_lsb),
          byte(obr, layout.data_lsb),
          byte(obr, layout.data_lsb + 8),
          byte(wrpr, 0),
          byte(wrpr, 8),
          byte(wrpr, 16),
          byte(wrpr, 24)};
}

unsigned f1_rdp_level(const F1OptionLayout& layout, std::uint32_t obr) {
  if (!f1::OBR::RDPRT.is_set(obr)) return 0;
  return layout.has_level2 && f1::OBR::LEVEL2.is_set(obr) ? 2 : 1;
}

unsigned f1_wrp_bit(const F1Part& part, unsigned page) {
  return std::min(page / part.pages_per_wrp, kLastWrpBit);
}

unsigned f1_wrp_bytes(const F1Part& part) {
  return f1_wrp_bit(part, part.max_kib * 1024 / part.page_size - 1) / 8 + 1;
}

std::optional<F1Extent> f1_extent(const F1Part& part, unsigned kib, Address base, bool second_declared) {
  constexpr std::uint32_t kFirst = f1::kSecondBank - f1::kMainFlash;
  const std::uint32_t size = kib * 1024 / part.page_size * part.page_size;
  if (base == f1::kSecondBank) {
    if (!part.dual_bank || size <= kFirst) return {};
    return F1Extent{f1::kSecondBank, size - kFirst};
  }
  return F1Extent{f1::kMainFlash, part.dual_bank && second_declared ? std::min(size, kFirst) : size};
}

}  // namespace probity::stm32
