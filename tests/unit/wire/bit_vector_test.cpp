#include "wire/bit_vector.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace probity::bit_vector_test {
namespace {

TEST(BitVector, PacksTheFirstBitIntoBitZeroOfByteZero) {
  BitVector bits;
  for (const bool b : {true, false, false, false, false, false, false, false, true}) bits.push(b);
  EXPECT_EQ(bits.size(), 9u);
  EXPECT_EQ(bits.bytes(), (Bytes{0x01, 0x01}));
}

TEST(BitVector, ValuesGoAndComeLeastSignificantFirst) {
  BitVector bits = BitVector::of(0x5, 3);
  bits.push(0x89ABCDEF, 32);
  EXPECT_EQ(bits.value(0, 3), 0x5u);
  EXPECT_EQ(bits.value(3, 32), 0x89ABCDEFu);
  EXPECT_EQ(bits.slice(3, 8).value(0, 8), 0xEFu);
}

TEST(BitVector, FromBytesAndBack) {
  const Bytes bytes = {0xA5, 0x03};
  const BitVector bits = BitVector::from_bytes(bytes, 10);
  EXPECT_EQ(bits.bytes(), bytes);
  EXPECT_EQ(bits.value(0, 10), 0x3A5u);
}

TEST(BitVector, SixtyFourBitsAtAnOddPlace) {
  BitVector bits = BitVector::repeat(true, 3);
  bits.push(0x0123456789ABCDEFull, 64);
  EXPECT_EQ(bits.value(3, 64), 0x0123456789ABCDEFull);
}

TEST(BitVector, ReadingBehindTheEndIsAnError) {
  const BitVector bits = BitVector::repeat(true, 5);
  EXPECT_THROW(bits.value(1, 5), std::out_of_range);
  EXPECT_THROW(bits.slice(6, 0), std::out_of_range);
  EXPECT_THROW(BitVector::from_bytes(Bytes{0}, 9), std::out_of_range);
  EXPECT_THROW((void)bits[5], std::out_of_range);
}

}  // namespace
}  // namespace probity::bit_vector_test
