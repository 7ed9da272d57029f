// The flash controller through the debug port, by the sequences and error conditions of RM0090 3.6-3.9 and
// RM0385, RM0410 3.3-3.7.
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "board_flash_host.hpp"

namespace probity::vboard::test::chip_flash_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000;

BoardOptions chip(const std::string& name, unsigned millivolts = 3300) {
  BoardOptions options;
  options.chip = name;
  options.millivolts = millivolts;
  return options;
}

struct Bench {
  explicit Bench(const BoardOptions& options) : board(options), host(board) {}
  Board board;
  FlashHost host;
};

TEST(ChipFlash, StartsErasedAndLocked) {
  Bench b(chip("stm32f407vg"));
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kCr), kLock);
  EXPECT_EQ(b.board.flash_content(), Bytes(1024 * 1024, 0xFF));
}

TEST(ChipFlash, WrongKeyIsABusErrorAndLocksUntilReset) {
  Bench b(chip("stm32f407vg"));
  EXPECT_FALSE(b.host.write_mem(kKeyr, 0xCDEF89AB));
  EXPECT_FALSE(b.host.write_mem(kKeyr, 0x45670123));
  b.host.write_mem(kKeyr, 0xCDEF89AB);
  EXPECT_EQ(b.host.word(kCr), kLock);
  b.host.write_mem(0xE000ED0C, 0x05FA0004);  // SYSRESETREQ
  b.host.wait(Milliseconds(1));
  b.host.unlock();
  EXPECT_EQ(b.host.word(kCr), 0u);
  b.host.write_mem(kCr, kLock);
  EXPECT_EQ(b.host.word(kCr), kLock);
  b.host.unlock();  // locked again by the book: opens again
  EXPECT_EQ(b.host.word(kCr), 0u);
}

TEST(ChipFlash, ProgramsAndErasesASector) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 0x8000, 0x12345678), 0u);
  EXPECT_EQ(b.host.program(kFlash + 0xC000, 0xCAFEF00D), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x8000), 0x12345678u);
  EXPECT_EQ(b.board.flash_content()[0x8001], 0x56);
  EXPECT_EQ(b.host.erase(2), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x8000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0xC000), 0xCAFEF00Du);
  EXPECT_EQ(b.board.stats().flash_erases, 1u);
  EXPECT_EQ(b.board.stats().flash_programs, 2u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(ChipFlash, BitsOnlyFall) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash, 0xFF00FF00), 0u);
  EXPECT_EQ(b.host.program(kFlash, 0x0FF00FF0), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0x0F000F00u);
}

struct WidthRow {
  std::uint32_t psize;
  unsigned size;
  std::uint32_t flags;
};
class ChipFlashWidth : public testing::TestWithParam<WidthRow> {};

TEST_P(ChipFlashWidth, MustMatchPsize) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash, 0, GetParam().psize, GetParam().size), GetParam().flags);
  EXPECT_EQ(b.host.word(kFlash) == 0xFFFFFFFF, GetParam().flags != 0);
}
INSTANTIATE_TEST_SUITE_P(All, ChipFlashWidth,
                         testing::Values(WidthRow{kX8, 1, 0}, WidthRow{kX16, 2, 0}, WidthRow{kX32, 4, 0},
                                         WidthRow{kX8, 4, kPgperr}, WidthRow{kX16, 4, kPgperr},
                                         WidthRow{kX32, 2, kPgperr}, WidthRow{kX32, 1, kPgperr},
                                         WidthRow{kX64, 4, kPgperr}));

TEST(ChipFlash, NarrowWriteOffItsParallelismIsAnAlignmentErrorToo) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 2, 0, kX32, 2), kPgperr | kPgaerr);
}

TEST(ChipFlash, WriteWithoutPgOrWhileLockedIsASequenceError) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.unlock();
  b.host.write_mem(kCr, kX32);
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_errors, 2u);
}

TEST(ChipFlash, EraseWantsExactlyOneKindAndAnExistingSector) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  for (const std::uint32_t control : {kSer | kMer, kPg | kSer, 0u, kSer | 12u << 3, kMer1}) {
    b.host.write_mem(kCr, control | kX32 | kStrt);
    EXPECT_EQ(b.host.finish(), kPgserr) << std::hex << control;
  }
  EXPECT_EQ(b.board.stats().flash_erases, 0u);
}

TEST(ChipFlash, StatusFlagsAreClearedByWritingOne) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kFlash, 0);
  b.host.write_mem(kSr, 0);
  EXPECT_EQ(b.host.word(kSr), kPgserr);
  b.host.write_mem(kSr, kPgserr);
  EXPECT_EQ(b.host.word(kSr), 0u);
}

TEST(ChipFlash, EopAndOperrShowOnlyWithTheirInterruptEnables) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.write_mem(kCr, kSer | kX32 | 3u << 24);
  b.host.write_mem(kCr, kSer | kX32 | 3u << 24 | kStrt);
  EXPECT_EQ(b.host.finish(), kEop);
  b.host.write_mem(kCr, 3u << 24);
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr | kOperr);
}

TEST(ChipFlash, EraseTakesItsTimeAndReadsStallMeanwhile) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  const Nanoseconds before = b.board.timeline().now();
  b.host.write_mem(kCr, kSer | kX32 | 5u << 3 | kStrt);  // 128 KiB: 1 s
  EXPECT_EQ(b.host.word(kSr), kBsy);
  EXPECT_EQ(b.host.word(kCr) & kStrt, kStrt);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  EXPECT_EQ(b.host.write(true, 0x4, 0), kAckWait);
  b.host.wait(Milliseconds(1000) - (b.board.timeline().now() - before));
  EXPECT_EQ(b.host.must_read(false, 0xC), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kSr), 0u);
  EXPECT_EQ(b.host.word(kCr) & kStrt, 0u);
  EXPECT_EQ(b.board.stats().flash_busy, Milliseconds(1000));
}

TEST(ChipFlash, AStalledAccessCanBeAborted) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.write_mem(kCr, kSer | kX32 | kStrt);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  b.host.must_write(false, 0x0, 1);  // DAPABORT
  EXPECT_EQ(b.host.word(0xE0042000) & 0xFFF, 0x413u);
}

TEST(ChipFlash, ProgrammingWhileBusyStallsAndThenHappens) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.write_mem(kCr, kPg | kX32);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_write(true, 0xC, 0x11111111);
  b.host.must_write(true, 0xC, 0x22222222);
  b.host.must_write(true, 0xC, 0x33333333);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash + 8), 0x33333333u);
  EXPECT_GT(b.board.stats().wait_acks, 0u);
  EXPECT_EQ(b.board.stats().flash_busy, 3 * Microseconds(16));
}

struct TimeRow {
  const char* chip;
  unsigned snb;
  std::uint32_t psize;
  Milliseconds time;
};
class ChipFlashTime : public testing::TestWithParam<TimeRow> {};
TEST_P(ChipFlashTime, OfErase) {
  Bench b(chip(GetParam().chip));
  b.host.unlock();
  EXPECT_EQ(b.host.erase(GetParam().snb, GetParam().psize), 0u);
  EXPECT_EQ(b.board.stats().flash_busy, GetParam().time);
}
INSTANTIATE_TEST_SUITE_P(All, ChipFlashTime,
                         testing::Values(TimeRow{"stm32f407vg", 0, kX8, Milliseconds(400)},
                                         TimeRow{"stm32f407vg", 4, kX16, Milliseconds(700)},
                                         TimeRow{"stm32f407vg", 11, kX8, Milliseconds(2000)},
                                         TimeRow{"stm32f746zg", 0, kX32, Milliseconds(250)},
                                         TimeRow{"stm32f746zg", 7, kX32, Milliseconds(2000)}));

TEST(ChipFlash, ParallelismFollowsTheSupply) {
  for (const auto& [millivolts, psize, flags] :
       {std::tuple{2600u, kX32, kPgperr}, std::tuple{2600u, kX16, 0u}, std::tuple{2000u, kX16, kPgperr},
        std::tuple{2000u, kX8, 0u}, std::tuple{3300u, kX64, kPgperr}}) {
    Bench b(chip("stm32f407vg", millivolts));
    b.host.unlock();
    EXPECT_EQ(b.host.erase(1, psize), flags) << millivolts << " mV, psize " << psize;
  }
}

TEST(ChipFlash, MassErase) {
  Bench b(chip("stm32f401cc"));
  b.host.unlock();
  b.host.program(kFlash + 0x3FFFC, 0);
  b.host.write_mem(kCr, kMer | kX32 | kStrt);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.board.flash_content(), Bytes(256 * 1024, 0xFF));
  EXPECT_EQ(b.board.stats().flash_erases, 6u);
}

TEST(ChipFlash, BankTwoOfF429IsNumberedFromSixteen) {
  Bench b(chip("stm32f429zi"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 0x100000, 0), 0u);  // sector 12
  EXPECT_EQ(b.host.program(kFlash + 0x1E0000, 0), 0u);  // sector 23
  EXPECT_EQ(b.host.erase(12), kPgserr) << "not a sector number";
  EXPECT_EQ(b.host.word(kFlash + 0x100000), 0u);
  EXPECT_EQ(b.host.erase(16), 0u);
  EXPECT_EQ(b.host.erase(27), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x100000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x1E0000), 0xFFFFFFFFu);
}

TEST(ChipFlash, OneBankCanBeReadWhileTheOtherIsErased) {
  Bench b(chip("stm32f429zi"));
  b.host.unlock();
  b.host.program(kFlash, 0x600DF00D);
  b.host.write_mem(kCr, kSer | kX32 | 16u << 3 | kStrt);
  EXPECT_EQ(b.host.word(kFlash), 0x600DF00Du);
  EXPECT_EQ(b.host.word(kSr), kBsy);
  b.host.must_write(true, 0x4, kFlash + 0x100000);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
}

TEST(ChipFlash, Mer1ErasesBankTwoAlone) {
  Bench b(chip("stm32f429zi"));
  b.host.unlock();
  b.host.program(kFlash, 0);
  b.host.program(kFlash + 0x100000, 0);
  b.host.write_mem(kCr, kMer1 | kX32 | kStrt);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x100000), 0xFFFFFFFFu);
}

struct DualRow {
  const char* chip;
  bool dual;
  unsigned snb;
  std::uint32_t first, last, after;  // offsets: the sector's first and last word, the next sector's first
};
class ChipFlashDual : public testing::TestWithParam<DualRow> {};
TEST_P(ChipFlashDual, SectorIsWhereTheOptionPutsIt) {
  const DualRow& row = GetParam();
  BoardOptions options = chip(row.chip);
  options.dual_bank = row.dual;
  Bench b(options);
  b.host.unlock();
  for (std::uint32_t offset : {row.first, row.last, row.after}) {
    EXPECT_EQ(b.host.program(kFlash + offset, 0x5A5A5A5A), 0u);
  }
  EXPECT_EQ(b.host.erase(row.snb), 0u);
  EXPECT_EQ(b.host.word(kFlash + row.first), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + row.last), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + row.after), 0x5A5A5A5Au);
}
INSTANTIATE_TEST_SUITE_P(All, ChipFlashDual,
                         testing::Values(DualRow{"stm32f429zg", false, 8, 0x80000, 0x9FFFC, 0xA0000},
                                         DualRow{"stm32f429zg", true, 16, 0x80000, 0x83FFC, 0x84000},
                                         DualRow{"stm32f767zi", false, 4, 0x20000, 0x3FFFC, 0x40000},
                                         DualRow{"stm32f767zi", false, 10, 0x180000, 0x1BFFFC, 0x1C0000},
                                         DualRow{"stm32f767zi", true, 4, 0x10000, 0x1FFFC, 0x20000},
                                         DualRow{"stm32f767zi", true, 17, 0x104000, 0x107FFC, 0x108000},
                                         DualRow{"stm32f767zg", true, 16, 0x80000, 0x83FFC, 0x84000},
                                         DualRow{"stm32f746zg", false, 3, 0x18000, 0x1FFFC, 0x20000}));

TEST(ChipFlash, DualBankIsRefusedWhereThereIsNoSuchOption) {
  BoardOptions options = chip("stm32f746zg");
  options.dual_bank = true;
  EXPECT_THROW(Board{options}, ConfigError);
}

TEST(ChipFlash, CachesWantAResetAfterTheCellsChanged) {
  constexpr std::uint32_t kAcr = 0x40023C00, kCaches = 0x600, kResets = 0x1800;
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.write_mem(kAcr, kCaches);
  b.host.write_mem(kAcr, 0);
  b.host.program(kFlash, 0x12345678);
  b.host.write_mem(kAcr, kResets);
  b.host.write_mem(kAcr, kCaches);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
  b.host.write_mem(kAcr, 0);
  b.host.program(kFlash + 4, 0x12345678);
  b.host.write_mem(kAcr, kCaches);
  EXPECT_EQ(b.board.stats().flash_errors, 1u) << "switched on without a reset";
  b.host.program(kFlash + 8, 0x12345678);
  EXPECT_EQ(b.board.stats().flash_errors, 2u) << "never off";
}

TEST(ChipFlash, StartsWithTheOptionWordsAsked) {
  BoardOptions options = chip("stm32f746zg");
  options.option_words = {{"OPTCR", 0xC0FF55FC}, {"OPTCR1", 0x00400081}};
  Board board(options);
  SwdHost host(board);
  host.connect();
  EXPECT_EQ(host.word(kOptcr) & ~3u, 0xC0FF55FCu);
  EXPECT_EQ(host.word(kOptcr1), 0x00400081u);
  EXPECT_FALSE(host.read_mem(kFlash)) << "RDP level 1";
  options.option_words = {{"OPTR", 0}};
  EXPECT_THROW(Board{options}, ConfigError);
}

TEST(ChipFlash, F7ReadsThroughBothInterfacesButProgramsThroughOne) {
  Bench b(chip("stm32f767zi"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + 0x40, 0xABCD1234), 0u);
  EXPECT_EQ(b.host.word(0x00200040), 0xABCD1234u);
  b.host.write_mem(kCr, kPg | kX32);
  EXPECT_FALSE(b.host.write_mem(0x00200080, 0));
}

TEST(ChipFlash, IsSeenAtZeroOnF4) {
  Bench b(chip("stm32f446re"));
  b.host.unlock();
  b.host.program(kFlash + 0x10, 0x13579BDF);
  EXPECT_EQ(b.host.word(0x10), 0x13579BDFu);
  EXPECT_TRUE(b.host.write_mem(0x40013800, 3));  // SYSCFG_MEMRMP: SRAM
  EXPECT_TRUE(b.host.write_mem(0x20000010, 0x2468ACE0));
  EXPECT_EQ(b.host.word(0x10), 0x2468ACE0u);
}

TEST(ChipFlash, OtpIsProgrammedOnceAndLockedByBlock) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(0x1FFF7800, 0x11223344), 0u);
  EXPECT_EQ(b.host.word(0x1FFF7800), 0x11223344u);
  EXPECT_EQ(b.host.program(0x1FFF7A00, 0, kX8, 1), 0u);
  EXPECT_EQ(b.host.word(0x1FFF7A00), 0xFFFFFF00u);
  EXPECT_EQ(b.host.program(0x1FFF7804, 0), kWrperr);
  EXPECT_EQ(b.host.program(0x1FFF7820, 0), 0u);
}

TEST(ChipFlash, ResetCutsAnEraseShort) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.program(kFlash + 0x3FFC, 0);
  b.host.write_mem(kCr, kSer | kX32 | kStrt);
  b.board.set_nrst(true);
  b.board.set_nrst(false);
  EXPECT_EQ(b.host.word(kSr), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x3FFC), 0u) << "the second half of the sector was not reached";
}

BoardOptions with_faults(const std::string& plan) {
  BoardOptions options = chip("stm32f407vg");
  options.faults = FaultPlan::parse(plan);
  return options;
}

TEST(ChipFlash, FaultBitStuck) {
  Bench b(with_faults("bit-stuck=0x08000001@flash:1"));
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash, 0), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0x00000100u);
}

TEST(ChipFlash, FaultBsyStuckUntilReset) {
  Bench b(with_faults("bsy-stuck@flash:1"));
  b.host.unlock();
  b.host.write_mem(kCr, kPg | kX32);
  b.host.write_mem(kFlash, 0);
  b.host.wait(Milliseconds(60000));
  EXPECT_EQ(b.host.word(kSr), kBsy);
  b.board.set_nrst(true);
  b.board.set_nrst(false);
  EXPECT_EQ(b.host.word(kSr), 0u);
}

TEST(ChipFlash, FaultBrownoutLeavesHalfAndResetsEverything) {
  Bench b(with_faults("brownout@flash:1"));
  b.host.unlock();
  b.host.write_mem(kCr, kPg | kX32);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_write(true, 0xC, 0);
  EXPECT_EQ(b.host.read(false, 0x0).ack, kNoAnswer) << "the debug port lost its power too";
  b.host.connect();
  EXPECT_EQ(b.host.word(kFlash), 0xAAAAAAAAu);
  EXPECT_EQ(b.host.word(kCr), kLock);
}

}  // namespace
}  // namespace probity::vboard::test::chip_flash_test
