// The parts of driver `stm32f1x`, their geometry and option bytes as pure functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "flash/stm32/f1_options.hpp"
#include "flash/stm32/f1_parts.hpp"

namespace probity::stm32::f1_parts_test {
namespace {

constexpr Address kMain = 0x08000000, kSecond = 0x08080000;

const F1Part& part(std::uint32_t idcode) {
  const F1Part* found = find_f1_part(idcode);
  EXPECT_NE(found, nullptr) << std::hex << idcode;
  return *found;
}

TEST(F1Parts, EveryIdOfStIsKnownByItsName) {
  const std::pair<std::uint32_t, std::string_view> rows[] = {
      {0x440, "STM32F05x"},
      {0x442, "STM32F09x"},
      {0x444, "STM32F03x"},
      {0x445, "STM32F04x"},
      {0x448, "STM32F07x"},
      {0x410, "STM32F10x (Medium Density)"},
      {0x412, "STM32F10x (Low Density)"},
      {0x414, "STM32F10x (High Density)"},
      {0x418, "STM32F10x (Connectivity)"},
      {0x420, "STM32F100 (Low/Medium Density)"},
      {0x428, "STM32F100 (High Density)"},
      {0x430, "STM32F10x (XL Density)"},
      {0x422, "STM32F302xB/C"},
      {0x432, "STM32F37x"},
      {0x438, "STM32F33x"},
      {0x439, "STM32F302x6/8"},
      {0x446, "STM32F303xD/E"},
  };
  for (const auto& [id, name] : rows) {
    EXPECT_EQ(part(0x10006000 | id).name, name) << "bits 15:12 are reserved and do not count";
  }
  EXPECT_EQ(find_f1_part(0x10006413), nullptr) << "an F4";
  EXPECT_EQ(find_f1_part(0), nullptr);
}

TEST(F1Parts, ClonesAreToldFromTheirOriginalByRevision) {
  EXPECT_EQ(part(0x13030410).name, "GD32F1x0");
  EXPECT_EQ(part(0x17040410).name, "GD32F3x0");
  EXPECT_EQ(part(0x19090410).name, "GD32E23x");
  EXPECT_EQ(part(0x20036410).name, "STM32F10x (Medium Density)");
  EXPECT_EQ(part(0x70050440).name, "AT32F403A/407") << "not the F05x that has these low bits";
}

TEST(F1Parts, Revisions) {
  EXPECT_EQ(revision_name(part(0x410), 0x2003), "Y");
  EXPECT_EQ(revision_name(part(0x410), 0x0000), "A");
  EXPECT_EQ(revision_name(part(0x448), 0x2000), "2.0");
  EXPECT_EQ(revision_name(part(0x422), 0x2000), "B");
  EXPECT_EQ(revision_name(part(0x414), 0x2003), "");
}

TEST(F1Parts, IdcodeIsWhereTheCoreHasIt) {
  EXPECT_EQ(f1_idcode_address(0x410CC200), 0x40015800u);  // Cortex-M0
  EXPECT_EQ(f1_idcode_address(0x411FC231), 0xE0042000u);  // Cortex-M3
  EXPECT_EQ(f1_idcode_address(0x410FC241), 0xE0042000u);  // Cortex-M4
  EXPECT_EQ(f1_idcode_address(0x410CD200), 0x40015800u);  // Cortex-M23
  EXPECT_FALSE(f1_idcode_address(0x411FC271));            // Cortex-M7
}

TEST(F1Parts, TheLastProtectionBitCoversTheRest) {
  EXPECT_EQ(f1_wrp_bit(part(0x410), 3), 0u);
  EXPECT_EQ(f1_wrp_bit(part(0x410), 4), 1u);
  EXPECT_EQ(f1_wrp_bit(part(0x410), 127), 31u);
  EXPECT_EQ(f1_wrp_bit(part(0x414), 61), 30u);
  EXPECT_EQ(f1_wrp_bit(part(0x414), 62), 31u);
  EXPECT_EQ(f1_wrp_bit(part(0x414), 255), 31u);
  EXPECT_EQ(f1_wrp_bit(part(0x430), 511), 31u);
  // ST's HAL headers: OB_WRP_PAGES2TO3 is bit 1.
  for (const std::uint32_t id : {0x428u, 0x442u, 0x448u})
    EXPECT_EQ(f1_wrp_bit(part(id), 2), 1u) << std::hex << id;
}

TEST(F1Parts, WrpBytesFollowTheSize) {
  EXPECT_EQ(f1_wrp_bytes(part(0x412)), 1u);
  EXPECT_EQ(f1_wrp_bytes(part(0x440)), 2u);
  EXPECT_EQ(f1_wrp_bytes(part(0x410)), 4u);
  EXPECT_EQ(f1_wrp_bytes(part(0x438)), 2u);
  EXPECT_EQ(f1_wrp_bytes(part(0x430)), 4u);
}

TEST(F1Parts, ExtentOfTheBanks) {
  const auto extent = [](std::uint32_t id, unsigned kib, Address base, bool declared) {
    return f1_extent(part(id), kib, base, declared);
  };
  EXPECT_EQ(extent(0x410, 64, 0, false)->size, 64u * 1024);
  EXPECT_EQ(extent(0x430, 1024, kMain, false)->size, 1024u * 1024);
  EXPECT_EQ(extent(0x430, 1024, kMain, true)->size, 512u * 1024);
  EXPECT_EQ(extent(0x430, 768, kSecond, true)->base, kSecond);
  EXPECT_EQ(extent(0x430, 768, kSecond, true)->size, 256u * 1024);
  EXPECT_FALSE(extent(0x430, 512, kSecond, true));
  EXPECT_FALSE(extent(0x414, 512, kSecond, true)) << "no second bank";
}

TEST(F1OptionBytes, InForceByTheRegisters) {
  // RM0008: RDPRT 1, WDG_SW 2, nRST_STOP 3, nRST_STDBY 4, Data0 17:10, Data1 25:18.
  const F1OptionValues f1 =
      f1_options_in_force(*part(0x410).options, 0x1 << 1 | 0x5 << 2 | 0xA5 << 10 | 0x3C << 18, 0xFFFF00FE);
  EXPECT_EQ(f1[kRdp], 0xFF);
  EXPECT_EQ(f1[kUser] & 7, 5);
  EXPECT_EQ(f1[kData0], 0xA5);
  EXPECT_EQ(f1[kData1], 0x3C);
  EXPECT_EQ(f1[kWrp0], 0xFE);
  EXPECT_EQ(f1[kWrp1], 0x00);
  EXPECT_EQ(f1[kWrp3], 0xFF);
  // RM0091: RDPRT 2:1, USER 15:8, Data0 23:16, Data1 31:24.
  const F1OptionValues f0 = f1_options_in_force(*part(0x448).options, 0xDEADF700, 0xFFFFFFFF);
  EXPECT_EQ(f0[kRdp], 0xAA);
  EXPECT_EQ(f0[kUser], 0xF7);
  EXPECT_EQ(f0[kData0], 0xAD);
  EXPECT_EQ(f0[kData1], 0xDE);
}

TEST(F1OptionBytes, RdpLevels) {
  EXPECT_EQ(f1_rdp_level(*part(0x410).options, 0x03FFFFFC), 0u);
  EXPECT_EQ(f1_rdp_level(*part(0x410).options, 0x03FFFFFE), 1u) << "bit 2 is WDG_SW";
  EXPECT_EQ(f1_rdp_level(*part(0x440).options, 0xFFFFFFF2), 1u);
  EXPECT_EQ(f1_rdp_level(*part(0x440).options, 0xFFFFFFF6), 2u);
}

TEST(F1OptionBytes, RisksAreNamed) {
  const auto risk = [](std::uint32_t id, std::uint32_t before, std::uint32_t after) {
    return part(id).options->fields.front().risk(before, after);
  };
  EXPECT_EQ(risk(0x410, 0x00, 0xA5), OptionRisk::mass_erase);
  EXPECT_EQ(risk(0x410, 0xA5, 0x00), OptionRisk::none);
  EXPECT_EQ(risk(0x410, 0xA5, 0xCC), OptionRisk::none) << "the F1 has no level 2";
  EXPECT_EQ(risk(0x440, 0x00, 0xAA), OptionRisk::mass_erase);
  EXPECT_EQ(risk(0x440, 0xAA, 0xCC), OptionRisk::permanent);
  EXPECT_EQ(risk(0x440, 0xAA, 0xAA), OptionRisk::none);
}

TEST(F1OptionBytes, FieldsOfEachPartDoNotOverlap) {
  for (const F1Part& row : f1_parts()) {
    std::array<std::uint32_t, kOptionByteCount> taken{};
    std::set<std::string_view> names;
    for (const OptionField& field : row.options->fields) {
      EXPECT_EQ(taken.at(field.reg) & field.field().mask(), 0u) << row.name << " " << field.name;
      taken[field.reg] |= field.field().mask();
      EXPECT_TRUE(names.insert(field.name).second) << row.name << " " << field.name;
      EXPECT_FALSE(field.meaning.empty());
    }
    EXPECT_EQ(taken[kRdp], 0xFFu);
    EXPECT_EQ(taken[kWrp3], 0xFFu);
  }
}

TEST(F1OptionBytes, AreTextAsOpenOcdPrintsIt) {
  EXPECT_EQ(describe_f1_options(part(0x410), {0x03FFFFFC, 0xFFFFFFFF}),
            "option byte register = 0x3fffffc\n"
            "write protection register = 0xffffffff\n"
            "read protection: off\n"
            "watchdog: software\n"
            "stop mode: no reset generated upon entry\n"
            "standby mode: no reset generated upon entry\n"
            "user data = 0xffff");
  const std::string xl = describe_f1_options(part(0x430), {0x03FFFFDF, 0});
  EXPECT_THAT(xl, testing::StartsWith("option byte complement error\n"));
  EXPECT_THAT(xl, testing::HasSubstr("read protection: on\n"));
  EXPECT_THAT(xl, testing::HasSubstr("boot: bank 1\n")) << "BFB2 is 0";
  EXPECT_THAT(describe_f1_options(part(0x440), {0x1234F800, 0xFFFF}),
              testing::HasSubstr("watchdog: hardware\n"));
  EXPECT_THAT(describe_f1_options(part(0x440), {0x1234F800, 0xFFFF}),
              testing::EndsWith("user data = 0x1234"));
}

}  // namespace
}  // namespace probity::stm32::f1_parts_test
