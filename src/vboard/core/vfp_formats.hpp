// Floating-point numbers as bit patterns, and their value between unpacking and rounding. Everything is
// computed in integers, as the pseudocode of DDI 0403E defines it, so that neither the host's rounding
// mode nor its NaNs matter. Subnormal results are tiny before rounding.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace probity::vboard::armv7m::vfp {

using Wide128 = unsigned __int128;

// `Wide` holds an exact product with room for a sum's carry and 14 bits below it.
struct Half {
  using Bits = std::uint16_t;
  using Wide = std::uint64_t;
  static constexpr int kFraction = 10, kExponent = 5;
};
struct Single {
  using Bits = std::uint32_t;
  using Wide = std::uint64_t;
  static constexpr int kFraction = 23, kExponent = 8;
};
struct Double {
  using Bits = std::uint64_t;
  using Wide = Wide128;
  static constexpr int kFraction = 52, kExponent = 11;
};

template <class F>
inline constexpr bool kIsHalf = F::kFraction == Half::kFraction;
template <class F>
inline constexpr
    typename F::Bits kSign = static_cast<typename F::Bits>(1ull << (F::kFraction + F::kExponent));
template <class F>
inline constexpr
    typename F::Bits kInfinity = static_cast<typename F::Bits>(((1ull << F::kExponent) - 1) << F::kFraction);
template <class F>
inline constexpr typename F::Bits kQuietBit = static_cast<typename F::Bits>(1ull << (F::kFraction - 1));
template <class F>
inline constexpr typename F::Bits kDefaultNan = kInfinity<F> | kQuietBit<F>;
template <class F>
inline constexpr int kMinimumExponent = 2 - (1 << (F::kExponent - 1));  // of a normal number

// FPSCR: cumulative exception flags and controls.
enum FpscrBit : std::uint32_t {
  kInvalid = 1u << 0,
  kDivideByZero = 1u << 1,
  kOverflow = 1u << 2,
  kUnderflow = 1u << 3,
  kInexact = 1u << 4,
  kInputDenormal = 1u << 7,
  kFlushToZero = 1u << 24,
  kDefaultNanMode = 1u << 25,
  kAlternativeHalf = 1u << 26
};
enum class Rounding : std::uint8_t { nearest, plus_infinity, minus_infinity, zero, ties_away };
constexpr Rounding rounding_mode(std::uint32_t fpscr) { return static_cast<Rounding>(fpscr >> 22 & 3); }

template <class F>
constexpr typename F::Bits negated(typename F::Bits x) {
  return x ^ kSign<F>;
}
template <class F>
constexpr typename F::Bits zero(bool negative) {
  return negative ? kSign<F> : 0;
}
template <class F>
constexpr typename F::Bits infinity(bool negative) {
  return kInfinity<F> | zero<F>(negative);
}

enum class Kind : std::uint8_t { zero, finite, infinity, quiet_nan, signalling_nan };

// (-1)^negative * significand * 2^exponent; the significand of a finite number is not 0.
struct Operand {
  Kind kind = Kind::zero;
  bool negative = false;
  int exponent = 0;
  std::uint64_t significand = 0;

  bool nan() const { return kind >= Kind::quiet_nan; }
};

// FPUnpack. Half precision is never flushed; its alternative format has neither infinities nor NaNs.
template <class F>
Operand unpack(typename F::Bits bits, std::uint32_t& fpscr) {
  constexpr std::uint64_t kHidden = 1ull << F::kFraction;
  const std::uint64_t fraction = bits & (kHidden - 1);
  const int biased = static_cast<int>(bits >> F::kFraction & ((1u << F::kExponent) - 1));
  Operand x{Kind::finite, (bits & kSign<F>) != 0, kMinimumExponent<F> - F::kFraction, fraction};
  if (biased == 0) {
    if (fraction == 0) {
      x.kind = Kind::zero;
    } else if (!kIsHalf<F> && (fpscr & kFlushToZero) != 0) {
      fpscr |= kInputDenormal;
      x.kind = Kind::zero;
      x.significand = 0;
    }
    return x;
  }
  if (biased == (1 << F::kExponent) - 1 && !(kIsHalf<F> && (fpscr & kAlternativeHalf) != 0)) {
    x.kind = fraction == 0                                   ? Kind::infinity
             : (fraction & std::uint64_t{kQuietBit<F>}) != 0 ? Kind::quiet_nan
                                                             : Kind::signalling_nan;
    return x;
  }
  x.exponent += biased - 1;
  x.significand |= kHidden;
  return x;
}

template <class Wide>
int top_bit(Wide x) {  // of a number that is not 0
  if constexpr (sizeof(Wide) == 16) {
    const auto high = static_cast<std::uint64_t>(x >> 64);
    if (high != 0) return 127 - std::countl_zero(high);
  }
  return 63 - std::countl_zero(static_cast<std::uint64_t>(x));
}

// What is left of a number without its `count` lowest bits, and what they were.
template <class Wide>
struct Dropped {
  Wide kept = 0;
  bool half = false, below_half = false;  // the highest bit dropped, and whether any other was set

  Dropped(Wide x, int count) {
    constexpr int kWidth = 8 * sizeof(Wide);
    if (count <= 0) {
      kept = x << -count;
    } else if (count > kWidth) {
      below_half = x != 0;
    } else {
      kept = count == kWidth ? 0 : x >> count;
      half = (x >> (count - 1) & 1) != 0;
      below_half = (x & ((Wide{1} << (count - 1)) - 1)) != 0;
    }
  }
  bool inexact() const { return half || below_half; }
  bool rounds_up(Rounding rounding, bool negative) const {
    switch (rounding) {
      case Rounding::nearest:
        return half && (below_half || (kept & 1) != 0);
      case Rounding::plus_infinity:
        return inexact() && !negative;
      case Rounding::minus_infinity:
        return inexact() && negative;
      case Rounding::ties_away:
        return half;
      default:
        return false;
    }
  }
};

template <class F>
typename F::Bits overflowed(bool negative, std::uint32_t& fpscr, Rounding rounding) {
  if (kIsHalf<F> && (fpscr & kAlternativeHalf) != 0) {  // the largest number there is
    fpscr |= kInvalid;
    return static_cast<typename F::Bits>((kSign<F> - 1u) | zero<F>(negative));
  }
  fpscr |= kOverflow | kInexact;
  const bool to_infinity = rounding == Rounding::nearest || rounding == Rounding::ties_away ||
                           rounding == (negative ? Rounding::minus_infinity : Rounding::plus_infinity);
  return static_cast<typename F::Bits>(infinity<F>(negative) - (to_infinity ? 0u : 1u));
}

// FPRound of (-1)^negative * significand * 2^exponent, where the significand is not 0.
template <class F, class Wide>
typename F::Bits round_to(bool negative, int exponent, Wide significand, std::uint32_t& fpscr,
                          Rounding rounding) {
  const int magnitude = exponent + top_bit(significand);
  const bool tiny = magnitude < kMinimumExponent<F>;
  if (tiny && !kIsHalf<F> && (fpscr & kFlushToZero) != 0) {
    fpscr |= kUnderflow;
    return zero<F>(negative);
  }
  const bool alternative = kIsHalf<F> && (fpscr & kAlternativeHalf) != 0;
  if (magnitude > 1 - kMinimumExponent<F> + (alternative ? 1 : 0))
    return overflowed<F>(negative, fpscr, rounding);
  const Dropped<Wide> d(significand, std::max(magnitude, kMinimumExponent<F>) - F::kFraction - exponent);
  // The hidden bit of a normal number adds the 1 that is missing here; rounding up carries the same way.
  const auto exponent_field = static_cast<std::uint64_t>(tiny ? 0 : magnitude - kMinimumExponent<F>);
  const std::uint64_t bits = (exponent_field << F::kFraction) + static_cast<std::uint64_t>(d.kept) +
                             (d.rounds_up(rounding, negative) ? 1 : 0);
  if (bits >= (alternative ? std::uint64_t{kSign<F>} : std::uint64_t{kInfinity<F>}))
    return overflowed<F>(negative, fpscr, rounding);
  if (d.inexact()) fpscr |= kInexact | (tiny ? kUnderflow : 0u);
  return static_cast<typename F::Bits>(bits) | zero<F>(negative);
}

// FPProcessNaN: `bits` is a NaN.
template <class F>
typename F::Bits quieted(typename F::Bits bits, Kind kind, std::uint32_t& fpscr) {
  if (kind == Kind::signalling_nan) fpscr |= kInvalid;
  return (fpscr & kDefaultNanMode) != 0 ? kDefaultNan<F> : bits | kQuietBit<F>;
}
template <class F>
typename F::Bits invalid(std::uint32_t& fpscr) {
  fpscr |= kInvalid;
  return kDefaultNan<F>;
}

}  // namespace probity::vboard::armv7m::vfp
