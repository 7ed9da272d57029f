// Multiplies, multiply-accumulates and divides, 32 and 64 bit (A5.3.16, A5.3.17).
#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

void operands(Op& op) {  // Ra or RdLo 15:12, Rd or RdHi 11:8
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.ra = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
}

std::int64_t low_half(std::uint32_t x) { return sign_extend(x & 0xFFFF, 16); }
std::int64_t high_half(std::uint32_t x) { return sign_extend(x >> 16, 16); }
std::int64_t half(std::uint32_t x, bool high) { return high ? high_half(x) : low_half(x); }
std::int64_t as_signed(std::uint32_t x) { return static_cast<std::int32_t>(x); }
// Ra = 15 means that nothing is added.
std::int64_t accumulator(const Machine& m, const Op& op) { return op.ra == 15 ? 0 : as_signed(m.r[op.ra]); }

// The result in 32 bits; Q where it does not fit.
void set_with_q(Machine& m, unsigned rd, std::int64_t result) {
  if (result != static_cast<std::int32_t>(result)) m.q = true;
  set_register(m, rd, static_cast<std::uint32_t>(result));
}
std::uint64_t pair(const Machine& m, const Op& op) { return std::uint64_t{m.r[op.rd]} << 32 | m.r[op.ra]; }
void set_pair(Machine& m, const Op& op, std::uint64_t value) {
  set_register(m, op.ra, static_cast<std::uint32_t>(value));
  set_register(m, op.rd, static_cast<std::uint32_t>(value >> 32));
}

void mla(Machine& m, const Op& op) {
  const std::uint32_t added = op.ra == 15 ? 0 : m.r[op.ra];
  set_register(m, op.rd, m.r[op.rn] * m.r[op.rm] + added);
}
void mls(Machine& m, const Op& op) { set_register(m, op.rd, m.r[op.ra] - m.r[op.rn] * m.r[op.rm]); }

void smla_halves(Machine& m, const Op& op) {  // SMLAxy, SMULxy
  const std::int64_t product =
      half(m.r[op.rn], bits(op.raw, 5, 5) != 0) * half(m.r[op.rm], bits(op.raw, 4, 4) != 0);
  set_with_q(m, op.rd, product + accumulator(m, op));
}
void smla_word_half(Machine& m, const Op& op) {  // SMLAWy, SMULWy
  const std::int64_t product = as_signed(m.r[op.rn]) * half(m.r[op.rm], bits(op.raw, 4, 4) != 0);
  set_with_q(m, op.rd, (product >> 16) + accumulator(m, op));
}
std::int64_t dual_product(const Machine& m, const Op& op, bool subtract) {  // bit 4 exchanges Rm's halves
  const std::uint32_t x = m.r[op.rn], y = bits(op.raw, 4, 4) != 0 ? rotate_right(m.r[op.rm], 16) : m.r[op.rm];
  const std::int64_t second = high_half(x) * high_half(y);
  return low_half(x) * low_half(y) + (subtract ? -second : second);
}
void smlad(Machine& m, const Op& op) {
  set_with_q(m, op.rd, dual_product(m, op, false) + accumulator(m, op));
}
void smlsd(Machine& m, const Op& op) { set_with_q(m, op.rd, dual_product(m, op, true) + accumulator(m, op)); }

// The most significant word, rounded where bit 4 says so.
void top_word(Machine& m, const Op& op, std::uint64_t value) {
  if (bits(op.raw, 4, 4) != 0) value += 0x80000000;
  set_register(m, op.rd, static_cast<std::uint32_t>(value >> 32));
}
void smmla(Machine& m, const Op& op) {
  const auto product = static_cast<std::uint64_t>(as_signed(m.r[op.rn]) * as_signed(m.r[op.rm]));
  top_word(m, op, (static_cast<std::uint64_t>(accumulator(m, op)) << 32) + product);
}
void smmls(Machine& m, const Op& op) {
  const auto product = static_cast<std::uint64_t>(as_signed(m.r[op.rn]) * as_signed(m.r[op.rm]));
  top_word(m, op, (std::uint64_t{m.r[op.ra]} << 32) - product);
}
void usada8(Machine& m, const Op& op) {
  std::uint32_t sum = op.ra == 15 ? 0 : m.r[op.ra];
  for (unsigned lane = 0; lane < 32; lane += 8) {
    const std::uint32_t x = m.r[op.rn] >> lane & 0xFF, y = m.r[op.rm] >> lane & 0xFF;
    sum += x > y ? x - y : y - x;
  }
  set_register(m, op.rd, sum);
}

void smull(Machine& m, const Op& op) {
  set_pair(m, op, static_cast<std::uint64_t>(as_signed(m.r[op.rn]) * as_signed(m.r[op.rm])));
}
void umull(Machine& m, const Op& op) { set_pair(m, op, std::uint64_t{m.r[op.rn]} * m.r[op.rm]); }
void smlal(Machine& m, const Op& op) {
  set_pair(m, op, pair(m, op) + static_cast<std::uint64_t>(as_signed(m.r[op.rn]) * as_signed(m.r[op.rm])));
}
void umlal(Machine& m, const Op& op) {
  set_pair(m, op, pair(m, op) + std::uint64_t{m.r[op.rn]} * m.r[op.rm]);
}
void umaal(Machine& m, const Op& op) {
  set_pair(m, op, std::uint64_t{m.r[op.rn]} * m.r[op.rm] + m.r[op.rd] + m.r[op.ra]);
}
void smlal_halves(Machine& m, const Op& op) {
  const std::int64_t product =
      half(m.r[op.rn], bits(op.raw, 5, 5) != 0) * half(m.r[op.rm], bits(op.raw, 4, 4) != 0);
  set_pair(m, op, pair(m, op) + static_cast<std::uint64_t>(product));
}
void smlald(Machine& m, const Op& op) {
  set_pair(m, op, pair(m, op) + static_cast<std::uint64_t>(dual_product(m, op, false)));
}
void smlsld(Machine& m, const Op& op) {
  set_pair(m, op, pair(m, op) + static_cast<std::uint64_t>(dual_product(m, op, true)));
}

bool divides_by_zero(Machine& m, const Op& op) {
  if (m.r[op.rm] != 0) return false;
  if ((m.scs.ccr & kDiv0Trp) != 0) {
    m.usage_fault(kDivByZero);
  } else {
    set_register(m, op.rd, 0);
  }
  return true;
}
void sdiv(Machine& m, const Op& op) {  // 0x80000000 / -1 is 0x80000000
  if (divides_by_zero(m, op)) return;
  set_register(m, op.rd, static_cast<std::uint32_t>(as_signed(m.r[op.rn]) / as_signed(m.r[op.rm])));
}
void udiv(Machine& m, const Op& op) {
  if (!divides_by_zero(m, op)) set_register(m, op.rd, m.r[op.rn] / m.r[op.rm]);
}

constexpr Architecture kDsp = Architecture::v7em;
constexpr std::uint8_t kDivideCycles = 6;  // 2 to 12 (Cortex-M4 TRM 3.3.1)

constexpr Row kRows[] = {
    {0xFFF000F0, 0xFB000000, operands, mla},
    {0xFFF000F0, 0xFB000010, operands, mls},
    {0xFFF000C0, 0xFB100000, operands, smla_halves, 1, kDsp},
    {0xFFF000E0, 0xFB200000, operands, smlad, 1, kDsp},
    {0xFFF000E0, 0xFB300000, operands, smla_word_half, 1, kDsp},
    {0xFFF000E0, 0xFB400000, operands, smlsd, 1, kDsp},
    {0xFFF000E0, 0xFB500000, operands, smmla, 1, kDsp},
    {0xFFF000E0, 0xFB600000, operands, smmls, 1, kDsp},
    {0xFFF000F0, 0xFB700000, operands, usada8, 1, kDsp},
    {0xFFF000F0, 0xFB800000, operands, smull},
    {0xFFF0F0F0, 0xFB90F0F0, operands, sdiv, kDivideCycles},
    {0xFFF000F0, 0xFBA00000, operands, umull},
    {0xFFF0F0F0, 0xFBB0F0F0, operands, udiv, kDivideCycles},
    {0xFFF000F0, 0xFBC00000, operands, smlal},
    {0xFFF000C0, 0xFBC00080, operands, smlal_halves, 1, kDsp},
    {0xFFF000E0, 0xFBC000C0, operands, smlald, 1, kDsp},
    {0xFFF000E0, 0xFBD000C0, operands, smlsld, 1, kDsp},
    {0xFFF000F0, 0xFBE00000, operands, umlal},
    {0xFFF000F0, 0xFBE00060, operands, umaal, 1, kDsp},
};

}  // namespace

std::span<const Row> multiply_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
