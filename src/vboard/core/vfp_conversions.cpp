// VCVT, VCVTB, VCVTT and VRINT (chapter A7; FPv5's with a rounding mode of their own).
#include <array>

#include "vboard/core/vfp.hpp"
#include "vboard/core/vfp_arithmetic.hpp"

namespace probity::vboard::armv7m {
namespace {

using namespace vfp;

template <class F>
constexpr bool kIsDouble = sizeof(typename F::Bits) == 8;

template <class To, class From>
void registers(Op& op) {
  Op other = op;
  single_registers(op);
  double_registers(other);
  if (kIsDouble<To>) op.rd = other.rd;
  if (kIsDouble<From>) op.rm = other.rm;
}
// The size bit is a row's own where it does not follow from the formats.
template <class To, class From, auto kExecute, unsigned kVersion = 0>
constexpr Row row(std::uint32_t mask, std::uint32_t value) {
  constexpr unsigned kNeeds = kVersion | (kIsDouble<To> || kIsDouble<From> ? kFpDouble : kFpSingle);
  return {mask | (kIsDouble<To> ? kD : 0) | (kIsDouble<From> ? kM : 0), value, registers<To, From>,
          gated<kExecute, kNeeds>};
}

// --- integers: bit 7 or bit 16 says signed
// ---------------------------------------------------------------------------

template <class F>
void from_integer(Machine& m, const Op& op) {
  const FixedPoint format{.size = 32, .fraction = 0, .is_unsigned = bits(op.raw, 7, 7) == 0};
  put<F>(m, op.rd, from_fixed<F>(m.fp[op.rm], format, rounding_mode(m.fpscr), m.fpscr));
}
template <class F>
void convert_to_integer(Machine& m, const Op& op, Rounding rounding, bool is_unsigned) {
  const FixedPoint format{.size = 32, .fraction = 0, .is_unsigned = is_unsigned};
  m.fp[op.rd] = static_cast<std::uint32_t>(to_fixed<F>(get<F>(m, op.rm), format, rounding, m.fpscr));
}
template <class F>
void to_integer(Machine& m, const Op& op) {  // VCVT towards zero, VCVTR by FPSCR
  const Rounding rounding = bits(op.raw, 7, 7) != 0 ? Rounding::zero : rounding_mode(m.fpscr);
  convert_to_integer<F>(m, op, rounding, bits(op.raw, 16, 16) == 0);
}

// The RM field of FPv5's VCVTA, VCVTN, VCVTP, VCVTM and VRINT.
Rounding directed(const Op& op) {
  constexpr Rounding kModes[] = {Rounding::ties_away, Rounding::nearest, Rounding::plus_infinity,
                                 Rounding::minus_infinity};
  return kModes[bits(op.raw, 17, 16)];
}
template <class F>
void to_integer_directed(Machine& m, const Op& op) {
  convert_to_integer<F>(m, op, directed(op), bits(op.raw, 7, 7) == 0);
}

template <class F>
void round_directed(Machine& m, const Op& op) {
  put<F>(m, op.rd, round_to_integral<F>(get<F>(m, op.rm), directed(op), false, m.fpscr));
}
template <class F>
void round_integral(Machine& m, const Op& op) {  // VRINTR, VRINTZ
  const Rounding rounding = bits(op.raw, 7, 7) != 0 ? Rounding::zero : rounding_mode(m.fpscr);
  put<F>(m, op.rd, round_to_integral<F>(get<F>(m, op.rm), rounding, false, m.fpscr));
}
template <class F>
void round_exact(Machine& m, const Op& op) {  // VRINTX
  put<F>(m, op.rd, round_to_integral<F>(get<F>(m, op.rm), rounding_mode(m.fpscr), true, m.fpscr));
}

// --- fixed point: in place; towards zero, from it to nearest
// ---------------------------------------------------------

FixedPoint fixed_format(const Op& op) {
  const unsigned size = bits(op.raw, 7, 7) != 0 ? 32 : 16;
  const unsigned integer = bits(op.raw, 3, 0) << 1 | bits(op.raw, 5, 5);
  return {.size = size,
          .fraction = integer <= size ? size - integer : 0,  // else UNPREDICTABLE
          .is_unsigned = bits(op.raw, 16, 16) != 0};
}
template <class F>
void from_fixed_point(Machine& m, const Op& op) {
  put<F>(m, op.rd, from_fixed<F>(get<F>(m, op.rd), fixed_format(op), Rounding::nearest, m.fpscr));
}
template <class F>
void to_fixed_point(Machine& m, const Op& op) {
  put<F>(m, op.rd,
         static_cast<typename F::Bits>(
             to_fixed<F>(get<F>(m, op.rd), fixed_format(op), Rounding::zero, m.fpscr)));
}

// --- other formats
// ----------------------------------------------------------------------------------------------

template <class To, class From>
void change_format(Machine& m, const Op& op) {
  put<To>(m, op.rd, convert<To, From>(get<From>(m, op.rm), m.fpscr));
}
// VCVTB, VCVTT: the lower or upper half of a single register.
unsigned half_shift(const Op& op) { return bits(op.raw, 7, 7) != 0 ? 16 : 0; }
template <class F>
void from_half(Machine& m, const Op& op) {
  put<F>(m, op.rd, convert<F, Half>(static_cast<std::uint16_t>(m.fp[op.rm] >> half_shift(op)), m.fpscr));
}
template <class F>
void to_half(Machine& m, const Op& op) {
  const std::uint32_t half = convert<Half, F>(get<F>(m, op.rm), m.fpscr);
  m.fp[op.rd] = (m.fp[op.rd] & ~(0xFFFFu << half_shift(op))) | half << half_shift(op);
}

template <class F>
constexpr auto rows_of() {
  constexpr std::uint32_t kSize = kIsDouble<F> ? kDoubleBit : 0;
  using S = Single;
  return std::array{
      row<F, S, from_half<F>>(0xFFBF0F50, 0xEEB20A40 | kSize),
      row<S, F, to_half<F>>(0xFFBF0F50, 0xEEB30A40 | kSize),
      row<F, F, round_integral<F>, kFpV5>(0xFFBF0F50, 0xEEB60A40 | kSize),
      row<F, F, round_exact<F>, kFpV5>(0xFFBF0FD0, 0xEEB70A40 | kSize),
      row<F, S, from_integer<F>>(0xFFBF0F50, 0xEEB80A40 | kSize),
      row<S, F, to_integer<F>>(0xFFBE0F50, 0xEEBC0A40 | kSize),
      row<F, S, from_fixed_point<F>>(0xFFBE0F50, 0xEEBA0A40 | kSize),
      row<F, S, to_fixed_point<F>>(0xFFBE0F50, 0xEEBE0A40 | kSize),
      row<F, F, round_directed<F>, kFpV5>(0xFFBC0FD0, 0xFEB80A40 | kSize),
      row<S, F, to_integer_directed<F>, kFpV5>(0xFFBC0F50, 0xFEBC0A40 | kSize),
  };
}

constexpr auto kSingleRows = rows_of<Single>();
constexpr auto kDoubleRows = rows_of<Double>();
constexpr Row kBetweenRows[] = {
    row<Double, Single, change_format<Double, Single>>(0xFFBF0FD0, 0xEEB70AC0),
    row<Single, Double, change_format<Single, Double>>(0xFFBF0FD0, 0xEEB70BC0),
};

}  // namespace

std::span<const Row> vfp_single_conversion_rows() { return kSingleRows; }
std::span<const Row> vfp_double_conversion_rows() { return kDoubleRows; }
std::span<const Row> vfp_between_conversion_rows() { return kBetweenRows; }

}  // namespace probity::vboard::armv7m
