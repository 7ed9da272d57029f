// ITM and TPIU registers that hold what was written; nothing is traced.
#pragma once

#include <cstdint>

namespace probity::vboard::armv7m {

struct TraceState {
  std::uint32_t itm_ter = 0, itm_tpr = 0, itm_tcr = 0;
  std::uint32_t tpiu_cspsr = 1, tpiu_acpr = 0, tpiu_sppr = 1, tpiu_ffcr = 0x102;
};

}  // namespace probity::vboard::armv7m
