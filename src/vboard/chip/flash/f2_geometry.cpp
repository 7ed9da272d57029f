#include "vboard/chip/flash/f2_geometry.hpp"

namespace probity::vboard {

namespace {

// Four small sectors, one of four times that size, then sectors of eight times that size to the bank's end
// (RM0090 3.3 tables 5 and 6, RM0385 3.3 table 3, RM0410 3.3 tables 3 to 6, RM0431 3.3).
void append_bank(F2Geometry& geometry, unsigned bank, std::uint32_t begin, std::uint32_t bank_kib,
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

bool is_dual(F2Layout layout, std::uint32_t kib, bool option) {
  switch (layout) {
    case F2Layout::f40x:
    case F2Layout::f72x:
    case F2Layout::f74x:
      return false;
    case F2Layout::f42x:  // RM0090 3.9.10 DB1M: 2 MiB chips always have two banks, smaller than 1 MiB
                          // never
      return kib == 2048 || (kib == 1024 && option);
    case F2Layout::f76x:
      return option;
  }
  return false;
}

}  // namespace

std::uint32_t F2Geometry::bank_begin(const F2Sector& sector) const {
  return sector.bank == 2 ? bank_size() : 0;
}

std::uint32_t F2Geometry::bank_size() const {
  const std::uint32_t size = sectors.back().offset + sectors.back().size;
  return dual_bank ? size / 2 : size;
}

F2Geometry f2_geometry(F2Layout layout, std::uint32_t kib, bool dual_bank_option) {
  F2Geometry geometry;
  geometry.dual_bank = is_dual(layout, kib, dual_bank_option);
  const bool large = (layout == F2Layout::f74x || layout == F2Layout::f76x) && !geometry.dual_bank;
  const std::uint32_t small_kib = large ? 32 : 16;
  if (geometry.dual_bank) {
    append_bank(geometry, 1, 0, kib / 2, small_kib);
    append_bank(geometry, 2, kib * 512, kib / 2, small_kib);
  } else {
    append_bank(geometry, 1, 0, kib, small_kib);
  }
  return geometry;
}

}  // namespace probity::vboard
