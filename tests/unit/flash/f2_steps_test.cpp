#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "flash/crc32.hpp"
#include "flash/stm32/f2_bank.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {
namespace {

TEST(Crc32, IsTheOneOfVerifyImage) {
  // The published check value of this CRC (CRC-32/MPEG-2) over "123456789".
  const Bytes digits{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(crc32(digits), 0x0376E6E7u);
  EXPECT_EQ(crc32({}), 0xFFFFFFFFu);
}

std::vector<std::pair<std::uint32_t, std::size_t>> shape(const std::vector<F2ProgramPiece>& pieces,
                                                         unsigned width) {
  std::vector<std::pair<std::uint32_t, std::size_t>> result;
  for (const F2ProgramPiece& p : pieces) {
    EXPECT_EQ(p.offset % bytes_of(p.width), 0u);
    EXPECT_EQ(p.data.size() % bytes_of(p.width), 0u);
    EXPECT_TRUE(bytes_of(p.width) == width || p.width == ProgramWidth::x8);
    result.push_back({p.offset, p.data.size()});
  }
  return result;
}

TEST(F2Steps, PiecesCoverEveryHeadAndTail) {
  for (const auto width : {ProgramWidth::x8, ProgramWidth::x16, ProgramWidth::x32}) {
    for (std::uint32_t offset = 0; offset < 5; ++offset) {
      for (std::uint32_t size = 1; size < 20; ++size) {
        FlashWrite write{offset, {}};
        for (std::uint32_t i = 0; i < size; ++i) write.data.push_back(static_cast<std::uint8_t>(i));
        std::uint32_t at = offset;
        Bytes joined;
        const auto pieces = program_pieces(write, width);
        shape(pieces, bytes_of(width));
        for (const F2ProgramPiece& p : pieces) {
          EXPECT_EQ(p.offset, at);
          at += static_cast<std::uint32_t>(p.data.size());
          append(joined, p.data);
        }
        EXPECT_EQ(joined, write.data);
      }
    }
  }
}

TEST(F2Steps, WordsCarryTheBodyAndBytesTheEnds) {
  const FlashWrite write{3, Bytes(10, 1)};
  using Shape = std::vector<std::pair<std::uint32_t, std::size_t>>;
  EXPECT_EQ(shape(program_pieces(write, ProgramWidth::x32), 4), (Shape{{3, 1}, {4, 8}, {12, 1}}));
  EXPECT_EQ(shape(program_pieces(write, ProgramWidth::x16), 2), (Shape{{3, 1}, {4, 8}, {12, 1}}));
}

TEST(F2Steps, FinalContentIsErasedWhereNothingIsWritten) {
  const Sector sector{0x100, 16, {}, {}};
  F2Step step{0, true, {{0x102, {1, 2}}, {0x10F, {3}}}};
  const Bytes content = final_content(step, sector);
  ASSERT_EQ(content.size(), 16u);
  EXPECT_EQ(content[0], 0xFF);
  EXPECT_EQ(content[2], 1);
  EXPECT_EQ(content[3], 2);
  EXPECT_EQ(content[15], 3);
}

// Programs what without_blank_runs() keeps over erased bytes.
Bytes programmed(const std::vector<FlashWrite>& writes, std::size_t size) {
  Bytes memory(size, 0xFF);
  for (const FlashWrite& w : writes) std::copy(w.data.begin(), w.data.end(), memory.begin() + w.offset);
  return memory;
}

TEST(F2Steps, BlankRunsAreLeftOutAndNothingElse) {
  Bytes data(400, 0x22);
  std::fill(data.begin() + 3, data.begin() + 20, 0xFF);     // too short
  std::fill(data.begin() + 101, data.begin() + 299, 0xFF);  // long
  std::fill(data.begin() + 330, data.end(), 0xFF);          // at the end
  for (std::uint32_t offset : {0u, 1u, 2u, 3u}) {
    const auto kept = without_blank_runs({{offset, data}});
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[1].offset % 4, 0u);
    std::size_t bytes = 0;
    for (const FlashWrite& w : kept) bytes += w.data.size();
    EXPECT_LT(bytes, 145u);
    EXPECT_EQ(programmed(kept, 410), programmed({{offset, data}}, 410));
  }
  EXPECT_TRUE(without_blank_runs({{0, Bytes(4096, 0xFF)}}).empty());
  EXPECT_EQ(without_blank_runs({{8, Bytes(40, 0xFF)}}).size(), 1u);
}

TEST(LoaderScript, Encoding) {
  LoaderScript script;
  script.erase(0x08004000, 0x20A, 0x1020A);
  script.program(0x201, 0x08004001, 1, Bytes{1, 2, 3, 4, 5});
  script.crc({0x08000000, 0x4000});
  script.end();
  Bytes expected;
  for (const std::uint32_t word : {1u, 0x08004000u, 0x20Au, 0x1020Au, 2u, 0x201u, 0x08004001u, 1u, 5u,
                                   0x00000001u, 0x05040302u, 3u, 0x08000000u, 0x4000u, 0u}) {
    append_le32(expected, word);
  }
  EXPECT_EQ(script.bytes(), expected);
}

}  // namespace
}  // namespace probity::stm32
