// Driver stm32h7x through the probes' wire protocols against the virtual board.
#include "flash/stm32/h7_bank.hpp"

#include <array>

#include "base/errors.hpp"
#include "flash/plan.hpp"
#include "flash_bench.hpp"

namespace probity::test::h7_bank_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024, kMib = 1024 * kKib;
constexpr Address kCr1 = 0x5200200C, kCr2 = 0x5200210C, kSr1 = 0x52002010, kKeyr1 = 0x52002004;

// A job that does not look first whether it is needed. Sectors of 128 KiB are erased by register writes here
// (no work area): the loader's wait of a second is 64 million cycles of the virtual core.
FlashJob fresh(std::vector<unsigned> erase, std::vector<FlashWrite> writes) {
  return {std::move(erase), std::move(writes), false};
}

BenchOptions h7(const Way& way = kDapDirect, std::uint32_t work_area = 0x8000) {
  return {way, work_area, {}, "stm32h7x"};
}

// Chip, its KiB, and where its second bank is: 0 for none. The flash file holds the banks one behind the
// other.
struct H7Case {
  std::string chip;
  std::uint32_t kib;
  bool two_banks;
  std::size_t sectors;
  std::string description;
};
void PrintTo(const H7Case& c, std::ostream* out) { *out << c.chip; }

class EveryH7 : public testing::TestWithParam<H7Case> {};
INSTANTIATE_TEST_SUITE_P(Chips, EveryH7,
                         testing::Values(H7Case{"stm32h743zi", 2048, true, 16, "STM32H74x/75x - Rev: "},
                                         H7Case{"stm32h743zg", 1024, true, 8, "STM32H74x/75x - Rev: "},
                                         H7Case{"stm32h750vb", 128, false, 1, "STM32H74x/75x - Rev: "},
                                         H7Case{"stm32h7a3zi", 2048, true, 256, "STM32H7Ax/7Bx - Rev: "},
                                         H7Case{"stm32h7a3rg", 1024, true, 128, "STM32H7Ax/7Bx - Rev: "},
                                         H7Case{"stm32h7b0vb", 128, false, 16, "STM32H7Ax/7Bx - Rev: "},
                                         H7Case{"stm32h723zg", 1024, false, 8, "STM32H72x/73x - Rev: "}));

TEST_P(EveryH7, ProbesAndProgramsItsFirstAndItsLastBytes) {
  Bench bench(GetParam().chip, h7());
  bench.bank->probe();
  EXPECT_EQ(bench.bank->base(), kFlash);
  ASSERT_EQ(bench.bank->sectors().size(), GetParam().sectors);
  EXPECT_THAT(bench.bank->describe(), testing::StartsWith(GetParam().description));
  const std::uint32_t end = GetParam().two_banks ? kMib + GetParam().kib / 2 * kKib : GetParam().kib * kKib;
  EXPECT_EQ(bench.bank->size(), end);
  const Bytes head = pattern(777), tail = pattern(300, 9);
  bench.bank->run(fresh({}, {{0, head}, {end - 300, tail}}));
  EXPECT_EQ(bench.content(0, head.size()), head);
  EXPECT_EQ(bench.content(GetParam().kib * kKib - 300, tail.size()), tail);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_FALSE(bench.logged("slower"));
}

TEST_P(EveryH7, ProgramsWithoutAWorkArea) {
  Bench bench(GetParam().chip, h7(kDapDirect, 0));
  const Bytes data = pattern(1000);
  bench.bank->run(fresh({0}, {{64, data}}));
  EXPECT_EQ(bench.content(64, data.size()), data);
  EXPECT_EQ(bench.content(64 + data.size(), 1), Bytes(1, 0xFF));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(EveryH7, ErasesExactlyTheSectorItIsAskedFor) {
  Bench bench(GetParam().chip,
              h7(kDapDirect, GetParam().sectors > 8 && GetParam().sectors != 16 ? 0x8000 : 0));
  bench.bank->probe();
  const auto& sectors = bench.bank->sectors();
  const unsigned which = static_cast<unsigned>(sectors.size()) * 3 / 4;
  std::vector<FlashWrite> marks;
  for (unsigned s : {which == 0 ? 0 : which - 1, which, which + 1 == sectors.size() ? which : which + 1}) {
    if (marks.empty() || marks.back().offset < sectors[s].offset)
      marks.push_back({sectors[s].offset, Bytes(32, 0x5A)});
  }
  bench.bank->run(fresh({}, marks));
  bench.bank->erase({which, which});
  for (const FlashWrite& mark : marks) {
    Bytes read(32);
    bench.bank->read(mark.offset, read);
    EXPECT_EQ(read, Bytes(32, mark.offset == sectors[which].offset ? 0xFF : 0x5A)) << mark.offset;
  }
}

TEST_P(EveryH7, OddTails) {
  Bench bench(GetParam().chip, h7());
  std::uint32_t at = 0;
  std::vector<FlashWrite> writes;
  for (const std::size_t size : {1, 7, 9, 15, 17, 31, 33}) {
    writes.push_back({at, pattern(size, 3)});
    at += 96;
  }
  bench.bank->run(fresh({}, writes));
  for (const FlashWrite& write : writes) {
    EXPECT_EQ(bench.content(write.offset, write.data.size()), write.data) << write.data.size();
    EXPECT_EQ(bench.content(write.offset + write.data.size(), 96 - write.data.size()),
              Bytes(96 - write.data.size(), 0xFF));
  }
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

class EveryWayToH7 : public testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Probes, EveryWayToH7, testing::Values(kHla, kDapDirect, kCmsisDap));

TEST_P(EveryWayToH7, AcrossTheBorderOfTheBanks) {
  Bench bench("stm32h743zi", h7(GetParam()));
  const Bytes data = pattern(9000);
  const std::uint32_t at = kMib - 4500 / 32 * 32;
  bench.bank->run(fresh({}, {{at, data}}));
  EXPECT_EQ(bench.content(at, data.size()), data);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(H7Bank, LooksWhichSectorsAreErased) {
  Bench bench("stm32h7b0vb", h7());
  bench.bank->run(fresh({}, {{0x2000, Bytes(16, 1)}}));
  bench.bank->check_erased();
  EXPECT_EQ(bench.bank->sectors()[0].erased, true);
  EXPECT_EQ(bench.bank->sectors()[1].erased, false);
}

TEST(H7Bank, TheSameImageAgainErasesNothing) {
  Bench bench("stm32h7a3rg", h7());
  const FlashJob all = job({1, 2, 64}, {{0x2000, pattern(9704)}, {kMib, pattern(824, 4)}});
  bench.bank->run(all);
  const FlashJobResult again = bench.bank->run(all);
  EXPECT_EQ(again.sectors_erased, 0u);
  EXPECT_EQ(again.sectors_unchanged, 3u);
}

// What a word was programmed with may look erased, its ECC is not.
TEST(H7Bank, AWordProgrammedWithOnesIsErasedBeforeItIsProgrammedAgain) {
  Bench bench("stm32h7a3zi", h7());
  bench.bank->run(job({}, {{0, Bytes(16, 0xFF)}}));
  const Bytes data = pattern(64);
  EXPECT_EQ(bench.bank->run(job({0}, {{0, data}})).sectors_erased, 1u);
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(H7Bank, WhereTheConfigurationDeclaresBothBanksEachHasItsHalf) {
  Bench bench("stm32h7a3rg", h7());
  const auto second = bench.make_bank(0x08100000, "second");
  const std::array<FlashBank*, 2> both{bench.bank.get(), second.get()};
  for (FlashBank* bank : both) bank->meet(both);
  bench.bank->probe();
  second->probe();
  EXPECT_EQ(bench.bank->size(), 512 * kKib);
  EXPECT_EQ(second->base(), 0x08100000u);
  EXPECT_EQ(second->size(), 512 * kKib);
  const Bytes data = pattern(500);
  second->run(fresh({0}, {{0, data}}));
  EXPECT_EQ(bench.content(512 * kKib, data.size()), data);
}

TEST(H7Bank, NoSecondBankOnAPartWithOne) {
  Bench bench("stm32h723zg", h7());
  const auto second = bench.make_bank(0x08100000, "second");
  EXPECT_THROW(second->probe(), FlashError);
}

TEST(H7Bank, TheHoleReadsAsErasedAndTakesNoData) {
  Bench bench("stm32h7a3rg", h7());
  bench.bank->probe();
  Bytes read(64, 0);
  bench.bank->read(512 * kKib - 32, read);
  EXPECT_EQ(read, Bytes(64, 0xFF));
  EXPECT_THROW(bench.bank->run(fresh({}, {{512 * kKib, Bytes(32, 1)}})), FlashError);
}

// The firmware was interrupted: an unlocked controller, PG set, a flash word begun, error flags.
TEST(H7Bank, PutsRightWhatTheFirmwareLeft) {
  Bench bench("stm32h743zi", h7());
  MemPort& memory = bench.target->memory();
  memory.write32(kKeyr1, 0x45670123);
  memory.write32(kKeyr1, 0xCDEF89AB);
  memory.write32(kCr1, 0x32);  // PSIZE x64, PG
  memory.write32(0x08000100, 0x12345678);
  ASSERT_NE(memory.read32(kSr1) & 2, 0u);  // WBNE
  const Bytes data = pattern(100);
  bench.bank->run(fresh({}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(memory.read32(kCr1) & 3, 1u);  // locked, PG clear
  EXPECT_EQ(memory.read32(kCr2) & 3, 1u);
}

TEST(H7Bank, SaysThatAWrongKeyLocksUntilReset) {
  Bench bench("stm32h743zi", h7());
  try {
    bench.target->memory().write32(kKeyr1, 0xBAD);
  } catch (const MemoryFault&) {
    // as the manual has it
  }
  try {
    bench.bank->run(fresh({0}, {}));
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_TRUE(dynamic_cast<const FlashError*>(&e) || dynamic_cast<const MemoryFault*>(&e)) << e.describe();
  }
}

TEST(H7Bank, MassEraseTakesBothBanks) {
  Bench bench("stm32h743zi", h7());
  bench.bank->run(fresh({}, {{0, Bytes(32, 1)}, {kMib + 0x20000, Bytes(32, 2)}}));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 2 * kMib), Bytes(2 * kMib, 0xFF));
}

struct ProtectionCase {
  std::string chip;
  unsigned block, sector;  // a block and the last sector in it
};
void PrintTo(const ProtectionCase& c, std::ostream* out) { *out << c.chip << " " << c.block; }
class H7Protection : public testing::TestWithParam<ProtectionCase> {};
INSTANTIATE_TEST_SUITE_P(Blocks, H7Protection,
                         testing::Values(ProtectionCase{"stm32h743zi", 2, 2},
                                         ProtectionCase{"stm32h743zi", 9, 9},
                                         ProtectionCase{"stm32h7a3rg", 1, 7},
                                         ProtectionCase{"stm32h7a3rg", 17, 71},
                                         ProtectionCase{"stm32h723zg", 7, 7}));

TEST_P(H7Protection, AProtectedSectorIsRefusedWithTheCommandThatClearsIt) {
  const ProtectionCase& c = GetParam();
  Bench bench(c.chip, h7());
  bench.bank->probe();
  bench.bank->protect({c.block, c.block}, true);
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->sectors()[c.sector].is_protected, true);
  EXPECT_EQ(
      bench.bank->sectors()[c.sector + 1 < bench.bank->sectors().size() ? c.sector + 1 : 0].is_protected,
      false);
  const FlashWrite write{bench.bank->sectors()[c.sector].offset, Bytes(32, 1)};
  try {
    bench.bank->run(fresh({c.sector}, {write}));
    FAIL() << "no error";
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("FLASH_WPSN_CUR"));
    EXPECT_THAT(e.message(),
                HasSubstr("flash protect " + bench.bank->config().name + " " + std::to_string(c.block)));
  }
  bench.bank->protect({c.block, c.block}, false);
  bench.bank->run(fresh({}, {write}));
  Bytes read(32);
  bench.bank->read(write.offset, read);
  EXPECT_EQ(read, write.data);
}

// What the controller refuses is seen and named, by register writes and by the loader, in both banks.
TEST(H7Interface, ErrorsOfTheControllerAreNamed) {
  Bench bench("stm32h743zi", h7());
  bench.bank->probe();
  bench.bank->protect({0, 15}, true);
  const stm32::H7Part& part = *stm32::find_h7_part(0x450);
  std::vector<stm32::H7Place> places;
  for (const auto& s : stm32::h7_geometry(part, 2048, stm32::ChipBanks::both).sectors) {
    places.push_back({kFlash + s.offset, s.chip_bank, s.snb});
  }
  for (const unsigned sector : {0u, 8u}) {
    stm32::H7Interface flash(bench.target->memory(), bench.virtual_host.clock(), "b", *part.layout, places);
    flash.open();
    EXPECT_THAT([&] { flash.erase(sector); },
                testing::ThrowsMessage<FlashError>(
                    HasSubstr(sector == 0 ? "WRPERR (FLASH_SR1=" : "WRPERR (FLASH_SR2=")));
    flash.close();
    flash.open();
    EXPECT_THAT([&] { flash.program(places[sector].address, Bytes(32, 1)); },
                testing::ThrowsMessage<FlashError>(HasSubstr("WRPERR")));
    flash.close();
    flash.open();
    const auto loader = StreamLoader::load(*bench.target, flash.loader_chip());
    loader->start();
    LoaderScript script;
    flash.add_erase(script, sector);
    const LoaderPace pace{Microseconds(1), Milliseconds(5000)};
    EXPECT_THROW(
        {
          loader->feed(script.bytes(), pace, bench.virtual_host.clock());
          loader->finish(pace, bench.virtual_host.clock());
        },
        LoaderFault);
    flash.close();
  }
}

TEST(H7Protection, Level1IsNamedWithItsWayOutAndGoesWithAMassErase) {
  Bench bench("stm32h743zi", h7());
  bench.bank->run(fresh({}, {{0, Bytes(32, 1)}}));
  bench.bank->lock();
  try {
    bench.bank->run(fresh({0}, {}));
    FAIL() << "no error";
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("read-out protection level 1"));
    EXPECT_THAT(e.message(), HasSubstr("stm32h7x unlock"));
  }
  bench.bank->unlock();
  EXPECT_EQ(bench.content(0, 32), Bytes(32, 0xFF));
  bench.bank->run(fresh({}, {{0, Bytes(32, 2)}}));
  EXPECT_EQ(bench.content(0, 32), Bytes(32, 2));
}

TEST(H7Options, AreWrittenByNameAndReadBack) {
  Bench bench("stm32h743zi", h7());
  auto& bank = dynamic_cast<stm32::H7Bank&>(*bench.bank);
  auto& options = dynamic_cast<stm32::H7OptionBytes&>(*bank.options());
  std::vector<std::uint32_t> values = options.read();
  options.set(values, "BOR_LEV", 2);
  options.set(values, "BOOT_ADD1", 0x1FF1);
  options.write(values);
  const std::vector<std::uint32_t> after = options.read();
  EXPECT_EQ(options.get(after, "BOR_LEV"), 2u);
  EXPECT_EQ(options.get(after, "BOOT_ADD1"), 0x1FF1u);
  EXPECT_EQ(options.get(after, "RDP"), 0xAAu);
  EXPECT_EQ(bank.read_option(0x1C), std::make_pair(Address{0x5200201C}, after[0]));
}

TEST(H7Options, PcropIsToldBeforeAnythingChanges) {
  Bench bench("stm32h7a3zi", h7());
  auto& bank = dynamic_cast<stm32::H7Bank&>(*bench.bank);
  auto& options = dynamic_cast<stm32::H7OptionBytes&>(*bank.options());
  std::vector<std::uint32_t> values = options.read();
  options.set(values, "PROT_AREA_START1", 0x20);  // 0x08002000, the second sector
  options.set(values, "PROT_AREA_END1", 0x2F);
  options.write(values);
  EXPECT_THAT([&] { bench.bank->run(fresh({1}, {})); },
              testing::ThrowsMessage<FlashError>(HasSubstr("PCROP area")));
  bench.bank->run(fresh({0}, {{0, Bytes(16, 1)}}));
  EXPECT_EQ(bench.content(0, 16), Bytes(16, 1));
}

}  // namespace
}  // namespace probity::test::h7_bank_test
