// 16-bit encodings but loads and stores (A5.2).
#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

// --- operands
// ----------------------------------------------------------------------------------------------------

void low_registers(Op& op) {  // Rm 5:3, Rd = Rn 2:0
  op.rd = op.rn = static_cast<std::uint8_t>(bits(op.raw, 2, 0));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 5, 3));
  op.set_flags = SetFlags::outside_it;
}
void shift_immediate(Op& op) {
  low_registers(op);
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 10, 6));
  op.shift = static_cast<Shift>(bits(op.raw, 12, 11));
  if (op.amount == 0 && op.shift != Shift::lsl) op.amount = 32;
}
void shift_register(Op& op) {
  low_registers(op);
  op.shift = op.raw >> 6 == 0x102   ? Shift::lsl
             : op.raw >> 6 == 0x103 ? Shift::lsr
             : op.raw >> 6 == 0x104 ? Shift::asr
                                    : Shift::ror;
}
void three_registers(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 2, 0));
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 5, 3));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 8, 6));
  op.imm = bits(op.raw, 8, 6);
  op.set_flags = SetFlags::outside_it;
}
void register_imm8(Op& op) {
  op.rd = op.rn = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.imm = bits(op.raw, 7, 0);
  op.set_flags = SetFlags::outside_it;
}
void high_registers(Op& op) {
  op.rd = op.rn = static_cast<std::uint8_t>(bits(op.raw, 7, 7) << 3 | bits(op.raw, 2, 0));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 6, 3));
}
void pc_relative_address(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.imm = op.aligned_pc() + 4 * bits(op.raw, 7, 0);
}
void sp_plus_imm8(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.rn = 13;
  op.imm = 4 * bits(op.raw, 7, 0);
}
void sp_adjust(Op& op) {
  op.rd = op.rn = 13;
  op.imm = 4 * bits(op.raw, 6, 0);
}
void compare_and_branch(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 2, 0));
  op.imm = op.pc() + (bits(op.raw, 9, 9) << 6 | bits(op.raw, 7, 3) << 1);
}
void conditional_branch(Op& op) {
  op.cond = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.imm = op.pc() + static_cast<std::uint32_t>(sign_extend(bits(op.raw, 7, 0) << 1, 9));
}
void branch_target(Op& op) {
  op.imm = op.pc() + static_cast<std::uint32_t>(sign_extend(bits(op.raw, 10, 0) << 1, 12));
}
void imm8(Op& op) { op.imm = bits(op.raw, 7, 0); }
void unconditional(Op& op) { op.cond = kUnconditional; }

// --- execution
// ---------------------------------------------------------------------------------------------------

void shift_by_immediate(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t value = shift_with_carry(m.r[op.rm], op.shift, op.amount, carry);
  m.r[op.rd] = compute<Alu::mov>(m, 0, value, carry, m.sets_flags(op));
}
void shift_by_register(Machine& m, const Op& op) {
  bool carry = m.c;
  const std::uint32_t value = shift_with_carry(m.r[op.rn], op.shift, m.r[op.rm] & 0xFF, carry);
  m.r[op.rd] = compute<Alu::mov>(m, 0, value, carry, m.sets_flags(op));
}
template <Alu kOp>
void alu_registers(Machine& m, const Op& op) {
  m.r[op.rd] = compute<kOp>(m, m.r[op.rn], m.r[op.rm], m.c, m.sets_flags(op));
}
template <Alu kOp>
void alu_immediate(Machine& m, const Op& op) {
  m.r[op.rd] = compute<kOp>(m, m.r[op.rn], op.imm, m.c, m.sets_flags(op));
}
template <Alu kOp>
void test_registers(Machine& m, const Op& op) {
  compute<kOp>(m, m.r[op.rn], m.r[op.rm], m.c, true);
}
void compare_immediate(Machine& m, const Op& op) { compute<Alu::sub>(m, m.r[op.rn], op.imm, m.c, true); }
void negate(Machine& m, const Op& op) {
  m.r[op.rd] = compute<Alu::rsb>(m, m.r[op.rm], 0, m.c, m.sets_flags(op));
}
void multiply(Machine& m, const Op& op) {
  m.r[op.rd] = m.r[op.rn] * m.r[op.rm];
  if (m.sets_flags(op)) m.set_nz(m.r[op.rd]);
}

// ALUWritePC is a branch that does not look at bit 0.
void write_high(Machine& m, unsigned rd, std::uint32_t value) {
  if (rd == 15) return m.branch(value);
  set_register(m, rd, value);
}
void add_high(Machine& m, const Op& op) { write_high(m, op.rd, m.r[op.rn] + m.r[op.rm]); }
void move_high(Machine& m, const Op& op) { write_high(m, op.rd, m.r[op.rm]); }

void add_address(Machine& m, const Op& op) { set_register(m, op.rd, m.r[op.rn] + op.imm); }
void subtract_from_sp(Machine& m, const Op& op) {
  if (!m.stack_overflows(13, m.r[13] - op.imm)) m.r[13] -= op.imm;
}
void move_address(Machine& m, const Op& op) { m.r[op.rd] = op.imm; }

void sxth(Machine& m, const Op& op) {
  m.r[op.rd] = static_cast<std::uint32_t>(sign_extend(m.r[op.rm] & 0xFFFF, 16));
}
void sxtb(Machine& m, const Op& op) {
  m.r[op.rd] = static_cast<std::uint32_t>(sign_extend(m.r[op.rm] & 0xFF, 8));
}
void uxth(Machine& m, const Op& op) { m.r[op.rd] = m.r[op.rm] & 0xFFFF; }
void uxtb(Machine& m, const Op& op) { m.r[op.rd] = m.r[op.rm] & 0xFF; }
void rev(Machine& m, const Op& op) { m.r[op.rd] = __builtin_bswap32(m.r[op.rm]); }
void rev16(Machine& m, const Op& op) { m.r[op.rd] = rotate_right(__builtin_bswap32(m.r[op.rm]), 16); }
void revsh(Machine& m, const Op& op) {
  m.r[op.rd] = static_cast<std::uint32_t>(sign_extend(__builtin_bswap32(m.r[op.rm]) >> 16, 16));
}

void branch_always(Machine& m, const Op& op) { m.branch_immediate(op.imm); }
void branch_if(Machine& m, const Op& op) {
  if (m.condition_passed(op.cond)) m.branch_immediate(op.imm);
}
void branch_if_zero(Machine& m, const Op& op) {
  if (m.r[op.rn] == 0) m.branch(op.imm);
}
void branch_if_not_zero(Machine& m, const Op& op) {
  if (m.r[op.rn] != 0) m.branch(op.imm);
}
void bx(Machine& m, const Op& op) { m.branch_exchange(m.r[op.rm]); }
void blx(Machine& m, const Op& op) {
  const std::uint32_t target = m.r[op.rm];
  m.r[14] = m.next_pc | 1;
  m.branch(target);
  if ((target & 1) == 0) {
    m.thumb = false;
    m.refresh();
  }
}

void cps(Machine& m, const Op& op) {
  if (!m.privileged()) return;
  const bool disable = bits(op.raw, 4, 4) != 0;
  if (bits(op.raw, 1, 1) != 0) m.primask = disable;
  if (bits(op.raw, 0, 0) != 0 && (!disable || m.execution_priority() > -1)) m.faultmask = disable;
  m.poll.note_change();
  m.priorities_changed();
}
void if_then(Machine& m, const Op& op) { m.it = static_cast<std::uint8_t>(op.imm); }
void hint(Machine& m, const Op& op) { m.hint(bits(op.raw, 7, 4)); }
void bkpt(Machine& m, const Op&) { m.breakpoint(); }
void svc(Machine& m, const Op&) { m.supervisor_call(); }
void udf(Machine& m, const Op&) { m.usage_fault(kUndefInstr); }

constexpr Row kRows[] = {
    // Shift (immediate), add, subtract, move, compare (A5.2.1)
    {0xFE00, 0x1800, three_registers, alu_registers<Alu::add>},
    {0xFE00, 0x1A00, three_registers, alu_registers<Alu::sub>},
    {0xFE00, 0x1C00, three_registers, alu_immediate<Alu::add>},
    {0xFE00, 0x1E00, three_registers, alu_immediate<Alu::sub>},
    {0xE000, 0x0000, shift_immediate, shift_by_immediate},  // LSL, LSR, ASR; MOVS Rd, Rm is LSL #0
    {0xF800, 0x2000, register_imm8, alu_immediate<Alu::mov>},
    {0xF800, 0x2800, register_imm8, compare_immediate},
    {0xF800, 0x3000, register_imm8, alu_immediate<Alu::add>},
    {0xF800, 0x3800, register_imm8, alu_immediate<Alu::sub>},
    // Data processing (A5.2.2)
    {0xFFC0, 0x4000, low_registers, alu_registers<Alu::and_>},
    {0xFFC0, 0x4040, low_registers, alu_registers<Alu::eor>},
    {0xFFC0, 0x4080, shift_register, shift_by_register},
    {0xFFC0, 0x40C0, shift_register, shift_by_register},
    {0xFFC0, 0x4100, shift_register, shift_by_register},
    {0xFFC0, 0x4140, low_registers, alu_registers<Alu::adc>},
    {0xFFC0, 0x4180, low_registers, alu_registers<Alu::sbc>},
    {0xFFC0, 0x41C0, shift_register, shift_by_register},
    {0xFFC0, 0x4200, low_registers, test_registers<Alu::and_>},
    {0xFFC0, 0x4240, low_registers, negate},
    {0xFFC0, 0x4280, low_registers, test_registers<Alu::sub>},
    {0xFFC0, 0x42C0, low_registers, test_registers<Alu::add>},
    {0xFFC0, 0x4300, low_registers, alu_registers<Alu::orr>},
    {0xFFC0, 0x4340, low_registers, multiply},
    {0xFFC0, 0x4380, low_registers, alu_registers<Alu::bic>},
    {0xFFC0, 0x43C0, low_registers, alu_registers<Alu::mvn>},
    // Special data and branch and exchange (A5.2.3)
    {0xFF00, 0x4400, high_registers, add_high},
    {0xFF00, 0x4500, high_registers, test_registers<Alu::sub>},
    {0xFF00, 0x4600, high_registers, move_high},
    {0xFF80, 0x4700, high_registers, bx},
    {0xFF80, 0x4780, high_registers, blx},
    // Addresses
    {0xF800, 0xA000, pc_relative_address, move_address},
    {0xF800, 0xA800, sp_plus_imm8, add_address},
    // Miscellaneous (A5.2.5)
    {0xFF80, 0xB000, sp_adjust, add_address},
    {0xFF80, 0xB080, sp_adjust, subtract_from_sp},
    {0xFD00, 0xB100, compare_and_branch, branch_if_zero, 1, Architecture::v7m},
    {0xFD00, 0xB900, compare_and_branch, branch_if_not_zero, 1, Architecture::v7m},
    {0xFFC0, 0xB200, low_registers, sxth},
    {0xFFC0, 0xB240, low_registers, sxtb},
    {0xFFC0, 0xB280, low_registers, uxth},
    {0xFFC0, 0xB2C0, low_registers, uxtb},
    {0xFFEF, 0xB662, nullptr, cps},  // i alone
    {0xFFEC, 0xB660, nullptr, cps, 1, Architecture::v7m},
    {0xFFC0, 0xBA00, low_registers, rev},
    {0xFFC0, 0xBA40, low_registers, rev16},
    {0xFFC0, 0xBAC0, low_registers, revsh},
    {0xFF00, 0xBE00, unconditional, bkpt},
    {0xFF0F, 0xBF00, nullptr, hint},
    {0xFF00, 0xBF00, imm8, if_then, 1, Architecture::v7m},
    // Branches and SVC (A5.2.6, A5.2.7)
    {0xFF00, 0xDE00, nullptr, udf},
    {0xFF00, 0xDF00, nullptr, svc},
    {0xF000, 0xD000, conditional_branch, branch_if},
    {0xF800, 0xE000, branch_target, branch_always},
};

}  // namespace

std::span<const Row> thumb16_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
