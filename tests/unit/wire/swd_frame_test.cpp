#include "wire/swd_frame.hpp"

#include <gtest/gtest.h>

namespace probity::swd::swd_frame_test {
namespace {

// Request bytes as every SWD trace shows them: read DPIDR 0xA5, write ABORT 0x81, read CTRL/STAT 0x8D, write
// SELECT 0xB1, read RDBUFF 0xBD; write CSW 0xA3, write TAR 0x8B, read DRW 0x9F, write DRW 0xBB.
TEST(SwdFrame, RequestBytes) {
  EXPECT_EQ(request(false, true, 0x0), 0xA5);
  EXPECT_EQ(request(false, false, 0x0), 0x81);
  EXPECT_EQ(request(false, true, 0x4), 0x8D);
  EXPECT_EQ(request(false, false, 0x8), 0xB1);
  EXPECT_EQ(request(false, true, 0xC), 0xBD);
  EXPECT_EQ(request(true, false, 0x0), 0xA3);
  EXPECT_EQ(request(true, false, 0x4), 0x8B);
  EXPECT_EQ(request(true, true, 0xC), 0x9F);
  EXPECT_EQ(request(true, false, 0xC), 0xBB);
}

TEST(SwdFrame, WriteDataEndsWithEvenParity) {
  EXPECT_EQ(write_data(0x00000001).value(0, 33), 0x1'0000'0001u);
  EXPECT_EQ(write_data(0x00000003).value(0, 33), 0x0'0000'0003u);
  EXPECT_EQ(write_data(0xFFFFFFFF).value(0, 33), 0x0'FFFF'FFFFu);
}

TEST(SwdFrame, ReadDataIsRefusedWithWrongParity) {
  BitVector bits = BitVector::repeat(true, 3);
  bits.append(write_data(0x2BA01477));
  EXPECT_EQ(read_data(bits, 3), 0x2BA01477u);
  BitVector flipped = BitVector::of(bits.value(0, 35), 35);
  flipped.push(!bits[35]);
  EXPECT_EQ(read_data(flipped, 3), std::nullopt);
}

// As traces of RP2040 show it: 0x99, five clocks left alone, TARGETSEL and its parity.
TEST(SwdFrame, TargetSelect) {
  EXPECT_EQ(request(false, false, kTargetSel), 0x99);
  EXPECT_EQ(kNoAckBits, 5u);
  EXPECT_EQ(write_data(0x11002927).value(0, 33), 0x1'1100'2927u);
}

}  // namespace
}  // namespace probity::swd::swd_frame_test
