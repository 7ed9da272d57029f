// Driver `efm32`: what a Gecko is, its pages and lock words, on the virtual board through a probe.
#include "flash/silabs/efm32_bank.hpp"

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::efm32_bank_test {
namespace {

using namespace efm32;
using testing::HasSubstr;

constexpr std::uint32_t part(std::uint32_t family, std::uint32_t revision) {
  return DI::kFamily.of(family) | DI::kRevision.of(revision) | 990;
}
constexpr std::uint32_t msize(std::uint32_t flash_kib) {
  return DI::kFlashKib.of(flash_kib) | DI::kRamKib.of(32);
}

TEST(Efm32Parts, NameAndGeometryFromTheInformationPage) {
  const Identity giant = identity_of(part(72, 30), msize(1024), 2);
  EXPECT_EQ(name_of(giant), "EFM32GG Giant Gecko, rev 30");
  EXPECT_EQ(giant.page_size, 4096u);
  EXPECT_EQ(giant.flash_kib, 1024u);
  EXPECT_EQ(name_of(identity_of(part(16, 1), msize(256), 1)), "EFR32MG1P Mighty Gecko, rev 1");
}

TEST(Efm32Parts, OldOnesDoNotSayTheirPageSize) {
  EXPECT_EQ(identity_of(part(71, 30), msize(128), 0xFF).page_size, 512u);
  EXPECT_EQ(identity_of(part(76, 30), msize(32), 0xFF).page_size, 1024u);
}

TEST(Efm32Parts, EarlyGiantAndLeopardSayItWrong) {
  EXPECT_EQ(identity_of(part(72, 17), msize(1024), 0xFF).page_size, 4096u);
  EXPECT_EQ(identity_of(part(74, 17), msize(256), 0xFF).page_size, 2048u);
  EXPECT_EQ(identity_of(part(74, 18), msize(256), 1).page_size, 2048u);
  EXPECT_EQ(identity_of(part(74, 18), msize(256), 7).page_size, 0u);
}

TEST(Efm32Parts, UnknownFamilies) { EXPECT_EQ(identity_of(part(200, 1), msize(256), 1).family, nullptr); }

TEST(Efm32Parts, TheMscIsElsewhereInSeries1) {
  EXPECT_EQ(msc_of(*find_family(72)).LOCK, 0x400C003Cu);
  EXPECT_EQ(msc_of(*find_family(16)).LOCK, 0x400E0040u);
  EXPECT_EQ(msc_of(*find_family(100)).LOCK, 0x40000040u);
}

struct Gecko : Bench {
  explicit Gecko(const std::string& chip = "efm32gg990f1024", std::uint32_t work_area = 0x800)
      : Bench(chip, {kHla, work_area, "", "efm32", 0}) {}
  Efm32Bank& main() { return dynamic_cast<Efm32Bank&>(*bank); }
  std::uint32_t lock_word(unsigned number) { return target->memory().read32(kLockBits + 4 * number); }
};

TEST(Efm32Bank, ProgramsAndLeavesAloneWhatIsRight) {
  for (const std::uint32_t work_area : {0x800u, 0u}) {
    Gecko gecko("efm32gg990f1024", work_area);
    const Bytes data = pattern(work_area == 0 ? 301 : 4101);
    gecko.main().run(job({0, 1, 2}, {{0, data}}));
    EXPECT_EQ(gecko.content(0, data.size()), data);
    EXPECT_EQ(gecko.logged("no working area available"), work_area == 0);
    EXPECT_TRUE(gecko.logged("detected part: EFM32GG Giant Gecko, rev "));
    const FlashJobResult again = gecko.main().run(job({0, 1, 2}, {{0, data}}));
    EXPECT_EQ(again.sectors_unchanged, work_area == 0 ? 0u : 3u);
    EXPECT_EQ(gecko.content(0, data.size()), data);
  }
}

TEST(Efm32Bank, Series1AndCortexM0) {
  for (const char* chip : {"efr32mg1p232f256", "efm32zg222f32"}) {
    Gecko gecko(chip);
    const Bytes data = pattern(3000);
    gecko.main().write(2048, data);
    EXPECT_EQ(gecko.content(2048, data.size()), data) << chip;
    gecko.main().erase({0, 3});
    EXPECT_EQ(gecko.content(2048, 64), Bytes(64, 0xFF)) << chip;
  }
}

TEST(Efm32Bank, LocksPagesAndOpensThemAgain) {
  Gecko gecko;
  gecko.main().protect({1, 2}, true);
  EXPECT_EQ(gecko.lock_word(0), 0xFFFFFFF9u);
  EXPECT_EQ(gecko.main().sectors()[1].is_protected, true);
  EXPECT_EQ(gecko.main().sectors()[3].is_protected, false);
  try {
    gecko.main().write(4096, pattern(4));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("PLW0=0xfffffff9"));
    EXPECT_THAT(e.message(), HasSubstr("flash protect stm32f4x.flash 1 1 off"));
  }
  gecko.main().protect({1, 1}, false);
  EXPECT_EQ(gecko.lock_word(0), 0xFFFFFFFBu);
}

TEST(Efm32Bank, LockWordsOutliveTheEraseOfTheirPage) {
  Gecko gecko;
  gecko.main().protect({0, 0}, true);
  const auto lock_bits = gecko.make_bank(kLockBits);
  lock_bits->erase({0, 0});
  EXPECT_EQ(gecko.lock_word(0), 0xFFFFFFFEu);
  EXPECT_THROW(lock_bits->write(0, pattern(4)), FlashError);
  lock_bits->write(512, Bytes{1, 2, 3, 4});
  EXPECT_EQ(gecko.lock_word(128), 0x04030201u);
}

TEST(Efm32Bank, DebugLockIsTheWordThatSaysSo) {
  Gecko gecko;
  gecko.main().lock_debug();
  EXPECT_EQ(gecko.lock_word(127), 0u);
  EXPECT_EQ(gecko.lock_word(126), 0xFFFFFFFFu);
}

TEST(Efm32Bank, RefusesOtherBases) {
  Gecko gecko;
  EXPECT_THROW(gecko.make_bank(0x08000000), ConfigError);
  EXPECT_THROW(gecko.main().write(1024 * 1024 - 2, pattern(4)), FlashError);
}

}  // namespace
}  // namespace probity::test::efm32_bank_test
