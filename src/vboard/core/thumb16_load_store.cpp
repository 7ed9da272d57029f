// 16-bit loads, stores, PUSH and POP (A5.2.4, A5.2.5, table A5-1).
#include "vboard/core/load_store.hpp"

namespace probity::vboard::armv7m {
namespace {

void literal(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.imm = op.aligned_pc() + 4 * bits(op.raw, 7, 0);
}
void register_offset(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 2, 0));
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 5, 3));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 8, 6));
}
template <unsigned kScale>
void immediate_offset(Op& op) {
  register_offset(op);
  op.imm = kScale * bits(op.raw, 10, 6);
}
void sp_offset(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.rn = 13;
  op.imm = 4 * bits(op.raw, 7, 0);
}
void multiple(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 10, 8));
  op.imm = bits(op.raw, 7, 0);
  op.writeback = bits(op.raw, 11, 11) == 0 || (op.imm >> op.rn & 1) == 0;  // LDM does not write a loaded base
  op.cycles = multiple_cycles(op.imm);
}
void push(Op& op) {
  op.rn = 13;
  op.imm = bits(op.raw, 7, 0) | bits(op.raw, 8, 8) << 14;
  op.add = false;
  op.writeback = true;
  op.cycles = multiple_cycles(op.imm);
}
void pop(Op& op) {
  op.rn = 13;
  op.imm = bits(op.raw, 7, 0) | bits(op.raw, 8, 8) << 15;
  op.writeback = true;
  op.cycles = multiple_cycles(op.imm);
}

template <Access kAccess, bool kAligned>
void access(Machine& m, std::uint32_t address, unsigned rt) {
  if (kAligned && !m.check_alignment(address, width_of(kAccess))) return;
  transfer<kAccess>(m, address, rt);
}
template <Access kAccess, bool kAligned>
void by_register(Machine& m, const Op& op) {
  access<kAccess, kAligned>(m, m.r[op.rn] + m.r[op.rm], op.rd);
}
template <Access kAccess, bool kAligned>
void by_immediate(Machine& m, const Op& op) {
  access<kAccess, kAligned>(m, m.r[op.rn] + op.imm, op.rd);
}
void load_literal(Machine& m, const Op& op) { transfer<Access::ldr>(m, op.imm, op.rd); }

template <bool kAligned>
constexpr Row kRows[] = {
    {0xF800, 0x4800, literal, load_literal, 2},
    {0xFE00, 0x5000, register_offset, by_register<Access::str, kAligned>, 2},
    {0xFE00, 0x5200, register_offset, by_register<Access::strh, kAligned>, 2},
    {0xFE00, 0x5400, register_offset, by_register<Access::strb, kAligned>, 2},
    {0xFE00, 0x5600, register_offset, by_register<Access::ldrsb, kAligned>, 2},
    {0xFE00, 0x5800, register_offset, by_register<Access::ldr, kAligned>, 2},
    {0xFE00, 0x5A00, register_offset, by_register<Access::ldrh, kAligned>, 2},
    {0xFE00, 0x5C00, register_offset, by_register<Access::ldrb, kAligned>, 2},
    {0xFE00, 0x5E00, register_offset, by_register<Access::ldrsh, kAligned>, 2},
    {0xF800, 0x6000, immediate_offset<4>, by_immediate<Access::str, kAligned>, 2},
    {0xF800, 0x6800, immediate_offset<4>, by_immediate<Access::ldr, kAligned>, 2},
    {0xF800, 0x7000, immediate_offset<1>, by_immediate<Access::strb, kAligned>, 2},
    {0xF800, 0x7800, immediate_offset<1>, by_immediate<Access::ldrb, kAligned>, 2},
    {0xF800, 0x8000, immediate_offset<2>, by_immediate<Access::strh, kAligned>, 2},
    {0xF800, 0x8800, immediate_offset<2>, by_immediate<Access::ldrh, kAligned>, 2},
    {0xF800, 0x9000, sp_offset, by_immediate<Access::str, kAligned>, 2},
    {0xF800, 0x9800, sp_offset, by_immediate<Access::ldr, kAligned>, 2},
    {0xFE00, 0xB400, push, store_multiple},
    {0xFE00, 0xBC00, pop, load_multiple},
    {0xF800, 0xC000, multiple, store_multiple},
    {0xF800, 0xC800, multiple, load_multiple},
};

}  // namespace

std::span<const Row> thumb16_load_store_rows() { return kRows<false>; }
std::span<const Row> thumb16_aligned_rows() { return kRows<true>; }

}  // namespace probity::vboard::armv7m
