// The clock trees of the families: a PLL locks on a source that runs, and the core's clock is what its
// dividers say. Expected frequencies by the formulas of each manual's PLL configuration register.
#include <gtest/gtest.h>

#include "vboard/chip/peripherals/rcc.hpp"
#include "vboard/chip/peripherals/rcc_f1.hpp"
#include "vboard/chip/peripherals/rcc_f2.hpp"
#include "vboard/chip/peripherals/rcc_h7.hpp"
#include "vboard/chip/peripherals/rcc_l4.hpp"
#include "vboard/chip/peripherals/rcc_lx.hpp"
#include "vboard/chip/peripherals/rcc_u5.hpp"

namespace probity::vboard::test::rcc_test {
namespace {

class Clock final : public TimeSource {
 public:
  Nanoseconds now() const override { return time; }
  Nanoseconds time{0};
};

struct Tree {
  std::string_view name;
  const RccFacts& facts;
  std::uint32_t reset_mhz;
  std::uint32_t on;                       // RCC_CR with the reset's oscillators
  std::vector<RccRegisterValue> pll_hse;  // the PLL from HSE
  RccRegisterValue use_pll, divide_by_2;  // SW, and with HPRE …
  std::uint32_t pll_mhz;
};

// SW has the same register as HPRE, or not.
const Tree kTrees[] = {
    {"F1",
     f1_rcc(),
     8,
     1,
     {{0x04, 1 << 16 | 7 << 18}},
     {0x04, 1 << 16 | 7 << 18 | 2},
     {0x04, 1 << 16 | 7 << 18 | 2 | 8 << 4},
     72},
    {"F4", f2_rcc(), 16, 0x81, {{0x04, 1 << 22 | 336 << 6 | 8}}, {0x08, 2}, {0x08, 2 | 8 << 4}, 168},
    {"L0",
     l0_rcc(),
     2,
     0x300,
     {{0x0C, 1 << 16 | 1 << 18 | 1 << 22}},
     {0x0C, 1 << 16 | 1 << 18 | 1 << 22 | 3},
     {0x0C, 1 << 16 | 1 << 18 | 1 << 22 | 3 | 8 << 4},
     16},
    {"L4", l4_rcc(), 4, 0x63, {{0x0C, 3 | 20 << 8}}, {0x08, 3}, {0x08, 3 | 8 << 4}, 80},
    {"U5", u5_rcc(), 4, 0x35, {{0x28, 3}, {0x34, 9}}, {0x1C, 3}, {0x20, 8}, 160},
    {"H7", h7_rcc(), 64, 0xC001, {{0x28, 2 | 1 << 4}, {0x30, 99 | 1 << 9}}, {0x10, 3}, {0x18, 8 << 8}, 400},
    {"H7RS", h7rs_rcc(), 64, 1, {{0x28, 2 | 1 << 4}, {0x30, 99 | 1 << 9}}, {0x10, 3}, {0x18, 8}, 400},
    {"H5", h5_rcc(), 32, 0x29, {{0x28, 3 | 1 << 8}, {0x34, 49 | 1 << 9}}, {0x1C, 3}, {0x20, 8}, 200},
};

void set(Rcc& rcc, RccRegisterValue row) {
  rcc.write_register(row.offset, row.value, Lanes::of(row.offset, 4));
}
std::uint32_t get(Rcc& rcc, std::uint32_t offset) {
  std::uint32_t value = 0;
  rcc.read_register(offset, value);
  return value;
}

TEST(RccTrees, ThePllLocksOnItsSourceAndDrivesTheCore) {
  constexpr std::uint32_t kCr = 0, kHseOn = 1 << 16, kPllOn = 1 << 24, kPllReady = 1 << 25;
  for (const Tree& tree : kTrees) {
    SCOPED_TRACE(tree.name);
    Clock clock;
    Rcc rcc(tree.facts, clock, [] {});
    EXPECT_EQ(rcc.core_clock().value / 1'000'000, tree.reset_mhz);
    for (const RccRegisterValue& row : tree.pll_hse) set(rcc, row);
    set(rcc, {kCr, tree.on | kPllOn});
    clock.time += Milliseconds(10);
    EXPECT_EQ(get(rcc, kCr) & kPllReady, 0u);  // HSE is off
    set(rcc, tree.use_pll);
    EXPECT_EQ(rcc.core_clock().value / 1'000'000, tree.reset_mhz);
    set(rcc, {kCr, tree.on | kHseOn | kPllOn});
    clock.time += Milliseconds(10);
    EXPECT_EQ(get(rcc, kCr) & kPllReady, kPllReady);
    set(rcc, tree.use_pll);
    EXPECT_EQ(rcc.core_clock().value, tree.pll_mhz * 1'000'000);
    set(rcc, tree.divide_by_2);
    EXPECT_EQ(rcc.core_clock().value, tree.pll_mhz * 500'000);
  }
}

}  // namespace
}  // namespace probity::vboard::test::rcc_test
