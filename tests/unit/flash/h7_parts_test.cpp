// Geometry and option rows of STM32H7, and banks with a hole.
#include "flash/stm32/h7_parts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/errors.hpp"
#include "flash/holes.hpp"
#include "flash/plan.hpp"
#include "flash/stm32/h7_option_bytes.hpp"
#include "flash/stm32/h7_options.hpp"

namespace probity::stm32::h7_parts_test {
namespace {

constexpr std::uint32_t kKib = 1024, kMib = 1024 * kKib;

H7Geometry geometry(std::uint16_t id, unsigned kib, ChipBanks which = ChipBanks::both) {
  return h7_geometry(*find_h7_part(id), kib, which);
}

TEST(H7Geometry, H743With2MibHasSixteenSectorsInTwoBanks) {
  const H7Geometry g = geometry(0x450, 2048);
  ASSERT_EQ(g.sectors.size(), 16u);
  EXPECT_EQ(g.span, 2 * kMib);
  EXPECT_EQ(g.sectors[7], (H7Sector{0xE0000, 128 * kKib, 0, 7}));
  EXPECT_EQ(g.sectors[8], (H7Sector{0x100000, 128 * kKib, 1, 0}));
}

TEST(H7Geometry, H7A3With1MibHasAHole) {
  const H7Geometry g = geometry(0x480, 1024);
  ASSERT_EQ(g.sectors.size(), 128u);
  EXPECT_EQ(g.sectors[63], (H7Sector{0x7E000, 8 * kKib, 0, 63}));
  EXPECT_EQ(g.sectors[64], (H7Sector{0x100000, 8 * kKib, 1, 0}));
  EXPECT_EQ(g.span, kMib + 512 * kKib);
}

TEST(H7Geometry, EachBankAlone) {
  const H7Geometry first = geometry(0x480, 2048, ChipBanks::first);
  EXPECT_EQ(first.base, 0x08000000u);
  EXPECT_EQ(first.sectors.size(), 128u);
  EXPECT_EQ(first.span, kMib);
  const H7Geometry second = geometry(0x480, 2048, ChipBanks::second);
  EXPECT_EQ(second.base, 0x08100000u);
  ASSERT_EQ(second.sectors.size(), 128u);
  EXPECT_EQ(second.sectors[0], (H7Sector{0, 8 * kKib, 1, 0}));
}

TEST(H7Geometry, OneBankWhereThePartHasOne) {
  EXPECT_EQ(geometry(0x450, 128).sectors.size(), 1u);   // H750
  EXPECT_EQ(geometry(0x480, 128).sectors.size(), 16u);  // H7B0
  EXPECT_EQ(geometry(0x483, 1024).sectors.size(), 8u);  // H723
  EXPECT_EQ(geometry(0x483, 1024).span, kMib);
  ASSERT_EQ(geometry(0x485, 64).sectors.size(), 8u);  // H7R, H7S
  EXPECT_EQ(geometry(0x485, 64).sectors[7], (H7Sector{0xE000, 8 * kKib, 0, 7}));
  EXPECT_FALSE(h7_has_two_banks(*find_h7_part(0x450), 128));
  EXPECT_EQ(find_h7_part(0x413), nullptr);
}

TEST(H7Options, NamesAreUniqueAndRegistersAreThere) {
  for (const std::uint16_t id : {0x450, 0x480, 0x483, 0x485}) {
    const H7Part& part = *find_h7_part(id);
    const H7OptionRows rows = part.option_rows(part, part.two_banks, part.second_core);
    std::set<std::string_view> names;
    for (const OptionField& field : rows.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      ASSERT_LT(field.reg, rows.registers.size()) << field.name;
    }
    EXPECT_EQ(names.contains("WRPSN2"), part.two_banks);
    EXPECT_EQ(names.contains("BCM4_ADD0"), id == 0x450);
    EXPECT_EQ(names.contains("LOCKBL"), id == 0x480);
    EXPECT_EQ(rows.registers.front().name, id == 0x485 ? "FLASH_NVSR" : "FLASH_OPTSR");
  }
}

TEST(H7Options, LeavingReadProtectionErasesAndLevel2StaysForEver) {
  EXPECT_EQ(h7_rdp_risk(0xAA, 0x55), OptionRisk::none);
  EXPECT_EQ(h7_rdp_risk(0x55, 0xAA), OptionRisk::mass_erase);
  EXPECT_EQ(h7_rdp_risk(0xAA, 0xCC), OptionRisk::permanent);
  EXPECT_EQ(h7_rdp_risk(0xCC, 0xCC), OptionRisk::none);
}

// Two sectors, a hole of 0x100, one sector.
const std::vector<Sector> kWithHole{{0, 0x80, {}, {}}, {0x80, 0x80, {}, {}}, {0x200, 0x80, {}, {}}};

TEST(Holes, ARangeIsCutAtThem) {
  const auto pieces = pieces_of(kWithHole, 0x40, 0x240);
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].offset, 0x40u);
  EXPECT_EQ(pieces[0].size, 0xC0u);
  EXPECT_FALSE(pieces[0].hole);
  EXPECT_EQ(pieces[1].size, 0x100u);
  EXPECT_TRUE(pieces[1].hole);
  EXPECT_EQ(pieces[2].offset, 0x200u);
  EXPECT_EQ(pieces[2].size, 0x80u);
}

TEST(Holes, ARangeWithinOneAndBehindTheEnd) {
  const auto inside = pieces_of(kWithHole, 0x110, 0x20);
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_TRUE(inside[0].hole);
  EXPECT_EQ(inside[0].offset, 0x110u);
  const auto behind = pieces_of(kWithHole, 0x270, 0x20);
  ASSERT_EQ(behind.size(), 2u);
  EXPECT_FALSE(behind[0].hole);
  EXPECT_TRUE(behind[1].hole);
  EXPECT_EQ(pieces_of({}, 5, 7).size(), 1u);
}

Image image_of(std::vector<Segment> segments) {
  Image image;
  image.path = "a.elf";
  image.segments = std::move(segments);
  return image;
}

TEST(Holes, APlanGoesRoundThem) {
  const std::vector<BankView> banks{{"f", 0x08000000, 0x280, kWithHole, 16, 0xFF}};
  const FlashPlan p = plan(image_of({{0x08000070, Bytes(0x90, 1), "a"}, {0x08000200, Bytes(5, 2), "b"}}),
                           banks, {true, false});
  ASSERT_EQ(p.banks.size(), 1u);
  EXPECT_EQ(p.banks[0].erase, (std::vector<unsigned>{0, 1, 2}));
  ASSERT_EQ(p.banks[0].writes.size(), 2u);
  EXPECT_EQ(p.banks[0].writes[0].data.size(), 0x90u);
  EXPECT_EQ(p.banks[0].writes[1].offset, 0x200u);
  EXPECT_EQ(p.banks[0].writes[1].data.size(), 16u);
}

TEST(Holes, AnImageThatReachesIntoOneIsRefusedByItsAddress) {
  const std::vector<BankView> banks{{"f", 0x08000000, 0x280, kWithHole, 1, 0xFF}};
  try {
    plan(image_of({{0x080000F0, Bytes(0x20, 1), "a"}}), banks, {});
    FAIL() << "no error";
  } catch (const ImageError& e) {
    const std::string text = e.message();
    EXPECT_NE(text.find("0x08000100-0x0800010f"), std::string::npos) << text;
    EXPECT_NE(text.find("0x08000000-0x080000ff and 0x08000200-0x0800027f"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace probity::stm32::h7_parts_test
