// What the floating-point instructions share: the gate each of them passes, registers by format, operands.
#pragma once

#include "vboard/core/machine.hpp"
#include "vboard/core/vfp_formats.hpp"

namespace probity::vboard::armv7m::vfp {

// An instruction of the extension: executes where the FPU is there, has what it needs, and is enabled.
template <auto kExecute, unsigned kNeeds = kFpSingle>
void gated(Machine& m, const Op& op) {
  if (m.use_fpu(kNeeds, op)) kExecute(m, op);
}

// S0-S31 or D0-D15 by number.
template <class F>
typename F::Bits get(const Machine& m, unsigned index) {
  if constexpr (sizeof(typename F::Bits) == 8) {
    return std::uint64_t{m.fp[2 * index + 1]} << 32 | m.fp[2 * index];
  } else {
    return m.fp[index];
  }
}
template <class F>
void put(Machine& m, unsigned index, typename F::Bits value) {
  if constexpr (sizeof(typename F::Bits) == 8) {
    m.fp[2 * index] = static_cast<std::uint32_t>(value);
    m.fp[2 * index + 1] = static_cast<std::uint32_t>(value >> 32);
  } else {
    m.fp[index] = value;
  }
}

// The size bit, and the register fields' extra bits: those of a double-precision register have to be 0
// (D0-D15).
constexpr std::uint32_t kDoubleBit = 1u << 8, kD = 1u << 22, kN = 1u << 7, kM = 1u << 5;

// Vd:D, Vn:N, Vm:M of single precision; D0-D15 of double precision.
inline void single_registers(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12) << 1 | bits(op.raw, 22, 22));
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16) << 1 | bits(op.raw, 7, 7));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0) << 1 | bits(op.raw, 5, 5));
}
inline void double_registers(Op& op) {
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 15, 12));
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
}

}  // namespace probity::vboard::armv7m::vfp
