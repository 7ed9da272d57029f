// What serial flash says about itself, on the tables of two data sheets and on tables that are wrong.
#include "flash/stm32/qspi/sfdp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/bytes.hpp"

namespace probity::test::stmqspi_sfdp_test {
namespace {

using stm32::SfdpFindings;

constexpr std::uint32_t kMib = 1 << 20;

// W25Q128JV data sheet, "Serial flash discoverable parameters": header, and the basic table at 0x80.
const Bytes kWinbondHeader{0x53, 0x46, 0x44, 0x50, 0x05, 0x01, 0x00, 0xFF,
                           0x00, 0x05, 0x01, 0x10, 0x80, 0x00, 0x00, 0xFF};
const Bytes kWinbondTable{0xE5, 0x20, 0xF9, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x44, 0xEB, 0x08, 0x6B, 0x08,
                          0x3B, 0x42, 0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF,
                          0x40, 0xEB, 0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8, 0x00, 0x00, 0x36, 0x02, 0xA6,
                          0x00, 0x82, 0xEA, 0x14, 0xC9, 0xE9, 0x63, 0x76, 0x33, 0x7A, 0x75, 0x7A, 0x75,
                          0xF7, 0xA2, 0xD5, 0x5C, 0x19, 0xF7, 0x4D, 0xFF, 0xE9, 0x30, 0xF8, 0x80};

// MX25L51245G data sheet: basic table at 0x30, the maker's own at 0x110, 4-byte address instructions at 0xC0.
const Bytes kMacronixHeader{0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x02, 0xFF, 0x00, 0x06, 0x01,
                            0x10, 0x30, 0x00, 0x00, 0xFF, 0xC2, 0x00, 0x01, 0x04, 0x10, 0x01,
                            0x00, 0xFF, 0x84, 0x00, 0x01, 0x02, 0xC0, 0x00, 0x00, 0xFF};
const Bytes kMacronixTable{0xE5, 0x20, 0xFB, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0x44, 0xEB, 0x08, 0x6B, 0x08,
                           0x3B, 0x04, 0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF,
                           0x44, 0xEB, 0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF, 0xD6, 0x49, 0xC5,
                           0x00, 0x85, 0xDF, 0x04, 0xE3, 0x44, 0x03, 0x67, 0x38, 0x30, 0xB0, 0x30, 0xB0,
                           0xF7, 0xBD, 0xD5, 0x5C, 0x4A, 0x9E, 0x29, 0xFF, 0xF0, 0x50, 0xF9, 0x85};
const Bytes kMacronixFourByte{0x7F, 0xEF, 0xFF, 0xFF, 0x21, 0x5C, 0xDC, 0xFF};

// The SFDP space of a chip: erased where nothing is.
class Space {
 public:
  Space& put(std::uint32_t address, const Bytes& content) {
    std::ranges::copy(content, bytes_.begin() + address);
    return *this;
  }
  std::optional<SfdpFindings> read() {
    return stm32::read_sfdp(
        [this](std::uint32_t address, std::size_t size) {
          const auto begin = bytes_.begin() + address;
          return Bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
        },
        why);
  }
  std::string why;

 private:
  Bytes bytes_ = Bytes(1024, 0xFF);
};

Space winbond() { return Space().put(0, kWinbondHeader).put(0x80, kWinbondTable); }

TEST(Sfdp, AChipWithThreeByteAddresses) {
  const auto found = winbond().read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.size, 16 * kMib);
  EXPECT_EQ(found->part.page_size, 256u);
  EXPECT_EQ(found->part.sector_size, 0x10000u);
  EXPECT_EQ(found->part.sector_erase, 0xD8);
  EXPECT_EQ(found->part.read, 0x03);
  EXPECT_EQ(found->part.qread, 0xEB);
  EXPECT_EQ(found->part.page_program, 0x02);
  // 160 ms for 64 KiB and 40 s for all, times 14.
  EXPECT_EQ(found->sector_erase_limit, Milliseconds(2240));
  EXPECT_EQ(found->chip_erase_limit, Milliseconds(560000));
}

TEST(Sfdp, AChipWhoseUpperHalfNeedsFourByteOpcodes) {
  const auto found =
      Space().put(0, kMacronixHeader).put(0x30, kMacronixTable).put(0xC0, kMacronixFourByte).read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.size, 64 * kMib);
  EXPECT_EQ(found->part.sector_size, 0x10000u);
  EXPECT_EQ(found->part.sector_erase, 0xDC);
  EXPECT_EQ(found->part.read, 0x13);
  EXPECT_EQ(found->part.qread, 0xEC);
  EXPECT_EQ(found->part.page_program, 0x12);
}

TEST(Sfdp, ALargeChipThatTellsNoFourByteOpcodesKeepsTheOthers) {
  Bytes header(kMacronixHeader.begin(), kMacronixHeader.begin() + 16);
  header[6] = 0;
  const auto found = Space().put(0, header).put(0x30, kMacronixTable).read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.sector_erase, 0xD8);
  EXPECT_EQ(found->part.page_program, 0x02);
}

TEST(Sfdp, DensityAsAPowerOfTwo) {
  Bytes table = kWinbondTable;
  store_le32(table, 4, 0x80000000 | 30);  // 2^30 bits
  const auto found = winbond().put(0x80, table).read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.size, 128 * kMib);
}

TEST(Sfdp, TheFirstStandardHasNineWordsAndNoTimes) {
  Bytes header = kWinbondHeader;
  header[11] = 9;
  const auto found = winbond().put(0, header).read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.page_size, 256u);
  EXPECT_EQ(found->sector_erase_limit, Milliseconds(0));
}

TEST(Sfdp, AChipWithoutSectorEraseIsOneSector) {
  Bytes table = kWinbondTable;
  std::fill(table.begin() + 28, table.begin() + 36, 0);
  const auto found = winbond().put(0x80, table).read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->part.sector_size, found->part.size);
  EXPECT_EQ(found->part.sector_erase, 0);
}

TEST(Sfdp, WhatCannotBeUsedIsSaid) {
  Space erased;
  EXPECT_FALSE(erased.read());
  EXPECT_EQ(erased.why, "no SFDP found");

  Bytes other_protocol = kWinbondHeader;
  other_protocol[7] = 0xFA;
  Space other = winbond().put(0, other_protocol);
  EXPECT_FALSE(other.read());
  EXPECT_THAT(other.why, testing::HasSubstr("0xfa"));

  Bytes short_table = kWinbondHeader;
  short_table[11] = 4;
  Space cut = winbond().put(0, short_table);
  EXPECT_FALSE(cut.read());
  EXPECT_THAT(cut.why, testing::HasSubstr("4 words"));

  Bytes density = kWinbondTable;
  store_le32(density, 4, 0x80000000 | 40);
  Space huge = winbond().put(0x80, density);
  EXPECT_FALSE(huge.read());
  EXPECT_THAT(huge.why, testing::HasSubstr("density"));
}

TEST(SpiNorParts, EachIdIsThereOnceAndHasPossibleSizes) {
  std::set<std::uint32_t> ids;
  for (const stm32::SpiNorPart& part : stm32::spi_nor_parts()) {
    EXPECT_TRUE(ids.insert(part.id).second) << part.name;
    EXPECT_EQ(part.size % part.sector_size, 0u) << part.name;
    EXPECT_EQ(part.sector_size % part.page_size, 0u) << part.name;
    // Beyond 16 MiB an address has more than three bytes.
    EXPECT_EQ(part.size > 16 * kMib, stm32::takes_four_byte_address(part.page_program)) << part.name;
    EXPECT_EQ(part.size > 16 * kMib, stm32::takes_four_byte_address(part.sector_erase)) << part.name;
  }
  EXPECT_EQ(stm32::find_spi_nor(0x123456), nullptr);
  EXPECT_EQ(stm32::find_spi_nor(0x18BA20)->name, "micron n25q128");
}

}  // namespace
}  // namespace probity::test::stmqspi_sfdp_test
