// What 16- and 32-bit load and store encodings share: the access itself, by width and signedness.
#pragma once

#include <bit>

#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {

enum class Access : std::uint8_t { ldr, ldrh, ldrb, ldrsh, ldrsb, str, strh, strb };

constexpr unsigned width_of(Access access) {
  switch (access) {
    case Access::ldr:
    case Access::str:
      return 4;
    case Access::ldrh:
    case Access::ldrsh:
    case Access::strh:
      return 2;
    default:
      return 1;
  }
}
constexpr bool is_store(Access access) { return access >= Access::str; }

// One transfer between register `rt` and memory; a load of PC is an interworking branch (A4.6.1). False:
// fault or stall.
template <Access kAccess>
inline bool transfer(Machine& m, std::uint32_t address, unsigned rt) {
  constexpr unsigned kWidth = width_of(kAccess);
  if constexpr (is_store(kAccess)) {
    return m.store(address, kWidth, m.r[rt]);
  } else {
    std::uint32_t value = 0;
    if (!m.load(address, kWidth, value)) return false;
    if constexpr (kAccess == Access::ldrsh) value = static_cast<std::uint32_t>(sign_extend(value, 16));
    if constexpr (kAccess == Access::ldrsb) value = static_cast<std::uint32_t>(sign_extend(value, 8));
    if (kAccess == Access::ldr && rt == 15) {
      m.branch_exchange(value);
      return m.outcome != Outcome::stalled;
    }
    set_register(m, rt, value);
    return true;
  }
}

// LDM and STM: `imm` is the register list, rn the base, `add` IA or DB, `writeback` whether the base moves.
void load_multiple(Machine& m, const Op& op);
void store_multiple(Machine& m, const Op& op);
inline std::uint8_t multiple_cycles(std::uint32_t list) {
  return static_cast<std::uint8_t>(1 + std::popcount(list));
}

}  // namespace probity::vboard::armv7m
