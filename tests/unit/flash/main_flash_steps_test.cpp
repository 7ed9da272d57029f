// The pure parts of a job on main flash, and the loader's command encoding.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "flash/crc32.hpp"
#include "flash/stm32/main_flash.hpp"
#include "flash/stream.hpp"

namespace probity::stm32::main_flash_steps_test {
namespace {

TEST(Crc32, IsTheOneOfVerifyImage) {
  // The published check value of this CRC (CRC-32/MPEG-2) over "123456789".
  const Bytes digits{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(crc32(digits), 0x0376E6E7u);
  EXPECT_EQ(crc32({}), 0xFFFFFFFFu);
}

TEST(MainFlashSteps, FinalContentIsErasedWhereNothingIsWritten) {
  const Sector sector{0x100, 16, {}, {}};
  const FlashStep step{0, true, {{0x102, {1, 2}}, {0x10F, {3}}}};
  const Bytes content = final_content(step, sector, 0xFF);
  ASSERT_EQ(content.size(), 16u);
  EXPECT_EQ(content[0], 0xFF);
  EXPECT_EQ(content[2], 1);
  EXPECT_EQ(content[3], 2);
  EXPECT_EQ(content[15], 3);
  EXPECT_EQ(final_content(step, sector, 0x00)[0], 0x00);
}

// Programs what without_blank_runs() keeps over erased bytes.
Bytes programmed(const std::vector<FlashWrite>& writes, std::size_t size, std::uint8_t erased) {
  Bytes memory(size, erased);
  for (const FlashWrite& w : writes) std::copy(w.data.begin(), w.data.end(), memory.begin() + w.offset);
  return memory;
}

TEST(MainFlashSteps, BlankRunsAreLeftOutAndNothingElse) {
  for (const std::uint8_t erased : {0xFF, 0x00}) {
    Bytes data(400, 0x22);
    std::fill(data.begin() + 3, data.begin() + 20, erased);     // too short
    std::fill(data.begin() + 101, data.begin() + 299, erased);  // long
    std::fill(data.begin() + 330, data.end(), erased);          // at the end
    for (std::uint32_t offset : {0u, 1u, 2u, 3u}) {
      const auto kept = without_blank_runs({{offset, data}}, 1, erased);
      ASSERT_EQ(kept.size(), 2u);
      EXPECT_EQ(kept[1].offset % 4, 0u);
      std::size_t bytes = 0;
      for (const FlashWrite& w : kept) bytes += w.data.size();
      EXPECT_LT(bytes, 145u);
      EXPECT_EQ(programmed(kept, 410, erased), programmed({{offset, data}}, 410, erased));
    }
    EXPECT_TRUE(without_blank_runs({{0, Bytes(4096, erased)}}, 1, erased).empty());
    EXPECT_EQ(without_blank_runs({{8, Bytes(40, erased)}}, 1, erased).size(), 1u);
  }
}

TEST(MainFlashSteps, WhatIsLeftKeepsToTheGranule) {
  for (const unsigned granule : {2u, 8u, 16u, 32u, 128u}) {
    for (std::size_t blank_from = 0; blank_from < 140; blank_from += 3) {
      for (const std::size_t blank_size : {63u, 64u, 65u, 200u, 511u}) {
        Bytes data(1024, 0x22);
        const std::size_t blank_to = std::min<std::size_t>(blank_from + blank_size, 1024);
        std::fill(data.begin() + static_cast<std::ptrdiff_t>(blank_from),
                  data.begin() + static_cast<std::ptrdiff_t>(blank_to), 0xFF);
        const auto kept = without_blank_runs({{256, data}}, granule, 0xFF);
        for (const FlashWrite& w : kept) {
          EXPECT_EQ(w.offset % granule, 0u);
          EXPECT_EQ(w.data.size() % granule, 0u);
        }
        EXPECT_EQ(programmed(kept, 1280, 0xFF), programmed({{256, data}}, 1280, 0xFF));
      }
    }
  }
}

TEST(MainFlashSteps, WritesBecomeWholeGranules) {
  const auto whole = in_whole_granules(
      {{1, {1}}, {6, {2, 3, 4}}, {20, {5}}, {23, {6}}, {24, {7}}, {40, Bytes(8, 8)}}, 8, 0xFF);
  ASSERT_EQ(whole.size(), 2u);
  EXPECT_EQ(whole[0].offset, 0u);
  Bytes expected(32, 0xFF);
  for (const auto& [at, value] : std::initializer_list<std::pair<std::size_t, std::uint8_t>>{
           {1, 1}, {6, 2}, {7, 3}, {8, 4}, {20, 5}, {23, 6}, {24, 7}}) {
    expected[at] = value;
  }
  EXPECT_EQ(whole[0].data, expected);
  EXPECT_EQ(whole[1].offset, 40u);
  EXPECT_EQ(whole[1].data, Bytes(8, 8));
}

Bytes words(std::initializer_list<std::uint32_t> values) {
  Bytes bytes;
  for (const std::uint32_t value : values) append_le32(bytes, value);
  return bytes;
}

TEST(LoaderScript, Encoding) {
  LoaderScript script;
  const LoaderStore stores[] = {{0x40023C10, 0x20A}, {0x40023C10, 0x1020A}};
  script.store(0x08004000, stores);
  script.program(0x201, 0x08004001, 1, 1, Bytes{1, 2, 3, 4, 5});
  script.select({0x40022050, 0x4002204C, 1, 0x14});
  script.program(0x1, 0x08080000, 2, 8, Bytes{1, 2, 3, 4, 5, 6, 7, 8});
  script.crc({0x08000000, 0x4000});
  script.end();
  EXPECT_EQ(script.bytes(),
            words({1,          0x08004000, 2,          0x40023C10, 0x20A, 0x40023C10, 0x1020A,    2,
                   0x201,      0x08004001, 1,          1,          5,     0x00000001, 0x05040302, 4,
                   0x40022050, 0x4002204C, 1,          0x14,       2,     0x1,        0x08080000, 2,
                   8,          8,          0x04030201, 0x08070605, 3,     0x08000000, 0x4000,     0}));
}

}  // namespace
}  // namespace probity::stm32::main_flash_steps_test
