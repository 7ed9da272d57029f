// Saturating arithmetic: SSAT, USAT and their 16-bit pairs, QADD and its likes; SEL (A7.7.127 ff.).
#include <algorithm>

#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

void saturate_operands(Op& op) {  // sh in bit 21: LSL or ASR by imm3:imm2
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.imm = bits(op.raw, 4, 0);
  op.shift = bits(op.raw, 21, 21) != 0 ? Shift::asr : Shift::lsl;
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 14, 12) << 2 | bits(op.raw, 7, 6));
}
void three_registers(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
}

std::int64_t clamp(Machine& m, std::int64_t value, std::int64_t low, std::int64_t high) {
  const std::int64_t result = std::clamp(value, low, high);
  if (result != value) m.q = true;
  return result;
}
std::int64_t clamp_signed(Machine& m, std::int64_t value, unsigned width) {
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  return clamp(m, value, -limit, limit - 1);
}
std::int64_t clamp_unsigned(Machine& m, std::int64_t value, unsigned width) {
  return clamp(m, value, 0, (std::int64_t{1} << width) - 1);
}

std::int64_t shifted(const Machine& m, const Op& op) {
  bool carry = false;
  return static_cast<std::int32_t>(shift_with_carry(m.r[op.rn], op.shift, op.amount, carry));
}
void ssat(Machine& m, const Op& op) {
  set_register(m, op.rd, static_cast<std::uint32_t>(clamp_signed(m, shifted(m, op), op.imm + 1)));
}
void usat(Machine& m, const Op& op) {
  set_register(m, op.rd, static_cast<std::uint32_t>(clamp_unsigned(m, shifted(m, op), op.imm)));
}
std::int64_t lane(std::uint32_t value, unsigned index) {
  return sign_extend(value >> (16 * index) & 0xFFFF, 16);
}
std::uint32_t join(std::int64_t low, std::int64_t high) {
  return (static_cast<std::uint32_t>(high) & 0xFFFF) << 16 | (static_cast<std::uint32_t>(low) & 0xFFFF);
}
void ssat16(Machine& m, const Op& op) {
  const std::uint32_t x = m.r[op.rn];
  const unsigned width = (op.imm & 15) + 1;
  set_register(m, op.rd, join(clamp_signed(m, lane(x, 0), width), clamp_signed(m, lane(x, 1), width)));
}
void usat16(Machine& m, const Op& op) {
  const std::uint32_t x = m.r[op.rn];
  const unsigned width = op.imm & 15;
  set_register(m, op.rd, join(clamp_unsigned(m, lane(x, 0), width), clamp_unsigned(m, lane(x, 1), width)));
}

// Rm op Rn; the D forms double Rn first, with saturation of its own.
template <bool kDouble, bool kSubtract>
void q_arithmetic(Machine& m, const Op& op) {
  std::int64_t y = static_cast<std::int32_t>(m.r[op.rn]);
  if (kDouble) y = clamp_signed(m, 2 * y, 32);
  const std::int64_t x = static_cast<std::int32_t>(m.r[op.rm]);
  set_register(m, op.rd, static_cast<std::uint32_t>(clamp_signed(m, kSubtract ? x - y : x + y, 32)));
}

void sel(Machine& m, const Op& op) {
  std::uint32_t mask = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if ((m.ge >> i & 1) != 0) mask |= 0xFFu << (8 * i);
  }
  set_register(m, op.rd, (m.r[op.rn] & mask) | (m.r[op.rm] & ~mask));
}

constexpr Architecture kDsp = Architecture::v7em;

constexpr Row kRows[] = {
    {0xFFF0F0E0, 0xF3200000, saturate_operands, ssat16, 1, kDsp},  // ASR #0 of SSAT
    {0xFFF0F0C0, 0xF3200000, nullptr, execute_undefined},
    {0xFFD08020, 0xF3000000, saturate_operands, ssat},
    {0xFFF0F0E0, 0xF3A00000, saturate_operands, usat16, 1, kDsp},
    {0xFFF0F0C0, 0xF3A00000, nullptr, execute_undefined},
    {0xFFD08020, 0xF3800000, saturate_operands, usat},
    {0xFFF0F0F0, 0xFA80F080, three_registers, q_arithmetic<false, false>, 1, kDsp},
    {0xFFF0F0F0, 0xFA80F090, three_registers, q_arithmetic<true, false>, 1, kDsp},
    {0xFFF0F0F0, 0xFA80F0A0, three_registers, q_arithmetic<false, true>, 1, kDsp},
    {0xFFF0F0F0, 0xFA80F0B0, three_registers, q_arithmetic<true, true>, 1, kDsp},
    {0xFFF0F0F0, 0xFAA0F080, three_registers, sel, 1, kDsp},
};

}  // namespace

std::span<const Row> saturating_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
