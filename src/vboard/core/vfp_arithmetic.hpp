// The arithmetic of the floating-point extension on bit patterns, after the manual's pseudocode of the same
// names: FPAdd, FPMul, FPMulAdd and their likes. `fpscr` gives rounding mode, flush-to-zero and default NaN,
// and collects the exception flags. Half precision is for conversions only.
#pragma once

#include <cstdint>

#include "vboard/core/vfp_formats.hpp"

namespace probity::vboard::armv7m::vfp {

template <class F>
typename F::Bits add(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
template <class F>
typename F::Bits subtract(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
template <class F>
typename F::Bits multiply(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
// addend + x * y, rounded once.
template <class F>
typename F::Bits multiply_add(typename F::Bits addend, typename F::Bits x, typename F::Bits y,
                              std::uint32_t& fpscr);
template <class F>
typename F::Bits divide(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
template <class F>
typename F::Bits square_root(typename F::Bits x, std::uint32_t& fpscr);
// FPMaxNum and FPMinNum: a quiet NaN counts as missing.
template <class F>
typename F::Bits maximum(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
template <class F>
typename F::Bits minimum(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr);
// N, Z, C, V in bits 31:28.
template <class F>
std::uint32_t compare(typename F::Bits x, typename F::Bits y, bool quiet_nans_too, std::uint32_t& fpscr);

// FPConvert between formats; to and from half precision by FPSCR.AHP.
template <class To, class From>
typename To::Bits convert(typename From::Bits x, std::uint32_t& fpscr);
// FPRoundInt; `exact`: raises Inexact.
template <class F>
typename F::Bits round_to_integral(typename F::Bits x, Rounding rounding, bool exact, std::uint32_t& fpscr);

// A fixed-point format of `size` bits (16, 32), `fraction` of them behind the point.
struct FixedPoint {
  unsigned size = 32, fraction = 0;
  bool is_unsigned = false;
};
// FPToFixed: saturates; the result is extended to 64 bits by its sign.
template <class F>
std::uint64_t to_fixed(typename F::Bits x, FixedPoint format, Rounding rounding, std::uint32_t& fpscr);
// FixedToFP of the lowest `size` bits of `value`.
template <class F>
typename F::Bits from_fixed(std::uint64_t value, FixedPoint format, Rounding rounding, std::uint32_t& fpscr);

}  // namespace probity::vboard::armv7m::vfp
