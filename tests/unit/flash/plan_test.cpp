#include "flash/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace probity::plan_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Bank "main" at 0x08000000: sectors of 0x100 bytes; bank "otp" at 0x1FFF7800.
BankView main_bank(std::uint32_t size = 0x1000, unsigned alignment = 1) {
  BankView bank{"main", 0x08000000, size, {}, alignment};
  for (std::uint32_t at = 0; at < size; at += 0x100) bank.sectors.push_back({at, 0x100, {}, {}});
  return bank;
}
BankView otp_bank() { return {"otp", 0x1FFF7800, 32, {{0, 32, {}, {}}}, 1}; }

Image image_of(std::vector<Segment> segments, ImageFormat format = ImageFormat::elf) {
  Image image;
  image.path = "fw.elf";
  image.format = format;
  image.segments = std::move(segments);
  return image;
}
Segment piece(Address address, std::size_t size, std::uint8_t fill = 0x11) {
  return {address, Bytes(size, fill), "segment 0"};
}

std::string error_of(const Image& image, const std::vector<BankView>& banks) {
  try {
    plan(image, banks, {});
  } catch (const ImageError& e) {
    return e.message();
  }
  return {};
}

TEST(Plan, OneSegmentBecomesOneWrite) {
  const FlashPlan p = plan(image_of({piece(0x08000100, 3)}), {main_bank()}, {});
  ASSERT_EQ(p.banks.size(), 1u);
  EXPECT_EQ(p.banks[0].bank, 0u);
  ASSERT_EQ(p.banks[0].writes.size(), 1u);
  EXPECT_EQ(p.banks[0].writes[0].offset, 0x100u);
  EXPECT_EQ(p.banks[0].writes[0].data, Bytes(3, 0x11));
  EXPECT_EQ(p.image_bytes, 3u);
  EXPECT_EQ(p.bytes(), 3u);
  EXPECT_TRUE(p.banks[0].erase.empty());
  EXPECT_TRUE(p.banks[0].unprotect.empty());
}

TEST(Plan, EraseAndUnlockNameTheSectorsTouched) {
  PlanOptions options;
  options.erase = options.unlock = true;
  const FlashPlan p = plan(image_of({piece(0x080001FF, 2), piece(0x08000E00, 1)}), {main_bank()}, options);
  EXPECT_THAT(p.banks[0].erase, ElementsAre(1, 2, 14));
  EXPECT_THAT(p.banks[0].unprotect, ElementsAre(1, 2, 14));
}

TEST(Plan, SectorBoundaryIsNotTouchedByAnImageThatEndsThere) {
  PlanOptions options;
  options.erase = true;
  const FlashPlan p = plan(image_of({piece(0x08000000, 0x100)}), {main_bank()}, options);
  EXPECT_THAT(p.banks[0].erase, ElementsAre(0));
}

TEST(Plan, PadsToTheWriteAlignmentAtBothEnds) {
  for (const std::uint32_t size : {1u, 3u, 7u, 8u, 9u}) {
    const FlashPlan p = plan(image_of({piece(0x0800000A, size)}), {main_bank(0x1000, 8)}, {});
    const FlashWrite& write = p.banks[0].writes.at(0);
    EXPECT_EQ(write.offset, 8u);
    EXPECT_EQ(write.data.size(), (2 + size + 7) / 8 * 8);
    EXPECT_EQ(write.data[0], 0xFF);
    EXPECT_EQ(write.data[1], 0xFF);
    EXPECT_EQ(write.data[2], 0x11);
    EXPECT_EQ(write.data[1 + size], 0x11);
    if (write.data.size() > 2 + size) {
      EXPECT_EQ(write.data[2 + size], 0xFF);
    }
    EXPECT_EQ(p.image_bytes, size);
  }
}

TEST(Plan, PaddingIsWhatPaddedValueSays) {
  BankView bank = main_bank(0x1000, 4);
  bank.padding = 0x00;
  const FlashPlan p = plan(image_of({piece(0x08000000, 1)}), {bank}, {});
  EXPECT_EQ(p.banks[0].writes[0].data, (Bytes{0x11, 0, 0, 0}));
}

TEST(Plan, GapsWithinASectorAreFilledLargerOnesAreNot) {
  const FlashPlan p =
      plan(image_of({piece(0x08000000, 4), piece(0x08000010, 4), piece(0x08000100, 4), piece(0x08000204, 4)}),
           {main_bank()}, {});
  ASSERT_EQ(p.banks[0].writes.size(), 2u);
  EXPECT_EQ(p.banks[0].writes[0].data.size(), 0x104u);
  EXPECT_EQ(p.banks[0].writes[0].data[4], 0xFF);
  EXPECT_EQ(p.banks[0].writes[0].data[0x10], 0x11);
  EXPECT_EQ(p.banks[0].writes[1].offset, 0x204u);
  EXPECT_EQ(p.bytes(), 0x108u);
  EXPECT_EQ(p.image_bytes, 16u);
}

TEST(Plan, SegmentsThatShareAnAlignmentUnitBecomeOneWrite) {
  BankView bank = main_bank(0x1000, 8);
  const FlashPlan p = plan(image_of({piece(0x08000000, 2), piece(0x08000004, 2, 0x22)}), {bank}, {});
  ASSERT_EQ(p.banks[0].writes.size(), 1u);
  EXPECT_EQ(p.banks[0].writes[0].data, (Bytes{0x11, 0x11, 0xFF, 0xFF, 0x22, 0x22, 0xFF, 0xFF}));
}

TEST(Plan, AnImageMaySpanBanks) {
  BankView second = main_bank();
  second.name = "second";
  second.base = 0x08001000;
  const FlashPlan p = plan(image_of({piece(0x08000F80, 0x100)}), {main_bank(), second}, {});
  ASSERT_EQ(p.banks.size(), 2u);
  EXPECT_EQ(p.banks[0].writes[0].offset, 0xF80u);
  EXPECT_EQ(p.banks[0].writes[0].data.size(), 0x80u);
  EXPECT_EQ(p.banks[1].bank, 1u);
  EXPECT_EQ(p.banks[1].writes[0].offset, 0u);
  EXPECT_EQ(p.banks[1].writes[0].data.size(), 0x80u);
}

TEST(Plan, OutsideFlashNamesSegmentAndRange) {
  const std::string message = error_of(image_of({piece(0x20000000, 16)}), {main_bank(), otp_bank()});
  EXPECT_THAT(message, HasSubstr("fw.elf: segment 0 (0x20000000-0x2000000f) is outside flash"));
  EXPECT_THAT(message, HasSubstr("banks: main 0x08000000-0x08000fff, otp 0x1fff7800-0x1fff781f"));
}

TEST(Plan, PartlyOutsideNamesThePartThatIs) {
  const std::string message = error_of(image_of({piece(0x07FFFFF0, 0x20)}), {main_bank()});
  EXPECT_THAT(message, HasSubstr("no flash bank found for 0x07fffff0-0x07ffffff"));
}

TEST(Plan, LargerThanTheChipSaysBothSizes) {
  const std::string message = error_of(image_of({piece(0x08000000, 0x1001)}), {main_bank(), otp_bank()});
  EXPECT_THAT(message, HasSubstr("4097 bytes) is larger than the flash: bank main has 4096 bytes"));
}

TEST(Plan, BinaryWithoutAddressNamesTheLikelyBase) {
  const std::string message =
      error_of(image_of({{0, Bytes(16, 1), "binary"}}, ImageFormat::binary), {otp_bank(), main_bank()});
  EXPECT_THAT(message, HasSubstr("nothing is written; did you mean 0x08000000 (the base of bank main)?"));
}

TEST(Plan, BinaryAtAddressZeroIsFineWhereFlashIs) {
  BankView bank = main_bank();
  bank.base = 0;
  EXPECT_EQ(plan(image_of({{0, Bytes(16, 1), "binary"}}, ImageFormat::binary), {bank}, {}).bytes(), 16u);
}

TEST(Plan, NoBankIsAConfigurationError) { EXPECT_THROW(plan(image_of({piece(0, 1)}), {}, {}), ConfigError); }

}  // namespace
}  // namespace probity::plan_test
