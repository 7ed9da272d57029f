// 32-bit branches, MRS, MSR, hints, barriers, and the permanently undefined (A5.3.4).
#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

// I1 = NOT(J1 EOR S), I2 = NOT(J2 EOR S) (A7.7.12).
void branch24(Op& op) {
  const std::uint32_t s = bits(op.raw, 26, 26);
  const std::uint32_t i1 = bits(op.raw, 13, 13) ^ s ^ 1, i2 = bits(op.raw, 11, 11) ^ s ^ 1;
  const std::uint32_t offset =
      s << 24 | i1 << 23 | i2 << 22 | bits(op.raw, 25, 16) << 12 | bits(op.raw, 10, 0) << 1;
  op.imm = op.pc() + static_cast<std::uint32_t>(sign_extend(offset, 25));
}
void branch20(Op& op) {
  const std::uint32_t offset = bits(op.raw, 26, 26) << 20 | bits(op.raw, 11, 11) << 19 |
                               bits(op.raw, 13, 13) << 18 | bits(op.raw, 21, 16) << 12 |
                               bits(op.raw, 10, 0) << 1;
  op.cond = static_cast<std::uint8_t>(bits(op.raw, 25, 22));
  op.imm = op.pc() + static_cast<std::uint32_t>(sign_extend(offset, 21));
}
void special_register(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.imm = bits(op.raw, 7, 0);
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 11, 10));
}

void branch_always(Machine& m, const Op& op) { m.branch_immediate(op.imm); }
void branch_if(Machine& m, const Op& op) {
  if (m.condition_passed(op.cond)) m.branch_immediate(op.imm);
}
void branch_link(Machine& m, const Op& op) {
  m.r[14] = m.next_pc | 1;
  m.branch(op.imm);
}
void mrs(Machine& m, const Op& op) { set_register(m, op.rd, m.special(op.imm)); }
void msr(Machine& m, const Op& op) { m.set_special(op.imm, op.amount, m.r[op.rn]); }
void hint(Machine& m, const Op& op) { m.hint(bits(op.raw, 7, 0)); }
void clrex(Machine& m, const Op&) {
  m.exclusive = false;
  m.poll.note_change();
}
// Execution is in order and nothing is buffered: DSB, DMB and ISB have nothing to wait for.
void barrier(Machine&, const Op&) {}
void udf(Machine& m, const Op&) { m.usage_fault(kUndefInstr); }

// Armv6-M has BL, MSR, MRS and the barriers.
constexpr Row kRows[] = {
    {0xFFE0F300, 0xF3808000, special_register, msr},
    {0xFFFFF000, 0xF3EF8000, special_register, mrs},
    {0xFFFFFF00, 0xF3AF8000, nullptr, hint, 1, Architecture::v7m},
    {0xFFFFFFF0, 0xF3BF8F20, nullptr, clrex, 1, Architecture::v7m},
    {0xFFFFFFF0, 0xF3BF8F40, nullptr, barrier},
    {0xFFFFFFF0, 0xF3BF8F50, nullptr, barrier},
    {0xFFFFFFF0, 0xF3BF8F60, nullptr, barrier},
    {0xFFF0F000, 0xF7F0A000, nullptr, udf},
    {0xFB80D000, 0xF3808000, nullptr, udf},  // cond 111x: what is left of the rows above
    {0xF800D000, 0xF0008000, branch20, branch_if, 1, Architecture::v7m},
    {0xF800D000, 0xF0009000, branch24, branch_always, 1, Architecture::v7m},
    {0xF800D000, 0xF000D000, branch24, branch_link},
};

}  // namespace

std::span<const Row> branch_and_system_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
