// Drivers `nrf5` and `nrf51`: what a chip is from its information registers, and what is left to be written.
#include "flash/nordic/nrf5_bank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probity::nrf5::nrf5_bank_test {
namespace {

Chip with_info(std::uint32_t part, std::uint32_t variant, std::uint32_t package) {
  Chip chip;
  chip.hardware_id = 0xFFFF;
  chip.info = info_of(part, variant, package, 64, 512);
  return chip;
}

TEST(Nrf5Parts, ANameFromTheInformationRegisters) {
  EXPECT_EQ(name_of(with_info(0x52832, 0x41414230, 0x2000)), "nRF52832-QFAA(build code: B0)");
  EXPECT_EQ(name_of(with_info(0x52840, 0x41414430, 0x2004)), "nRF52840-QIAA(build code: D0)");
  EXPECT_FALSE(with_info(0x52840, 0x41414430, 0x2004).is_nrf51());
}

TEST(Nrf5Parts, LettersThatAreNoneAreShownAsSuch) {
  EXPECT_EQ(name_of(with_info(0x52832, 0xFFFFFFFF, 0xFFFFFFFF)), "nRF52832-xx?\?(build code: ?\?)");
}

TEST(Nrf5Parts, AnNrf51ByItsHardwareId) {
  Chip chip;
  chip.hardware_id = 0x001D;
  EXPECT_EQ(name_of(chip), "nRF51822-QFAA(build code: CA/C0)");
  EXPECT_TRUE(chip.known());
  EXPECT_TRUE(chip.is_nrf51());
}

TEST(Nrf5Parts, AnUnknownOne) {
  Chip chip;
  chip.hardware_id = 0x1234;
  EXPECT_EQ(name_of(chip), "nRF51xxx (HWID 0x1234)");
  EXPECT_FALSE(chip.known());
}

TEST(Nrf5Parts, InfoOfAnotherSeriesIsNone) {
  EXPECT_FALSE(info_of(0xFFFFFFFF, 0, 0, 0, 0));
  EXPECT_FALSE(info_of(0x53000, 0, 0, 0, 0));
  EXPECT_TRUE(info_of(0x51822, 0, 0, 0, 0));
}

}  // namespace
}  // namespace probity::nrf5::nrf5_bank_test
