#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "board_swd_host.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/f2_geometry.hpp"

namespace probity::vboard::test::chip_facts_test {
namespace {

TEST(ChipName, OrderingCodes) {
  EXPECT_EQ(find_chip("STM32F407VGT6").name, "stm32f407vg");
  EXPECT_EQ(find_chip("stm32f401cb").flash_kib, 128u);
  EXPECT_EQ(find_chip("stm32f401rd").flash_kib, 384u);
  EXPECT_EQ(find_chip("stm32f401cc").line->idcode & 0xFFF, 0x423u);
  EXPECT_EQ(find_chip("stm32f401ce").line->idcode & 0xFFF, 0x433u);
  EXPECT_EQ(find_chip("stm32f429zi").flash_kib, 2048u);
  for (const std::string& name : all_chip_names()) EXPECT_EQ(find_chip(name).name, name);
  EXPECT_GT(all_chip_names().size(), 80u);
}

TEST(ChipName, PatternsAreWhatTheHelpLists) {
  const auto patterns = all_chip_patterns();
  EXPECT_THAT(patterns, testing::Contains("stm32f407[vzi][eg]"));
  EXPECT_THAT(patterns, testing::Contains("stm32f756[vzibn]g"));
}

TEST(ChipName, LongFamiliesAndSizesThatTheLetterDoesNotSay) {
  EXPECT_EQ(find_chip("STM32WB55RGV6").name, "stm32wb55rg");
  EXPECT_EQ(find_chip("stm32wb55vy").flash_kib, 640u);
  EXPECT_EQ(find_chip("stm32f103rf").flash_kib, 768u);
}

TEST(ChipName, UnknownOnesListNearNames) {
  for (const char* name : {"stm32f407", "stm32f407vx", "stm32f407vgt6zz", "stm32f499zz", "", "xmc4500"}) {
    try {
      find_chip(name);
      FAIL() << "accepted '" << name << "'";
    } catch (const ConfigError& e) {
      EXPECT_THAT(e.message(), testing::HasSubstr("'" + std::string(name) + "'"));
      EXPECT_THAT(e.message(), testing::HasSubstr("near names: stm32"));
    }
  }
  try {
    find_chip("stm32f407vx");
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.message(), testing::HasSubstr("stm32f407ve, stm32f407vg"));
  }
}

struct GeometryRow {
  F2Layout layout;
  std::uint32_t kib;
  bool option;
  std::vector<std::uint32_t> sector_kib;
  unsigned last_number, last_snb;
};
class ChipGeometry : public testing::TestWithParam<GeometryRow> {};
TEST_P(ChipGeometry, Sectors) {
  const F2Geometry geometry = f2_geometry(GetParam().layout, GetParam().kib, GetParam().option);
  std::vector<std::uint32_t> kib;
  std::uint32_t offset = 0;
  for (const F2Sector& sector : geometry.sectors) {
    EXPECT_EQ(sector.offset, offset);
    offset += sector.size;
    kib.push_back(sector.size / 1024);
  }
  EXPECT_EQ(kib, GetParam().sector_kib);
  EXPECT_EQ(geometry.sectors.back().number, GetParam().last_number);
  EXPECT_EQ(geometry.sectors.back().snb, GetParam().last_snb);
}
using Kib = std::vector<std::uint32_t>;
INSTANTIATE_TEST_SUITE_P(
    All, ChipGeometry,
    testing::Values(
        GeometryRow{F2Layout::f40x, 128, false, Kib{16, 16, 16, 16, 64}, 4, 4},
        GeometryRow{F2Layout::f40x, 512, false, Kib{16, 16, 16, 16, 64, 128, 128, 128}, 7, 7},
        GeometryRow{F2Layout::f40x, 1536, false,
                    Kib{16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128}, 15, 15},
        GeometryRow{F2Layout::f42x, 1024, true,
                    Kib{16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64, 128, 128, 128}, 19, 23},
        GeometryRow{F2Layout::f42x, 1024, false, Kib{16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128},
                    11, 11},
        GeometryRow{F2Layout::f72x, 512, true, Kib{16, 16, 16, 16, 64, 128, 128, 128}, 7, 7},
        GeometryRow{F2Layout::f72x, 64, false, Kib{16, 16, 16, 16}, 3, 3},
        GeometryRow{F2Layout::f74x, 64, false, Kib{32, 32}, 1, 1},
        GeometryRow{F2Layout::f74x, 1024, true, Kib{32, 32, 32, 32, 128, 256, 256, 256}, 7, 7},
        GeometryRow{F2Layout::f76x, 2048, false, Kib{32, 32, 32, 32, 128, 256, 256, 256, 256, 256, 256, 256},
                    11, 11},
        GeometryRow{F2Layout::f76x, 2048, true, Kib{16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128,
                                                    16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128},
                    23, 27}));

struct IdentityRow {
  const char* name;
  std::uint32_t dev_id, size_register, kib, cpuid, ram_begin, ram_end;
};
class ChipIdentity : public testing::TestWithParam<IdentityRow> {};
TEST_P(ChipIdentity, AsADebuggerReadsIt) {
  const IdentityRow& row = GetParam();
  Board board({.chip = row.name, .flash_file = {}, .faults = {}});
  SwdHost host(board);
  host.connect();
  EXPECT_EQ(host.word(0xE0042000) & 0xFFF, row.dev_id);
  EXPECT_EQ(host.word(0xE000ED00), row.cpuid);
  host.set_size(2);
  EXPECT_EQ(host.word(row.size_register) >> 16, row.kib);
  host.set_size(4);
  EXPECT_TRUE(host.write_mem(row.ram_begin, 0x11223344));
  EXPECT_TRUE(host.write_mem(row.ram_end - 4, 0x55667788));
  EXPECT_EQ(host.word(row.ram_begin), 0x11223344u);
  EXPECT_EQ(host.word(row.ram_end - 4), 0x55667788u);
  EXPECT_FALSE(host.read_mem(row.ram_end));
  EXPECT_FALSE(host.read_mem(0x08000000 + row.kib * 1024));
  EXPECT_FALSE(host.read_mem(0xB0000000)) << "nothing there";
}
INSTANTIATE_TEST_SUITE_P(
    All, ChipIdentity,
    testing::Values(IdentityRow{"stm32f205rb", 0x411, 0x1FFF7A22, 128, 0x412FC230, 0x20000000, 0x2000C000},
                    IdentityRow{"stm32f207zg", 0x411, 0x1FFF7A22, 1024, 0x412FC230, 0x20000000, 0x20020000},
                    IdentityRow{"stm32f722ze", 0x452, 0x1FF07A22, 512, 0x411FC270, 0x20000000, 0x20040000},
                    IdentityRow{"stm32f730r8", 0x452, 0x1FF07A22, 64, 0x411FC270, 0x20000000, 0x20040000},
                    IdentityRow{"stm32f750n8", 0x449, 0x1FF0F442, 64, 0x410FC271, 0x20000000, 0x20050000},
                    IdentityRow{"stm32f401cc", 0x423, 0x1FFF7A22, 256, 0x410FC241, 0x20000000, 0x20010000},
                    IdentityRow{"stm32f401re", 0x433, 0x1FFF7A22, 512, 0x410FC241, 0x20000000, 0x20018000},
                    IdentityRow{"stm32f405rg", 0x413, 0x1FFF7A22, 1024, 0x410FC241, 0x20000000, 0x20020000},
                    IdentityRow{"stm32f407ve", 0x413, 0x1FFF7A22, 512, 0x410FC241, 0x10000000, 0x10010000},
                    IdentityRow{"stm32f410rb", 0x458, 0x1FFF7A22, 128, 0x410FC241, 0x20000000, 0x20008000},
                    IdentityRow{"stm32f412zg", 0x441, 0x1FFF7A22, 1024, 0x410FC241, 0x20000000, 0x20040000},
                    IdentityRow{"stm32f413zh", 0x463, 0x1FFF7A22, 1536, 0x410FC241, 0x20000000, 0x20050000},
                    IdentityRow{"stm32f469ni", 0x434, 0x1FFF7A22, 2048, 0x410FC241, 0x20000000, 0x20050000},
                    IdentityRow{"stm32f411re", 0x431, 0x1FFF7A22, 512, 0x410FC241, 0x20000000, 0x20020000},
                    IdentityRow{"stm32f429zi", 0x419, 0x1FFF7A22, 2048, 0x410FC241, 0x20000000, 0x20030000},
                    IdentityRow{"stm32f446re", 0x421, 0x1FFF7A22, 512, 0x410FC241, 0x20000000, 0x20020000},
                    IdentityRow{"stm32f746zg", 0x449, 0x1FF0F442, 1024, 0x410FC271, 0x20000000, 0x20050000},
                    IdentityRow{"stm32f767zi", 0x451, 0x1FF0F442, 2048, 0x411FC270, 0x20000000, 0x20080000}));

TEST(ChipBusMap, BitBandOnCortexM4Only) {
  Board board({.chip = "stm32f407vg", .flash_file = {}, .faults = {}});
  SwdHost host(board);
  host.connect();
  host.write_mem(0x20000004, 0);
  EXPECT_TRUE(host.write_mem(0x22000000 + 4 * 32 + 4 * 9, 1));
  EXPECT_EQ(host.word(0x20000004), 0x200u);
  EXPECT_EQ(host.word(0x22000000 + 4 * 32 + 4 * 9), 1u);
  EXPECT_TRUE(host.write_mem(0x42000000 + 0x20014 * 32 + 4 * 3, 1));
  EXPECT_EQ(host.word(0x40020014), 8u) << "GPIOA_ODR";
  Board f7({.chip = "stm32f746zg", .flash_file = {}, .faults = {}});
  SwdHost m7(f7);
  m7.connect();
  EXPECT_FALSE(m7.read_mem(0x22000000));
}

TEST(ChipBusMap, PeripheralsExistWhereTheHeaderSays) {
  Board board({.chip = "stm32f401re", .flash_file = {}, .faults = {}});
  SwdHost host(board);
  host.connect();
  EXPECT_EQ(host.word(0x40020000), 0xA8000000u) << "GPIOA_MODER";
  EXPECT_TRUE(host.write_mem(0x40020018, 0x00010002));  // BSRR
  EXPECT_EQ(host.word(0x40020014), 2u);
  EXPECT_EQ(host.word(0x40020010), 0u);
  EXPECT_TRUE(host.write_mem(0x40000024, 0x1234));  // TIM2_CNT: storage
  EXPECT_EQ(host.word(0x40000024), 0x1234u);
  EXPECT_FALSE(host.read_mem(0x40001000)) << "no TIM6 on F401";
  EXPECT_FALSE(host.read_mem(0x40028000)) << "no Ethernet on F401";
  EXPECT_FALSE(host.read_mem(0x10000000)) << "no CCM on F401";
}

}  // namespace
}  // namespace probity::vboard::test::chip_facts_test
