#include "flash/stm32/f2_parts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "flash/stm32/f2_interface.hpp"

namespace probity::stm32::f2_parts_test {
namespace {

const F2Part& part(std::uint16_t id) {
  const F2Part* row = find_f2_part(id);
  EXPECT_NE(row, nullptr);
  return *row;
}

std::vector<unsigned> sizes(const F2Geometry& geometry) {
  std::vector<unsigned> kib;
  for (const F2Sector& s : geometry.sectors) kib.push_back(s.size / 1024);
  return kib;
}

using Sizes = std::vector<unsigned>;

TEST(F2Parts, UnknownIdsHaveNoRow) { EXPECT_EQ(find_f2_part(0x410), nullptr); }

TEST(F2Parts, GeometryOfSingleBankParts) {
  EXPECT_EQ(sizes(f2_geometry(part(0x413), 1024, 0)),
            (Sizes{16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128}));
  EXPECT_EQ(sizes(f2_geometry(part(0x423), 256, 0)), (Sizes{16, 16, 16, 16, 64, 128}));
  EXPECT_EQ(sizes(f2_geometry(part(0x423), 128, 0)), (Sizes{16, 16, 16, 16, 64}));
  EXPECT_EQ(sizes(f2_geometry(part(0x449), 1024, 0xFFFFFFFF)), (Sizes{32, 32, 32, 32, 128, 256, 256, 256}));
  EXPECT_EQ(sizes(f2_geometry(part(0x449), 64, 0xFFFFFFFF)), (Sizes{32, 32}));
  EXPECT_EQ(sizes(f2_geometry(part(0x452), 512, 0xFFFFFFFF)), (Sizes{16, 16, 16, 16, 64, 128, 128, 128}));
  EXPECT_EQ(f2_geometry(part(0x463), 1536, 0).sectors.size(), 16u);
}

TEST(F2Parts, GeometryCoversTheFlashWithoutGaps) {
  for (const std::uint16_t id :
       {0x411, 0x413, 0x419, 0x421, 0x423, 0x431, 0x433, 0x434, 0x441, 0x449, 0x451, 0x452, 0x458, 0x463}) {
    for (const std::uint32_t optcr : {0u, 0xFFFFFFFFu}) {
      std::uint32_t at = 0;
      std::set<unsigned> numbers;
      const unsigned kib = part(id).max_kib;
      for (const F2Sector& s : f2_geometry(part(id), kib, optcr).sectors) {
        EXPECT_EQ(s.offset, at);
        at += s.size;
        EXPECT_TRUE(numbers.insert(s.snb).second) << "SNB " << s.snb << " twice";
      }
      EXPECT_EQ(at, kib * 1024) << std::hex << id;
    }
  }
}

TEST(F2Parts, SecondBankOfF429BeginsAtSnb16) {
  const F2Geometry g = f2_geometry(part(0x419), 2048, 0);
  EXPECT_TRUE(g.dual_bank);
  ASSERT_EQ(g.sectors.size(), 24u);
  EXPECT_EQ(g.sectors[11].snb, 11u);
  EXPECT_EQ(g.sectors[12].offset, 0x100000u);
  EXPECT_EQ(g.sectors[12].size, 16u * 1024);
  EXPECT_EQ(g.sectors[12].snb, 0x10u);
  EXPECT_EQ(g.sectors[23].snb, 0x1Bu);
}

TEST(F2Parts, Db1mSplitsOnlyThe1MiBPart) {
  constexpr std::uint32_t kDb1m = 1u << 30;
  EXPECT_EQ(f2_geometry(part(0x419), 1024, 0).sectors.size(), 12u);
  const F2Geometry g = f2_geometry(part(0x419), 1024, kDb1m);
  EXPECT_EQ(sizes(g), (Sizes{16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64, 128, 128, 128}));
  EXPECT_EQ(g.sectors[8].snb, 0x10u);
  EXPECT_FALSE(f2_geometry(part(0x419), 512, kDb1m).dual_bank);
  EXPECT_FALSE(f2_geometry(part(0x413), 1024, kDb1m).dual_bank);
}

TEST(F2Parts, F767FollowsNDbank) {
  constexpr std::uint32_t kNDbank = 1u << 29;
  const F2Geometry single = f2_geometry(part(0x451), 2048, kNDbank);
  EXPECT_EQ(sizes(single), (Sizes{32, 32, 32, 32, 128, 256, 256, 256, 256, 256, 256, 256}));
  const F2Geometry dual = f2_geometry(part(0x451), 2048, 0);
  EXPECT_TRUE(dual.dual_bank);
  ASSERT_EQ(dual.sectors.size(), 24u);
  EXPECT_EQ(dual.sectors[0].size, 16u * 1024);
  EXPECT_EQ(dual.sectors[12].snb, 0x10u);
  EXPECT_EQ(sizes(f2_geometry(part(0x451), 1024, 0)),
            (Sizes{16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64, 128, 128, 128}));
}

TEST(F2Parts, ProtectionBits) {
  const F2Geometry f405 = f2_geometry(part(0x413), 1024, 0);
  EXPECT_EQ(f405.blocks.at(11), (F2Block{0, 27}));
  const F2Geometry f429 = f2_geometry(part(0x419), 2048, 0);
  EXPECT_EQ(f429.blocks.at(12), (F2Block{1, 16}));
  EXPECT_EQ(f429.blocks.at(23), (F2Block{1, 27}));
  const F2Geometry f767 = f2_geometry(part(0x451), 2048, 0);  // dual: one bit for two sectors
  ASSERT_EQ(f767.blocks.size(), 12u);
  EXPECT_EQ(f767.sectors[3].block, 1u);
  EXPECT_EQ(f767.sectors[12].block, 6u);
  EXPECT_EQ(f767.blocks.at(6), (F2Block{0, 22}));
  const F2Geometry small =
      f2_geometry(part(0x451), 1024, 0);  // bank 2 keeps its bits although bank 1 is shorter
  EXPECT_EQ(small.blocks.at(small.sectors[8].block), (F2Block{0, 22}));
  const F2Geometry f413 = f2_geometry(part(0x463), 1536, 0);
  EXPECT_EQ(f413.sectors[14].block, f413.sectors[15].block);
  EXPECT_EQ(f413.blocks.back(), (F2Block{0, 30}));
}

TEST(F2Parts, RevisionNames) {
  EXPECT_EQ(revision_name(part(0x413), 0x1007), "1");
  EXPECT_EQ(revision_name(part(0x413), 0x4321), "");
}

TEST(F2Parts, OtpAreas) {
  ASSERT_NE(find_f2_otp(0x1FFF7800), nullptr);
  EXPECT_EQ(find_f2_otp(0x1FF0F000)->block_size, 64u);
  EXPECT_EQ(find_f2_otp(0x1FF0F000)->locks, 0x1FF0F400u);
  EXPECT_EQ(find_f2_otp(0x08000000), nullptr);
}

TEST(F2Interface, WidthFollowsTheVoltage) {
  EXPECT_EQ(program_width(3300), ProgramWidth::x32);
  EXPECT_EQ(program_width(2700), ProgramWidth::x32);
  EXPECT_EQ(program_width(2699), ProgramWidth::x16);
  EXPECT_EQ(program_width(2100), ProgramWidth::x16);
  EXPECT_EQ(program_width(2099), ProgramWidth::x8);
  EXPECT_EQ(program_width({}), ProgramWidth::x16);
}

TEST(F2Interface, RegisterValues) {
  EXPECT_EQ(cr_for_erase(0x1B, ProgramWidth::x32), 0x2DAu);  // RM0090 3.9.6: SER, SNB in 7:3, PSIZE in 9:8
  EXPECT_EQ(cr_for_erase(3, ProgramWidth::x8), 0x01Au);
  EXPECT_EQ(cr_for_program(ProgramWidth::x16), 0x101u);
}

TEST(F2Interface, LimitsGrowWithSizeAndShrinkWithWidth) {
  EXPECT_GT(sector_erase_limit(128 * 1024, ProgramWidth::x8),
            sector_erase_limit(128 * 1024, ProgramWidth::x32));
  EXPECT_GE(sector_erase_limit(128 * 1024, ProgramWidth::x8), Milliseconds(4000));
  EXPECT_GE(sector_erase_limit(256 * 1024, ProgramWidth::x32), Milliseconds(4000));
  EXPECT_LT(sector_erase_limit(16 * 1024, ProgramWidth::x32), Milliseconds(1000));
}

}  // namespace
}  // namespace probity::stm32::f2_parts_test
