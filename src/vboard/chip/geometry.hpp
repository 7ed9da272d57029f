// Flash geometry: a pure function of layout, size and dual-bank option.
#pragma once

#include <vector>

#include "vboard/chip/facts.hpp"

namespace probity::vboard {

struct FlashSector {
  std::uint32_t offset = 0, size = 0;  // bytes from the start of the flash
  unsigned number = 0;                 // as the manual counts: bank 2 starts at 12
  unsigned snb = 0;                    // FLASH_CR.SNB that selects it: bank 2 starts at 0b10000
  unsigned bank = 1;
};

struct FlashGeometry {
  std::vector<FlashSector> sectors;
  bool dual_bank = false;
};

// `dual_bank_option`: DB1M set (f42x) or nDBANK clear (f76x). Other layouts, and sizes where the option means
// nothing, ignore it.
FlashGeometry flash_geometry(FlashLayout layout, std::uint32_t kib, bool dual_bank_option);

}  // namespace probity::vboard
