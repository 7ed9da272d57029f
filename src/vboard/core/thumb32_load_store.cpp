// 32-bit single loads and stores (A5.3.7-A5.3.10).
#include "vboard/core/load_store.hpp"

namespace probity::vboard::armv7m {
namespace {

void base_and_target(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
}
void imm12(Op& op) {
  base_and_target(op);
  op.imm = bits(op.raw, 11, 0);
}
// 1PUW imm8; `imm` is the signed offset.
void imm8_indexed(Op& op) {
  base_and_target(op);
  op.index = bits(op.raw, 10, 10) != 0;
  op.writeback = bits(op.raw, 8, 8) != 0;
  op.imm = bits(op.raw, 9, 9) != 0 ? bits(op.raw, 7, 0) : 0u - bits(op.raw, 7, 0);
}
void shifted_register(Op& op) {
  base_and_target(op);
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
  op.amount = static_cast<std::uint8_t>(bits(op.raw, 5, 4));
}
void literal(Op& op) {
  base_and_target(op);
  op.imm = bits(op.raw, 23, 23) != 0 ? op.aligned_pc() + bits(op.raw, 11, 0)
                                     : op.aligned_pc() - bits(op.raw, 11, 0);
}

template <Access kAccess>
void at_offset(Machine& m, const Op& op) {
  transfer<kAccess>(m, m.r[op.rn] + op.imm, op.rd);
}
template <Access kAccess>
void at_register(Machine& m, const Op& op) {
  transfer<kAccess>(m, m.r[op.rn] + (m.r[op.rm] << op.amount), op.rd);
}
template <Access kAccess>
void at_literal(Machine& m, const Op& op) {
  transfer<kAccess>(m, op.imm, op.rd);
}
// A load into PC may end in an exception return, which reads SP: the base is written first and taken back if
// the bus has to be asked again.
template <Access kAccess>
void indexed(Machine& m, const Op& op) {
  const std::uint32_t base = m.r[op.rn], moved = base + op.imm;
  const std::uint32_t address = op.index ? moved : base;
  if (op.writeback && m.stack_overflows(op.rn, moved)) return;
  if constexpr (is_store(kAccess)) {
    if (transfer<kAccess>(m, address, op.rd) && op.writeback) set_register(m, op.rn, moved);
  } else {
    std::uint32_t value = 0;
    if (!m.load(address, width_of(kAccess), value)) return;
    if constexpr (kAccess == Access::ldrsh) value = static_cast<std::uint32_t>(sign_extend(value, 16));
    if constexpr (kAccess == Access::ldrsb) value = static_cast<std::uint32_t>(sign_extend(value, 8));
    if (op.writeback) set_register(m, op.rn, moved);
    if (op.rd != 15) return set_register(m, op.rd, value);
    m.branch_exchange(value);
    if (m.outcome == Outcome::stalled) m.r[op.rn] = base;
  }
}
// LDRT, STRT and their likes.
template <Access kAccess>
void unprivileged(Machine& m, const Op& op) {
  m.as_user = true;
  transfer<kAccess>(m, m.r[op.rn] + op.imm, op.rd);
  m.as_user = false;
}
void preload(Machine&, const Op&) {}

constexpr Row kRows[] = {
    // Preload hints: LDRB/LDRH/LDRSB/LDRSH encodings with Rt = 15 (PLD, PLI and unallocated hints).
    {0xFF7FF000, 0xF81FF000, nullptr, preload},
    {0xFFF0F000, 0xF890F000, nullptr, preload},
    {0xFFF0FF00, 0xF810FC00, nullptr, preload},
    {0xFFF0FFC0, 0xF810F000, nullptr, preload},
    {0xFF7FF000, 0xF83FF000, nullptr, preload},
    {0xFFF0F000, 0xF8B0F000, nullptr, preload},
    {0xFFF0FF00, 0xF830FC00, nullptr, preload},
    {0xFFF0FFC0, 0xF830F000, nullptr, preload},
    {0xFF7FF000, 0xF91FF000, nullptr, preload},
    {0xFFF0F000, 0xF990F000, nullptr, preload},
    {0xFFF0FF00, 0xF910FC00, nullptr, preload},
    {0xFFF0FFC0, 0xF910F000, nullptr, preload},
    {0xFF7FF000, 0xF93FF000, nullptr, preload},
    {0xFFF0F000, 0xF9B0F000, nullptr, preload},
    {0xFFF0FF00, 0xF930FC00, nullptr, preload},
    {0xFFF0FFC0, 0xF930F000, nullptr, preload},
    // Literals
    {0xFF7F0000, 0xF81F0000, literal, at_literal<Access::ldrb>, 2},
    {0xFF7F0000, 0xF83F0000, literal, at_literal<Access::ldrh>, 2},
    {0xFF7F0000, 0xF85F0000, literal, at_literal<Access::ldr>, 2},
    {0xFF7F0000, 0xF91F0000, literal, at_literal<Access::ldrsb>, 2},
    {0xFF7F0000, 0xF93F0000, literal, at_literal<Access::ldrsh>, 2},
    // 12-bit offset
    {0xFFF00000, 0xF8800000, imm12, at_offset<Access::strb>, 2},
    {0xFFF00000, 0xF8900000, imm12, at_offset<Access::ldrb>, 2},
    {0xFFF00000, 0xF8A00000, imm12, at_offset<Access::strh>, 2},
    {0xFFF00000, 0xF8B00000, imm12, at_offset<Access::ldrh>, 2},
    {0xFFF00000, 0xF8C00000, imm12, at_offset<Access::str>, 2},
    {0xFFF00000, 0xF8D00000, imm12, at_offset<Access::ldr>, 2},
    {0xFFF00000, 0xF9900000, imm12, at_offset<Access::ldrsb>, 2},
    {0xFFF00000, 0xF9B00000, imm12, at_offset<Access::ldrsh>, 2},
    // Register offset
    {0xFFF00FC0, 0xF8000000, shifted_register, at_register<Access::strb>, 2},
    {0xFFF00FC0, 0xF8100000, shifted_register, at_register<Access::ldrb>, 2},
    {0xFFF00FC0, 0xF8200000, shifted_register, at_register<Access::strh>, 2},
    {0xFFF00FC0, 0xF8300000, shifted_register, at_register<Access::ldrh>, 2},
    {0xFFF00FC0, 0xF8400000, shifted_register, at_register<Access::str>, 2},
    {0xFFF00FC0, 0xF8500000, shifted_register, at_register<Access::ldr>, 2},
    {0xFFF00FC0, 0xF9100000, shifted_register, at_register<Access::ldrsb>, 2},
    {0xFFF00FC0, 0xF9300000, shifted_register, at_register<Access::ldrsh>, 2},
    // 8-bit offset: unprivileged (P=1 U=1 W=0), pre- and post-indexed. P=0 W=0 is undefined.
    {0xFFF00F00, 0xF8000E00, imm8_indexed, unprivileged<Access::strb>, 2},
    {0xFFF00F00, 0xF8100E00, imm8_indexed, unprivileged<Access::ldrb>, 2},
    {0xFFF00F00, 0xF8200E00, imm8_indexed, unprivileged<Access::strh>, 2},
    {0xFFF00F00, 0xF8300E00, imm8_indexed, unprivileged<Access::ldrh>, 2},
    {0xFFF00F00, 0xF8400E00, imm8_indexed, unprivileged<Access::str>, 2},
    {0xFFF00F00, 0xF8500E00, imm8_indexed, unprivileged<Access::ldr>, 2},
    {0xFFF00F00, 0xF9100E00, imm8_indexed, unprivileged<Access::ldrsb>, 2},
    {0xFFF00F00, 0xF9300E00, imm8_indexed, unprivileged<Access::ldrsh>, 2},
    {0xFFF00C00, 0xF8000C00, imm8_indexed, indexed<Access::strb>, 2},
    {0xFFF00D00, 0xF8000900, imm8_indexed, indexed<Access::strb>, 2},
    {0xFFF00C00, 0xF8100C00, imm8_indexed, indexed<Access::ldrb>, 2},
    {0xFFF00D00, 0xF8100900, imm8_indexed, indexed<Access::ldrb>, 2},
    {0xFFF00C00, 0xF8200C00, imm8_indexed, indexed<Access::strh>, 2},
    {0xFFF00D00, 0xF8200900, imm8_indexed, indexed<Access::strh>, 2},
    {0xFFF00C00, 0xF8300C00, imm8_indexed, indexed<Access::ldrh>, 2},
    {0xFFF00D00, 0xF8300900, imm8_indexed, indexed<Access::ldrh>, 2},
    {0xFFF00C00, 0xF8400C00, imm8_indexed, indexed<Access::str>, 2},
    {0xFFF00D00, 0xF8400900, imm8_indexed, indexed<Access::str>, 2},
    {0xFFF00C00, 0xF8500C00, imm8_indexed, indexed<Access::ldr>, 2},
    {0xFFF00D00, 0xF8500900, imm8_indexed, indexed<Access::ldr>, 2},
    {0xFFF00C00, 0xF9100C00, imm8_indexed, indexed<Access::ldrsb>, 2},
    {0xFFF00D00, 0xF9100900, imm8_indexed, indexed<Access::ldrsb>, 2},
    {0xFFF00C00, 0xF9300C00, imm8_indexed, indexed<Access::ldrsh>, 2},
    {0xFFF00D00, 0xF9300900, imm8_indexed, indexed<Access::ldrsh>, 2},
};

}  // namespace

std::span<const Row> load_store_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
