// Drivers `rp2040_flash` and `rp2xxx`: functions in the tables of the boot ROMs.
#include "flash/raspberry_pi/rp2040_rom.hpp"

#include <gtest/gtest.h>

#include <map>

namespace probity::rp::rp2040_rom_test {
namespace {

// Halfwords from `table` on, and the pointer to them.
HalfReader rom(Address table, std::vector<std::uint16_t> words) {
  return [=](Address address) -> std::uint16_t {
    if (address == kRomTable) return static_cast<std::uint16_t>(table);
    if (address < table || address >= table + 2 * words.size()) return 0;
    return words[(address - table) / 2];
  };
}
constexpr std::uint32_t kVersion3 = 0x03000000;

TEST(RomTable, OfAnRp2040) {
  const auto read = rom(0x7A, {rom_code('R', 'E'), 0x2371, rom_code('R', 'P'), 0x23C5, 0});
  EXPECT_EQ(find_rom_function(kMagicRp2040 | kVersion3, rom_code('R', 'P'), read), 0x23C5u);
  EXPECT_FALSE(find_rom_function(kMagicRp2040, rom_code('C', 'X'), read));
}

TEST(RomTable, ThatNeverEnds) {
  const HalfReader read = [](Address) -> std::uint16_t { return 0xFFFF; };
  EXPECT_FALSE(find_rom_function(kMagicRp2040, rom_code('R', 'P'), read));
  EXPECT_FALSE(find_rom_function(kMagicRp2350, rom_code('R', 'P'), read));
}

TEST(RomTable, OfAnRp2350HasAValueForEachFlag) {
  constexpr std::uint16_t kRiscv = 1, kSecure = 4, kNonSecure = 16;
  const auto read =
      rom(0x7D00, {rom_code('G', 'S'), kRiscv | kNonSecure, 0x1111, 0x2222,  //
                   rom_code('R', 'P'), kRiscv | kSecure | kNonSecure, 0x3333, 0x4444, 0x5555, 0});
  EXPECT_EQ(find_rom_function(kMagicRp2350, rom_code('R', 'P'), read), 0x4445u);
  EXPECT_FALSE(find_rom_function(kMagicRp2350, rom_code('G', 'S'), read));  // not for Secure code
}

TEST(RomTable, OfTheFirstRp2350HasFlagsBehindTheValue) {
  const auto read = rom(0x200, {rom_code('R', 'E'), 0x1235, 4, rom_code('R', 'P'), 0x4321, 4, 0});
  EXPECT_EQ(find_rom_function(kMagicRp2350, rom_code('R', 'P'), read), 0x4321u);
}

}  // namespace
}  // namespace probity::rp::rp2040_rom_test
