#include "flash/stm32/lx_parts.hpp"

#include <algorithm>

#include "base/bits.hpp"
#include "flash/stm32/lx_registers.hpp"

namespace probity::stm32 {

// RM0367 3.3.1 and 3.7; RM0038 3.9. FLASH_R_BASE of the CMSIS headers.
constexpr LxLayout kLxLayoutL0{0x40022000, 128, "FLASH_OPTR", "FLASH_WRPROT", "WPRMOD"};
constexpr LxLayout kLxLayoutL1{0x40023C00, 256, "FLASH_OBR", "FLASH_WRPR", "SPRMOD"};

namespace {

constexpr unsigned kKib = 1024;

constexpr LxRevision kRev416[] = {{0x1000, "A"}, {0x1008, "Y"}, {0x1038, "W"}, {0x1078, "V"}};
constexpr LxRevision kRev429[] = {{0x1000, "A"}, {0x1018, "Z"}};
constexpr LxRevision kRev427[] = {{0x1000, "A"}, {0x1018, "Y"}, {0x1038, "X"}, {0x10F8, "V"}};
constexpr LxRevision kRevAZYX[] = {{0x1000, "A"}, {0x1008, "Z"}, {0x1018, "Y"}, {0x1038, "X"}};
constexpr LxRevision kRevA[] = {{0x1000, "A"}};
constexpr LxRevision kRev425[] = {{0x1000, "A"}, {0x2000, "B"}, {0x2008, "Y"}, {0x2018, "1, X"}};
constexpr LxRevision kRev447[] = {{0x1000, "A"}, {0x2000, "B"}, {0x2008, "Z"}};
constexpr LxRevision kRev457[] = {{0x1000, "A"}, {0x1008, "Z"}};

// FLASHSIZE_BASE of ST's CMSIS headers: stm32l0xx; stm32l1xx of categories 1 and 2, of 3 to 6.
constexpr Address kSizeL0 = 0x1FF8007C, kSizeCat1 = 0x1FF8004C, kSizeCat3 = 0x1FF800CC;

constexpr LxSize kPlain = LxSize::kib;

// Names and revision letters as OpenOCD 0.12.0 prints them. Ids: RM0038 30.6.1, RM0367 33.4.1. Readings of
// the size register: RM0038, "Device electronic signature", notes. Banks: FLASH_BANK1_END and
// FLASH_BANK2_BASE of stm32l151xd.h (0x436), stm32l151xe.h and stm32l151xdx.h (0x437, categories 5 and 6) and
// of stm32l0xx_hal_flash.h (0x447); that one of 64 KiB has one bank: seen of OpenOCD. OBR_SPRMOD, SR_RDERR
// and BFB2 as the same headers have them.
// clang-format off
constexpr LxPart kParts[] = {
    // id   name                                              revisions  layout      KiB size reg   reading               banks                      pcrop  bfb2   nBOOT0
    {0x416, "STM32L1xx (Cat.1 - Low/Medium Density)",         kRev416,  &kLxLayoutL1, 128, kSizeCat1, kPlain,               LxDual::never,             false, false, false},
    {0x429, "STM32L1xx (Cat.2)",                              kRev429,  &kLxLayoutL1, 128, kSizeCat1, LxSize::kib_low_byte, LxDual::never,             true,  false, false},
    {0x427, "STM32L1xx (Cat.3 - Medium+ Density)",            kRev427,  &kLxLayoutL1, 256, kSizeCat3, kPlain,               LxDual::never,             true,  false, false},
    {0x436, "STM32L1xx (Cat.4/Cat.3 - Medium+/High Density)", kRevAZYX, &kLxLayoutL1, 384, kSizeCat3, LxSize::code_0_1,     LxDual::at_192_kib,        false, true,  false},
    {0x437, "STM32L1xx (Cat.5/Cat.6)",                        kRevA,    &kLxLayoutL1, 512, kSizeCat3, kPlain,               LxDual::at_256_kib,        false, true,  false},
    {0x417, "STM32L0xx (Cat. 3)",                             kRevAZYX, &kLxLayoutL0,  64, kSizeL0,   kPlain,               LxDual::never,             true,  false, false},
    {0x425, "STM32L0xx (Cat. 2)",                             kRev425,  &kLxLayoutL0,  32, kSizeL0,   kPlain,               LxDual::never,             true,  false, false},
    {0x447, "STM32L0xx (Cat.5)",                              kRev447,  &kLxLayoutL0, 192, kSizeL0,   kPlain,               LxDual::half_from_128_kib, true,  true,  false},
    {0x457, "STM32L0xx (Cat.1)",                              kRev457,  &kLxLayoutL0,  16, kSizeL0,   kPlain,               LxDual::never,             true,  false, true},
};
// clang-format on

constexpr Field kPartNo{"PARTNO", 4, 12};
constexpr std::uint32_t kCortexM0Plus = 0xC60, kCortexM3 = 0xC23;

}  // namespace

const LxPart* find_lx_part(std::uint16_t id) {
  const auto found = std::ranges::find(kParts, id, &LxPart::id);
  return found == std::end(kParts) ? nullptr : found;
}

std::span<const LxPart> lx_parts() { return kParts; }

std::string_view revision_name(const LxPart& part, std::uint16_t revision) {
  const auto found = std::ranges::find(part.revisions, revision, &LxRevision::id);
  return found == part.revisions.end() ? std::string_view{} : found->name;
}

std::optional<Address> lx_idcode_address(std::uint32_t cpuid) {
  switch (kPartNo.get(cpuid)) {
    case kCortexM0Plus:
      return lx::kDbgmcuIdcodeM0;
    case kCortexM3:
      return lx::kDbgmcuIdcodeM3;
  }
  return {};
}

std::optional<unsigned> lx_kib(const LxPart& part, std::uint16_t size_register) {
  constexpr Field kLowByte{"", 0, 8};
  constexpr std::uint16_t kBlank = 0xFFFF;
  unsigned kib = size_register;
  if (size_register == kBlank) return {};
  if (part.size == LxSize::kib_low_byte) kib = kLowByte.get(size_register);
  if (part.size == LxSize::code_0_1 && size_register == 0) kib = 384;
  if (part.size == LxSize::code_0_1 && size_register == 1) kib = 256;
  if (kib == 0) return {};
  return kib;
}

LxGeometry lx_geometry(const LxPart& part, unsigned kib) {
  const std::uint32_t size = kib * kKib;
  const LxGeometry one{{0, size}, {}};
  switch (part.dual) {
    case LxDual::never:
      return one;
    case LxDual::half_from_128_kib:
      return kib < 128 ? one : LxGeometry{{0, size / 2}, {size / 2, size / 2}};
    case LxDual::at_192_kib:
      return kib < 384 ? one : LxGeometry{{0, 192 * kKib}, {192 * kKib, size - 192 * kKib}};
    case LxDual::at_256_kib:
      return LxGeometry{{0, size / 2}, {256 * kKib, size / 2}};
  }
  return one;
}

}  // namespace probity::stm32
