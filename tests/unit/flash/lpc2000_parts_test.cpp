// Driver `lpc2000`: words of a bank, sectors, part ids, the vectors' checksum.
#include "flash/nxp/lpc2000_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/nxp/lpc2000_bank.hpp"

namespace probity::lpc::lpc2000_parts_test {
namespace {

constexpr std::uint32_t kKib = 1024;

struct Shape {
  Variant variant;
  std::uint32_t kib;
  std::size_t sectors;
  std::uint32_t first_kib, last_kib;
};
constexpr Shape kShapes[] = {{Variant::lpc1700, 4, 1, 4, 4},     {Variant::lpc1700, 32, 8, 4, 4},
                             {Variant::lpc1700, 64, 16, 4, 4},   {Variant::lpc1700, 128, 18, 4, 32},
                             {Variant::lpc1700, 512, 30, 4, 32}, {Variant::lpc4300, 256, 11, 8, 64},
                             {Variant::lpc4300, 384, 13, 8, 64}, {Variant::lpc4300, 512, 15, 8, 64},
                             {Variant::lpc800, 16, 16, 1, 1},    {Variant::lpc800, 30, 30, 1, 1},
                             {Variant::lpc800, 64, 64, 1, 1},    {Variant::lpc1100, 24, 6, 4, 4},
                             {Variant::lpc1100, 128, 25, 4, 32}, {Variant::lpc1100, 256, 29, 4, 32},
                             {Variant::lpc1500, 256, 64, 4, 4},  {Variant::lpc54100, 512, 16, 32, 32}};

TEST(LpcLayout, OfEveryVariant) {
  for (const Shape& shape : kShapes) {
    const auto layout = layout_of(shape.variant, shape.kib * kKib);
    ASSERT_TRUE(layout) << shape.kib;
    EXPECT_EQ(layout->sectors.size(), shape.sectors) << shape.kib;
    EXPECT_EQ(layout->sectors.front().size, shape.first_kib * kKib);
    EXPECT_EQ(layout->sectors.back().size, shape.last_kib * kKib);
    EXPECT_EQ(layout->sectors.back().offset + layout->sectors.back().size, shape.kib * kKib);
  }
}

TEST(LpcLayout, NoneForSizesThatNoChipHas) {
  EXPECT_FALSE(layout_of(Variant::lpc1700, 48 * kKib));
  EXPECT_FALSE(layout_of(Variant::lpc1700, 1024 * kKib));
  EXPECT_FALSE(layout_of(Variant::lpc800, 5 * kKib));
  EXPECT_FALSE(layout_of(Variant::lpc1100, 4 * kKib + 1));
  EXPECT_FALSE(layout_of(Variant::lpc1700, 0));
  EXPECT_FALSE(layout_of(Variant::lpc2000_v2, 256 * kKib));  // an ARM7
}

TEST(LpcParts, EveryOneHasALayout) {
  EXPECT_EQ(find_part(0x26013F37)->name, "LPC1768");
  EXPECT_EQ(find_part(0x26013F37)->flash_kib, 512u);
  EXPECT_EQ(find_part(0x00008122)->variant, Variant::lpc800);
  EXPECT_EQ(find_part(0x12345678), nullptr);
}

TEST(LpcIap, SizesThatItCopies) {
  EXPECT_EQ(copy_size(8192), 4096u);
  EXPECT_EQ(copy_size(4095), 1024u);  // there is no 2048
  EXPECT_EQ(copy_size(256), 256u);
  EXPECT_EQ(copy_size(63), 0u);
}

TEST(LpcIap, TheEightVectorsSumUpToZero) {
  Bytes vectors;
  for (const std::uint32_t word : {0x10008000u, 0xC9u, 0xD1u, 0xD3u, 0xD5u, 0xD7u, 0xD9u, 0xFFFFFFFFu})
    append_le32(vectors, word);
  const std::uint32_t checksum = vector_checksum(vectors, 7);
  EXPECT_EQ(checksum, 0u - (0x10008000u + 0xC9 + 0xD1 + 0xD3 + 0xD5 + 0xD7 + 0xD9));
  EXPECT_EQ(iap_status(8), "SECTOR_NOT_BLANK");
  EXPECT_EQ(iap_status(19), "CODE_READ_PROTECTION_ENABLED");
}

FlashBankConfig bank(std::vector<std::string> options) {
  FlashBankConfig config;
  config.driver = "lpc2000";
  config.options = std::move(options);
  return config;
}

TEST(LpcBanks, Words) {
  const Options options = options_of(bank({"lpc4000", "12000", "calc_checksum", "0x1FFF1FF1"}));
  EXPECT_EQ(options.variant, Variant::lpc1700);
  EXPECT_EQ(options.clock_khz, 12000u);
  EXPECT_TRUE(options.checksum);
  EXPECT_EQ(options.iap_entry, 0x1FFF1FF1u);
  EXPECT_FALSE(options_of(bank({"auto", "4000", "whatever"})).checksum);
}

TEST(LpcBanks, WordsThatAreRefused) {
  const auto refused = [](std::vector<std::string> words) -> std::string {
    try {
      check_bank(bank(std::move(words)));
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "taken";
  };
  EXPECT_THAT(refused({}), testing::HasSubstr("VARIANT CLOCK"));
  EXPECT_THAT(refused({"lpc1700"}), testing::HasSubstr("VARIANT CLOCK"));
  EXPECT_THAT(refused({"lpc9", "1"}), testing::HasSubstr("unknown LPC2000 variant: lpc9"));
  EXPECT_THAT(refused({"auto", "4MHz"}),
              testing::HasSubstr("lpc2000_info->cclk option value ('4MHz') is not valid"));
  EXPECT_THAT(refused({"auto", "1", "calc_checksum", "-1"}), testing::HasSubstr("('-1') is not valid"));
}

}  // namespace
}  // namespace probity::lpc::lpc2000_parts_test
