// What of a job is left where the flash holds some of it already.
#include "flash/unchanged.hpp"

#include <gtest/gtest.h>

namespace probity::unchanged_test {
namespace {

const std::vector<Sector> kPages = {{0, 16, {}, {}}, {16, 16, {}, {}}, {32, 16, {}, {}}};

Bytes counting(std::size_t size, std::uint8_t first = 0) {
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(first + i));
  return bytes;
}

TEST(Outside, EverythingWhereNothingIsLeftAlone) {
  const auto rest = outside({{4, counting(40)}}, kPages, {false, false, false});
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].offset, 4u);
  EXPECT_EQ(rest[0].data, counting(40));
}

TEST(Outside, WhatLiesOnBothSidesOfASectorThatIsRight) {
  const auto rest = outside({{4, counting(40)}}, kPages, {false, true, false});
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].offset, 4u);
  EXPECT_EQ(rest[0].data, counting(12));
  EXPECT_EQ(rest[1].offset, 32u);
  EXPECT_EQ(rest[1].data, counting(12, 28));
}

TEST(Outside, NothingWhereAllIsRight) {
  EXPECT_TRUE(outside({{0, counting(48)}}, kPages, {true, true, true}).empty());
}

}  // namespace
}  // namespace probity::unchanged_test
