// Flash geometry of F2, F4 and F7: a pure function of layout, size and dual-bank option.
#pragma once

#include <cstdint>
#include <vector>

namespace probity::vboard {

enum class F2Layout {
  f40x,  // 4 x 16 KiB, 64 KiB, n x 128 KiB
  f42x,  // as f40x, in two banks on 2 MiB chips, and on 1 MiB chips with option DB1M
  f72x,  // the same, with boot addresses in OPTCR1
  f74x,  // 4 x 32 KiB, 128 KiB, n x 256 KiB
  f76x,  // as f74x with option nDBANK = 1, two banks of the f40x pattern with nDBANK = 0
};

struct F2Sector {
  std::uint32_t offset = 0, size = 0;  // bytes from the start of the flash
  unsigned number = 0;                 // as the manual counts: bank 2 starts at 12
  unsigned snb = 0;                    // FLASH_CR.SNB that selects it: bank 2 starts at 0b10000
  unsigned bank = 1;
};

struct F2Geometry {
  std::vector<F2Sector> sectors;
  bool dual_bank = false;
  // The bank that has `sector`, in bytes from the start of the flash.
  std::uint32_t bank_begin(const F2Sector& sector) const;
  std::uint32_t bank_size() const;
};

// `dual_bank_option`: DB1M set (f42x) or nDBANK clear (f76x). Other layouts, and sizes where the option means
// nothing, ignore it.
F2Geometry f2_geometry(F2Layout layout, std::uint32_t kib, bool dual_bank_option);

}  // namespace probity::vboard
