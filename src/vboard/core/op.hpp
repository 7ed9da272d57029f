// One decoded instruction, and the rows that decode it. A row is (mask, value) over the encoding, a function
// that takes the operands out of it, and the function that executes it. Encodings: Armv7-M ARM (DDI 0403E),
// chapter A5 and A7.
#pragma once

#include <cstdint>
#include <span>

#include "vboard/core/core.hpp"

namespace probity::vboard::armv7m {

struct Machine;
struct Op;
using Execute = void (*)(Machine&, const Op&);

// The manual's notation encoding<hi:lo>.
constexpr std::uint32_t bits(std::uint32_t word, unsigned hi, unsigned lo) {
  return (word >> lo) & ((hi - lo >= 31) ? 0xFFFFFFFFu : (2u << (hi - lo)) - 1u);
}
constexpr std::int32_t sign_extend(std::uint32_t value, unsigned width) {
  return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
}

enum class SetFlags : std::uint8_t { no, yes, outside_it };
enum class Shift : std::uint8_t { lsl, lsr, asr, ror, rrx };
enum class ImmediateCarry : std::uint8_t { clear, set, keep };

constexpr std::uint32_t kFpscrWritable = 0xF7C0009F;  // NZCV, AHP, DN, FZ, RMode, exception flags

// Op::cond of instructions that execute whatever the IT block says (BKPT).
constexpr std::uint8_t kUnconditional = 15;

struct Op {
  Execute execute = nullptr;  // null: this place is not decoded
  std::uint32_t raw = 0;      // 32-bit encodings: first halfword in the upper half
  std::uint32_t address = 0;
  std::uint32_t imm = 0;  // immediate; of a branch or a PC-relative access the target address
  std::uint8_t size = 2, cycles = 1;
  std::uint8_t rd = 0, rn = 0, rm = 0, ra = 0;  // ra: also Rt2 and RdHi, whose partner RdLo or Rt is rd
  Shift shift = Shift::lsl;
  std::uint8_t amount = 0;
  SetFlags set_flags = SetFlags::no;
  ImmediateCarry carry = ImmediateCarry::keep;
  bool index = true, add = true, writeback = false;  // P, U, W
  std::uint8_t cond = 14;

  // The PC as an operand: the instruction's address + 4, word-aligned for literals (A5.1.2).
  std::uint32_t pc() const { return address + 4; }
  std::uint32_t aligned_pc() const { return pc() & ~3u; }
};

struct Row {
  std::uint32_t mask, value;
  void (*operands)(Op&);
  Execute execute;
  std::uint8_t cycles = 1;
  Architecture since = Architecture::v6m;  // or the table's, where that is later
};

// Rows of one encoding width are searched in the order of decode.cpp's list, first match wins.
std::span<const Row> thumb16_rows();
std::span<const Row> thumb16_load_store_rows();
std::span<const Row> thumb16_aligned_rows();  // the same where no access may be unaligned (Armv6-M)
std::span<const Row> data_processing_rows();
std::span<const Row> load_store_rows();
std::span<const Row> load_store_multiple_rows();
std::span<const Row> branch_and_system_rows();
std::span<const Row> multiply_rows();
std::span<const Row> saturating_rows();
std::span<const Row> parallel_rows();
std::span<const Row> v8m_rows();
std::span<const Row> v8m_thumb16_rows();
std::span<const Row> vfp_transfer_rows();
std::span<const Row> vfp_single_rows();
std::span<const Row> vfp_double_rows();
std::span<const Row> vfp_single_conversion_rows();
std::span<const Row> vfp_double_conversion_rows();
std::span<const Row> vfp_between_conversion_rows();

// UNDEFINSTR, or NOCP in the coprocessor space.
void execute_undefined(Machine& m, const Op& op);

// Fills everything of `op` from raw, size and address. Encodings without a row that `architecture` has
// execute as undefined.
void decode(Op& op, Architecture architecture);
constexpr bool is_32bit(std::uint32_t first_halfword) { return first_halfword >= 0xE800; }

}  // namespace probity::vboard::armv7m
