// The flash interface of F0, F1 and F3 through the debug port, by the sequences and error conditions of
// RM0091 3, PM0075 2 and PM0068.
#include <gtest/gtest.h>

#include "f1_flash_host.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard::test::f1_flash_test {
namespace {

using H = F1FlashHost;
constexpr std::uint32_t kFlash = 0x08000000;

struct Bench {
  explicit Bench(const std::string& name, const std::string& faults = "")
      : board({.chip = name, .flash_file = {}, .faults = FaultPlan::parse(faults)}), host(board) {}
  Board board;
  F1FlashHost host;
};

class F1FlashAny : public testing::TestWithParam<const char*> {};

TEST_P(F1FlashAny, StartsErasedAndLocked) {
  Bench b(GetParam());
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(H::kCr), H::kLock);
  EXPECT_EQ(b.host.word(H::kSr), 0u);
  EXPECT_EQ(b.host.word(H::kWrpr), 0xFFFFFFFFu);
}

TEST_P(F1FlashAny, WrongKeyIsABusErrorAndLocksUntilReset) {
  Bench b(GetParam());
  EXPECT_FALSE(b.host.write_mem(H::kKeyr, 0xCDEF89AB));
  b.host.unlock();
  EXPECT_EQ(b.host.word(H::kCr), H::kLock);
  b.host.reset_chip();
  b.host.unlock();
  EXPECT_EQ(b.host.word(H::kCr), 0u);
  b.host.write_mem(H::kCr, H::kLock);
  EXPECT_EQ(b.host.word(H::kCr), H::kLock);
  b.host.unlock();  // locked by the book: opens again
  EXPECT_EQ(b.host.word(H::kCr), 0u);
}

TEST_P(F1FlashAny, SecondKeyWrongLocksToo) {
  Bench b(GetParam());
  EXPECT_TRUE(b.host.write_mem(H::kKeyr, 0x45670123));
  EXPECT_FALSE(b.host.write_mem(H::kKeyr, 0x45670123));
  b.host.unlock();
  EXPECT_EQ(b.host.word(H::kCr), H::kLock);
}

TEST_P(F1FlashAny, ProgramsHalfWordsAndErasesTheirPageAlone) {
  Bench b(GetParam());
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 0x0FFE, 0x1234), H::kEop);
  EXPECT_EQ(b.host.program(kFlash + 0x1000, 0x5678), H::kEop);
  EXPECT_EQ(b.host.program(kFlash + 0x1800, 0x9ABC), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + 0x0FFC), 0x1234FFFFu);
  EXPECT_EQ(b.board.flash_content()[0x1001], 0x56);
  EXPECT_EQ(b.host.erase(kFlash + 0x1002), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + 0x0FFC), 0x1234FFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x1000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x1800), 0xFFFF9ABCu);
  EXPECT_EQ(b.board.stats().flash_erases, 1u);
  EXPECT_EQ(b.board.stats().flash_programs, 3u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST_P(F1FlashAny, ACellThatIsNotErasedTakesZeroAlone) {
  Bench b(GetParam());
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash, 0xFFFE), H::kEop);
  EXPECT_EQ(b.host.program(kFlash, 0x7FFE), H::kPgerr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFEu);
  EXPECT_EQ(b.host.program(kFlash, 0x0000), H::kEop);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFF0000u);
}

TEST_P(F1FlashAny, OtherWidthsAreABusError) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(H::kCr, H::kPg);
  EXPECT_FALSE(b.host.write_sized(kFlash, 0, 1));
  EXPECT_FALSE(b.host.write_sized(kFlash, 0, 4));
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_errors, 2u);
}

TEST_P(F1FlashAny, WriteWithoutPgOrWhileLockedDoesNothing) {
  Bench b(GetParam());
  b.host.write_sized(kFlash, 0, 2);
  EXPECT_EQ(b.host.finish(), H::kPgerr);
  b.host.unlock();
  b.host.write_sized(kFlash, 0, 2);
  EXPECT_EQ(b.host.finish(), H::kPgerr);
  b.host.write_mem(H::kCr, H::kPg | H::kLock);
  b.host.write_sized(kFlash, 0, 2);
  EXPECT_EQ(b.host.finish(), H::kPgerr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
}

TEST_P(F1FlashAny, EraseWantsExactlyOneKindAndAPageThatExists) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.program(kFlash, 0);
  b.host.write_mem(H::kAr, kFlash);
  for (const std::uint32_t kinds : {0u, H::kPer | H::kMer, H::kPg | H::kPer}) {
    b.host.write_mem(H::kCr, kinds | H::kStrt);
    EXPECT_EQ(b.host.finish(), 0u) << kinds;
  }
  EXPECT_EQ(b.host.erase(kFlash + 0x01000000), 0u);
  EXPECT_EQ(b.host.erase(0x20000000), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFF0000u);
  EXPECT_EQ(b.board.stats().flash_erases, 0u);
  EXPECT_EQ(b.board.stats().flash_errors, 5u);
}

TEST_P(F1FlashAny, ReadsStallWhileBusyAndRegistersKeepWhatTheyHad) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(H::kCr, H::kPer);
  b.host.write_mem(H::kAr, kFlash);
  b.host.write_mem(H::kCr, H::kPer | H::kStrt);
  EXPECT_EQ(b.host.word(H::kSr), H::kBsy);
  EXPECT_EQ(b.host.word(H::kCr), H::kPer | H::kStrt);
  b.host.write_mem(H::kCr, H::kPg);
  EXPECT_EQ(b.host.word(H::kCr), H::kPer | H::kStrt);
  EXPECT_EQ(b.board.stats().flash_errors, 1u);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  b.host.wait(Milliseconds(30));
  EXPECT_EQ(b.host.must_read(false, 0xC), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.finish(), H::kEop);
  EXPECT_EQ(b.host.word(H::kCr), H::kPer);
  EXPECT_EQ(b.board.stats().flash_busy, Milliseconds(30));
}

TEST_P(F1FlashAny, OptionsAreErasedTogetherAndProgrammedWithTheirComplement) {
  Bench b(GetParam());
  const std::uint8_t open = b.host.word(H::kOptions) & 0xFF;
  EXPECT_EQ(b.host.erase_options(), H::kEop);
  EXPECT_EQ(b.host.word(H::kOptions + 4), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.program_option(0x0, open), H::kEop);
  EXPECT_EQ(b.host.program_option(0x2, 0xFF), H::kEop);
  EXPECT_EQ(b.host.program_option(0x6, 0x3C), H::kEop);
  EXPECT_EQ(b.host.word(H::kOptions + 4), 0xC33CFFFFu);
  EXPECT_EQ(b.host.program_option(0x6, 0x00), H::kWrprterr) << "not erased";
  EXPECT_EQ(b.host.word(H::kOptions + 4), 0xC33CFFFFu);
  EXPECT_EQ(b.host.word(H::kWrpr), 0xFFFFFFFFu) << "not loaded yet";
  EXPECT_EQ(b.board.stats().flash_errors, 1u);
}

TEST_P(F1FlashAny, OptionsWantTheirOwnKeys) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(H::kCr, H::kOptEr);
  b.host.write_mem(H::kCr, H::kOptEr | H::kStrt);
  EXPECT_EQ(b.host.finish(), H::kWrprterr);
  b.host.unlock_options();
  EXPECT_EQ(b.host.word(H::kCr), H::kOptWre | H::kOptEr) << "keys to a lock that is open do no harm";
  b.host.write_mem(H::kCr, 0);
  EXPECT_EQ(b.host.word(H::kCr), 0u);
  EXPECT_FALSE(b.host.write_mem(H::kOptKeyr, 0x08192A3B)) << "F4's key";
  b.host.unlock_options();
  EXPECT_EQ(b.host.word(H::kCr), 0u);
  b.host.reset_chip();
  b.host.unlock_options();
  EXPECT_EQ(b.host.word(H::kCr), H::kOptWre);
}

TEST_P(F1FlashAny, WriteProtectedPagesAreNeitherErasedNorProgrammed) {
  Bench b(GetParam());
  const std::uint8_t open = b.host.word(H::kOptions) & 0xFF;
  b.host.erase_options();
  b.host.program_option(0x0, open);
  b.host.program_option(0x8, 0xFD);  // 4 KiB from 0x1000 on, whatever the page size
  b.host.power_cycle();
  EXPECT_EQ(b.host.word(H::kWrpr), 0xFFFFFFFDu);
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 0x0FFE, 0), H::kEop);
  EXPECT_EQ(b.host.program(kFlash + 0x1000, 0), H::kWrprterr);
  EXPECT_EQ(b.host.program(kFlash + 0x1FFE, 0), H::kWrprterr);
  EXPECT_EQ(b.host.program(kFlash + 0x2000, 0), H::kEop);
  EXPECT_EQ(b.host.erase(kFlash + 0x1C00), H::kWrprterr);
  EXPECT_EQ(b.host.erase(kFlash + 0x2000), H::kEop);
  EXPECT_EQ(b.host.mass_erase(), H::kWrprterr);
  EXPECT_EQ(b.host.word(kFlash + 0x0FFC), 0x0000FFFFu);
}

TEST_P(F1FlashAny, ReadProtectionShutsADebuggerOutAndItsEndErasesAll) {
  Bench b(GetParam());
  const std::uint8_t open = b.host.word(H::kOptions) & 0xFF;
  b.host.unlock();
  b.host.program(kFlash + 0x2000, 0x600D);
  b.host.write_mem(H::kCr, H::kLock);
  b.host.erase_options();
  b.host.program_option(0x0, 0x00);
  EXPECT_EQ(b.host.word(kFlash + 0x2000), 0xFFFF600Du) << "in force after the next load only";
  b.host.power_cycle();
  EXPECT_EQ(b.host.word(H::kObr) & 3, 2u);
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x2000));
  b.host.unlock();
  EXPECT_NE(b.host.program(kFlash + 0x3000, 0) & (H::kPgerr | H::kWrprterr), 0u);
  EXPECT_NE(b.host.erase(kFlash + 0x2000) & (H::kPgerr | H::kWrprterr), 0u);
  EXPECT_EQ(b.board.flash_content()[0x2000], 0x0D);
  b.host.write_mem(H::kCr, H::kLock);
  b.host.erase_options();
  EXPECT_EQ(b.board.flash_content()[0x2000], 0x0D);
  EXPECT_EQ(b.host.program_option(0x0, open), H::kEop);
  EXPECT_EQ(b.board.flash_content()[0x2000], 0xFF);
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x2000)) << "still in force";
  b.host.power_cycle();
  EXPECT_EQ(b.host.word(kFlash + 0x2000), 0xFFFFFFFFu);
}

TEST_P(F1FlashAny, RegistersTakeWordsOnly) {
  Bench b(GetParam());
  b.host.unlock();
  EXPECT_FALSE(b.host.write_sized(H::kCr, H::kPg, 2));
  EXPECT_FALSE(b.host.write_sized(H::kCr, H::kPg, 1));
  EXPECT_EQ(b.host.word(H::kCr), 0u);
}

INSTANTIATE_TEST_SUITE_P(Chips, F1FlashAny,
                         testing::Values("stm32f030f4", "stm32f072rb", "stm32f103c8", "stm32f107vc",
                                         "stm32f303re"));

// --- F1 --------------------------------------------------------------------------------------------------

TEST(F1Flash, OptionRegister) {
  Bench b("stm32f103c8");
  EXPECT_EQ(b.host.word(H::kObr), 0x03FFFFFCu);  // PM0075 3.7
  b.host.erase_options();
  b.host.program_option(0x0, 0xA5);
  b.host.program_option(0x2, 0xFE);  // WDG_SW off
  b.host.program_option(0x4, 0x12);
  b.host.program_option(0x6, 0x34);
  b.host.reset_chip();  // loads them on F1
  EXPECT_EQ(b.host.word(H::kObr), 0x34u << 18 | 0x12u << 10 | 0xFEu << 2);
}

TEST(F1Flash, ReadProtectionAllowsTheMassErase) {
  Bench b("stm32f103c8");
  b.host.unlock();
  b.host.program(kFlash + 0x4000, 0);
  b.host.write_mem(H::kCr, H::kLock);
  b.host.erase_options();  // RDP erased protects as well
  b.host.power_cycle();
  b.host.unlock();
  EXPECT_EQ(b.host.erase(kFlash + 0x4000), H::kWrprterr);
  EXPECT_EQ(b.host.mass_erase(), H::kEop);
  EXPECT_EQ(b.board.flash_content(), Bytes(64 * 1024, 0xFF));
}

TEST(F1Flash, ThereIsNoOblLaunch) {
  Bench b("stm32f103c8");
  b.host.unlock();
  b.host.write_mem(H::kCr, H::kOblLaunch);
  EXPECT_EQ(b.host.word(H::kCr), 0u) << "no reset happened";
}

struct LastBitRow {
  const char* chip;
  std::uint32_t last_of_bit_30, first_of_bit_31, last;
};
class F1FlashLastBit : public testing::TestWithParam<LastBitRow> {};
TEST_P(F1FlashLastBit, CoversAllThatIsLeft) {
  const LastBitRow& row = GetParam();
  Bench b(row.chip);
  const std::uint8_t open = b.host.word(H::kOptions) & 0xFF;
  b.host.erase_options();
  b.host.program_option(0x0, open);
  b.host.program_option(0xE, 0x7F);
  b.host.power_cycle();
  const std::uint32_t last_set = std::string(row.chip) == "stm32f103zg" ? H::kSecondSet : 0;
  b.host.unlock();
  if (last_set != 0) b.host.unlock(last_set);
  EXPECT_EQ(b.host.program(kFlash + row.last_of_bit_30, 0), H::kEop);
  EXPECT_EQ(b.host.program(kFlash + row.first_of_bit_31, 0), H::kWrprterr);
  EXPECT_EQ(b.host.program(kFlash + row.last, 0, last_set), H::kWrprterr);
  if (row.last > 0x20000) {
    EXPECT_EQ(b.host.program(kFlash + 0x20000, 0), H::kWrprterr);
  }
}
INSTANTIATE_TEST_SUITE_P(All, F1FlashLastBit,
                         testing::Values(LastBitRow{"stm32f103cb", 0x1EFFE, 0x1F000, 0x1FFFE},
                                         LastBitRow{"stm32f103ze", 0x1EFFE, 0x1F000, 0x7FFFE},
                                         LastBitRow{"stm32f103zg", 0x1EFFE, 0x1F000, 0xFFFFE},
                                         LastBitRow{"stm32f091cc", 0x1EFFE, 0x1F000, 0x3FFFE},
                                         LastBitRow{"stm32f303re", 0x1EFFE, 0x1F000, 0x7FFFE}));

// --- XL density ------------------------------------------------------------------------------------------

TEST(F1FlashXl, EachBankHasItsOwnRegisters) {
  Bench b("stm32f103zg");
  b.host.unlock();
  EXPECT_EQ(b.host.word(H::kCr + H::kSecondSet), H::kLock);
  EXPECT_EQ(b.host.program(kFlash + 0x7FFFE, 0x1111), H::kEop);
  EXPECT_EQ(b.host.program(kFlash + 0x80000, 0), 0u) << "bank 1's PG does not open bank 2";
  EXPECT_EQ(b.host.finish(H::kSecondSet), H::kPgerr);
  b.host.unlock(H::kSecondSet);
  EXPECT_EQ(b.host.program(kFlash + 0x80000, 0x2222, H::kSecondSet), H::kEop);
  EXPECT_EQ(b.host.erase(kFlash + 0x80000), 0u) << "not a page of bank 1";
  EXPECT_EQ(b.host.mass_erase(), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + 0x7FFFC), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x80000), 0xFFFF2222u);
  EXPECT_EQ(b.host.erase(kFlash + 0x80000, H::kSecondSet), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + 0x80000), 0xFFFFFFFFu);
}

TEST(F1FlashXl, OneBankIsReadAndProgrammedWhileTheOtherIsErased) {
  Bench b("stm32f103zg");
  b.host.unlock();
  b.host.unlock(H::kSecondSet);
  b.host.write_mem(H::kCr + H::kSecondSet, H::kMer);
  b.host.write_mem(H::kCr + H::kSecondSet, H::kMer | H::kStrt);
  EXPECT_EQ(b.host.program(kFlash, 0x600D), H::kEop);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFF600Du);
  EXPECT_EQ(b.host.word(H::kSr + H::kSecondSet), H::kBsy);
  b.host.must_write(true, 0x4, kFlash + 0x80000);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
}

TEST(F1FlashXl, OthersHaveNoSecondSet) {
  Bench b("stm32f103ze");
  EXPECT_FALSE(b.host.write_mem(H::kKeyr + H::kSecondSet, 0x45670123));
}

// --- F0, F3 ------------------------------------------------------------------------------------------------

TEST(F0Flash, OptionsAreLoadedByPowerOrOblLaunchNotByReset) {
  Bench b("stm32f072rb");
  EXPECT_EQ(b.host.word(H::kObr), 0xFFFFFF00u);
  b.host.erase_options();
  b.host.program_option(0x0, 0xAA);
  b.host.program_option(0x2, 0xFF);
  b.host.program_option(0x4, 0x5A);
  b.host.reset_chip();
  EXPECT_EQ(b.host.word(H::kObr), 0xFFFFFF00u);
  b.host.write_mem(H::kCr, H::kOblLaunch);  // even while locked
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(H::kObr), 0xFF5AFF00u);
}

TEST(F3Flash, OptionsAreLoadedByEveryReset) {
  Bench b("stm32f303re");
  b.host.erase_options();
  b.host.program_option(0x0, 0xAA);
  b.host.program_option(0x4, 0x5A);
  b.host.reset_chip();
  EXPECT_EQ(b.host.word(H::kObr), 0xFF5AFF00u);
}

TEST(F0Flash, LevelOneDeniesTheMassEraseToo) {
  Bench b("stm32f072rb");
  b.host.erase_options();
  b.host.power_cycle();
  b.host.unlock();
  EXPECT_EQ(b.host.mass_erase(), H::kPgerr);
  EXPECT_EQ(b.host.program(kFlash, 0), H::kPgerr);
}

TEST(F0Flash, LevelTwoHasNoDebugPort) {
  Bench b("stm32f072rb");
  b.host.erase_options();
  b.host.program_option(0x0, 0xCC);
  b.board.power_cycle();
  b.host.select_swd();
  EXPECT_EQ(b.host.read(false, 0x0).ack, kNoAnswer);
}

// --- faults, interrupts, identity
// ----------------------------------------------------------------------------

TEST(F1Flash, ResetCutsAnEraseShort) {
  Bench b("stm32f103c8");
  b.host.unlock();
  b.host.program(kFlash + 0x3FE, 0);
  b.host.write_mem(H::kCr, H::kPer);
  b.host.write_mem(H::kAr, kFlash);
  b.host.write_mem(H::kCr, H::kPer | H::kStrt);
  b.board.set_nrst(true);
  b.board.set_nrst(false);
  EXPECT_EQ(b.host.word(H::kSr), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x3FC), 0x0000FFFFu) << "the second half of the page was not reached";
}

TEST(F1Flash, FaultBsyStuckUntilReset) {
  Bench b("stm32f103c8", "bsy-stuck@flash:1");
  b.host.unlock();
  b.host.write_mem(H::kCr, H::kPg);
  b.host.write_sized(kFlash, 0, 2);
  b.host.wait(Milliseconds(1000));
  EXPECT_EQ(b.host.word(H::kSr) & H::kBsy, H::kBsy);
  b.host.reset_chip();
  EXPECT_EQ(b.host.word(H::kSr), 0u);
}

struct OptionErrorRow {
  const char* chip;
  std::uint32_t obr;
};
class F1FlashOptionError : public testing::TestWithParam<OptionErrorRow> {};
TEST_P(F1FlashOptionError, ShowsWhereAComplementDoesNotFit) {
  const ChipFacts facts = find_chip(GetParam().chip);
  const std::string name = std::string(testing::TempDir()) + "f1-option-error-" + facts.name;
  std::remove(name.c_str());
  std::remove((name + ".options").c_str());
  { Board board({.chip = facts.name, .flash_file = name, .faults = {}}); }
  FILE* options = std::fopen((name + ".options").c_str(), "a");
  std::fputs("DATA 00ff4455\n", options);  // Data0 with a wrong complement: read as 0xFF
  std::fclose(options);
  Board board({.chip = facts.name, .flash_file = name, .faults = {}});
  F1FlashHost host(board);
  EXPECT_EQ(host.word(H::kObr), GetParam().obr);
}
INSTANTIATE_TEST_SUITE_P(All, F1FlashOptionError,
                         testing::Values(OptionErrorRow{"stm32f103c8", 0x03FFFFFD},
                                         OptionErrorRow{"stm32f072rb", 0xFFFFFF01}));

struct IdentityRow {
  const char* name;
  std::uint32_t idcode_address, dev_id, size_register, cpuid, dpidr, ram, ram_kib;
};
class F1Identity : public testing::TestWithParam<IdentityRow> {};
TEST_P(F1Identity, AsADebuggerReadsIt) {
  const IdentityRow& row = GetParam();
  Board board({.chip = row.name, .flash_file = {}, .faults = {}});
  SwdHost host(board);
  EXPECT_EQ(host.connect(), row.dpidr);
  EXPECT_EQ(host.word(row.idcode_address) & 0xFFF, row.dev_id);
  EXPECT_EQ(host.word(0xE000ED00), row.cpuid);
  const std::uint32_t kib = find_chip(row.name).flash_kib;
  EXPECT_EQ(host.word(row.size_register) & 0xFFFF, kib);
  const std::uint32_t end = row.ram + row.ram_kib * 1024;
  EXPECT_TRUE(host.write_mem(end - 4, 0x55667788));
  EXPECT_EQ(host.word(end - 4), 0x55667788u);
  EXPECT_FALSE(host.read_mem(end));
  EXPECT_TRUE(host.read_mem(kFlash + kib * 1024 - 4));
  EXPECT_FALSE(host.read_mem(kFlash + kib * 1024));
  EXPECT_TRUE(host.read_mem(0x40021000)) << "RCC";
}
constexpr std::uint32_t kM0 = 0x410CC200, kM3 = 0x411FC231, kM4 = 0x410FC241;
constexpr std::uint32_t kDp0 = 0x0BB11477, kDp3 = 0x1BA01477, kDp4 = 0x2BA01477;
constexpr std::uint32_t kSram = 0x20000000, kCcm = 0x10000000, kIdF0 = 0x40015800, kId = 0xE0042000,
                        kSizeF0 = 0x1FFFF7CC, kSizeF1 = 0x1FFFF7E0;
INSTANTIATE_TEST_SUITE_P(
    All, F1Identity,
    testing::Values(IdentityRow{"stm32f030f4", kIdF0, 0x444, kSizeF0, kM0, kDp0, kSram, 4},
                    IdentityRow{"stm32f042k6", kIdF0, 0x445, kSizeF0, kM0, kDp0, kSram, 6},
                    IdentityRow{"stm32f051r8", kIdF0, 0x440, kSizeF0, kM0, kDp0, kSram, 8},
                    IdentityRow{"stm32f072rb", kIdF0, 0x448, kSizeF0, kM0, kDp0, kSram, 16},
                    IdentityRow{"stm32f091rc", kIdF0, 0x442, kSizeF0, kM0, kDp0, kSram, 32},
                    IdentityRow{"stm32f103c6", kId, 0x412, kSizeF1, kM3, kDp3, kSram, 10},
                    IdentityRow{"stm32f103c8", kId, 0x410, kSizeF1, kM3, kDp3, kSram, 20},
                    IdentityRow{"stm32f103ze", kId, 0x414, kSizeF1, kM3, kDp3, kSram, 64},
                    IdentityRow{"stm32f103zg", kId, 0x430, kSizeF1, kM3, kDp3, kSram, 96},
                    IdentityRow{"stm32f107vc", kId, 0x418, kSizeF1, kM3, kDp3, kSram, 64},
                    IdentityRow{"stm32f100rb", kId, 0x420, kSizeF1, kM3, kDp3, kSram, 8},
                    IdentityRow{"stm32f100ze", kId, 0x428, kSizeF1, kM3, kDp3, kSram, 32},
                    IdentityRow{"gd32f103c8", kId, 0x410, kSizeF1, 0x412FC231, kDp3, kSram, 20},
                    IdentityRow{"cks32f103c8", kId, 0x410, kSizeF1, 0x412FC231, kDp4, kSram, 20},
                    IdentityRow{"stm32f303vc", kId, 0x422, kSizeF0, kM4, kDp4, kSram, 40},
                    IdentityRow{"stm32f303vc", kId, 0x422, kSizeF0, kM4, kDp4, kCcm, 8},
                    IdentityRow{"stm32f373vc", kId, 0x432, kSizeF0, kM4, kDp4, kSram, 32},
                    IdentityRow{"stm32f334r8", kId, 0x438, kSizeF0, kM4, kDp4, kCcm, 4},
                    IdentityRow{"stm32f302r8", kId, 0x439, kSizeF0, kM4, kDp4, kSram, 16},
                    IdentityRow{"stm32f303re", kId, 0x446, kSizeF0, kM4, kDp4, kCcm, 16}));

}  // namespace
}  // namespace probity::vboard::test::f1_flash_test
