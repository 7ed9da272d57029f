#include "vboard/core/vfp_arithmetic.hpp"

#include <optional>

namespace probity::vboard::armv7m::vfp {
namespace {

// FPProcessNaNs: signalling ones first, each kind in the operands' order.
template <class F, std::size_t kCount>
std::optional<typename F::Bits> propagated_nan(const Operand (&operands)[kCount],
                                               const typename F::Bits (&bits)[kCount], std::uint32_t& fpscr) {
  for (const Kind kind : {Kind::signalling_nan, Kind::quiet_nan}) {
    for (std::size_t i = 0; i < kCount; ++i) {
      if (operands[i].kind == kind) return quieted<F>(bits[i], kind, fpscr);
    }
  }
  return std::nullopt;
}

template <class Wide>
struct Exact {
  bool negative = false;
  int exponent = 0;
  Wide significand = 0;

  static constexpr int kTop = 8 * sizeof(Wide) - 3;  // room for the carry of a sum
  void normalise() {
    const int shift = kTop - top_bit(significand);
    significand <<= shift;
    exponent -= shift;
  }
};

// The sum of two numbers that are not 0; bits too low to matter end in the lowest bit. That is enough: with
// more than one place between the operands no more than one place of the larger can cancel.
template <class Wide>
Exact<Wide> sum(Exact<Wide> x, Exact<Wide> y) {
  x.normalise();
  y.normalise();
  if (x.exponent < y.exponent) std::swap(x, y);
  const Dropped<Wide> d(y.significand, x.exponent - y.exponent);
  y.significand = d.kept | Wide{d.inexact()};
  if (x.negative == y.negative) {
    x.significand += y.significand;
  } else if (x.significand >= y.significand) {
    x.significand -= y.significand;
  } else {
    x.significand = y.significand - x.significand;
    x.negative = y.negative;
  }
  return x;
}

template <class F>
typename F::Bits rounded_sum(const Exact<typename F::Wide>& x, const Exact<typename F::Wide>& y,
                             std::uint32_t& fpscr) {
  const Rounding rounding = rounding_mode(fpscr);
  if (x.significand == 0 && y.significand == 0) {
    return zero<F>(x.negative == y.negative ? x.negative : rounding == Rounding::minus_infinity);
  }
  const auto result = x.significand == 0 ? y : y.significand == 0 ? x : sum(x, y);
  if (result.significand == 0) return zero<F>(rounding == Rounding::minus_infinity);
  return round_to<F>(result.negative, result.exponent, result.significand, fpscr, rounding);
}

template <class F>
Exact<typename F::Wide> exact(const Operand& x) {
  return {x.negative, x.exponent, x.significand};
}

template <class F>
typename F::Bits add_or_subtract(typename F::Bits x, typename F::Bits y, bool minus, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr);
  Operand b = unpack<F>(y, fpscr);
  if (a.nan() || b.nan()) [[unlikely]]
    return *propagated_nan<F>({a, b}, {x, y}, fpscr);
  b.negative ^= minus;
  if (a.kind == Kind::infinity || b.kind == Kind::infinity) {
    if (a.kind == b.kind && a.negative != b.negative) return invalid<F>(fpscr);
    return infinity<F>(a.kind == Kind::infinity ? a.negative : b.negative);
  }
  return rounded_sum<F>(exact<F>(a), exact<F>(b), fpscr);
}

bool infinity_times_zero(const Operand& a, const Operand& b) {
  return (a.kind == Kind::infinity && b.kind == Kind::zero) ||
         (a.kind == Kind::zero && b.kind == Kind::infinity);
}

template <class F>
typename F::Bits extreme(typename F::Bits x, typename F::Bits y, bool largest, std::uint32_t& fpscr) {
  std::uint32_t unused = fpscr;
  const Operand first = unpack<F>(x, unused), second = unpack<F>(y, unused);
  if (first.kind == Kind::quiet_nan && second.kind != Kind::quiet_nan) x = infinity<F>(largest);
  if (second.kind == Kind::quiet_nan && first.kind != Kind::quiet_nan) y = infinity<F>(largest);
  const Operand a = unpack<F>(x, fpscr), b = unpack<F>(y, fpscr);
  if (a.nan() || b.nan()) return *propagated_nan<F>({a, b}, {x, y}, fpscr);
  if (a.kind == Kind::zero && b.kind == Kind::zero)
    return zero<F>(largest ? a.negative && b.negative : a.negative || b.negative);
  const bool first_is_greater = (compare<F>(x, y, false, unused) & 0xA0000000) == 0x20000000;
  const bool take_first = first_is_greater == largest;
  if ((take_first ? a : b).kind == Kind::zero) return zero<F>((take_first ? a : b).negative);
  return take_first ? x : y;
}

}  // namespace

template <class F>
typename F::Bits add(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  return add_or_subtract<F>(x, y, false, fpscr);
}
template <class F>
typename F::Bits subtract(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  return add_or_subtract<F>(x, y, true, fpscr);
}

template <class F>
typename F::Bits multiply(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr), b = unpack<F>(y, fpscr);
  if (a.nan() || b.nan()) [[unlikely]]
    return *propagated_nan<F>({a, b}, {x, y}, fpscr);
  if (infinity_times_zero(a, b)) return invalid<F>(fpscr);
  const bool negative = a.negative != b.negative;
  if (a.kind == Kind::infinity || b.kind == Kind::infinity) return infinity<F>(negative);
  if (a.kind == Kind::zero || b.kind == Kind::zero) return zero<F>(negative);
  using Wide = typename F::Wide;
  return round_to<F>(negative, a.exponent + b.exponent, Wide{a.significand} * b.significand, fpscr,
                     rounding_mode(fpscr));
}

template <class F>
typename F::Bits multiply_add(typename F::Bits addend, typename F::Bits x, typename F::Bits y,
                              std::uint32_t& fpscr) {
  const Operand c = unpack<F>(addend, fpscr), a = unpack<F>(x, fpscr), b = unpack<F>(y, fpscr);
  if (c.nan() || a.nan() || b.nan()) [[unlikely]] {
    const auto nan = *propagated_nan<F>({c, a, b}, {addend, x, y}, fpscr);
    return c.kind == Kind::quiet_nan && infinity_times_zero(a, b) ? invalid<F>(fpscr) : nan;
  }
  const bool negative = a.negative != b.negative;
  const bool infinite_product = a.kind == Kind::infinity || b.kind == Kind::infinity;
  if (infinity_times_zero(a, b)) return invalid<F>(fpscr);
  if (c.kind == Kind::infinity) {
    return infinite_product && c.negative != negative ? invalid<F>(fpscr) : infinity<F>(c.negative);
  }
  if (infinite_product) return infinity<F>(negative);
  using Wide = typename F::Wide;
  const Exact<Wide> product{negative, a.exponent + b.exponent, Wide{a.significand} * b.significand};
  return rounded_sum<F>(exact<F>(c), product, fpscr);
}

template <class F>
typename F::Bits divide(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr), b = unpack<F>(y, fpscr);
  if (a.nan() || b.nan()) [[unlikely]]
    return *propagated_nan<F>({a, b}, {x, y}, fpscr);
  const bool negative = a.negative != b.negative;
  if (a.kind == b.kind && a.kind != Kind::finite) return invalid<F>(fpscr);  // 0/0, inf/inf
  if (a.kind == Kind::infinity) return infinity<F>(negative);
  if (a.kind == Kind::zero || b.kind == Kind::infinity) return zero<F>(negative);
  if (b.kind == Kind::zero) {
    fpscr |= kDivideByZero;
    return infinity<F>(negative);
  }
  // A quotient of kFraction + 3 bits or more, and whether there is a remainder.
  using Wide = typename F::Wide;
  const int shift = F::kFraction + 4 + top_bit(b.significand) - top_bit(a.significand);
  const Wide dividend = Wide{a.significand} << shift;
  const Wide quotient = dividend / b.significand;
  const bool remainder = quotient * b.significand != dividend;
  return round_to<F>(negative, a.exponent - b.exponent - shift - 1, quotient << 1 | Wide{remainder}, fpscr,
                     rounding_mode(fpscr));
}

template <class F>
typename F::Bits square_root(typename F::Bits x, std::uint32_t& fpscr) {
  const Operand a = unpack<F>(x, fpscr);
  if (a.nan()) return quieted<F>(x, a.kind, fpscr);
  if (a.kind == Kind::zero) return zero<F>(a.negative);
  if (a.negative) return invalid<F>(fpscr);
  if (a.kind == Kind::infinity) return kInfinity<F>;
  // The root of a radicand of 2 * (kFraction + 3) bits with an even exponent, found bit by bit.
  using Wide = typename F::Wide;
  int shift = 2 * (F::kFraction + 3) - top_bit(a.significand);
  if (((a.exponent - shift) & 1) != 0) --shift;
  Wide rest = Wide{a.significand} << shift, root = 0;
  for (Wide bit = Wide{1} << (2 * (F::kFraction + 3)); bit != 0; bit >>= 2) {
    const bool fits = rest >= root + bit;
    if (fits) rest -= root + bit;
    root = root >> 1 | (fits ? bit : Wide{0});
  }
  return round_to<F>(false, (a.exponent - shift) / 2 - 1, root << 1 | Wide{rest != 0}, fpscr,
                     rounding_mode(fpscr));
}

template <class F>
std::uint32_t compare(typename F::Bits x, typename F::Bits y, bool quiet_nans_too, std::uint32_t& fpscr) {
  constexpr std::uint32_t kLess = 0x80000000, kEqual = 0x60000000, kGreater = 0x20000000,
                          kUnordered = 0x30000000;
  const Operand a = unpack<F>(x, fpscr), b = unpack<F>(y, fpscr);
  if (a.nan() || b.nan()) {
    if (quiet_nans_too || a.kind == Kind::signalling_nan || b.kind == Kind::signalling_nan) fpscr |= kInvalid;
    return kUnordered;
  }
  if (a.kind == Kind::zero && b.kind == Kind::zero) return kEqual;
  if (a.kind == Kind::zero) return b.negative ? kGreater : kLess;
  if (b.kind == Kind::zero) return a.negative ? kLess : kGreater;
  if (a.negative != b.negative) return a.negative ? kLess : kGreater;
  if (x == y) return kEqual;
  return (x > y) != a.negative ? kGreater : kLess;  // magnitudes order as their bits do
}

template <class F>
typename F::Bits maximum(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  return extreme<F>(x, y, true, fpscr);
}
template <class F>
typename F::Bits minimum(typename F::Bits x, typename F::Bits y, std::uint32_t& fpscr) {
  return extreme<F>(x, y, false, fpscr);
}

using S = std::uint32_t;
using D = std::uint64_t;
template S add<Single>(S, S, std::uint32_t&);
template D add<Double>(D, D, std::uint32_t&);
template S subtract<Single>(S, S, std::uint32_t&);
template D subtract<Double>(D, D, std::uint32_t&);
template S multiply<Single>(S, S, std::uint32_t&);
template D multiply<Double>(D, D, std::uint32_t&);
template S multiply_add<Single>(S, S, S, std::uint32_t&);
template D multiply_add<Double>(D, D, D, std::uint32_t&);
template S divide<Single>(S, S, std::uint32_t&);
template D divide<Double>(D, D, std::uint32_t&);
template S square_root<Single>(S, std::uint32_t&);
template D square_root<Double>(D, std::uint32_t&);
template S maximum<Single>(S, S, std::uint32_t&);
template D maximum<Double>(D, D, std::uint32_t&);
template S minimum<Single>(S, S, std::uint32_t&);
template D minimum<Double>(D, D, std::uint32_t&);
template std::uint32_t compare<Single>(S, S, bool, std::uint32_t&);
template std::uint32_t compare<Double>(D, D, bool, std::uint32_t&);

}  // namespace probity::vboard::armv7m::vfp
