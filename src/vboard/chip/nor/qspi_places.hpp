// Which chips have a QUADSPI or OCTOSPIs, and where.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bits.hpp"

namespace probity::vboard {

struct QspiPlace {
  bool octo = false;
  unsigned instance = 1;
  std::uint32_t registers = 0, window = 0;  // the window has 256 MiB
  unsigned fifo = 32;                       // bytes
  // In RCC. `enable_also`: a second address of the same register (RCC_C1_AHB3ENR of H7), 0: none.
  std::uint32_t enable_offset = 0, enable_also = 0, reset_offset = 0;
  Field bit{"QSPIEN", 0};
  unsigned irq = 0;
};

// By a chip's name as find_chip() gives it, in the order of their instances; empty: it has none.
std::vector<QspiPlace> qspi_places(std::string_view chip);

}  // namespace probity::vboard
