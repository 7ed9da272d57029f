// The core registers as rows: OpenOCD's names and numbers, and where each lives behind DCRSR.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "target/cortex_m/core_facts.hpp"
#include "target/registers.hpp"

namespace probity::cortex_m {

// What a core must have for a register to exist.
enum class Needs : std::uint8_t { nothing, mainline, fpu, v8m, v8m_mainline, dwt };

// DCRSR.REGSEL values (DDI 0403E C1.6.3, DDI 0553B D1.2.32).
namespace regsel {
inline constexpr unsigned kStackPointer = 13, kLink = 14, kProgramCounter = 15, kXpsr = 16, kMsp = 17,
                          kPsp = 18;
inline constexpr unsigned kSpecial = 20;  // CONTROL[31:24] FAULTMASK[23:16] BASEPRI[15:8] PRIMASK[7:0]
inline constexpr unsigned kFpscr = 33, kS0 = 64;
inline constexpr unsigned kCount = 96;
}  // namespace regsel

struct RegisterRow {
  std::string_view name;
  unsigned number;  // OpenOCD's
  unsigned bits;
  unsigned selector;  // DCRSR.REGSEL; a 64-bit register takes this one (low word) and the next
  unsigned lsb;       // place within the selected word
  Needs needs;
  bool hidden;
  std::string_view group;
  // Memory-mapped instead of behind DCRSR, if not 0 (DWT).
  Address address = 0;
};

// All rows, whether this core has them or not. DWT rows for `dwt_comparators`.
std::vector<RegisterRow> register_rows(unsigned dwt_comparators);
bool has(Needs needs, const CoreFacts& facts, bool fpu);

}  // namespace probity::cortex_m
