#include "vboard/chip/geometry.hpp"

namespace probity::vboard {

namespace {

// Four small sectors, one of four times that size, then sectors of eight times that size to the bank's end
// (RM0090 3.3 tables 5 and 6, RM0385 3.3 table 3, RM0410 3.3 tables 3 to 6).
void append_bank(FlashGeometry& geometry, unsigned bank, std::uint32_t begin, std::uint32_t bank_kib,
                 std::uint32_t small_kib) {
  const std::uint32_t end = begin + bank_kib * 1024;
  unsigned index = 0;
  for (std::uint32_t offset = begin; offset < end; ++index) {
    const std::uint32_t kib = index < 4 ? small_kib : index == 4 ? 4 * small_kib : 8 * small_kib;
    geometry.sectors.push_back({.offset = offset,
                                .size = kib * 1024,
                                .number = index + (bank == 2 ? 12 : 0),
                                .snb = index + (bank == 2 ? 16 : 0),
                                .bank = bank});
    offset += kib * 1024;
  }
}

bool is_dual(FlashLayout layout, std::uint32_t kib, bool option) {
  switch (layout) {
    case FlashLayout::f40x:
    case FlashLayout::f74x:
      return false;
    case FlashLayout::f42x:  // RM0090 3.9.10 DB1M: 2 MiB chips always have two banks, smaller than 1 MiB
                             // never
      return kib == 2048 || (kib == 1024 && option);
    case FlashLayout::f76x:
      return option;
  }
  return false;
}

}  // namespace

FlashGeometry flash_geometry(FlashLayout layout, std::uint32_t kib, bool dual_bank_option) {
  FlashGeometry geometry;
  geometry.dual_bank = is_dual(layout, kib, dual_bank_option);
  const bool small = layout == FlashLayout::f40x || layout == FlashLayout::f42x || geometry.dual_bank;
  const std::uint32_t small_kib = small ? 16 : 32;
  if (geometry.dual_bank) {
    append_bank(geometry, 1, 0, kib / 2, small_kib);
    append_bank(geometry, 2, kib * 512, kib / 2, small_kib);
  } else {
    append_bank(geometry, 1, 0, kib, small_kib);
  }
  return geometry;
}

}  // namespace probity::vboard
