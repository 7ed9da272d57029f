// The parts of driver `stm32lx` and their geometry as pure functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "flash/stm32/lx_parts.hpp"

namespace probity::stm32::lx_parts_test {
namespace {

constexpr std::uint32_t kKib = 1024;

const LxPart& part(std::uint16_t id) {
  const LxPart* found = find_lx_part(id);
  EXPECT_NE(found, nullptr) << std::hex << id;
  return *found;
}

TEST(LxParts, EveryIdOfStIsKnownByTheNameThatStockPrints) {
  const std::pair<std::uint16_t, std::string_view> rows[] = {
      {0x416, "STM32L1xx (Cat.1 - Low/Medium Density)"},
      {0x429, "STM32L1xx (Cat.2)"},
      {0x427, "STM32L1xx (Cat.3 - Medium+ Density)"},
      {0x436, "STM32L1xx (Cat.4/Cat.3 - Medium+/High Density)"},
      {0x437, "STM32L1xx (Cat.5/Cat.6)"},
      {0x417, "STM32L0xx (Cat. 3)"},
      {0x425, "STM32L0xx (Cat. 2)"},
      {0x447, "STM32L0xx (Cat.5)"},
      {0x457, "STM32L0xx (Cat.1)"},
  };
  for (const auto& [id, name] : rows) EXPECT_EQ(part(id).name, name);
  EXPECT_EQ(lx_parts().size(), std::size(rows));
  std::set<std::uint16_t> ids;
  for (const LxPart& row : lx_parts()) EXPECT_TRUE(ids.insert(row.id).second) << "twice: " << row.name;
  EXPECT_EQ(find_lx_part(0x413), nullptr);
}

TEST(LxParts, RevisionsByTheirLetters) {
  EXPECT_EQ(revision_name(part(0x416), 0x1038), "W");
  EXPECT_EQ(revision_name(part(0x425), 0x2018), "1, X");
  EXPECT_EQ(revision_name(part(0x437), 0x1018), "");
}

TEST(LxParts, SizeRegistersAreWhereTheirCategoryHasThem) {
  for (const LxPart& row : lx_parts()) {
    const bool early = row.id == 0x416 || row.id == 0x429;
    const Address expected = row.layout == &kLxLayoutL0 ? 0x1FF8007C : early ? 0x1FF8004C : 0x1FF800CC;
    EXPECT_EQ(row.flash_size_register, expected) << row.name;
  }
}

TEST(LxParts, TheSizeRegisterIsReadAsTheManualSays) {
  EXPECT_EQ(lx_kib(part(0x417), 64), 64u);
  EXPECT_EQ(lx_kib(part(0x417), 0xFFFF), std::nullopt);
  EXPECT_EQ(lx_kib(part(0x417), 0), std::nullopt);
  EXPECT_EQ(lx_kib(part(0x429), 0xA580), 128u) << "the upper byte means nothing";
  EXPECT_EQ(lx_kib(part(0x429), 0xA500), std::nullopt);
  EXPECT_EQ(lx_kib(part(0x436), 0), 384u);
  EXPECT_EQ(lx_kib(part(0x436), 1), 256u);
  EXPECT_EQ(lx_kib(part(0x436), 0xFFFF), std::nullopt);
  EXPECT_EQ(lx_kib(part(0x437), 0), std::nullopt);
}

struct Division {
  std::uint16_t id;
  unsigned kib;
  std::uint32_t first, second_at, second, end;  // KiB; `second` 0: one bank
};

TEST(LxParts, BanksLieWhereStsHeadersHaveThem) {
  const Division rows[] = {
      {0x416, 128, 128, 0, 0, 128},     {0x427, 256, 256, 0, 0, 256},
      {0x436, 256, 256, 0, 0, 256},     {0x436, 384, 192, 192, 192, 384},
      {0x437, 512, 256, 256, 256, 512}, {0x437, 384, 192, 256, 192, 448},  // category 6
      {0x447, 64, 64, 0, 0, 64},        {0x447, 128, 64, 64, 64, 128},
      {0x447, 192, 96, 96, 96, 192},    {0x417, 64, 64, 0, 0, 64},
      {0x457, 16, 16, 0, 0, 16},
  };
  for (const Division& row : rows) {
    const LxGeometry found = lx_geometry(part(row.id), row.kib);
    EXPECT_EQ(found.first.offset, 0u);
    EXPECT_EQ(found.first.size, row.first * kKib) << std::hex << row.id << " " << std::dec << row.kib;
    EXPECT_EQ(found.second.offset, row.second_at * kKib) << std::hex << row.id;
    EXPECT_EQ(found.second.size, row.second * kKib) << std::hex << row.id;
    EXPECT_EQ(found.end(), row.end * kKib) << std::hex << row.id;
  }
}

TEST(LxParts, TheIdIsReadWhereTheCoreHasIt) {
  EXPECT_EQ(lx_idcode_address(0x410CC601), 0x40015800u);  // Cortex-M0+
  EXPECT_EQ(lx_idcode_address(0x412FC230), 0xE0042000u);  // Cortex-M3
  EXPECT_EQ(lx_idcode_address(0x410FC241), std::nullopt);
}

}  // namespace
}  // namespace probity::stm32::lx_parts_test
