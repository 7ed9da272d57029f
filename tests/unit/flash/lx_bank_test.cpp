// Driver `stm32lx` through a real probe driver and its wire protocol against the virtual board.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "flash/stm32/lx_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::lx_bank_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint32_t kKib = 1024, kSmallArea = 0x800;  // all that an L011 has
constexpr Address kL0 = 0x40022000, kPecr = 4, kPekeyr = 0xC, kPrgkeyr = 0x10, kSr = 0x18;

struct LxBench : Bench {
  explicit LxBench(const std::string& chip, std::uint32_t work_area = kSmallArea,
                   const std::string& more = {})
      : Bench(chip, {kHla, work_area, more, "stm32lx"}) {}
  stm32::LxBank& lx() { return dynamic_cast<stm32::LxBank&>(*bank); }
  void bring_options_into_force() {
    lx().load_options();
    reset_halt();
  }
  std::string refusal(const std::function<void()>& job) {
    try {
      job();
    } catch (const FlashError& e) {
      return e.message();
    }
    return "nothing was refused";
  }
};

struct ChipCase {
  std::string chip;
  std::uint32_t kib;
  std::string description;
};
void PrintTo(const ChipCase& c, std::ostream* out) { *out << c.chip; }

class EveryLx : public testing::TestWithParam<ChipCase> {};
INSTANTIATE_TEST_SUITE_P(
    Categories, EveryLx,
    testing::Values(ChipCase{"stm32l011k4", 16, "STM32L0xx (Cat.1) - Rev: "},
                    ChipCase{"stm32l031k6", 32, "STM32L0xx (Cat. 2) - Rev: "},
                    ChipCase{"stm32l053r8", 64, "STM32L0xx (Cat. 3) - Rev: "},
                    ChipCase{"stm32l073rz", 192, "STM32L0xx (Cat.5) - Rev: "},
                    ChipCase{"stm32l152rb", 128, "STM32L1xx (Cat.1 - Low/Medium Density) - Rev: "},
                    ChipCase{"stm32l152rba", 128, "STM32L1xx (Cat.2) - Rev: "},
                    ChipCase{"stm32l151rc", 256, "STM32L1xx (Cat.3 - Medium+ Density) - Rev: "},
                    ChipCase{"stm32l152zd", 384, "STM32L1xx (Cat.4/Cat.3 - Medium+/High Density) - Rev: "},
                    ChipCase{"stm32l152re", 512, "STM32L1xx (Cat.5/Cat.6) - Rev: "}));

TEST_P(EveryLx, ProgramsErasesAndProtectsItsFirstAndItsLastSector) {
  LxBench bench(GetParam().chip);
  bench.bank->probe();
  const std::uint32_t size = GetParam().kib * kKib;
  EXPECT_EQ(bench.bank->base(), kFlash);
  EXPECT_EQ(bench.bank->size(), size);
  ASSERT_EQ(bench.bank->sectors().size(), GetParam().kib / 4);
  EXPECT_THAT(bench.bank->describe(), StartsWith(GetParam().description));
  const auto last = static_cast<unsigned>(bench.bank->sectors().size()) - 1;
  bench.bank->run(job({0, last}, {{0, pattern(777)}, {size - 300, pattern(300, 9)}}));
  EXPECT_EQ(bench.content(0, 777), pattern(777));
  EXPECT_EQ(bench.content(777, 300), Bytes(300, 0));
  EXPECT_EQ(bench.content(size - 300, 300), pattern(300, 9));

  bench.bank->protect({last, last}, true);
  bench.bring_options_into_force();
  bench.bank->check_protection();
  for (unsigned s = 0; s <= last; ++s) EXPECT_EQ(bench.bank->sectors()[s].is_protected, s == last) << s;
  EXPECT_THAT(
      bench.refusal([&] {
        bench.bank->erase({last, last});
      }),
      HasSubstr(fmt::format("sector {0} is write-protected; clear it with: flash protect stm32f4x.flash "
                            "{0} {0} off and then stm32lx option_load",
                            last)));
  bench.bank->erase({0, 0});
  EXPECT_EQ(bench.content(0, 777), Bytes(777, 0));
  EXPECT_EQ(bench.content(size - 300, 300), pattern(300, 9));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_FALSE(bench.logged("no working area")) << "the loader fits into what the target file lends";
}

struct WayIn {  // with the loader, or by plain register writes
  std::string chip;
  std::uint32_t work_area;
};
void PrintTo(const WayIn& w, std::ostream* out) { *out << w.chip << "/" << w.work_area; }

class LxWays : public testing::TestWithParam<WayIn> {};
INSTANTIATE_TEST_SUITE_P(LoaderOrNot, LxWays,
                         testing::Values(WayIn{"stm32l053r8", kSmallArea}, WayIn{"stm32l053r8", 0},
                                         WayIn{"stm32l152rb", kSmallArea}, WayIn{"stm32l152rb", 0}));

TEST_P(LxWays, WordsAreWrittenAndNothingAroundThem) {
  LxBench bench(GetParam().chip, GetParam().work_area);
  std::uint32_t offset = 0;
  for (const std::uint32_t size : {4u, 12u, 64u, 68u, 128u, 132u, 260u}) {
    for (const std::uint32_t skew : {0u, 4u, 60u}) {
      const Bytes data = pattern(size, size);
      bench.bank->write(offset + skew, data);
      EXPECT_EQ(bench.content(offset + skew, size), data) << size << " bytes at " << offset + skew;
      EXPECT_EQ(bench.content(offset + skew + size, 4), Bytes(4, 0));
      offset += 512;
    }
  }
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(LxWays, ErasesExactlyTheSectorItIsAskedFor) {
  LxBench bench(GetParam().chip, GetParam().work_area);
  FlashJob marks;  // at both ends of each sector; then one of them goes
  for (std::uint32_t at = 0; at < 24 * kKib; at += 4 * kKib) {
    marks.writes.push_back({at, {1, 2, 3, 4}});
    marks.writes.push_back({at + 4 * kKib - 4, {5, 6, 7, 8}});
  }
  bench.bank->run(marks);
  bench.bank->erase({3, 3});
  for (unsigned s = 0; s < 6; ++s) {
    EXPECT_EQ(bench.content(s * 4 * kKib, 4), s == 3 ? Bytes(4, 0) : (Bytes{1, 2, 3, 4})) << s;
    EXPECT_EQ(bench.content((s + 1) * 4 * kKib - 4, 4), s == 3 ? Bytes(4, 0) : (Bytes{5, 6, 7, 8})) << s;
  }
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(LxWays, TheSameContentAgainErasesAndWritesNothing) {
  LxBench bench(GetParam().chip, GetParam().work_area);
  const FlashJob twice = job({0, 1}, {{1, pattern(333)}, {5 * kKib, pattern(34)}});
  bench.bank->run(twice);
  const auto erases = bench.stats().flash_erases, programs = bench.stats().flash_programs;
  EXPECT_EQ(erases, 0u) << "it was blank";
  const FlashJobResult again = bench.bank->run(twice);
  EXPECT_EQ(again.sectors_unchanged, 2u);
  EXPECT_EQ(bench.stats().flash_erases, erases);
  EXPECT_EQ(bench.stats().flash_programs, programs);
}

// The L1 does not look.
TEST(LxBank, ProgrammingWithoutAnEraseIsNotzeroerrOnL0) {
  for (const std::uint32_t work_area : {kSmallArea, 0u}) {
    LxBench bench("stm32l053r8", work_area);
    bench.bank->write(256, pattern(128));
    EXPECT_THAT(bench.refusal([&] { bench.bank->write(260, pattern(4, 77)); }),
                AllOf(StartsWith("NOTZEROERR (FLASH_SR=0x"), HasSubstr("not erased")));
    EXPECT_EQ(bench.content(256, 128), pattern(128));
  }
}

TEST_P(LxWays, AStuckControllerEndsInATimeOutThatSaysSo) {
  // At its third half-page, which is the last.
  const std::uint32_t size = GetParam().chip == "stm32l053r8" ? 192 : 384;
  LxBench bench(GetParam().chip, GetParam().work_area, ",fault=bsy-stuck@flash:3");
  try {
    bench.bank->run(job({}, {{0, pattern(size)}}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.describe(), HasSubstr("FLASH_SR"));
  }
}

TEST(LxBank, ABlankSectorIsProgrammedByHalfPages) {
  LxBench bench("stm32l053r8");
  Bytes image(501, 0);
  std::fill(image.begin() + 2, image.begin() + 30, 1);     // within the first half-page of 64 bytes
  std::fill(image.begin() + 300, image.begin() + 330, 2);  // across the fifth and the sixth
  bench.bank->run(job({0}, {{4, image}}));
  EXPECT_EQ(bench.stats().flash_programs, 3u);
  EXPECT_EQ(bench.content(4, 501), image);
}

TEST(LxBank, ErasedCellsAre0AndSoIsWhatIsPadded) {
  LxBench bench("stm32l152rb");
  EXPECT_EQ(bench.bank->erased_value(), 0u);
  EXPECT_EQ(bench.bank->padded_value(), 0u);
  bench.bank->write(4 * kKib + 1, Bytes{0xAA});
  EXPECT_EQ(bench.content(4 * kKib, 8), (Bytes{0, 0xAA, 0, 0, 0, 0, 0, 0}));
  bench.bank->check_erased();
  EXPECT_EQ(bench.bank->sectors()[0].erased, true);
  EXPECT_EQ(bench.bank->sectors()[1].erased, false);
}

TEST(LxBank, SecondBanksByTheirDeclaration) {
  LxBench bench("stm32l073rz");
  const auto second = bench.make_bank(0, "stm32l0.flash1");
  bench.bank = bench.make_bank(kFlash);
  std::vector<FlashBank*> all{bench.bank.get(), second.get()};
  for (FlashBank* bank : all) bank->meet(all);
  bench.bank->probe();
  second->probe();
  EXPECT_EQ(bench.bank->size(), 96 * kKib);
  EXPECT_EQ(second->base(), 0x08018000u);
  EXPECT_EQ(second->size(), 96 * kKib);
  EXPECT_TRUE(bench.logged("STM32L flash has dual banks. Bank (1) size is 96kb, base address is 0x8018000"));
  bench.bank->write(96 * kKib - 4, pattern(4));
  second->run(job({0, 23}, {{0, pattern(900)}, {96 * kKib - 8, pattern(8)}}));
  EXPECT_EQ(bench.content(96 * kKib - 4, 4), pattern(4));
  EXPECT_EQ(bench.content(96 * kKib, 900), pattern(900));
  EXPECT_EQ(bench.content(192 * kKib - 8, 8), pattern(8));
  second->protect({1, 1}, true);  // sector 25 of the chip
  bench.bring_options_into_force();
  second->check_protection();
  EXPECT_EQ(second->sectors()[1].is_protected, true);
  EXPECT_EQ(bench.lx().options()->read()[1], 1u << 25);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(LxBank, ASecondBankOfAnotherBaseIsAnError) {
  LxBench bench("stm32l053r8");
  const auto second = bench.make_bank(0x08008000);
  EXPECT_THROW(second->probe(), ConfigError);
}

TEST(LxBank, AnotherChipIsNamedByItsId) {
  LxBench bench("stm32f103cb");
  EXPECT_THAT(bench.refusal([&] { bench.bank->probe(); }),
              AllOf(StartsWith("Cannot identify target as an STM32 L0 or L1 family device."),
                    HasSubstr("device id 0x410")));
}

TEST(LxBank, WorksWhateverTheFirmwareLeftInTheController) {
  LxBench bench("stm32l053r8");
  MemPort& memory = bench.target->memory();
  memory.write32(kL0 + kPekeyr, 0x89ABCDEF);
  memory.write32(kL0 + kPekeyr, 0x02030405);
  memory.write32(kL0 + kPrgkeyr, 0x8C9DAEBF);
  memory.write32(kL0 + kPrgkeyr, 0x13141516);
  memory.write32(kL0 + kPecr, 0x8);  // PROG without FPRG or ERASE
  memory.write16(kFlash, 0x1234);    // not a word
  ASSERT_NE(memory.read32(kL0 + kSr) & 0x700, 0u) << "an error flag";
  memory.write32(kL0 + kPecr, 0x208);  // ERASE and PROG left set
  bench.bank->run(job({0}, {{0, pattern(50)}}));
  EXPECT_EQ(bench.content(0, 50), pattern(50));
  EXPECT_EQ(memory.read32(kL0 + kPecr) & 0x7u, 0x7u) << "locked again";
}

class LxOptions : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Families, LxOptions, testing::Values("stm32l053r8", "stm32l152re"));

TEST_P(LxOptions, ChangeWhatIsAskedForAndKeepTheRest) {
  LxBench bench(GetParam());
  stm32::OptionBytes& options = *bench.lx().options();
  const std::vector<std::uint32_t> factory = options.read();
  std::vector<std::uint32_t> values = factory;
  values[0] ^= 1u << 21;  // nRST_STOP
  options.write(values);
  EXPECT_EQ(options.read(), factory) << "not in force yet";
  bench.bank->protect({1, 2}, true);
  ASSERT_TRUE(options.load());
  bench.reset_halt();
  values[1] |= 6;
  EXPECT_EQ(options.read(), values);
  EXPECT_EQ(bench.lx().options()->registers()[0].name,
            GetParam() == std::string("stm32l053r8") ? "FLASH_OPTR" : "FLASH_OBR");
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(LxOptions, ReadOutProtectionIsSaidAndLifted) {
  LxBench bench(GetParam());
  bench.bank->write(0, pattern(64));
  bench.bank->lock();
  bench.bring_options_into_force();
  EXPECT_THAT(bench.refusal([&] { bench.bank->erase({0, 0}); }), HasSubstr("stm32lx unlock stm32f4x.flash"));
  EXPECT_EQ(bench.content(0, 64), pattern(64));
  bench.bank->unlock();
  bench.bring_options_into_force();
  EXPECT_EQ(bench.content(0, 64), Bytes(64, 0)) << "taking it off erases the flash";
  bench.bank->write(0, pattern(64, 3));
  EXPECT_EQ(bench.content(0, 64), pattern(64, 3));
}

TEST_P(LxOptions, TheWholeDeviceIsErasedByWayOfReadOutProtection) {
  LxBench bench(GetParam());
  bench.bank->write(0, pattern(64));
  bench.bank->write(bench.bank->size() - 4, pattern(4));
  bench.lx().erase_device();
  EXPECT_EQ(bench.content(0, bench.bank->size()), Bytes(bench.bank->size(), 0));
  EXPECT_EQ(bench.target->state(), TargetState::halted);
  bench.bank->write(0, pattern(64, 3));
  EXPECT_EQ(bench.content(0, 64), pattern(64, 3));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(LxBank, AnAreaThatCanOnlyBeExecutedIsNamedAndLifted) {
  LxBench bench("stm32l053r8");
  bench.bank->write(0, pattern(64));
  stm32::OptionBytes& options = *bench.lx().options();
  std::vector<std::uint32_t> values = options.read();
  values[0] |= 1u << 8;  // WPRMOD
  values[1] = 0xFFFE;    // sector 0
  options.write(values);
  bench.bring_options_into_force();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[0].is_protected, true);
  EXPECT_EQ(bench.bank->sectors()[1].is_protected, false);
  EXPECT_THAT(bench.refusal([&] {
    bench.bank->erase({0, 1});
  }),
              AllOf(HasSubstr("sector 0"), HasSubstr("PCROP, WPRMOD=1"), HasSubstr("stm32lx mass_erase")));
  EXPECT_THROW(bench.bank->protect({2, 2}, true), UsageError);
  bench.bank->write(8 * kKib, pattern(8));
  bench.lx().erase_device();
  EXPECT_EQ(bench.content(0, 64), Bytes(64, 0));
  EXPECT_EQ(options.read()[0] & 0x100, 0u);
  bench.bank->write(8 * kKib, pattern(8));
  EXPECT_EQ(bench.content(8 * kKib, 8), pattern(8)) << "no longer protected in any way";
}

TEST(LxBank, ProtectionThatIsLiftedButStillInForceIsExplained) {
  LxBench bench("stm32l053r8");
  bench.bank->protect({0, 0}, true);
  bench.bring_options_into_force();
  bench.bank->protect({0, 0}, false);
  EXPECT_THAT(bench.refusal([&] { bench.bank->write(0, pattern(4)); }),
              HasSubstr("off already, which comes into force with: stm32lx option_load"));
}

TEST(LxBank, MassEraseOfABankTakesThatBankAlone) {
  LxBench bench("stm32l073rz");
  bench.bank = bench.make_bank(kFlash);
  const auto second = bench.make_bank(0, "stm32l0.flash1");
  std::vector<FlashBank*> all{bench.bank.get(), second.get()};
  for (FlashBank* bank : all) bank->meet(all);
  bench.bank->write(96 * kKib - 4, pattern(4));
  second->write(0, pattern(4));
  second->mass_erase();
  EXPECT_EQ(bench.content(96 * kKib - 4, 8),
            (Bytes{pattern(4)[0], pattern(4)[1], pattern(4)[2], pattern(4)[3], 0, 0, 0, 0}));
}

}  // namespace
}  // namespace probity::test::lx_bank_test
