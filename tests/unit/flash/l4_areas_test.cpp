#include "flash/stm32/l4_areas.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace probity::stm32::l4_areas_test {
namespace {

constexpr std::uint32_t kKib = 1024;

// A chip by its registers; what is not said reads as 0xFFFFFFFF where that protects nothing (areas begin
// behind their end), else 0.
class Chip {
 public:
  Chip(std::uint16_t id, unsigned kib, std::uint32_t optr, bool swapped = false)
      : part_(*find_l4_part(id)), geometry_(l4_geometry(part_, kib, optr, swapped)) {
    for (const unsigned offset : part_.layout->wrp) values_[offset] = geometry_.wrp_mask;
    for (const unsigned offset : {0x24u, 0x34u, 0x44u, 0x54u}) values_.try_emplace(offset, 0xFFFFFFFF);
    values_[part_.layout->optr] = optr;
  }
  Chip& set(unsigned offset, std::uint32_t value) {
    values_[offset] = value;
    return *this;
  }
  std::vector<L4Area> areas(bool as_secure = false) {
    return l4_areas(part_, *part_.layout, geometry_, as_secure,
                    [this](unsigned offset) { return values_[offset]; });
  }
  std::vector<L4Area> secure_areas() {
    return l4_secure_areas(part_, geometry_, [this](unsigned offset) { return values_[offset]; });
  }
  const L4Geometry& geometry() const { return geometry_; }

 private:
  const L4Part& part_;
  L4Geometry geometry_;
  std::map<unsigned, std::uint32_t> values_;
};

constexpr std::uint32_t pages(std::uint32_t first, std::uint32_t last) { return first | last << 16; }

void expect_area(const std::vector<L4Area>& areas, L4Area::Kind kind, std::string_view name,
                 std::uint32_t begin, std::uint32_t end) {
  ASSERT_EQ(areas.size(), 1u);
  EXPECT_EQ(areas[0].kind, kind);
  EXPECT_EQ(areas[0].name, name);
  EXPECT_EQ(areas[0].begin, begin);
  EXPECT_EQ(areas[0].end, end);
}

using enum L4Area::Kind;

TEST(L4Areas, NothingIsProtectedAtFirst) {
  EXPECT_TRUE(Chip(0x415, 1024, 0).areas().empty());
  EXPECT_TRUE(Chip(0x460, 128, 0).areas().empty());
}

TEST(L4Areas, WriteProtectionOfEachBank) {
  expect_area(Chip(0x415, 1024, 0).set(0x2C, pages(3, 5)).areas(), write_protected, "WRP1A", 6 * kKib,
              12 * kKib);
  expect_area(Chip(0x415, 1024, 0).set(0x50, pages(0, 0)).areas(), write_protected, "WRP2B", 512 * kKib,
              514 * kKib);
}

TEST(L4Areas, WriteProtectionOfSwappedBanksMovesWithThem) {
  expect_area(Chip(0x467, 512, 1u << 21, true).set(0x2C, pages(0, 0)).areas(), write_protected, "WRP1A",
              256 * kKib, 258 * kKib);
}

TEST(L4Areas, BitsThatAPartDoesNotHaveDoNotCount) {  // G4 reads them as 1
  expect_area(Chip(0x468, 128, 0).set(0x2C, 0xFF82FF81).areas(), write_protected, "WRP1A", 2 * kKib,
              6 * kKib);
}

TEST(L4Areas, FourAreasInSingleBankMode) {
  expect_area(Chip(0x470, 2048, 0).set(0x4C, pages(255, 255)).areas(), write_protected, "WRP2A", 2040 * kKib,
              2048 * kKib);
  EXPECT_TRUE(Chip(0x415, 512, 0).set(0x4C, pages(0, 0)).areas().empty()) << "L476 has but two then";
}

TEST(L4Areas, UnlockBitAtZeroIsForEver) {
  const auto areas = Chip(0x482, 2048, 0).set(0x58, pages(0, 1)).areas();
  ASSERT_EQ(areas.size(), 1u);
  EXPECT_TRUE(areas[0].permanent);
  EXPECT_FALSE(Chip(0x482, 2048, 0).set(0x58, 1u << 31 | pages(0, 1)).areas()[0].permanent);
}

TEST(L4Areas, PcropInUnitsOfTheFamily) {
  expect_area(Chip(0x415, 1024, 0).set(0x24, 0xFFFF0000 | 16).set(0x28, 31).areas(), pcrop, "PCROP1", 128,
              256);
  expect_area(Chip(0x460, 128, 0).set(0x34, 4).set(0x38, 7).areas(), pcrop, "PCROP1B", 2 * kKib, 4 * kKib);
  expect_area(Chip(0x495, 1024, 0).set(0x24, 2).set(0x28, 3).areas(), pcrop, "PCROP1A", 4 * kKib, 8 * kKib);
  expect_area(Chip(0x469, 512, 1u << 22).set(0x44, 0).set(0x48, 1).areas(), pcrop, "PCROP2", 256 * kKib,
              256 * kKib + 16);
  expect_area(Chip(0x469, 512, 0).set(0x24, 1).set(0x28, 1).areas(), pcrop, "PCROP1", 16, 32);
}

TEST(L4Areas, SecurableAreaCountsOnceItIsClosed) {
  EXPECT_TRUE(Chip(0x460, 128, 0).set(0x80, 4).areas().empty());
  expect_area(Chip(0x460, 128, 0).set(0x80, 4).set(0x14, 1u << 28).areas(), securable, "SEC_SIZE", 0,
              8 * kKib);
  expect_area(Chip(0x467, 512, 1u << 21).set(0x80, 2u << 20).set(0x14, 1u << 29).areas(), securable,
              "SEC_SIZE2", 256 * kKib, 260 * kKib);
  expect_area(Chip(0x469, 512, 1u << 22).set(0x74, 1).set(0x14, 1u << 29).areas(), securable, "SEC_SIZE2",
              256 * kKib, 258 * kKib);
}

TEST(L4Areas, FlashOfTheRadioCore) {
  constexpr std::uint32_t kEse = 1u << 8;
  expect_area(Chip(0x495, 1024, kEse).set(0x80, 0xCB).areas(), second_core, "SFSA", 0xCB * 4 * kKib,
              1024 * kKib);
  EXPECT_TRUE(Chip(0x495, 1024, kEse).set(0x80, 1u << 8 | 0xCB).areas().empty()) << "FSD";
  EXPECT_TRUE(Chip(0x497, 256, 0).set(0x80, 0).areas().empty()) << "WLEx has no second core";
}

TEST(L4Areas, SecurePagesAreClosedToTheNonSecureSide) {
  constexpr std::uint32_t kTzen = 1u << 31;
  Chip chip(0x472, 512, kTzen | 1u << 22);
  chip.set(0x50, pages(0, 9)).set(0x60, pages(127, 0)).set(0x54, 1u << 31 | 4u << 16);
  expect_area(chip.areas(false), secure, "SECWM1", 0, 20 * kKib);
  EXPECT_TRUE(chip.areas(true).empty());
  expect_area(chip.set(0xC0, 1).areas(true), hidden, "HDP1", 0, 10 * kKib);
}

constexpr std::uint32_t kTzenDualBank = 1u << 31 | 1u << 22;  // L5: TZEN, DBANK

TEST(L4Areas, SecurePagesAreThoseOfTheWatermarkAndOfTheBlocks) {
  Chip chip(0x472, 512, kTzenDualBank);
  chip.set(0x50, pages(0, 9)).set(0x60, pages(127, 0));
  expect_area(chip.secure_areas(), secure, "SECWM1", 0, 20 * kKib);
  chip.set(0x50, pages(127, 0)).set(0xA4, 0x0000'0006);  // SECBB2R2: pages 33 and 34 of bank 2
  expect_area(chip.secure_areas(), secure, "SECBB2", (256 + 66) * kKib, (256 + 70) * kKib);
  EXPECT_EQ(chip.secure_areas()[0].register_name, "FLASH_SECBB2R2");
  EXPECT_EQ(chip.secure_areas()[0].raw, 6u);
}

TEST(L4Areas, WithoutTzenNothingIsSecure) {
  Chip chip(0x472, 512, 1u << 22);
  EXPECT_TRUE(chip.set(0x50, pages(0, 9)).set(0x80, 0xFFFFFFFF).secure_areas().empty());
}

TEST(L4Areas, BlocksAreOpenToTheSecureSide) {
  Chip chip(0x472, 512, kTzenDualBank);
  chip.set(0x50, pages(127, 0)).set(0x60, pages(127, 0)).set(0x80, 1);
  expect_area(chip.areas(false), secure, "SECBB1", 0, 2 * kKib);
  EXPECT_TRUE(chip.areas(true).empty());
}

TEST(L4Wrp, ValuesGoToPagesAndBack) {
  const L4Geometry g = l4_geometry(*find_l4_part(0x415), 1024, 0, false);
  EXPECT_EQ(wrp_pages(g, 0, pages(3, 5)), (L4PageRange{3, 5}));
  EXPECT_EQ(wrp_pages(g, 1, pages(3, 5)), (L4PageRange{259, 261}));
  EXPECT_EQ(wrp_pages(g, 0, pages(1, 0)), std::nullopt);
  for (const unsigned bank : {0u, 1u}) {
    const L4PageRange range{bank * 256 + 7, bank * 256 + 255};
    EXPECT_EQ(wrp_pages(g, bank, wrp_value(g, bank, range, 0)), range);
    EXPECT_EQ(wrp_pages(g, bank, wrp_value(g, bank, {}, pages(0, 255))), std::nullopt);
  }
}

TEST(L4Wrp, OtherBitsStay) {
  const L4Geometry g = l4_geometry(*find_l4_part(0x482), 2048, 0, false);
  EXPECT_EQ(wrp_value(g, 0, L4PageRange{0, 1}, 0x80000000), 0x80010000u) << "UNLOCK must not be cleared";
}

TEST(L4Wrp, RunsOfPages) {
  EXPECT_TRUE(runs_of({false, false}).empty());
  EXPECT_EQ(runs_of({true, true, false, true}), (std::vector<L4PageRange>{{0, 1}, {3, 3}}));
}

}  // namespace
}  // namespace probity::stm32::l4_areas_test
