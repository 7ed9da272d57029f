// Conversions of vfp_arithmetic.hpp: between formats, to integral values, to and from fixed point.
#include "vboard/core/vfp_arithmetic.hpp"

namespace probity::vboard::armv7m::vfp {
namespace {

// The NaN's fraction keeps its highest bits. The alternative half format has no NaNs: zero, and Invalid.
template <class To, class From>
typename To::Bits convert_nan(typename From::Bits x, const Operand& a, std::uint32_t& fpscr) {
  const bool alternative = kIsHalf<To> && (fpscr & kAlternativeHalf) != 0;
  if (a.kind == Kind::signalling_nan || alternative) fpscr |= kInvalid;
  if (alternative) return zero<To>(a.negative);
  if ((fpscr & kDefaultNanMode) != 0) return kDefaultNan<To>;
  constexpr int kShift = To::kFraction - From::kFraction;
  const std::uint64_t fraction = x & ((std::uint64_t{1} << From::kFraction) - 1);
  return static_cast<typename To::Bits>(
      infinity<To>(a.negative) | kQuietBit<To> |
      (kShift >= 0 ? fraction << (kShift & 63) : fraction >> (-kShift & 63)));
}

}  // namespace

template <class To, class From>
typename To::Bits convert(typename From::Bits x, std::uint32_t& fpscr) {
  const Operand a = unpack<From>(x, fpscr);
  if (a.nan()) return convert_nan<To, From>(x, a, fpscr);
  if (a.kind == Kind::zero) return zero<To>(a.negative);
  if (a.kind == Kind::finite)
    return round_to<To>(a.negative, a.exponent, a.significand, fpscr, rounding_mode(fpscr));
  if (kIsHalf<To> && (fpscr & kAlternativeHalf) != 0)
    return overflowed<To>(a.negative, fpscr, rounding_mode(fpscr));
  return infinity<To>(a.negative);
}

template <class F>
typename F::Bits round_to_integral(typename F::Bits x, Rounding rounding, bool exact, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr);
  if (a.nan()) return quieted<F>(x, a.kind, fpscr);
  if (a.kind == Kind::zero) return zero<F>(a.negative);
  if (a.kind == Kind::infinity || a.exponent >= 0) return x;
  const Dropped<std::uint64_t> d(a.significand, -a.exponent);
  if (exact && d.inexact()) fpscr |= kInexact;
  const std::uint64_t integer = d.kept + (d.rounds_up(rounding, a.negative) ? 1 : 0);
  if (integer == 0) return zero<F>(a.negative);
  return round_to<F>(a.negative, 0, integer, fpscr, rounding);  // exact: it has no more bits than x
}

template <class F>
std::uint64_t to_fixed(typename F::Bits x, FixedPoint format, Rounding rounding, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr);
  const std::uint64_t limit = 1ull << (format.is_unsigned ? format.size : format.size - 1);
  // The largest magnitude of the operand's sign.
  const std::uint64_t most = !a.negative ? limit - 1 : format.is_unsigned ? 0 : limit;
  const auto with_sign = [&](std::uint64_t magnitude) { return a.negative ? 0 - magnitude : magnitude; };
  if (a.nan()) {
    fpscr |= kInvalid;
    return 0;
  }
  if (a.kind == Kind::zero) return 0;
  const int exponent = a.exponent + static_cast<int>(format.fraction);
  if (a.kind == Kind::infinity || exponent + top_bit(a.significand) > 62) {
    fpscr |= kInvalid;
    return with_sign(most);
  }
  const Dropped<std::uint64_t> d(a.significand, -exponent);
  const std::uint64_t magnitude = d.kept + (d.rounds_up(rounding, a.negative) ? 1 : 0);
  if (magnitude > most) {
    fpscr |= kInvalid;
    return with_sign(most);
  }
  if (d.inexact()) fpscr |= kInexact;
  return with_sign(magnitude);
}

template <class F>
typename F::Bits from_fixed(std::uint64_t value, FixedPoint format, Rounding rounding, std::uint32_t& fpscr) {
  const std::uint64_t mask = (1ull << format.size) - 1;
  value &= mask;
  const bool negative = !format.is_unsigned && (value >> (format.size - 1)) != 0;
  if (negative) value = (0 - value) & mask;
  if (value == 0) return 0;
  return round_to<F>(negative, -static_cast<int>(format.fraction), value, fpscr, rounding);
}

using S = std::uint32_t;
using D = std::uint64_t;
template std::uint16_t convert<Half, Single>(S, std::uint32_t&);
template std::uint16_t convert<Half, Double>(D, std::uint32_t&);
template S convert<Single, Half>(std::uint16_t, std::uint32_t&);
template D convert<Double, Half>(std::uint16_t, std::uint32_t&);
template S convert<Single, Double>(D, std::uint32_t&);
template D convert<Double, Single>(S, std::uint32_t&);
template S round_to_integral<Single>(S, Rounding, bool, std::uint32_t&);
template D round_to_integral<Double>(D, Rounding, bool, std::uint32_t&);
template std::uint64_t to_fixed<Single>(S, FixedPoint, Rounding, std::uint32_t&);
template std::uint64_t to_fixed<Double>(D, FixedPoint, Rounding, std::uint32_t&);
template S from_fixed<Single>(std::uint64_t, FixedPoint, Rounding, std::uint32_t&);
template D from_fixed<Double>(std::uint64_t, FixedPoint, Rounding, std::uint32_t&);

}  // namespace probity::vboard::armv7m::vfp
