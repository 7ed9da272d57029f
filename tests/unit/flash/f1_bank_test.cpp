// Driver `stm32f1x` through a real probe driver and its wire protocol against the virtual board.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "flash/stm32/f1_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::f1_bank_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint32_t kKib = 1024, kSmallArea = 0x1000;
constexpr Address kFlashSr = 0x4002200C, kFlashCr = 0x40022010, kFlashKeyr = 0x40022004,
                  kSecondBank = 0x08080000;

BenchOptions f1_options(std::uint32_t work_area = kSmallArea, const std::string& more = {}) {
  return {kHla, work_area, more, "stm32f1x"};
}

struct F1Bench : Bench {
  explicit F1Bench(const std::string& chip, std::uint32_t work_area = kSmallArea,
                   const std::string& more = {})
      : Bench(chip, f1_options(work_area, more)) {}
  stm32::F1Bank& f1() { return dynamic_cast<stm32::F1Bank&>(*bank); }
  // F1 loads its option bytes at any reset, the others when told, or at power-on.
  void bring_options_into_force() {
    if (f1().part().options->can_load) f1().load_options();
    reset_halt();
  }
  void power_cycle() {
    virtual_host.board().power_cycle();
    dap->connect();
    target->examine();
    reset_halt();
  }
};

struct ChipCase {
  std::string chip;
  std::uint32_t kib, page_kib;
  std::size_t blocks;
  std::string description;
};
void PrintTo(const ChipCase& c, std::ostream* out) { *out << c.chip; }

class EveryF1 : public testing::TestWithParam<ChipCase> {};
INSTANTIATE_TEST_SUITE_P(
    Families, EveryF1,
    testing::Values(ChipCase{"stm32f030c8", 64, 1, 16, "STM32F05x - Rev: "},
                    ChipCase{"stm32f091rc", 256, 2, 32, "STM32F09x - Rev: "},
                    ChipCase{"stm32f030f4", 16, 1, 4, "STM32F03x - Rev: "},
                    ChipCase{"stm32f042k6", 32, 1, 8, "STM32F04x - Rev: "},
                    ChipCase{"stm32f072rb", 128, 2, 32, "STM32F07x - Rev: "},
                    ChipCase{"stm32f103c6", 32, 1, 8, "STM32F10x (Low Density) - Rev: "},
                    ChipCase{"stm32f103cb", 128, 1, 32, "STM32F10x (Medium Density) - Rev: "},
                    ChipCase{"stm32f103ze", 512, 2, 32, "STM32F10x (High Density) - Rev: "},
                    ChipCase{"stm32f103zg", 1024, 2, 32, "STM32F10x (XL Density) - Rev: "},
                    ChipCase{"stm32f107vc", 256, 2, 32, "STM32F10x (Connectivity) - Rev: "},
                    ChipCase{"stm32f100rb", 128, 1, 32, "STM32F100 (Low/Medium Density) - Rev: "},
                    ChipCase{"stm32f100ze", 512, 2, 32, "STM32F100 (High Density) - Rev: "},
                    ChipCase{"stm32f303vc", 256, 2, 32, "STM32F302xB/C - Rev: "},
                    ChipCase{"stm32f373cc", 256, 2, 32, "STM32F37x - Rev: "},
                    ChipCase{"stm32f334r8", 64, 2, 16, "STM32F33x - Rev: "},
                    ChipCase{"stm32f302r8", 64, 2, 16, "STM32F302x6/8 - Rev: "},
                    ChipCase{"stm32f303re", 512, 2, 32, "STM32F303xD/E - Rev: "},
                    ChipCase{"gd32f103cb", 128, 1, 32, "GD32F1x0 - Rev: "},
                    ChipCase{"cks32f103cb", 128, 1, 32, "STM32F10x (Medium Density) - Rev: "}));

TEST_P(EveryF1, ProbesAndProgramsItsFirstAndItsLastPage) {
  F1Bench bench(GetParam().chip);
  bench.bank->probe();
  EXPECT_EQ(bench.bank->base(), kFlash);
  EXPECT_EQ(bench.bank->size(), GetParam().kib * kKib);
  ASSERT_EQ(bench.bank->sectors().size(), GetParam().kib / GetParam().page_kib);
  EXPECT_EQ(bench.bank->protection_blocks().size(), GetParam().blocks);
  EXPECT_THAT(bench.bank->describe(), StartsWith(GetParam().description));
  const auto last = static_cast<unsigned>(bench.bank->sectors().size()) - 1;
  const Bytes head = pattern(777), tail = pattern(300, 9);
  const std::uint32_t at = bench.bank->size() - 300;
  bench.bank->run(job({0, last}, {{0, head}, {at, tail}}));
  EXPECT_EQ(bench.content(0, head.size()), head);
  EXPECT_EQ(bench.content(head.size(), 2), Bytes(2, 0xFF));
  EXPECT_EQ(bench.content(at, tail.size()), tail);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_FALSE(bench.logged("no working area")) << "the loader fits into what the target file lends";
}

// One chip for each size of page and width of a protection bit; scenarios/test_every_stm32.py asks all of
// them.
class F1Layouts : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Families, F1Layouts,
                         testing::Values("stm32f030c8", "stm32f091rc", "stm32f103cb", "stm32f103zg",
                                         "stm32f303vc"));

TEST_P(F1Layouts, ErasesExactlyThePageItIsAskedFor) {
  F1Bench bench(GetParam());
  bench.bank->probe();
  FlashJob marks;  // a mark at the end of every page; then one page goes
  for (const Sector& s : bench.bank->sectors()) marks.writes.push_back({s.offset + s.size - 2, {1, 2}});
  bench.bank->run(marks);
  const auto count = static_cast<unsigned>(bench.bank->sectors().size());
  const unsigned gone = count - count / 3;
  bench.bank->erase({gone, gone});
  for (unsigned s = 0; s < count; ++s) {
    const Sector& sector = bench.bank->sectors()[s];
    EXPECT_EQ(bench.content(sector.offset + sector.size - 2, 2), s == gone ? Bytes(2, 0xFF) : (Bytes{1, 2}))
        << "page " << s;
  }
  EXPECT_EQ(bench.stats().flash_erases, 1u);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(F1Layouts, ProtectedBlocksAreRefusedWithTheWayOut) {
  F1Bench bench(GetParam());
  bench.bank->probe();
  const auto last = static_cast<unsigned>(bench.bank->protection_blocks().size()) - 1;
  bench.bank->protect({1, 1}, true);
  bench.bank->protect({last, last}, true);
  bench.bring_options_into_force();
  bench.bank->check_protection();
  for (unsigned b = 0; b <= last; ++b) {
    EXPECT_EQ(bench.bank->protection_blocks()[b].is_protected, b == 1 || b == last) << "block " << b;
  }
  const std::uint32_t in_block_1 = bench.bank->protection_blocks()[1].offset;
  try {
    bench.bank->write(in_block_1, pattern(4));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_WRPR");
    EXPECT_THAT(e.message(), HasSubstr("clear it with: flash protect stm32f4x.flash 1 1 off"));
  }
  EXPECT_THROW(bench.bank->mass_erase(), FlashError);
  bench.bank->write(in_block_1 - 4, pattern(4));
  bench.bank->protect({1, last}, false);
  bench.bring_options_into_force();
  bench.bank->write(in_block_1, pattern(4));
  EXPECT_EQ(bench.content(in_block_1 - 4, 4), pattern(4));
  EXPECT_EQ(bench.content(in_block_1, 4), pattern(4));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(EveryF1, MassEraseTakesAllOfIt) {
  F1Bench bench(GetParam().chip);
  bench.bank->probe();
  bench.bank->write(0, pattern(10));
  bench.bank->write(bench.bank->size() - 10, pattern(10));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, bench.bank->size()), Bytes(bench.bank->size(), 0xFF));
}

class F1Tails : public testing::TestWithParam<std::uint32_t> {};  // the size of the work area
INSTANTIATE_TEST_SUITE_P(LoaderOrNot, F1Tails, testing::Values(kSmallArea, 0u));

TEST_P(F1Tails, HalfWordsAreWrittenAndNothingBehindThem) {
  F1Bench bench("stm32f103cb", GetParam());
  std::uint32_t offset = 0;
  for (const std::uint32_t size : {2u, 4u, 6u, 10u, 30u, 34u}) {
    for (const std::uint32_t skew : {0u, 2u}) {
      const Bytes data = pattern(size, size);
      bench.bank->write(offset + skew, data);
      EXPECT_EQ(bench.content(offset + skew, size), data) << size << " bytes at " << offset + skew;
      EXPECT_EQ(bench.content(offset + skew + size, 2), Bytes(2, 0xFF));
      offset += 40;
    }
  }
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(F1Tails, TheSameContentAgainErasesAndWritesNothing) {
  F1Bench bench("stm32f072rb", GetParam());
  const FlashJob twice = job({0, 1}, {{0, pattern(40)}, {2 * kKib, pattern(34)}});
  bench.bank->run(twice);
  const auto erases = bench.stats().flash_erases, programs = bench.stats().flash_programs;
  const FlashJobResult again = bench.bank->run(twice);
  EXPECT_EQ(again.sectors_unchanged, 2u);
  EXPECT_EQ(bench.stats().flash_erases, erases);
  EXPECT_EQ(bench.stats().flash_programs, programs);
}

TEST_P(F1Tails, AnImageAcrossBothBanksOfXlDensity) {
  F1Bench bench("stm32f103zg", GetParam());
  const Bytes data = pattern(6000);
  const std::uint32_t at = 512 * kKib - 3000;
  bench.bank->run(job({254, 255, 256, 257}, {{at, data}}));
  EXPECT_EQ(bench.content(at, data.size()), data);
  bench.bank->run(job({254, 255, 256, 257}, {{at, pattern(6000, 7)}}));
  EXPECT_EQ(bench.content(at, data.size()), pattern(6000, 7));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  for (const Address cr : {kFlashCr, kFlashCr + 0x40}) {
    EXPECT_EQ(bench.target->memory().read32(cr), 0x80u) << "locked again";
  }
}

TEST(F1Bank, XlDensityWithASecondBankDeclared) {
  F1Bench bench("stm32f103zg");
  const auto second = bench.make_bank(kSecondBank, "stm32f1x.flash1");
  std::vector<FlashBank*> all{bench.bank.get(), second.get()};
  for (FlashBank* bank : all) bank->meet(all);
  bench.bank->probe();
  second->probe();
  EXPECT_EQ(bench.bank->size(), 512 * kKib);
  EXPECT_EQ(second->base(), kSecondBank);
  EXPECT_EQ(second->size(), 512 * kKib);
  EXPECT_EQ(second->protection_blocks().size(), 1u) << "all of it hangs on the last bit (PM0068)";
  bench.bank->write(0, pattern(20));
  second->run(job({0, 255}, {{0, pattern(2500)}, {512 * kKib - 8, pattern(8)}}));
  EXPECT_EQ(bench.content(512 * kKib, 2500), pattern(2500));
  EXPECT_EQ(bench.content(1024 * kKib - 8, 8), pattern(8));
  second->mass_erase();
  EXPECT_EQ(bench.content(512 * kKib, 512 * kKib), Bytes(512 * kKib, 0xFF));
  EXPECT_EQ(bench.content(0, 20), pattern(20)) << "the first bank's stays";
  EXPECT_THROW(second->lock(), UsageError);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(F1Bank, ASecondBankWhereThereIsNoneIsAnError) {
  F1Bench bench("stm32f103ze");
  const auto second = bench.make_bank(kSecondBank, "stm32f1x.flash1");
  EXPECT_THROW(second->probe(), FlashError);
}

TEST(F1Bank, AConfiguredSizeWinsOverTheSizeRegister) {
  F1Bench bench("stm32f103c8");
  FlashBankConfig config;
  config.name = "stm32f1x.flash";
  config.driver = "stm32f1x";
  config.base = kFlash;
  config.size = 0x20000;
  const auto bank =
      flash_driver("stm32f1x").make(config, *bench.target, bench.virtual_host.clock(), bench.log);
  bank->probe();
  EXPECT_EQ(bank->size(), 128 * kKib);
  EXPECT_TRUE(bench.logged("ignoring flash probed value, using configured bank size"));
}

TEST(F1Bank, AnotherChipIsNamedByItsId) {
  F1Bench bench("stm32f407vg");
  try {
    bench.bank->probe();
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("device id 0x413"));
    EXPECT_EQ(e.register_name, "DBGMCU_IDCODE");
  }
}

TEST(F1Bank, WorksWhateverTheFirmwareLeftInTheController) {
  F1Bench bench("stm32f103cb");
  bench.bank->write(0, pattern(2));
  MemPort& memory = bench.target->memory();
  memory.write32(kFlashKeyr, 0x45670123);
  memory.write32(kFlashKeyr, 0xCDEF89AB);
  memory.write32(kFlashCr, 1);     // PG
  memory.write16(kFlash, 0x1234);  // not erased
  ASSERT_EQ(memory.read32(kFlashSr) & 4, 4u) << "PGERR";
  memory.write32(kFlashCr, 2);    // PER left set
  memory.write32(0x40021000, 0);  // HSI off, as far as it lets itself be switched off
  bench.bank->run(job({0}, {{0, pattern(50)}}));
  EXPECT_EQ(bench.content(0, 50), pattern(50));
  EXPECT_EQ(memory.read32(kFlashCr), 0x80u) << "locked again";
}

TEST(F1Bank, ProgrammingWithoutAnEraseIsPgerrByName) {
  for (const std::uint32_t work_area : {kSmallArea, 0u}) {
    F1Bench bench("stm32f103cb", work_area);
    bench.bank->write(100, pattern(20));
    try {
      bench.bank->write(104, pattern(4, 77));
      FAIL();
    } catch (const FlashError& e) {
      EXPECT_EQ(e.register_name, "FLASH_SR");
      EXPECT_THAT(e.message(), HasSubstr("PGERR"));
      EXPECT_THAT(e.message(), HasSubstr("not erased"));
    }
    EXPECT_EQ(bench.content(100, 20), pattern(20));
  }
}

TEST(F1Bank, TheLoaderLooksAtTheStatusOfTheSecondBank) {
  F1Bench bench("stm32f103zg");
  bench.bank->write(512 * kKib, pattern(20));
  try {
    bench.bank->write(512 * kKib, pattern(4, 77));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_SR2");
    EXPECT_THAT(e.message(), HasSubstr("PGERR"));
  }
}

TEST(F1Bank, SwitchesHsiOn) {
  constexpr Address kRccCr = 0x40021000, kRccCfgr = 0x40021004;
  F1Bench bench("stm32f103cb");
  MemPort& memory = bench.target->memory();
  memory.write32(kRccCr, 0x00010001);  // HSEON
  while ((memory.read32(kRccCr) & 0x00020000) == 0) bench.virtual_host.clock().sleep(Milliseconds(1));
  memory.write32(kRccCfgr, 1);         // from HSE
  memory.write32(kRccCr, 0x00010000);  // HSI off
  ASSERT_EQ(memory.read32(kRccCr) & 3, 0u);
  bench.bank->write(0, pattern(20));
  EXPECT_EQ(memory.read32(kRccCr) & 2, 2u);
  EXPECT_EQ(bench.content(0, 20), pattern(20));
}

TEST(F1Bank, AStuckControllerEndsInATimeOutThatSaysSo) {
  for (const std::uint32_t work_area : {kSmallArea, 0u}) {
    F1Bench bench("stm32f103cb", work_area, ",fault=bsy-stuck@flash:3");
    try {
      bench.bank->run(job({}, {{0, pattern(64)}}));
      FAIL();
    } catch (const Error& e) {
      EXPECT_THAT(e.describe(), HasSubstr("FLASH_SR"));
    }
  }
}

TEST(F1Bank, NeedsAHaltedCore) {
  F1Bench bench("stm32f030c8");
  bench.bank->probe();
  bench.target->resume();
  EXPECT_THROW(bench.bank->write(0, pattern(4)), TargetError);
  EXPECT_THROW(bench.bank->protect({0, 0}, true), TargetError);
  EXPECT_THROW(bench.bank->lock(), TargetError);
}

class F1Options : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Families, F1Options,
                         testing::Values("stm32f072rb", "stm32f103cb", "stm32f103zg", "stm32f303vc",
                                         "stm32f373cc"));

std::vector<std::uint32_t> values_of(F1Bench& bench) { return bench.f1().options()->read(); }

TEST_P(F1Options, ChangeWhatIsAskedForAndKeepTheRest) {
  F1Bench bench(GetParam());
  const std::vector<std::uint32_t> factory = values_of(bench);
  ASSERT_EQ(factory.size(), 8u);
  bench.f1().write_user_options({0, 0x02, 0xBEEF});
  bench.bank->protect({3, 4}, true);
  bench.f1().write_user_options({0x02, 0x04, {}});
  bench.bring_options_into_force();
  std::vector<std::uint32_t> expected = factory;
  expected[1] &= ~0x04u;
  expected[2] = 0xEF;
  expected[3] = 0xBE;
  expected[4] &= ~0x18u;
  EXPECT_EQ(values_of(bench), expected) << "changes that were not in force yet count, too";
  const std::string text = describe_f1_options(bench.f1().part(), bench.f1().options_in_force());
  EXPECT_THAT(text, HasSubstr("stop mode: no reset generated"));
  EXPECT_THAT(text, HasSubstr("standby mode: reset generated"));
  EXPECT_THAT(text, EndsWith("user data = 0xbeef"));
  EXPECT_THAT(text, HasSubstr("read protection: off"));
}

TEST_P(F1Options, ReadOutProtectionIsSaidAndLifted) {
  F1Bench bench(GetParam());
  bench.bank->write(0, pattern(100));
  bench.bank->protect({2, 2}, true);
  bench.bank->lock();
  bench.bring_options_into_force();
  EXPECT_THAT(describe_f1_options(bench.f1().part(), bench.f1().options_in_force()),
              HasSubstr("read protection: on"));
  try {
    bench.bank->erase({0, 0});
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_OBR");
    EXPECT_THAT(e.message(), HasSubstr("stm32f1x unlock stm32f4x.flash"));
  }
  EXPECT_EQ(bench.content(0, 100), pattern(100));
  bench.bank->unlock();
  EXPECT_EQ(bench.content(0, 100), Bytes(100, 0xFF)) << "taking it off erases the flash";
  bench.power_cycle();
  bench.bank->write(0, pattern(64, 3));
  EXPECT_EQ(bench.content(0, 64), pattern(64, 3));
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->protection_blocks()[2].is_protected, true) << "the other option bytes stay";
}

TEST_P(F1Options, WrittenAsTheyAreStayAsTheyAre) {
  F1Bench bench(GetParam());
  const auto factory = values_of(bench);
  bench.f1().options()->write(factory);
  EXPECT_EQ(values_of(bench), factory);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(F1Bank, LoadOptionsBringsThemIntoForce) {
  F1Bench bench("stm32f072rb");
  bench.bank->protect({0, 0}, true);
  EXPECT_EQ(bench.bank->protection_blocks()[0].is_protected, false) << "not in force yet";
  bench.f1().load_options();
  bench.reset_halt();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->protection_blocks()[0].is_protected, true);
}

TEST(F1Bank, LoadOptionsIsNotForF1) {
  F1Bench bench("stm32f103cb");
  EXPECT_THROW(bench.f1().load_options(), UsageError);
  EXPECT_FALSE(bench.f1().options()->load());
}

TEST(F1Bank, ProtectionThatIsLiftedButStillInForceIsExplained) {
  F1Bench bench("stm32f103cb");
  bench.bank->protect({0, 0}, true);
  bench.reset_halt();
  bench.bank->protect({0, 0}, false);
  try {
    bench.bank->write(0, pattern(4));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("off already, which comes into force with: reset halt"));
  }
}

}  // namespace
}  // namespace probity::test::f1_bank_test
