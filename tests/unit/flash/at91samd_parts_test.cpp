// Driver `at91samd`: which chip a DID is, and the codes of the user row.
#include "flash/microchip/at91samd_parts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/errors.hpp"
#include "flash/microchip/at91samd_bank.hpp"

namespace probity::samd::at91samd_parts_test {
namespace {

TEST(SamdParts, ByItsIdWhateverTheRevision) {
  for (const std::uint32_t did : {0x10010005u, 0x10010305u, 0x1001F305u}) {
    const Part* part = find_part(did);
    ASSERT_NE(part, nullptr);
    EXPECT_EQ(part->name, "SAMD21G18A");
    EXPECT_EQ(part->flash_kib, 256u);
    EXPECT_EQ(part->ram_kib, 32u);
  }
}

TEST(SamdParts, OneOfEachSeries) {
  EXPECT_EQ(find_part(0x10001000)->name, "SAMD20J18A");
  EXPECT_EQ(find_part(0x10020006)->name, "SAMD10C14A");
  EXPECT_EQ(find_part(0x10030009)->name, "SAMD11D14AU");
  EXPECT_EQ(find_part(0x1081000F)->name, "SAML21J18B");
  EXPECT_EQ(find_part(0x1082000C)->name, "SAML22G16A");
  EXPECT_EQ(find_part(0x11010005)->name, "SAMC21G18A");
  EXPECT_EQ(find_part(0x1001001A)->name, "SAMR21G17A");
  EXPECT_EQ(find_part(0x10011067)->name, "SAMDA1G16B");
}

TEST(SamdParts, AnotherVendorsOrSeriesIsNone) {
  EXPECT_EQ(find_part(0x100100FF), nullptr);
  EXPECT_EQ(find_part(0x60060305), nullptr);  // SAM D51: driver atsame5
  EXPECT_EQ(user_row_mask(0x60060305), 0u);
}

TEST(SamdParts, NoIdTwice) {
  std::set<std::uint32_t> ids;
  for (const Part& part : all_parts()) EXPECT_TRUE(ids.insert(part.device).second) << part.name;
}

TEST(SamdUserRow, FactoryBitsAreKept) {
  EXPECT_EQ(user_row_mask(0x10010305) & 0x1FE0088, 0u);  // reserved, BOD33 calibration
  EXPECT_EQ(user_row_mask(0x10810000) & 0x1FE0088, 0u);
  EXPECT_EQ(user_row_mask(0x10010305) & 0x77, 0x77u);  // BOOTPROT, EEPROM
}

TEST(SamdUserRow, SizesAndCodes) {
  EXPECT_EQ(bootloader_size(0, 64), 32768u);
  EXPECT_EQ(bootloader_size(6, 64), 512u);
  EXPECT_EQ(bootloader_size(7, 64), 0u);
  EXPECT_EQ(bootloader_code(8192, 64), 2u);
  EXPECT_EQ(bootloader_code(0, 64), 7u);
  EXPECT_EQ(bootloader_code(1000, 64), kNoCode);
  EXPECT_EQ(eeprom_size(0), 16384u);
  EXPECT_EQ(eeprom_code(256), 6u);
  EXPECT_EQ(eeprom_code(0), 7u);
  EXPECT_EQ(eeprom_code(128), kNoCode);
}

TEST(SamdBanks, BeginAtZero) {
  FlashBankConfig config;
  config.driver = "at91samd";
  EXPECT_NO_THROW(check_bank(config));
  config.base = 0x400;
  EXPECT_THROW(check_bank(config), ConfigError);
}

}  // namespace
}  // namespace probity::samd::at91samd_parts_test
