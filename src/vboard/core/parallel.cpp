// Parallel additions and subtractions of 16- and 8-bit lanes (A5.3.13, A5.3.14).
#include <algorithm>
#include <array>

#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

void three_registers(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.rm = static_cast<std::uint8_t>(bits(op.raw, 3, 0));
}

// What is done with a lane's exact result: GE flags and wrap (S, U), saturate (Q, UQ), or halve (SH, UH).
enum class Kind : std::uint8_t { s, q, sh, u, uq, uh };
constexpr bool is_unsigned(Kind kind) { return kind >= Kind::u; }

template <Kind kKind>
std::int32_t lane_of(std::uint32_t value, unsigned width) {
  value &= (1u << width) - 1;
  return is_unsigned(kKind) ? static_cast<std::int32_t>(value) : sign_extend(value, width);
}

// `ge` becomes whether the lane's GE bits are to be set: no borrow, a carry, or a result that is not
// negative.
template <Kind kKind>
std::uint32_t combine(std::int32_t x, std::int32_t y, bool subtract, unsigned width, bool& ge) {
  std::int32_t result = subtract ? x - y : x + y;
  const std::int32_t top = 1 << width;
  ge = kKind == Kind::u && !subtract ? result >= top : result >= 0;
  if constexpr (kKind == Kind::q) result = std::clamp(result, -top / 2, top / 2 - 1);
  if constexpr (kKind == Kind::uq) result = std::clamp(result, 0, top - 1);
  if constexpr (kKind == Kind::sh || kKind == Kind::uh) result >>= 1;
  return static_cast<std::uint32_t>(result) & static_cast<std::uint32_t>(top - 1);
}

enum class Shape : std::uint8_t { add16, asx, sax, sub16, add8, sub8 };

template <Kind kKind, Shape kShape>
void parallel(Machine& m, const Op& op) {
  constexpr unsigned kWidth = kShape >= Shape::add8 ? 8 : 16;
  constexpr bool kExchange = kShape == Shape::asx || kShape == Shape::sax;
  const std::uint32_t x = m.r[op.rn], y = kExchange ? rotate_right(m.r[op.rm], 16) : m.r[op.rm];
  std::uint32_t result = 0, ge = 0;
  for (unsigned lane = 0; lane < 32; lane += kWidth) {
    const bool high = lane != 0;
    const bool subtract = kShape == Shape::sub16 || kShape == Shape::sub8 ||
                          (kShape == Shape::asx && !high) || (kShape == Shape::sax && high);
    bool lane_ge = false;
    result |= combine<kKind>(lane_of<kKind>(x >> lane, kWidth), lane_of<kKind>(y >> lane, kWidth), subtract,
                             kWidth, lane_ge)
              << lane;
    if (lane_ge) ge |= (kWidth == 8 ? 1u : 3u) << (lane / 8);
  }
  if constexpr (kKind == Kind::s || kKind == Kind::u) m.ge = static_cast<std::uint8_t>(ge);
  set_register(m, op.rd, result);
}

// op1 in bits 22:20 is the shape, bits 6:4 the kind (tables A5-25, A5-26).
constexpr std::uint32_t kMask = 0xFFF0F0F0;

template <Shape kShape>
constexpr std::array<Row, 6> rows_of(std::uint32_t shape_bits) {
  const std::uint32_t value = 0xFA80F000 | shape_bits << 20;
  return {{{kMask, value | 0x00, three_registers, parallel<Kind::s, kShape>},
           {kMask, value | 0x10, three_registers, parallel<Kind::q, kShape>},
           {kMask, value | 0x20, three_registers, parallel<Kind::sh, kShape>},
           {kMask, value | 0x40, three_registers, parallel<Kind::u, kShape>},
           {kMask, value | 0x50, three_registers, parallel<Kind::uq, kShape>},
           {kMask, value | 0x60, three_registers, parallel<Kind::uh, kShape>}}};
}

// Bits 22:20 are the shape, bits 6:4 the kind (tables A5-25, A5-26).
constexpr std::array<std::array<Row, 6>, 6> kRows{rows_of<Shape::add8>(0),  rows_of<Shape::add16>(1),
                                                  rows_of<Shape::asx>(2),   rows_of<Shape::sub8>(4),
                                                  rows_of<Shape::sub16>(5), rows_of<Shape::sax>(6)};

}  // namespace

std::span<const Row> parallel_rows() { return {kRows.front().data(), kRows.size() * kRows.front().size()}; }

}  // namespace probity::vboard::armv7m
