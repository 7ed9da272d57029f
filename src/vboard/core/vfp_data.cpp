// Floating-point data processing (chapter A6) but the conversions. Cycles: Cortex-M4 TRM,
// FPU instruction set table.
#include <array>

#include "vboard/core/vfp.hpp"
#include "vboard/core/vfp_arithmetic.hpp"

namespace probity::vboard::armv7m {
namespace {

using namespace vfp;

template <class F, auto kFunction>
void unary(Machine& m, const Op& op) {
  put<F>(m, op.rd, kFunction(get<F>(m, op.rm), m.fpscr));
}
template <class F, auto kFunction>
void binary(Machine& m, const Op& op) {
  put<F>(m, op.rd, kFunction(get<F>(m, op.rn), get<F>(m, op.rm), m.fpscr));
}
template <class F>
void negative_multiply(Machine& m, const Op& op) {
  put<F>(m, op.rd, negated<F>(multiply<F>(get<F>(m, op.rn), get<F>(m, op.rm), m.fpscr)));
}

// VMLA, VMLS, VNMLA, VNMLS: the product is rounded before it is added.
template <class F, bool kNegateSum, bool kNegateProduct>
void chained(Machine& m, const Op& op) {
  const auto product = multiply<F>(get<F>(m, op.rn), get<F>(m, op.rm), m.fpscr);
  const auto addend = get<F>(m, op.rd);
  put<F>(m, op.rd,
         add<F>(kNegateSum ? negated<F>(addend) : addend, kNegateProduct ? negated<F>(product) : product,
                m.fpscr));
}
// VFMA, VFMS, VFNMA, VFNMS.
template <class F, bool kNegateSum, bool kNegateProduct>
void fused(Machine& m, const Op& op) {
  const auto x = get<F>(m, op.rn), addend = get<F>(m, op.rd);
  put<F>(m, op.rd,
         multiply_add<F>(kNegateSum ? negated<F>(addend) : addend, kNegateProduct ? negated<F>(x) : x,
                         get<F>(m, op.rm), m.fpscr));
}

template <class F>
typename F::Bits copy(typename F::Bits x, std::uint32_t&) {
  return x;
}
template <class F>
typename F::Bits absolute(typename F::Bits x, std::uint32_t&) {
  return x & static_cast<typename F::Bits>(~kSign<F>);
}
template <class F>
typename F::Bits negate(typename F::Bits x, std::uint32_t&) {
  return negated<F>(x);
}

// VFPExpandImm: aBbbbbbc defgh000…, B the complement of b.
template <auto kRegisters>
void immediate(Op& op) {
  kRegisters(op);
  op.imm = bits(op.raw, 19, 16) << 4 | bits(op.raw, 3, 0);
}
template <class F>
void move_immediate(Machine& m, const Op& op) {
  const std::uint64_t high = bits(op.imm, 6, 6), low = bits(op.imm, 5, 4);
  const std::uint64_t exponent = (high != 0 ? (1ull << (F::kExponent - 1)) - 4 : 1ull << (F::kExponent - 1));
  const std::uint64_t value = (exponent | low) << F::kFraction | std::uint64_t{op.imm & 15}
                                                                     << (F::kFraction - 4);
  put<F>(m, op.rd, static_cast<typename F::Bits>(value | zero<F>(op.imm >> 7 != 0)));
}

template <class F, bool kWithZero>
void compare_registers(Machine& m, const Op& op) {
  const bool quiet_nans_too = bits(op.raw, 7, 7) != 0;  // VCMPE
  const std::uint32_t flags =
      compare<F>(get<F>(m, op.rd), kWithZero ? 0 : get<F>(m, op.rm), quiet_nans_too, m.fpscr);
  m.fpscr = (m.fpscr & 0x0FFFFFFF) | flags;
}

// VSEL: EQ, VS, GE, GT.
template <class F>
void select(Machine& m, const Op& op) {
  constexpr unsigned kConditions[] = {0, 6, 10, 12};
  const bool first = m.condition_passed(kConditions[bits(op.raw, 21, 20)]);
  put<F>(m, op.rd, get<F>(m, first ? op.rn : op.rm));
}

template <class F, auto kExecute, unsigned kVersion = 0>
constexpr Row row(std::uint32_t mask, std::uint32_t value, std::uint8_t cycles = 1) {
  if constexpr (sizeof(typename F::Bits) == 8) {
    if ((mask & 0x000F0000) == 0) mask |= kN;
    return {mask | kD | kM, value | kDoubleBit, double_registers, gated<kExecute, kFpDouble | kVersion>,
            cycles};
  } else {
    return {mask, value, single_registers, gated<kExecute, kFpSingle | kVersion>, cycles};
  }
}

// Opcode bits of instructions with two operands (N in bit 7) and with one (bits 19:16 and 7 are opcode).
constexpr std::uint32_t kTwo = 0xFFB00F50, kOne = 0xFFBF0FD0;

template <class F>
constexpr auto rows_of() {
  constexpr bool kIsDouble = sizeof(typename F::Bits) == 8;
  constexpr auto kImmediate = immediate < kIsDouble ? double_registers : single_registers > ;
  Row move = row<F, move_immediate<F>>(0xFFB00FF0, 0xEEB00A00);
  move.operands = kImmediate;
  return std::array{
      row<F, chained<F, false, false>>(kTwo, 0xEE000A00, 3),  // VMLA
      row<F, chained<F, false, true>>(kTwo, 0xEE000A40, 3),   // VMLS
      row<F, chained<F, true, false>>(kTwo, 0xEE100A00, 3),   // VNMLS
      row<F, chained<F, true, true>>(kTwo, 0xEE100A40, 3),    // VNMLA
      row<F, binary<F, multiply<F>>>(kTwo, 0xEE200A00),
      row<F, negative_multiply<F>>(kTwo, 0xEE200A40),
      row<F, binary<F, add<F>>>(kTwo, 0xEE300A00),
      row<F, binary<F, subtract<F>>>(kTwo, 0xEE300A40),
      row<F, binary<F, divide<F>>>(kTwo, 0xEE800A00, 14),
      row<F, fused<F, true, false>>(kTwo, 0xEE900A00, 3),   // VFNMS
      row<F, fused<F, true, true>>(kTwo, 0xEE900A40, 3),    // VFNMA
      row<F, fused<F, false, false>>(kTwo, 0xEEA00A00, 3),  // VFMA
      row<F, fused<F, false, true>>(kTwo, 0xEEA00A40, 3),   // VFMS
      move,
      row<F, unary<F, copy<F>>>(kOne, 0xEEB00A40),
      row<F, unary<F, absolute<F>>>(kOne, 0xEEB00AC0),
      row<F, unary<F, negate<F>>>(kOne, 0xEEB10A40),
      row<F, unary<F, square_root<F>>>(kOne, 0xEEB10AC0, 14),
      row<F, compare_registers<F, false>>(kOne & ~kN, 0xEEB40A40),
      row<F, compare_registers<F, true>>((kOne & ~kN) | 0x2F, 0xEEB50A40),
      row<F, select<F>, kFpV5>(0xFF800F50, 0xFE000A00),
      row<F, binary<F, maximum<F>>, kFpV5>(kTwo, 0xFE800A00),
      row<F, binary<F, minimum<F>>, kFpV5>(kTwo, 0xFE800A40),
  };
}

constexpr auto kSingleRows = rows_of<Single>();
constexpr auto kDoubleRows = rows_of<Double>();

}  // namespace

std::span<const Row> vfp_single_rows() { return kSingleRows; }
std::span<const Row> vfp_double_rows() { return kDoubleRows; }

}  // namespace probity::vboard::armv7m
