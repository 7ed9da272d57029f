#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "flash/stm32/f2_interface.hpp"

namespace probity::stm32::f2_steps_test {
namespace {

std::vector<std::pair<std::uint32_t, std::size_t>> shape(const std::vector<F2ProgramPiece>& pieces,
                                                         unsigned width) {
  std::vector<std::pair<std::uint32_t, std::size_t>> result;
  for (const F2ProgramPiece& p : pieces) {
    EXPECT_EQ(p.address % bytes_of(p.width), 0u);
    EXPECT_EQ(p.data.size() % bytes_of(p.width), 0u);
    EXPECT_TRUE(bytes_of(p.width) == width || p.width == ProgramWidth::x8);
    result.push_back({p.address, p.data.size()});
  }
  return result;
}

TEST(F2Steps, PiecesCoverEveryHeadAndTail) {
  for (const auto width : {ProgramWidth::x8, ProgramWidth::x16, ProgramWidth::x32}) {
    for (std::uint32_t offset = 0; offset < 5; ++offset) {
      for (std::uint32_t size = 1; size < 20; ++size) {
        Bytes data;
        for (std::uint32_t i = 0; i < size; ++i) data.push_back(static_cast<std::uint8_t>(i));
        std::uint32_t at = offset;
        Bytes joined;
        const auto pieces = program_pieces(offset, data, width);
        shape(pieces, bytes_of(width));
        for (const F2ProgramPiece& p : pieces) {
          EXPECT_EQ(p.address, at);
          at += static_cast<std::uint32_t>(p.data.size());
          append(joined, p.data);
        }
        EXPECT_EQ(joined, data);
      }
    }
  }
}

TEST(F2Steps, WordsCarryTheBodyAndBytesTheEnds) {
  const Bytes data(10, 1);
  using Shape = std::vector<std::pair<std::uint32_t, std::size_t>>;
  EXPECT_EQ(shape(program_pieces(3, data, ProgramWidth::x32), 4), (Shape{{3, 1}, {4, 8}, {12, 1}}));
  EXPECT_EQ(shape(program_pieces(3, data, ProgramWidth::x16), 2), (Shape{{3, 1}, {4, 8}, {12, 1}}));
}

}  // namespace
}  // namespace probity::stm32::f2_steps_test
