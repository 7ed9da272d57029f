// What the tables of F0, F1 and F3 have in common: a part is a line with its RAM, under its ordering codes.
#pragma once

#include <span>
#include <vector>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/f1_flash.hpp"

namespace probity::vboard {

struct F1Part {
  std::string_view family, pins, sizes;
  ChipLine line;
};

// What a line has of its own; the rest of ChipLine follows from its generation.
struct F1Line {
  std::string_view name, manual;
  const GenerationFacts* generation;
  std::uint32_t idcode, bsc_idcode;
  CoreFacts core;
  std::span<const PeripheralRange> peripherals;
  F1FlashFacts flash;
};
// The line as a part with `ram`.
ChipLine f1_line(const F1Line& line, std::vector<RamRegion> ram);

// They live as long as the program.
const std::vector<F1Part>& f0_parts();  // facts_f0.cpp
const std::vector<F1Part>& f1_parts();  // facts_f1.cpp
const std::vector<F1Part>& f3_parts();  // facts_f3.cpp

}  // namespace probity::vboard
