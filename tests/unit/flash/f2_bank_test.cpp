// Driver stm32f2x through the probes' wire protocols against the virtual board.
#include "flash/stm32/f2_bank.hpp"
#include "flash/stm32/f2_otp.hpp"

#include "base/errors.hpp"
#include "flash/plan.hpp"
#include "flash_bench.hpp"

namespace probity::test::f2_bank_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;

class EveryWay : public testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Probes, EveryWay, testing::Values(kHla, kDapDirect, kCmsisDap));

TEST_P(EveryWay, WritesThroughTheLoader) {
  Bench bench("stm32f407vg", {GetParam(), 0x8000, {}});
  const Bytes data = pattern(9000);
  const FlashJobResult result = bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(result.bytes_written, data.size());
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_FALSE(bench.logged("slower"));
  EXPECT_EQ(bench.target->state(), TargetState::halted);
}

TEST_P(EveryWay, WritesWithoutAWorkArea) {
  Bench bench("stm32f407vg", {GetParam(), 0, {}});
  const Bytes data = pattern(1001);
  bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_TRUE(bench.logged("no working area available"));
}

// Chip, number of sectors, description as OpenOCD 0.12.0 prints it up to the revision.
struct ChipCase {
  std::string chip;
  std::uint32_t kib;
  std::size_t sectors;
  std::string description;
};
void PrintTo(const ChipCase& c, std::ostream* out) { *out << c.chip; }

class EveryChip : public testing::TestWithParam<ChipCase> {};
INSTANTIATE_TEST_SUITE_P(Chips, EveryChip,
                         testing::Values(ChipCase{"stm32f207zg", 1024, 12, "STM32F2xx - Rev: "},
                                         ChipCase{"stm32f413zh", 1536, 16, "STM32F4[1|2]3 - Rev: "},
                                         ChipCase{"stm32f722ze", 512, 8, "STM32F7[2|3]x - Rev: "},
                                         ChipCase{"stm32f401re", 512, 8, "STM32F4xx (Low Power) - Rev: "},
                                         ChipCase{"stm32f405rg", 1024, 12, "STM32F4xx - Rev: "},
                                         ChipCase{"stm32f411re", 512, 8, "STM32F4xx (Low Power) - Rev: "},
                                         ChipCase{"stm32f429zi", 2048, 24, "STM32F4xx - Rev: "},
                                         ChipCase{"stm32f446re", 512, 8, "STM32F446 - Rev: "},
                                         ChipCase{"stm32f746zg", 1024, 8, "STM32F7[4|5]x - Rev: "},
                                         ChipCase{"stm32f767zi", 2048, 12, "STM32F7[6|7]x - Rev: "},
                                         ChipCase{"stm32f767zi,dual-bank", 2048, 24,
                                                  "STM32F7[6|7]x - Rev: "}));

TEST_P(EveryChip, ProbesAndProgramsItsFirstAndItsLastSector) {
  BenchOptions options;
  const std::size_t comma = GetParam().chip.find(',');
  if (comma != std::string::npos) options.more = GetParam().chip.substr(comma);
  Bench bench(GetParam().chip.substr(0, comma), options);
  bench.bank->probe();
  EXPECT_EQ(bench.bank->base(), kFlash);
  EXPECT_EQ(bench.bank->size(), GetParam().kib * kKib);
  ASSERT_EQ(bench.bank->sectors().size(), GetParam().sectors);
  EXPECT_THAT(bench.bank->describe(), testing::StartsWith(GetParam().description));
  const unsigned last = static_cast<unsigned>(GetParam().sectors) - 1;
  const Bytes head = pattern(777), tail = pattern(300, 9);
  const std::uint32_t at = bench.bank->size() - 300;
  bench.bank->run(job({0, last}, {{0, head}, {at, tail}}));
  EXPECT_EQ(bench.content(0, head.size()), head);
  EXPECT_EQ(bench.content(at, tail.size()), tail);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(EveryChip, ErasesExactlyTheSectorItIsAskedFor) {
  BenchOptions options;
  const std::size_t comma = GetParam().chip.find(',');
  if (comma != std::string::npos) options.more = GetParam().chip.substr(comma);
  Bench bench(GetParam().chip.substr(0, comma), options);
  bench.bank->probe();
  // A mark at the beginning of every sector; then one goes.
  FlashJob marks;
  for (const Sector& s : bench.bank->sectors()) marks.writes.push_back({s.offset, {1, 2, 3, 4}});
  bench.bank->run(marks);
  const unsigned gone = GetParam().sectors == 24 ? 12 : 3;  // of the second bank, where there is one
  bench.bank->erase({gone, gone});
  for (unsigned s = 0; s < GetParam().sectors; ++s) {
    EXPECT_EQ(bench.content(bench.bank->sectors()[s].offset, 4),
              s == gone ? Bytes(4, 0xFF) : (Bytes{1, 2, 3, 4}))
        << "sector " << s;
  }
  EXPECT_EQ(bench.stats().flash_erases, 1u);
  EXPECT_EQ(bench.stats().wait_acks, 0u) << "the loader itself waits for BSY, the debugger never meets it";
}

TEST(F2Bank, ImageAcrossBothBanksOfF429) {
  Bench bench("stm32f429zi");
  const Bytes data = pattern(20000);
  const std::uint32_t at = 0x100000 - 10000;
  bench.bank->run(job({11, 12}, {{at, data}}));
  EXPECT_EQ(bench.content(at, data.size()), data);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

class Tails : public testing::TestWithParam<std::uint32_t> {};  // the size of the work area
INSTANTIATE_TEST_SUITE_P(LoaderOrNot, Tails, testing::Values(0x8000u, 0u));

TEST_P(Tails, OddEndsAreWrittenAndNothingBehindThem) {
  Bench bench("stm32f407vg", {kHla, GetParam(), {}});
  std::uint32_t offset = 0;
  for (const std::uint32_t size : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 9u}) {
    for (const std::uint32_t skew : {0u, 1u, 2u, 3u}) {
      const Bytes data = pattern(size, size);
      bench.bank->write(offset + skew, data);
      EXPECT_EQ(bench.content(offset + skew, size), data) << size << " bytes at " << offset + skew;
      EXPECT_EQ(bench.content(offset + skew + size, 3), Bytes(3, 0xFF));
      offset += 16;
    }
  }
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(Tails, TheSameContentAgainErasesAndWritesNothing) {
  Bench bench("stm32f407vg", {kHla, GetParam(), {}});
  const FlashJob twice = job({0, 1}, {{0, pattern(40)}, {16 * kKib, pattern(33)}});
  bench.bank->run(twice);
  const auto erases = bench.stats().flash_erases, programs = bench.stats().flash_programs;
  const FlashJobResult again = bench.bank->run(twice);
  EXPECT_EQ(again.sectors_unchanged, 2u);
  EXPECT_EQ(again.sectors_erased, 0u);
  EXPECT_EQ(bench.stats().flash_erases, erases);
  EXPECT_EQ(bench.stats().flash_programs, programs);
}

TEST_P(Tails, OnlyTheSectorThatDiffersIsErased) {
  Bench bench("stm32f407vg", {kHla, GetParam(), {}});
  bench.bank->run(job({0, 1}, {{0, pattern(40)}, {16 * kKib, pattern(33)}}));
  const auto erases = bench.stats().flash_erases;
  const FlashJobResult result = bench.bank->run(job({0, 1}, {{0, pattern(40)}, {16 * kKib, pattern(33, 5)}}));
  EXPECT_EQ(result.sectors_unchanged, 1u);
  EXPECT_EQ(result.sectors_erased, 1u);
  EXPECT_EQ(bench.stats().flash_erases, erases + 1);
  EXPECT_EQ(bench.content(16 * kKib, 33), pattern(33, 5));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(F2Bank, AnImageLargerThanTheRingGoesAround) {
  Bench bench("stm32f407vg", {kHla, 0x1800, {}});  // leaves a ring of less than 1 KiB
  const Bytes data = pattern(20000);
  bench.bank->run(job({0, 1}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_FALSE(bench.logged("no working area"));
}

TEST(F2Bank, LongBlankRunsCostNoProgramming) {
  Bench bench("stm32f407vg");
  Bytes data(12000, 0xFF);
  data.front() = data.back() = 0x42;
  bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_LT(bench.stats().flash_programs, 20u);
}

TEST(F2Bank, AnErasedSectorIsNotErasedAgain) {
  Bench bench("stm32f407vg");
  bench.bank->run(job({0}, {{0, pattern(64)}}));
  EXPECT_EQ(bench.stats().flash_erases, 0u);
  bench.bank->erase({0, 0});  // asked for by name: always done
  EXPECT_EQ(bench.stats().flash_erases, 1u);
}

TEST(F2Bank, WorksWhateverTheFirmwareLeftInTheController) {
  Bench bench("stm32f407vg");
  MemPort& memory = bench.target->memory();
  memory.write32(0x40023C04, 0x45670123);
  memory.write32(0x40023C04, 0xCDEF89AB);
  memory.write8(0x08000000, 0x00);         // PGSERR: no PG
  memory.write32(0x40023C10, 0x00000202);  // SER left set
  ASSERT_NE(memory.read32(0x40023C0C), 0u);
  const Bytes data = pattern(50);
  bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(memory.read32(0x40023C10) >> 31, 1u) << "locked again";
}

TEST(F2Bank, NeedsAHaltedCore) {
  Bench bench("stm32f407vg");
  bench.bank->probe();
  bench.target->resume();
  EXPECT_THROW(bench.bank->run(job({0}, {{0, {1}}})), TargetError);
}

TEST(F2Bank, ProtectedSectorsAreNamedBeforeAnythingIsChanged) {
  Bench bench("stm32f407vg");
  bench.bank->probe();
  bench.bank->protect({2, 3}, true);
  bench.reset_halt();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[2].is_protected, true);
  EXPECT_EQ(bench.bank->sectors()[1].is_protected, false);
  try {
    bench.bank->run(job({0, 1, 2, 3}, {{0, pattern(60000)}}));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("sectors 2-3 are write-protected"));
    EXPECT_THAT(e.message(), HasSubstr("flash protect stm32f4x.flash 2 3 off"));
    EXPECT_EQ(e.register_name, "FLASH_OPTCR");
  }
  EXPECT_EQ(bench.content(0, 100), Bytes(100, 0xFF));
  bench.bank->protect({0, 11}, false);
  bench.reset_halt();
  bench.bank->run(job({2}, {{0x8000, pattern(20)}}));
  EXPECT_EQ(bench.content(0x8000, 20), pattern(20));
}

TEST_P(Tails, AnErrorOfTheControllerIsExplainedWithTheWayOut) {
  Bench bench("stm32f407vg", {kHla, GetParam(), {}});
  bench.bank->probe();
  bench.bank->protect({2, 2}, true);
  bench.reset_halt();
  // FLASH_OPTCR shows no protection, as if it were lifted, and was never started.
  MemPort& memory = bench.target->memory();
  memory.write32(0x40023C08, 0x08192A3B);
  memory.write32(0x40023C08, 0x4C5D6E7F);
  memory.write32(0x40023C14, 0x0FFFAAEC);
  try {
    bench.bank->run(job({1, 2}, {{0x7000, pattern(0x1100)}}));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("WRPERR (FLASH_SR=0x000000"));
    EXPECT_THAT(e.message(),
                HasSubstr("sector 2 is write-protected; clear it with: flash protect stm32f4x.flash"));
    EXPECT_EQ(e.address, 0x08008000u);
  }
}

TEST(F2Bank, ProtectionOfBank2OfF429) {
  Bench bench("stm32f429zi");
  bench.bank->probe();
  bench.bank->protect({13, 13}, true);
  bench.reset_halt();
  bench.bank->check_protection();
  for (unsigned s = 0; s < 24; ++s) EXPECT_EQ(bench.bank->sectors()[s].is_protected, s == 13) << s;
  EXPECT_THROW(bench.bank->erase({12, 13}), FlashError);
  bench.bank->erase({12, 12});
}

TEST(F2Bank, F767DualBankProtectsInPairs) {
  Bench bench("stm32f767zi", {kHla, 0x8000, ",dual-bank"});
  bench.bank->probe();
  ASSERT_EQ(bench.bank->protection_blocks().size(), 12u);
  EXPECT_EQ(bench.bank->protection_blocks()[6].offset, 0x100000u);
  EXPECT_EQ(bench.bank->protection_blocks()[6].size, 32 * kKib);
  bench.bank->protect({6, 6}, true);
  bench.reset_halt();
  try {
    bench.bank->erase({13, 13});
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("protection block 6 is write-protected"));
  }
}

TEST(F2Bank, PlanWithUnlockTakesProtectionOff) {
  Bench bench("stm32f407vg");
  bench.bank->probe();
  bench.bank->protect({0, 1}, true);
  bench.reset_halt();
  Image image;
  image.segments.push_back({kFlash + 0x3FF0, pattern(0x20), "segment 0"});
  FlashBank* const banks[] = {bench.bank.get()};
  PlanOptions options;
  options.erase = options.unlock = true;
  execute(plan(image, views_of(banks), options), banks);
  EXPECT_EQ(bench.content(0x3FF0, 0x20), pattern(0x20));
}

TEST(F2Bank, MassErase) {
  Bench bench("stm32f429zi");
  bench.bank->run(job({}, {{0, pattern(10)}, {0x1F0000, pattern(10)}}));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 10), Bytes(10, 0xFF));
  EXPECT_EQ(bench.content(0x1F0000, 10), Bytes(10, 0xFF));
}

TEST(F2Bank, EraseCheck) {
  Bench bench("stm32f407vg");
  bench.bank->run(job({}, {{0x4000 + 5, {0}}}));
  bench.bank->check_erased();
  EXPECT_EQ(bench.bank->sectors()[0].erased, true);
  EXPECT_EQ(bench.bank->sectors()[1].erased, false);
  EXPECT_EQ(bench.bank->sectors()[11].erased, true);
}

TEST(F2Bank, ReadOutProtectionIsRecognisedAndUnlockErases) {
  Bench bench("stm32f407vg");
  bench.bank->run(job({}, {{0, pattern(10)}}));
  bench.bank->lock();
  bench.reset_halt();
  try {
    bench.bank->run(job({0}, {{0, {1}}}));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("read-out protection level 1"));
    EXPECT_THAT(e.message(), HasSubstr("stm32f2x unlock stm32f4x.flash"));
  }
  bench.bank->unlock();
  EXPECT_EQ(bench.content(0, 10), Bytes(10, 0xFF));
}

TEST(F2Bank, UnlockTakesPcropOfF722Away) {
  Bench bench("stm32f722ze");
  auto& bank = dynamic_cast<stm32::F2Bank&>(*bench.bank);
  bench.bank->run(job({}, {{0x4000, pattern(10)}}));
  bank.write_optcr2(0x80000002);
  bench.reset_halt();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[1].is_protected, true);
  try {
    bench.bank->run(job({1}, {{0x4000, {1}}}));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("PCROP (OPTCR2) is on"));
    EXPECT_THAT(e.message(), HasSubstr("stm32f2x unlock"));
  }
  bench.bank->lock();
  bench.reset_halt();
  bench.bank->unlock();
  bench.reset_halt();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[1].is_protected, false);
  EXPECT_EQ(bank.read_options().optcr2, 0x80000000u);
  bench.bank->run(job({1}, {{0x4000, pattern(20)}}));
  EXPECT_EQ(bench.content(0x4000, 20), pattern(20));
}

TEST(F2Bank, UnlockTakesPcropBySprmodAway) {
  BenchOptions options;
  options.more = ",option:OPTCR=0x8002AAEC";  // SPRMOD, sector 1
  Bench bench("stm32f401re", options);
  bench.bank->probe();
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[1].is_protected, true);
  EXPECT_EQ(bench.bank->sectors()[0].is_protected, false);
  bench.bank->lock();
  bench.reset_halt();
  bench.bank->unlock();
  bench.reset_halt();
  bench.bank->check_protection();
  for (const Sector& sector : bench.bank->sectors()) EXPECT_EQ(sector.is_protected, false);
}

TEST(F2Bank, OptionBytes) {
  Bench bench("stm32f746zg");
  auto& bank = dynamic_cast<stm32::F2Bank&>(*bench.bank);
  const stm32::F2UserOptions before = bank.read_options();
  EXPECT_TRUE(before.extra);
  EXPECT_EQ(before.boot_add0, 0x0080);
  EXPECT_EQ(before.boot_add1, 0x0040);
  EXPECT_THROW(bank.write_options(before.user_options, {}, {}), UsageError);
  EXPECT_THROW(bank.write_options(before.user_options | 1, 0x80, 0x40), UsageError);
  bank.write_options(before.user_options ^ 0x80, 0x0081, 0x0040);
  bench.reset_halt();
  const stm32::F2UserOptions after = bank.read_options();
  EXPECT_EQ(after.user_options, before.user_options ^ 0x80);
  EXPECT_EQ(after.boot_add0, 0x0081);
  EXPECT_THROW(bank.write_optcr2(0), UsageError);
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[0].is_protected, false) << "the other bits stay";
}

TEST(F2Bank, OptionBytesOfF405HaveNoExtraBits) {
  Bench bench("stm32f405rg");
  auto& bank = dynamic_cast<stm32::F2Bank&>(*bench.bank);
  EXPECT_FALSE(bank.read_options().extra);
  EXPECT_THROW(bank.write_options(0x1EC, {}, {}), UsageError);
}

TEST(F2Bank, AStuckControllerEndsInATimeOutThatSaysSo) {
  struct Case {
    std::uint32_t work_area;
    std::string says;
  };
  // Without the loader the bus itself hangs: a write to flash waits for BSY.
  for (const Case& c :
       {Case{0x8000, "flash loader (FLASH_SR=0x00010000)"}, Case{0, "through the debugger"}}) {
    Bench bench("stm32f407vg", {kHla, c.work_area, ",fault=bsy-stuck@flash:3"});
    try {
      bench.bank->run(job({}, {{0, pattern(64)}}));
      FAIL();
    } catch (const Error& e) {
      EXPECT_THAT(e.describe(), HasSubstr(c.says));
      EXPECT_THAT(e.describe(), HasSubstr("FLASH_SR"));
    }
  }
}

TEST(F2Bank, ABrownOutIsAnErrorNotASuccess) {
  Bench bench("stm32f407vg", {kHla, 0x8000, ",fault=brownout@flash:20"});
  EXPECT_THROW(bench.bank->run(job({}, {{0, pattern(4000)}})), Error);
}

TEST(F2Bank, LowVoltageProgramsBytes) {
  for (const std::string millivolts : {"1800", "2400", "3300"}) {
    Bench bench("stm32f407vg", {kHla, 0x8000, ",voltage=" + millivolts});
    bench.bank->run(job({0}, {{0, pattern(101)}}));
    EXPECT_EQ(bench.content(0, 101), pattern(101)) << millivolts;
    EXPECT_EQ(bench.stats().flash_errors, 0u) << millivolts;
  }
}

TEST(F2Bank, TheReportedWidthIsTheMeasuredOne) {
  Bench bench("stm32f407vg");
  bench.bank->run(job({0}, {{0, pattern(4000)}}));
  EXPECT_LT(bench.stats().flash_programs, 1100u) << "x32 at 3.3 V";
}

TEST(Verify, TellsWhereAndHowMuch) {
  for (const std::uint32_t work_area : {0x8000u, 0u}) {
    Bench bench("stm32f407vg", {kHla, work_area, {}});
    bench.bank->run(job({}, {{3, pattern(500)}}));
    Image image;
    image.segments.push_back({kFlash + 3, pattern(500), "segment 0"});
    FlashBank* const banks[] = {bench.bank.get()};
    EXPECT_FALSE(compare(image, *bench.target, bench.log, banks));
    image.segments[0].data[100] ^= 1;
    image.segments[0].data[300] ^= 3;
    const auto mismatch = compare(image, *bench.target, bench.log, banks);
    ASSERT_TRUE(mismatch);
    EXPECT_EQ(mismatch->address, kFlash + 103);
    EXPECT_EQ(mismatch->different, 2u);
    EXPECT_EQ(mismatch->read, pattern(500)[100]);
    EXPECT_EQ(mismatch->expected, pattern(500)[100] ^ 1);
    EXPECT_EQ(mismatch->first.size(), 2u);
    EXPECT_THAT(describe(*mismatch, image), HasSubstr("verify failed at 0x08000067"));
  }
}

TEST(Otp, IsABankThatIsWrittenOnlyAfterEnable) {
  Bench bench("stm32f407vg");
  const auto otp = bench.make_bank(0x1FFF7800, "stm32f4x.otp");
  otp->probe();
  EXPECT_EQ(otp->size(), 512u);
  EXPECT_THROW(otp->write(0, Bytes{1}), FlashError);
  auto& area = dynamic_cast<stm32::F2OtpBank&>(*otp);
  area.enable_writes(true);
  otp->write(33, Bytes{1, 2, 3});
  Bytes content(4);
  otp->read(32, content);
  EXPECT_EQ(content, (Bytes{0xFF, 1, 2, 3}));
  EXPECT_THROW(otp->erase({0, 0}), FlashError);
  otp->protect({1, 1}, true);
  EXPECT_EQ(otp->sectors()[1].is_protected, true);
  EXPECT_EQ(otp->sectors()[0].is_protected, false);
  EXPECT_THROW(otp->write(40, Bytes{0}), FlashError);
  EXPECT_THROW(otp->protect({1, 1}, false), FlashError);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(Otp, OfF7) {
  Bench bench("stm32f746zg");
  const auto otp = bench.make_bank(0x1FF0F000, "otp");
  otp->probe();
  EXPECT_EQ(otp->size(), 1024u);
  dynamic_cast<stm32::F2OtpBank&>(*otp).enable_writes(true);
  otp->write(1020, Bytes{7});
  Bytes content(1);
  otp->read(1020, content);
  EXPECT_EQ(content[0], 7);
}

TEST(Registry, NamesTheDriversItKnows) {
  try {
    flash_driver("stm32zz");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.message(), HasSubstr("flash driver 'stm32zz' not found; known drivers: "));
    for (const FlashDriver& driver : flash_drivers()) {
      EXPECT_THAT(e.message(), HasSubstr(std::string(driver.name)));
    }
  }
}

TEST(VirtualBank, DoesEverythingThroughItsMaster) {
  Bench bench("stm32f746zg");
  FlashBankConfig config;
  config.name = "itcm";
  config.driver = "virtual";
  config.base = 0x00200000;
  const auto& driver = flash_driver("virtual");
  EXPECT_THROW(driver.make(config, *bench.target, bench.virtual_host.clock(), bench.log), ConfigError);
  config.options = {"stm32f4x.flash"};
  const auto alias = driver.make(config, *bench.target, bench.virtual_host.clock(), bench.log);
  EXPECT_THROW(alias->probe(), ConfigError);
  alias->resolve([&](std::string_view) -> FlashBank& { return *bench.bank; });
  alias->probe();
  EXPECT_EQ(alias->base(), 0x00200000u);
  EXPECT_EQ(alias->sectors().size(), 8u);
  alias->write(0x40, pattern(9));
  EXPECT_EQ(bench.content(0x40, 9), pattern(9));
}

}  // namespace
}  // namespace probity::test::f2_bank_test
