#include "wire/swj_sequence.hpp"

#include <gtest/gtest.h>

#include "wire/jtag_tap.hpp"

namespace probity::swj::swj_sequence_test {
namespace {

std::size_t leading_ones(const BitVector& bits, std::size_t from = 0) {
  std::size_t n = 0;
  while (from + n < bits.size() && bits[from + n]) ++n;
  return n;
}

std::size_t trailing_zeros(const BitVector& bits) {
  std::size_t n = 0;
  while (n < bits.size() && !bits[bits.size() - 1 - n]) ++n;
  return n;
}

TEST(SwjSequence, LineResetIsFiftyOnesAndTwoZerosAtLeast) {
  const BitVector bits = line_reset();
  EXPECT_GE(leading_ones(bits), 50u);
  EXPECT_GE(trailing_zeros(bits), 2u);
  EXPECT_EQ(leading_ones(bits) + trailing_zeros(bits), bits.size());
}

TEST(SwjSequence, JtagToSwd) {
  const BitVector bits = jtag_to_swd();
  const std::size_t ones = leading_ones(bits);
  EXPECT_GE(ones, 50u);
  EXPECT_EQ(bits.value(ones, 16), 0xE79Eu);  // 0xE79E begins with a 0
  EXPECT_GE(leading_ones(bits, ones + 16), 50u);
  EXPECT_GE(trailing_zeros(bits), 2u);
}

TEST(SwjSequence, SwdToJtagEndsInRunTestIdle) {
  const BitVector bits = swd_to_jtag();
  const std::size_t ones = leading_ones(bits);
  EXPECT_GE(ones, 50u);
  EXPECT_EQ(bits.value(ones, 16), 0xE73Cu);
  for (std::size_t start = 0; start < jtag::kTapStates; ++start) {
    auto state = static_cast<jtag::TapState>(start);
    for (std::size_t i = 0; i < bits.size(); ++i) state = jtag::next(state, bits[i]);
    EXPECT_EQ(state, jtag::TapState::run_test_idle);
  }
}

TEST(SwjSequence, DormantToSwd) {
  const BitVector wake = dormant_to_swd();
  EXPECT_GE(leading_ones(wake), 8u);
  EXPECT_EQ(wake.value(8, 32), 0x6209F392u);
  EXPECT_EQ(wake.value(8 + 32, 32), 0x86852D95u);
  EXPECT_EQ(wake.value(8 + 64, 32), 0xE3DDAFE9u);
  EXPECT_EQ(wake.value(8 + 96, 32), 0x19BC0EA2u);
  EXPECT_EQ(wake.value(8 + 128, 4), 0u);
  EXPECT_EQ(wake.value(8 + 132, 8), 0x1Au);
  EXPECT_GE(leading_ones(wake, 8 + 140), 50u);
}

TEST(SwjSequence, MultiDropSendsJtagToSleepBeforeItWakesAll) {
  const BitVector bits = multi_drop_to_swd();
  const std::size_t ones = leading_ones(bits);
  EXPECT_GE(ones, 50u);
  // IHI 0031 B5.3.2: 0x33BBBBBA in 31 bits; the alert's 8 ones follow.
  EXPECT_EQ(bits.value(ones, 31), 0x33BBBBBAu);
  EXPECT_EQ(bits.slice(ones + 31, dormant_to_swd().size()), dormant_to_swd());
  EXPECT_EQ(bits.size(), ones + 31 + dormant_to_swd().size());
}

}  // namespace
}  // namespace probity::swj::swj_sequence_test
