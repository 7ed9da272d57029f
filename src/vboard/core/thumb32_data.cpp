// 32-bit data processing: modified immediate, plain immediate, shifted register, register (A5.3.1-A5.3.3,
// A5.3.11-A5.3.15) but the saturating and parallel instructions.
#include <bit>

#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

// --- operands
// ----------------------------------------------------------------------------------------------------

void rd_rn(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
}
std::uint32_t imm12(const Op& op) {
  return bits(op.raw, 26, 26) << 11 | bits(op.raw, 14, 12) << 8 | bits(op.raw, 7, 0);
}

// ThumbExpandImm_C (A5.3.2).
void modified_immediate(Op& op) {
  rd_rn(op);
  op.set_flags = bits(op.raw, 20, 20) != 0 ? SetFlags::yes : SetFlags::no;
  const std::uint32_t imm = imm12(op), byte = imm & 0xFF;
  if (imm >> 10 != 0) {
    op.imm = rotate_right(0x80 | (imm & 0x7F), imm >> 7);
    op.carry = op.imm >> 31 != 0 ? ImmediateCarry::set : ImmediateCarry::clear;
    return;
  }
  switch (imm >> 8) {
    case 0:
      op.imm = byte;
      break;
    case 1:
      op.imm = byte * 0x00010001;
      break;
    case 2:
      op.imm = byte * 0x01000100;
      break;
    default:
      op.imm = byte * 0x01010101;
  }
}
// DecodeImmShift (A7.4.2).
void shifted_register(Op& op) {
  rd_rn(op);
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
  op.set_flags = bits(op.raw, 20, 20) != 0 ? SetFlags::yes : SetFlags::no;
  op.shift = static_cast<Shift>(bits(op.raw, 5, 4));
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 14, 12) << 2 | bits(op.raw, 7, 6));
  if (op.amount != 0 || op.shift == Shift::lsl) return;
  if (op.shift == Shift::ror) {
    op.shift = Shift::rrx;
  } else {
    op.amount = 32;
  }
}
void plain_imm12(Op& op) {
  rd_rn(op);
  op.imm = imm12(op);
}
void pc_plus_imm12(Op& op) {
  rd_rn(op);
  op.imm = op.aligned_pc() + imm12(op);
}
void pc_minus_imm12(Op& op) {
  rd_rn(op);
  op.imm = op.aligned_pc() - imm12(op);
}
void imm16(Op& op) {
  rd_rn(op);
  op.imm = bits(op.raw, 19, 16) << 12 | imm12(op);
}
// Bitfields: `amount` the lsb, `imm` the msb (BFI, BFC) or the width - 1 (SBFX, UBFX).
void bitfield(Op& op) {
  rd_rn(op);
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 14, 12) << 2 | bits(op.raw, 7, 6));
  op.imm = bits(op.raw, 4, 0);
}
void shift_by_rm(Op& op) {
  rd_rn(op);
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
  op.set_flags = bits(op.raw, 20, 20) != 0 ? SetFlags::yes : SetFlags::no;
  op.shift = static_cast<Shift>(bits(op.raw, 22, 21));
}
void rotated_rm(Op& op) {
  rd_rn(op);
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
  op.amount = static_cast<std::uint8_t>(8 * bits(op.raw, 5, 4));
}

// --- execution
// ---------------------------------------------------------------------------------------------------

bool immediate_carry(const Machine& m, const Op& op) {
  return op.carry == ImmediateCarry::keep ? m.c : op.carry == ImmediateCarry::set;
}
template <Alu kOp>
void alu_immediate(Machine& m, const Op& op) {
  if (kOp == Alu::sub && m.stack_overflows(op.rd, m.r[op.rn] - op.imm)) return;
  set_register(m, op.rd,
               compute<kOp>(m, m.r[op.rn], op.imm, immediate_carry(m, op), op.set_flags == SetFlags::yes));
}
template <Alu kOp>
void test_immediate(Machine& m, const Op& op) {
  compute<kOp>(m, m.r[op.rn], op.imm, immediate_carry(m, op), true);
}
template <Alu kOp>
void alu_shifted(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t operand = shift_with_carry(m.r[op.rm], op.shift, op.amount, carry);
  set_register(m, op.rd, compute<kOp>(m, m.r[op.rn], operand, carry, op.set_flags == SetFlags::yes));
}
template <Alu kOp>
void test_shifted(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t operand = shift_with_carry(m.r[op.rm], op.shift, op.amount, carry);
  compute<kOp>(m, m.r[op.rn], operand, carry, true);
}

void add_plain(Machine& m, const Op& op) { set_register(m, op.rd, m.r[op.rn] + op.imm); }
void sub_plain(Machine& m, const Op& op) {
  if (!m.stack_overflows(op.rd, m.r[op.rn] - op.imm)) set_register(m, op.rd, m.r[op.rn] - op.imm);
}
void move_plain(Machine& m, const Op& op) { set_register(m, op.rd, op.imm); }
void movt(Machine& m, const Op& op) { set_register(m, op.rd, (m.r[op.rd] & 0xFFFF) | op.imm << 16); }

void pkh(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t operand = shift_with_carry(m.r[op.rm], op.shift, op.amount, carry);
  const bool top = bits(op.raw, 5, 5) != 0;  // PKHTB
  set_register(
      m, op.rd,
      top ? (m.r[op.rn] & 0xFFFF0000) | (operand & 0xFFFF) : (operand & 0xFFFF0000) | (m.r[op.rn] & 0xFFFF));
}

std::uint32_t ones(unsigned width) { return width >= 32 ? 0xFFFFFFFF : (1u << width) - 1; }
void sbfx(Machine& m, const Op& op) {
  const unsigned width = op.imm + 1;
  set_register(m, op.rd,
               static_cast<std::uint32_t>(sign_extend(m.r[op.rn] >> op.amount & ones(width), width)));
}
void ubfx(Machine& m, const Op& op) { set_register(m, op.rd, m.r[op.rn] >> op.amount & ones(op.imm + 1)); }
void insert(Machine& m, const Op& op, std::uint32_t source) {
  if (op.imm < op.amount) return;  // UNPREDICTABLE
  const std::uint32_t mask = ones(op.imm - op.amount + 1) << op.amount;
  set_register(m, op.rd, (m.r[op.rd] & ~mask) | (source << op.amount & mask));
}
void bfi(Machine& m, const Op& op) { insert(m, op, m.r[op.rn]); }
void bfc(Machine& m, const Op& op) { insert(m, op, 0); }

void shift_by_register(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t value = shift_with_carry(m.r[op.rn], op.shift, m.r[op.rm] & 0xFF, carry);
  set_register(m, op.rd, compute<Alu::mov>(m, 0, value, carry, op.set_flags == SetFlags::yes));
}

enum class Extend : std::uint8_t { sxth, uxth, sxtb16, uxtb16, sxtb, uxtb };
// With Rn = 15 there is nothing to add. The 16-bit pairs add lane by lane.
template <Extend kExtend>
void extend(Machine& m, const Op& op) {
  const std::uint32_t x = rotate_right(m.r[op.rm], op.amount), base = op.rn == 15 ? 0 : m.r[op.rn];
  std::uint32_t low = 0, high = 0;
  switch (kExtend) {
    case Extend::sxth:
      return set_register(m, op.rd, base + static_cast<std::uint32_t>(sign_extend(x & 0xFFFF, 16)));
    case Extend::uxth:
      return set_register(m, op.rd, base + (x & 0xFFFF));
    case Extend::sxtb:
      return set_register(m, op.rd, base + static_cast<std::uint32_t>(sign_extend(x & 0xFF, 8)));
    case Extend::uxtb:
      return set_register(m, op.rd, base + (x & 0xFF));
    case Extend::sxtb16:
      low = static_cast<std::uint32_t>(sign_extend(x & 0xFF, 8));
      high = static_cast<std::uint32_t>(sign_extend(x >> 16 & 0xFF, 8));
      break;
    case Extend::uxtb16:
      low = x & 0xFF;
      high = x >> 16 & 0xFF;
      break;
  }
  set_register(m, op.rd, ((base >> 16) + high) << 16 | ((base + low) & 0xFFFF));
}

void rev(Machine& m, const Op& op) { set_register(m, op.rd, __builtin_bswap32(m.r[op.rm])); }
void rev16(Machine& m, const Op& op) {
  set_register(m, op.rd, rotate_right(__builtin_bswap32(m.r[op.rm]), 16));
}
void revsh(Machine& m, const Op& op) {
  set_register(m, op.rd, static_cast<std::uint32_t>(sign_extend(__builtin_bswap32(m.r[op.rm]) >> 16, 16)));
}
void rbit(Machine& m, const Op& op) {
  std::uint32_t x = m.r[op.rm], result = 0;
  for (unsigned i = 0; i < 32; ++i, x >>= 1) result = result << 1 | (x & 1);
  set_register(m, op.rd, result);
}
void clz(Machine& m, const Op& op) {
  set_register(m, op.rd, static_cast<std::uint32_t>(std::countl_zero(m.r[op.rm])));
}

constexpr Architecture kDsp = Architecture::v7em;

constexpr Row kRows[] = {
    // Modified immediate (table A5-10). Rd = 15 with S: test and compare; Rn = 15: move.
    {0xFBF08F00, 0xF0100F00, modified_immediate, test_immediate<Alu::and_>},
    {0xFBE08000, 0xF0000000, modified_immediate, alu_immediate<Alu::and_>},
    {0xFBE08000, 0xF0200000, modified_immediate, alu_immediate<Alu::bic>},
    {0xFBEF8000, 0xF04F0000, modified_immediate, alu_immediate<Alu::mov>},
    {0xFBE08000, 0xF0400000, modified_immediate, alu_immediate<Alu::orr>},
    {0xFBEF8000, 0xF06F0000, modified_immediate, alu_immediate<Alu::mvn>},
    {0xFBE08000, 0xF0600000, modified_immediate, alu_immediate<Alu::orn>},
    {0xFBF08F00, 0xF0900F00, modified_immediate, test_immediate<Alu::eor>},
    {0xFBE08000, 0xF0800000, modified_immediate, alu_immediate<Alu::eor>},
    {0xFBF08F00, 0xF1100F00, modified_immediate, test_immediate<Alu::add>},
    {0xFBE08000, 0xF1000000, modified_immediate, alu_immediate<Alu::add>},
    {0xFBE08000, 0xF1400000, modified_immediate, alu_immediate<Alu::adc>},
    {0xFBE08000, 0xF1600000, modified_immediate, alu_immediate<Alu::sbc>},
    {0xFBF08F00, 0xF1B00F00, modified_immediate, test_immediate<Alu::sub>},
    {0xFBE08000, 0xF1A00000, modified_immediate, alu_immediate<Alu::sub>},
    {0xFBE08000, 0xF1C00000, modified_immediate, alu_immediate<Alu::rsb>},
    // Plain immediate (table A5-12)
    {0xFBFF8000, 0xF20F0000, pc_plus_imm12, move_plain},
    {0xFBF08000, 0xF2000000, plain_imm12, add_plain},
    {0xFBF08000, 0xF2400000, imm16, move_plain},
    {0xFBFF8000, 0xF2AF0000, pc_minus_imm12, move_plain},
    {0xFBF08000, 0xF2A00000, plain_imm12, sub_plain},
    {0xFBF08000, 0xF2C00000, imm16, movt},
    {0xFFF08020, 0xF3400000, bitfield, sbfx},
    {0xFFFF8020, 0xF36F0000, bitfield, bfc},
    {0xFFF08020, 0xF3600000, bitfield, bfi},
    {0xFFF08020, 0xF3C00000, bitfield, ubfx},
    // Shifted register (table A5-22)
    {0xFFF08F00, 0xEA100F00, shifted_register, test_shifted<Alu::and_>},
    {0xFFE08000, 0xEA000000, shifted_register, alu_shifted<Alu::and_>},
    {0xFFE08000, 0xEA200000, shifted_register, alu_shifted<Alu::bic>},
    {0xFFEF8000, 0xEA4F0000, shifted_register, alu_shifted<Alu::mov>},
    {0xFFE08000, 0xEA400000, shifted_register, alu_shifted<Alu::orr>},
    {0xFFEF8000, 0xEA6F0000, shifted_register, alu_shifted<Alu::mvn>},
    {0xFFE08000, 0xEA600000, shifted_register, alu_shifted<Alu::orn>},
    {0xFFF08F00, 0xEA900F00, shifted_register, test_shifted<Alu::eor>},
    {0xFFE08000, 0xEA800000, shifted_register, alu_shifted<Alu::eor>},
    {0xFFF08010, 0xEAC00000, shifted_register, pkh, 1, kDsp},
    {0xFFF08F00, 0xEB100F00, shifted_register, test_shifted<Alu::add>},
    {0xFFE08000, 0xEB000000, shifted_register, alu_shifted<Alu::add>},
    {0xFFE08000, 0xEB400000, shifted_register, alu_shifted<Alu::adc>},
    {0xFFE08000, 0xEB600000, shifted_register, alu_shifted<Alu::sbc>},
    {0xFFF08F00, 0xEBB00F00, shifted_register, test_shifted<Alu::sub>},
    {0xFFE08000, 0xEBA00000, shifted_register, alu_shifted<Alu::sub>},
    {0xFFE08000, 0xEBC00000, shifted_register, alu_shifted<Alu::rsb>},
    // Register (table A5-24, A5-28)
    {0xFF80F0F0, 0xFA00F000, shift_by_rm, shift_by_register},
    {0xFFFFF0C0, 0xFA0FF080, rotated_rm, extend<Extend::sxth>},
    {0xFFFFF0C0, 0xFA1FF080, rotated_rm, extend<Extend::uxth>},
    {0xFFFFF0C0, 0xFA4FF080, rotated_rm, extend<Extend::sxtb>},
    {0xFFFFF0C0, 0xFA5FF080, rotated_rm, extend<Extend::uxtb>},
    {0xFFF0F0C0, 0xFA00F080, rotated_rm, extend<Extend::sxth>, 1, kDsp},
    {0xFFF0F0C0, 0xFA10F080, rotated_rm, extend<Extend::uxth>, 1, kDsp},
    {0xFFF0F0C0, 0xFA20F080, rotated_rm, extend<Extend::sxtb16>, 1, kDsp},
    {0xFFF0F0C0, 0xFA30F080, rotated_rm, extend<Extend::uxtb16>, 1, kDsp},
    {0xFFF0F0C0, 0xFA40F080, rotated_rm, extend<Extend::sxtb>, 1, kDsp},
    {0xFFF0F0C0, 0xFA50F080, rotated_rm, extend<Extend::uxtb>, 1, kDsp},
    {0xFFF0F0F0, 0xFA90F080, rotated_rm, rev},
    {0xFFF0F0F0, 0xFA90F090, rotated_rm, rev16},
    {0xFFF0F0F0, 0xFA90F0A0, rotated_rm, rbit},
    {0xFFF0F0F0, 0xFA90F0B0, rotated_rm, revsh},
    {0xFFF0F0F0, 0xFAB0F080, rotated_rm, clz},
};

}  // namespace

std::span<const Row> data_processing_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
