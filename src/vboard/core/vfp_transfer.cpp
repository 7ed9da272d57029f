// Floating-point loads and stores, moves between the register files, VMRS and VMSR (chapter A6).
#include <array>

#include "vboard/core/load_store.hpp"
#include "vboard/core/vfp.hpp"

namespace probity::vboard::armv7m {
namespace {

using namespace vfp;

// Of loads and stores rd is the first single register; imm the offset; `size` words in `amount`.
template <bool kDouble>
void first_register(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12) << 1 | (kDouble ? 0 : bits(op.raw, 22, 22)));
  op.add = bits(op.raw, 23, 23) != 0;
  op.imm = 4 * bits(op.raw, 7, 0);
}
template <bool kDouble>
void one(Op& op) {
  first_register<kDouble>(op);
  op.amount = kDouble ? 2 : 1;
  op.cycles = 1 + op.amount;
  if (!op.add) op.imm = 0u - op.imm;
}
// An odd count of words with double registers is FLDMX, FSTMX: the last word is skipped.
template <bool kDouble>
void several(Op& op) {
  first_register<kDouble>(op);
  op.writeback = bits(op.raw, 21, 21) != 0;
  const unsigned words = bits(op.raw, 7, 0) & (kDouble ? ~1u : ~0u);
  op.amount = static_cast<std::uint8_t>(std::min(words, 32u - op.rd));
  op.cycles = static_cast<std::uint8_t>(1 + op.amount);
}

// Every word is read before a register changes.
bool load_words(Machine& m, std::uint32_t address, const Op& op) {
  std::array<std::uint32_t, 32> values;
  for (unsigned i = 0; i < op.amount; ++i) {
    if (!m.load_aligned(address + 4 * i, 4, values[i])) return false;
  }
  std::copy_n(values.begin(), op.amount, m.fp.begin() + op.rd);
  return true;
}
bool store_words(Machine& m, std::uint32_t address, const Op& op) {
  for (unsigned i = 0; i < op.amount; ++i) {
    if (!m.store_aligned(address + 4 * i, 4, m.fp[op.rd + i])) return false;
  }
  return true;
}

void load_one(Machine& m, const Op& op) {
  load_words(m, (op.rn == 15 ? op.aligned_pc() : m.r[op.rn]) + op.imm, op);
}
void store_one(Machine& m, const Op& op) { store_words(m, m.r[op.rn] + op.imm, op); }
template <auto kWords>
void multiple(Machine& m, const Op& op) {
  const std::uint32_t base = m.r[op.rn], lowest = op.add ? base : base - op.imm;
  if (kWords(m, lowest, op) && op.writeback) set_register(m, op.rn, op.add ? base + op.imm : lowest);
}

// Moves: rd the core register, ra the second one; rm the single register.
template <bool kDouble>
void core_and_register(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 19, 16) << 1 |
                                    (kDouble ? bits(op.raw, 21, 21) : bits(op.raw, 7, 7)));
}
template <bool kDouble>
void two_registers(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.ra = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0) << 1 | (kDouble ? 0 : bits(op.raw, 5, 5)));
}
void to_fp(Machine& m, const Op& op) { m.fp[op.rm] = m.r[op.rd]; }
void to_core(Machine& m, const Op& op) { set_register(m, op.rd, m.fp[op.rm]); }
void pair_to_fp(Machine& m, const Op& op) {
  m.fp[op.rm] = m.r[op.rd];
  if (op.rm < 31) m.fp[op.rm + 1] = m.r[op.ra];  // S31 and a successor: UNPREDICTABLE
}
void pair_to_core(Machine& m, const Op& op) {
  set_register(m, op.rd, m.fp[op.rm]);
  if (op.rm < 31) set_register(m, op.ra, m.fp[op.rm + 1]);
}

void core_register(Op& op) { op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12)); }
void vmsr(Machine& m, const Op& op) { m.fpscr = m.r[op.rd] & kFpscrWritable; }
void vmrs(Machine& m, const Op& op) {
  if (op.rd != 15) return set_register(m, op.rd, m.fpscr);
  m.n = bits(m.fpscr, 31, 31) != 0;
  m.z = bits(m.fpscr, 30, 30) != 0;
  m.c = bits(m.fpscr, 29, 29) != 0;
  m.v = bits(m.fpscr, 28, 28) != 0;
}

// Loads, stores and moves of double registers are there without double-precision arithmetic too.
constexpr Row kRows[] = {
    {0xFF300F00, 0xED000A00, one<false>, gated<store_one>},
    {0xFF700F00, 0xED000B00, one<true>, gated<store_one>},
    {0xFF300F00, 0xED100A00, one<false>, gated<load_one>},
    {0xFF700F00, 0xED100B00, one<true>, gated<load_one>},
    {0xFF900F00, 0xEC800A00, several<false>, gated<multiple<store_words>>},
    {0xFFD00F00, 0xEC800B00, several<true>, gated<multiple<store_words>>},
    {0xFF900F00, 0xEC900A00, several<false>, gated<multiple<load_words>>},
    {0xFFD00F00, 0xEC900B00, several<true>, gated<multiple<load_words>>},
    {0xFFB00F00, 0xED200A00, several<false>, gated<multiple<store_words>>},
    {0xFFF00F00, 0xED200B00, several<true>, gated<multiple<store_words>>},
    {0xFFB00F00, 0xED300A00, several<false>, gated<multiple<load_words>>},
    {0xFFF00F00, 0xED300B00, several<true>, gated<multiple<load_words>>},
    {0xFFF00F7F, 0xEE000A10, core_and_register<false>, gated<to_fp>},
    {0xFFF00F7F, 0xEE100A10, core_and_register<false>, gated<to_core>},
    {0xFFD00FFF, 0xEE000B10, core_and_register<true>, gated<to_fp>},
    {0xFFD00FFF, 0xEE100B10, core_and_register<true>, gated<to_core>},
    {0xFFF00FD0, 0xEC400A10, two_registers<false>, gated<pair_to_fp>, 2},
    {0xFFF00FD0, 0xEC500A10, two_registers<false>, gated<pair_to_core>, 2},
    {0xFFF00FF0, 0xEC400B10, two_registers<true>, gated<pair_to_fp>, 2},
    {0xFFF00FF0, 0xEC500B10, two_registers<true>, gated<pair_to_core>, 2},
    {0xFFFF0FFF, 0xEEE10A10, core_register, gated<vmsr>},
    {0xFFFF0FFF, 0xEEF10A10, core_register, gated<vmrs>},
};

}  // namespace

std::span<const Row> vfp_transfer_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
