// What the rows of facts_<generation>.cpp begin with: a chip line as its manual describes it, without its
// flash, and the ordering codes of its chips.
#pragma once

#include <span>

#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

struct LineRow {
  std::string_view name, manual;
  std::uint32_t idcode;  // DBGMCU_IDCODE of a recent revision
  CoreFacts core;
  std::vector<RamRegion> ram;
  std::span<const PeripheralRange> peripherals;
};

// With flash at 0x08000000 alone; its controller and option words are for the generation to add.
ChipLine chip_line(const GenerationFacts& generation, const LineRow& row);

// "Ordering information" of a data sheet: which pin counts and flash sizes exist.
struct OrderingCodes {
  std::string_view family, pins, sizes;
  std::uint32_t kib = 0;  // as OrderingRow::kib
};

struct Device {
  ChipLine line;
  std::vector<OrderingCodes> codes;
};

// `devices` must outlive the rows.
std::vector<OrderingRow> ordering_rows(const std::vector<Device>& devices);

}  // namespace probity::vboard
