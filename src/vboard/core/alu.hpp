// Shifts, additions and data-processing operations as the manual's pseudocode defines them (A2.2.1, A7.4).
#pragma once

#include <cstdint>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {

// Writes a general register; bits 1:0 of SP do not exist (B1.4.1).
inline void set_register(Machine& m, unsigned index, std::uint32_t value) {
  m.r[index] = index == 13 ? value & ~3u : value;
}

// Shift_C: `amount` up to 255; `carry` stays for a shift by 0.
inline std::uint32_t shift_with_carry(std::uint32_t value, Shift shift, unsigned amount, bool& carry) {
  if (shift == Shift::rrx) {
    const std::uint32_t result = std::uint32_t{carry} << 31 | value >> 1;
    carry = (value & 1) != 0;
    return result;
  }
  if (amount == 0) return value;
  switch (shift) {
    case Shift::lsl:
      carry = amount <= 32 && (value >> (32 - amount) & 1) != 0;
      return amount < 32 ? value << amount : 0;
    case Shift::lsr:
      carry = amount <= 32 && (value >> (amount - 1) & 1) != 0;
      return amount < 32 ? value >> amount : 0;
    case Shift::asr: {
      const auto s = static_cast<std::int32_t>(value);
      if (amount >= 32) {
        carry = s < 0;
        return s < 0 ? 0xFFFFFFFF : 0;
      }
      carry = (value >> (amount - 1) & 1) != 0;
      return static_cast<std::uint32_t>(s >> amount);
    }
    default: {
      amount &= 31;
      const std::uint32_t result = amount == 0 ? value : value >> amount | value << (32 - amount);
      carry = (result >> 31) != 0;
      return result;
    }
  }
}

inline std::uint32_t rotate_right(std::uint32_t value, unsigned amount) {
  return (amount & 31) == 0 ? value : value >> (amount & 31) | value << (32 - (amount & 31));
}

struct Sum {
  std::uint32_t value;
  bool carry, overflow;
};
inline Sum add_with_carry(std::uint32_t x, std::uint32_t y, bool carry) {
  const std::uint64_t sum = std::uint64_t{x} + y + (carry ? 1 : 0);
  const auto value = static_cast<std::uint32_t>(sum);
  return {value, (sum >> 32) != 0, ((x ^ value) & (y ^ value)) >> 31 != 0};
}

enum class Alu : std::uint8_t { and_, bic, orr, orn, eor, add, adc, sbc, sub, rsb, mov, mvn };
constexpr bool is_logical(Alu op) { return op <= Alu::eor || op >= Alu::mov; }

inline std::uint32_t logical(Alu op, std::uint32_t x, std::uint32_t y) {
  switch (op) {
    case Alu::and_:
      return x & y;
    case Alu::bic:
      return x & ~y;
    case Alu::orr:
      return x | y;
    case Alu::orn:
      return x | ~y;
    case Alu::eor:
      return x ^ y;
    case Alu::mov:
      return y;
    default:
      return ~y;
  }
}
inline Sum arithmetic(Alu op, std::uint32_t x, std::uint32_t y, bool carry) {
  switch (op) {
    case Alu::add:
      return add_with_carry(x, y, false);
    case Alu::adc:
      return add_with_carry(x, y, carry);
    case Alu::sbc:
      return add_with_carry(x, ~y, carry);
    case Alu::sub:
      return add_with_carry(x, ~y, true);
    default:
      return add_with_carry(~x, y, true);
  }
}

// The whole operation: returns the result and sets the flags if asked to. `shifter_carry` matters for logical
// ones.
template <Alu kOp>
inline std::uint32_t compute(Machine& m, std::uint32_t x, std::uint32_t y, bool shifter_carry,
                             bool set_flags) {
  if constexpr (is_logical(kOp)) {
    const std::uint32_t result = logical(kOp, x, y);
    if (set_flags) {
      m.set_nz(result);
      m.c = shifter_carry;
    }
    return result;
  } else {
    const Sum sum = arithmetic(kOp, x, y, m.c);
    if (set_flags) {
      m.set_nz(sum.value);
      m.c = sum.carry;
      m.v = sum.overflow;
    }
    return sum.value;
  }
}

}  // namespace probity::vboard::armv7m
