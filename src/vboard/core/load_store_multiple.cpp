// LDM, STM, LDRD, STRD, exclusives, load-acquire and store-release, table branches (A5.3.5, A5.3.6).
#include <array>

#include "vboard/core/load_store.hpp"

namespace probity::vboard::armv7m {

// Nothing is written before every word was read, so that a fault or a stall leaves the registers as they
// were.
void load_multiple(Machine& m, const Op& op) {
  const unsigned count = static_cast<unsigned>(std::popcount(op.imm));
  const std::uint32_t base = m.r[op.rn];
  std::uint32_t address = op.add ? base : base - 4 * count;
  std::array<std::uint32_t, 16> values;
  if (!m.check_alignment(address, 4)) return;
  for (unsigned i = 0; i < count; ++i) {
    if (!m.load(address + 4 * i, 4, values[i])) return;
  }
  const std::array<std::uint32_t, 16> before = m.r;
  if (op.writeback) set_register(m, op.rn, op.add ? base + 4 * count : address);
  unsigned next = 0;
  for (std::uint32_t list = op.imm & 0x7FFF; list != 0; list &= list - 1) {
    set_register(m, static_cast<unsigned>(std::countr_zero(list)), values[next++]);
  }
  if ((op.imm & 0x8000) == 0) return;
  m.branch_exchange(values[next]);
  if (m.outcome == Outcome::stalled) m.r = before;
}

void store_multiple(Machine& m, const Op& op) {
  const unsigned count = static_cast<unsigned>(std::popcount(op.imm));
  const std::uint32_t base = m.r[op.rn];
  std::uint32_t address = op.add ? base : base - 4 * count;
  const std::uint32_t moved = op.add ? base + 4 * count : address;
  if (!m.check_alignment(address, 4) || (op.writeback && m.stack_overflows(op.rn, moved))) return;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1) {
    if (!m.store(address, 4, m.r[static_cast<unsigned>(std::countr_zero(list))])) return;
    address += 4;
  }
  if (op.writeback) set_register(m, op.rn, moved);
}

namespace {

void multiple(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.imm = bits(op.raw, 15, 0) & ~0x2000u;
  op.add = bits(op.raw, 23, 23) != 0;
  op.writeback = bits(op.raw, 21, 21) != 0;
  op.cycles = multiple_cycles(op.imm);
}
void pair(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.ra = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.index = bits(op.raw, 24, 24) != 0;
  op.writeback = bits(op.raw, 21, 21) != 0;
  const std::uint32_t offset = 4 * bits(op.raw, 7, 0);
  op.imm = bits(op.raw, 23, 23) != 0 ? offset : 0u - offset;
}
void exclusive_word(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.ra = static_cast<std::uint8_t>(bits(op.raw, 11, 8));  // STREX: the status register
  op.imm = 4 * bits(op.raw, 7, 0);
}
void exclusive_part(Op& op) {
  exclusive_word(op);
  op.ra = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
  op.imm = 0;
}
void table(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
}

void load_pair(Machine& m, const Op& op) {
  const std::uint32_t base = op.rn == 15 ? op.aligned_pc() : m.r[op.rn];
  const std::uint32_t address = op.index ? base + op.imm : base;
  std::uint32_t first = 0, second = 0;
  if (!m.load_aligned(address, 4, first) || !m.load(address + 4, 4, second)) return;
  if (op.writeback) set_register(m, op.rn, base + op.imm);
  set_register(m, op.rd, first);
  set_register(m, op.ra, second);
}
void store_pair(Machine& m, const Op& op) {
  const std::uint32_t base = m.r[op.rn];
  const std::uint32_t address = op.index ? base + op.imm : base;
  if (op.writeback && m.stack_overflows(op.rn, base + op.imm)) return;
  if (!m.store_aligned(address, 4, m.r[op.rd]) || !m.store(address + 4, 4, m.r[op.ra])) return;
  if (op.writeback) set_register(m, op.rn, base + op.imm);
}

// One core, one monitor: STREX succeeds unless CLREX, an exception or another STREX came in between (A3.4).
// The monitor of the Cortex-M covers all of memory.
template <unsigned kSize>
void load_exclusive(Machine& m, const Op& op) {
  const std::uint32_t address = m.r[op.rn] + op.imm;
  std::uint32_t value = 0;
  if (!m.load_aligned(address, kSize, value)) return;
  m.exclusive = true;
  m.exclusive_address = address;
  m.poll.note_change();
  set_register(m, op.rd, value);
}
template <unsigned kSize>
void store_exclusive(Machine& m, const Op& op) {
  const std::uint32_t address = m.r[op.rn] + op.imm;
  if (!m.check_alignment(address, kSize)) return;
  const bool passed = m.exclusive;
  if (passed && !m.store(address, kSize, m.r[op.rd])) return;
  m.exclusive = false;
  m.poll.note_change();
  set_register(m, op.ra, passed ? 0 : 1);
}

// LDA, STL and their likes (DDI 0553, C2.4): ordinary accesses, as nothing is reordered, but always aligned.
template <Access kAccess>
void ordered(Machine& m, const Op& op) {
  const std::uint32_t address = m.r[op.rn];
  if (m.check_alignment(address, width_of(kAccess))) transfer<kAccess>(m, address, op.rd);
}

template <unsigned kSize>
void table_branch(Machine& m, const Op& op) {
  std::uint32_t halfwords = 0;
  if (!m.load(m.r[op.rn] + kSize * m.r[op.rm], kSize, halfwords)) return;
  m.branch(op.pc() + 2 * halfwords);
}

constexpr Architecture kV8 = Architecture::v8m;

constexpr Row kRows[] = {
    {0xFFD00000, 0xE8800000, multiple, store_multiple},
    {0xFFD00000, 0xE8900000, multiple, load_multiple},
    {0xFFD00000, 0xE9000000, multiple, store_multiple},
    {0xFFD00000, 0xE9100000, multiple, load_multiple},
    {0xFFF00000, 0xE8400000, exclusive_word, store_exclusive<4>, 2},
    {0xFFF00F00, 0xE8500F00, exclusive_word, load_exclusive<4>, 2},
    {0xFFF00FF0, 0xE8C00F40, exclusive_part, store_exclusive<1>, 2},
    {0xFFF00FF0, 0xE8C00F50, exclusive_part, store_exclusive<2>, 2},
    {0xFFF00FFF, 0xE8D00F4F, exclusive_part, load_exclusive<1>, 2},
    {0xFFF00FFF, 0xE8D00F5F, exclusive_part, load_exclusive<2>, 2},
    {0xFFF00FFF, 0xE8D00F8F, exclusive_part, ordered<Access::ldrb>, 2, kV8},
    {0xFFF00FFF, 0xE8D00F9F, exclusive_part, ordered<Access::ldrh>, 2, kV8},
    {0xFFF00FFF, 0xE8D00FAF, exclusive_part, ordered<Access::ldr>, 2, kV8},
    {0xFFF00FFF, 0xE8D00FCF, exclusive_part, load_exclusive<1>, 2, kV8},
    {0xFFF00FFF, 0xE8D00FDF, exclusive_part, load_exclusive<2>, 2, kV8},
    {0xFFF00FFF, 0xE8D00FEF, exclusive_part, load_exclusive<4>, 2, kV8},
    {0xFFF00FFF, 0xE8C00F8F, exclusive_part, ordered<Access::strb>, 2, kV8},
    {0xFFF00FFF, 0xE8C00F9F, exclusive_part, ordered<Access::strh>, 2, kV8},
    {0xFFF00FFF, 0xE8C00FAF, exclusive_part, ordered<Access::str>, 2, kV8},
    {0xFFF00FF0, 0xE8C00FC0, exclusive_part, store_exclusive<1>, 2, kV8},
    {0xFFF00FF0, 0xE8C00FD0, exclusive_part, store_exclusive<2>, 2, kV8},
    {0xFFF00FF0, 0xE8C00FE0, exclusive_part, store_exclusive<4>, 2, kV8},
    {0xFFF0FFF0, 0xE8D0F000, table, table_branch<1>, 2},
    {0xFFF0FFF0, 0xE8D0F010, table, table_branch<2>, 2},
    // P=0 W=0 are the rows above.
    {0xFF500000, 0xE9400000, pair, store_pair, 3},
    {0xFF500000, 0xE9500000, pair, load_pair, 3},
    {0xFF700000, 0xE8600000, pair, store_pair, 3},
    {0xFF700000, 0xE8700000, pair, load_pair, 3},
};

}  // namespace

std::span<const Row> load_store_multiple_rows() { return kRows; }

}  // namespace probity::vboard::armv7m
