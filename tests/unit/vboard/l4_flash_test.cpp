// The flash interface of the L4-like chips through the debug port: RM0351 3.3, RM0444 3.3, RM0440 3.3.
#include <gtest/gtest.h>

#include "l4_flash_host.hpp"

namespace probity::vboard::test::l4::l4_flash_test {
namespace {

TEST(L4Flash, StartsErasedAndLocked) {
  Board board(Bench::options("stm32l476rg"));
  Host host(board, 0x40022000);
  EXPECT_EQ(host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(host.get(CR), kLock | kOptLock);
  host.put(CR, kPg);
  EXPECT_EQ(host.get(CR), kLock | kOptLock);
  EXPECT_EQ(board.flash_content(), Bytes(1024 * 1024, 0xFF));
}

TEST(L4Flash, WrongKeyIsABusErrorAndLocksUntilReset) {
  Board board(Bench::options("stm32l476rg"));
  Host host(board, 0x40022000);
  EXPECT_TRUE(host.put(KEYR, 0x45670123));
  EXPECT_FALSE(host.put(KEYR, 0x45670123));
  EXPECT_FALSE(host.put(KEYR, 0x45670123));
  EXPECT_FALSE(host.put(KEYR, 0xCDEF89AB));
  EXPECT_EQ(host.get(CR), kLock | kOptLock);
  host.write_mem(0xE000ED0C, 0x05FA0004);  // SYSRESETREQ
  host.wait(Milliseconds(1));
  host.unlock();
  EXPECT_EQ(host.get(CR), kOptLock);
  host.put(CR, kLock);
  EXPECT_EQ(host.get(CR), kLock | kOptLock);
}

TEST(L4Flash, OptionKeysWantAnUnlockedRegister) {
  Board board(Bench::options("stm32l476rg"));
  Host host(board, 0x40022000);
  EXPECT_FALSE(host.put(OPTKEYR, 0x08192A3B));
  host.unlock();
  host.unlock_options();
  EXPECT_EQ(host.get(CR), 0u);
}

TEST(L4Flash, ProgramsDoubleWordsAndErasesOnePageOfEachBank) {
  Bench b("stm32l476rg");
  constexpr std::uint32_t kBank2 = kFlash + 0x80000;
  for (const std::uint32_t address : {kFlash + 0x7F8, kFlash + 0x800, kBank2 + 0x800, kBank2 + 0x1000}) {
    EXPECT_EQ(b.host.program(address, address, ~address), 0u);
    EXPECT_EQ(b.host.word(address), address);
    EXPECT_EQ(b.host.word(address + 4), ~address);
  }
  EXPECT_EQ(b.host.erase(kPer | page(1)), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x800), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kBank2 + 0x800), kBank2 + 0x800);
  EXPECT_EQ(b.host.erase(kPer | kBker | page(1)), 0u);
  EXPECT_EQ(b.host.word(kBank2 + 0x800), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x7F8), kFlash + 0x7F8);
  EXPECT_EQ(b.host.word(kBank2 + 0x1000), kBank2 + 0x1000);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(L4Flash, OneWordAloneProgramsNothing) {
  Bench b("stm32l476rg");
  b.host.put(CR, kPg);
  b.host.write_mem(kFlash, 0x11111111);
  EXPECT_EQ(b.host.get(SR), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  b.host.write_mem(kFlash + 4, 0x22222222);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0x11111111u);
}

TEST(L4Flash, CfgbsyStandsFromTheFirstWordOn) {
  Bench b("stm32g071rb");
  b.host.put(CR, kPg);
  b.host.write_mem(kFlash, 0x11111111);
  EXPECT_EQ(b.host.get(SR), kCfgbsy);
  b.host.put(CR, 0);  // not while it is set
  b.host.write_mem(kFlash + 4, 0x22222222);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash + 4), 0x22222222u);
}

TEST(L4Flash, TheDoubleWordMustBeErasedOrBecomeZero) {
  Bench b("stm32g071rb");
  EXPECT_EQ(b.host.program(kFlash, 0xFFFFFFFF, 0x12345678), 0u);
  EXPECT_EQ(b.host.program(kFlash, 0xFFFFFFFF, 0x12345678), kProgerr);
  EXPECT_EQ(b.host.program(kFlash, 0, 0x12345678), kProgerr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.program(kFlash, 0, 0), 0u);
  EXPECT_EQ(b.host.word(kFlash + 4), 0u);
}

TEST(L4Flash, WritesOutOfOrderAreAlignmentErrors) {
  Bench b("stm32g474re");
  b.host.put(CR, kPg);
  b.host.write_mem(kFlash + 4, 0);
  EXPECT_EQ(b.host.finish(), kPgaerr);
  b.host.write_mem(kFlash, 0);
  b.host.write_mem(kFlash + 8, 0);
  EXPECT_EQ(b.host.finish(), kPgaerr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
}

TEST(L4Flash, NarrowWritesAreSizeErrors) {
  Bench b("stm32g474re");
  b.host.put(CR, kPg);
  for (const unsigned size : {1u, 2u}) {
    b.host.set_size(size);
    b.host.write_mem(kFlash, 0);
    b.host.set_size(4);
    EXPECT_EQ(b.host.finish(), kSizerr);
  }
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
}

TEST(L4Flash, WritingWithoutPgIsASequenceError) {
  Bench b("stm32l476rg");
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.put(CR, kLock);
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  EXPECT_EQ(b.board.stats().flash_errors, 2u);
}

TEST(L4Flash, AnErrorStopsWhatComesNextUntilItIsCleared) {
  Bench b("stm32l476rg");
  b.host.write_mem(kFlash, 0);  // PGSERR
  b.host.put(CR, kPg);
  b.host.write_mem(kFlash, 0);
  b.host.write_mem(kFlash + 4, 0);
  b.host.put(CR, kMer1);
  b.host.put(CR, kMer1 | kStrt);
  EXPECT_EQ(b.host.get(SR), kPgserr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_erases, 0u);
  b.host.put(SR, kPgserr);
  EXPECT_EQ(b.host.program(kFlash, 0, 0), 0u);
}

TEST(L4Flash, EraseWantsExactlyOneKindAndAnExistingPage) {
  Bench b("stm32g071rb");
  for (const std::uint32_t selection : {kPer | kMer1, kPg | kPer, 0u, kPer | page(64)}) {
    EXPECT_EQ(b.host.erase(selection), kPgserr) << std::hex << selection;
  }
  EXPECT_EQ(b.board.stats().flash_erases, 0u);
}

TEST(L4Flash, EopAndOperrShowOnlyWithTheirInterruptEnables) {
  Bench b("stm32l476rg");
  EXPECT_EQ(b.host.erase(kPer | kEopie | kErrie), kEop);
  b.host.put(CR, kErrie);
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr | kOperr);
}

TEST(L4Flash, ABankIsReadWhileTheOtherIsErased) {
  Bench b("stm32l476rg");
  b.host.put(CR, kPer | kBker);
  b.host.put(CR, kPer | kBker | kStrt);
  EXPECT_EQ(b.host.get(SR), kBsy);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.get(SR), kBsy);
  b.host.must_write(true, 0x4, kFlash + 0x80000);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  b.host.wait(Milliseconds(23));
  EXPECT_EQ(b.host.must_read(false, 0xC), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.get(CR) & kStrt, 0u);
}

TEST(L4Flash, ProgrammingWhileBusyStallsAndThenHappens) {
  Bench b("stm32g071rb");
  b.host.put(CR, kPg);
  b.host.must_write(true, 0x4, kFlash);
  for (const std::uint32_t value : {1u, 2u, 3u, 4u}) b.host.must_write(true, 0xC, value);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash + 12), 4u);
  EXPECT_EQ(b.board.stats().flash_busy, 2 * Microseconds(85));
}

struct TimeRow {
  const char* chip;
  std::uint32_t selection;
  Nanoseconds time;
};
class L4FlashTime : public testing::TestWithParam<TimeRow> {};
TEST_P(L4FlashTime, OfErase) {
  Bench b(GetParam().chip);
  EXPECT_EQ(b.host.erase(GetParam().selection), 0u);
  EXPECT_EQ(b.board.stats().flash_busy, GetParam().time);
}
INSTANTIATE_TEST_SUITE_P(All, L4FlashTime,
                         testing::Values(TimeRow{"stm32l476rg", kPer, Microseconds(22'020)},
                                         TimeRow{"stm32l476rg", kMer1 | kMer2, Microseconds(22'130)},
                                         TimeRow{"stm32g071rb", kPer, Microseconds(22'000)},
                                         TimeRow{"stm32g071rb", kMer1, Microseconds(22'100)}));

TEST(L4Flash, MassEraseOfEachBank) {
  Bench b("stm32g474re");
  constexpr std::uint32_t kBank2 = kFlash + 0x40000;
  for (const std::uint32_t address : {kFlash, kBank2}) EXPECT_EQ(b.host.program(address, 1, 2), 0u);
  EXPECT_EQ(b.host.erase(kMer2), 0u);
  EXPECT_EQ(b.host.word(kFlash), 1u);
  EXPECT_EQ(b.host.word(kBank2), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.erase(kMer1), 0u);
  EXPECT_EQ(b.board.flash_content(), Bytes(512 * 1024, 0xFF));
}

TEST(L4Flash, OtpTakesEachDoubleWordOnce) {
  Bench b("stm32g071rb");
  EXPECT_EQ(b.host.program(kOtp + 8, 0x11, 0x22), 0u);
  EXPECT_EQ(b.host.word(kOtp + 8), 0x11u);
  EXPECT_EQ(b.host.word(kOtp + 12), 0x22u);
  EXPECT_EQ(b.host.program(kOtp + 8, 0, 0), kProgerr);
  EXPECT_EQ(b.host.erase(kMer1), 0u);
  EXPECT_EQ(b.host.word(kOtp + 8), 0x11u);
}

// RM0351 3.3.8: 32 double words of one row, each before the one before it is programmed.
TEST(L4Flash, FastProgrammingTakesAWholeRowInTime) {
  Bench b("stm32l476rg");
  b.host.put(CR, kFstpg);
  b.host.must_write(true, 0x4, kFlash + 0x100);
  for (std::uint32_t i = 0; i < 64; ++i) b.host.must_write(true, 0xC, i);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x100 + 4 * 63), 63u);
  b.host.must_write(true, 0x4, kFlash + 0x200);
  b.host.must_write(true, 0xC, 0);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.finish(), kMisserr | kFasterr);
  b.host.write_mem(kFlash + 0x208, 0);
  EXPECT_EQ(b.host.finish(), kPgaerr | kFasterr);
  EXPECT_EQ(b.host.word(kFlash + 0x200), 0xFFFFFFFFu);
}

TEST(L4Flash, AResetCutsAnEraseShort) {
  Bench b("stm32g071rb");
  EXPECT_EQ(b.host.program(kFlash, 1, 2), 0u);
  EXPECT_EQ(b.host.program(kFlash + 0x7F8, 1, 2), 0u);
  b.host.put(CR, kPer);
  b.host.put(CR, kPer | kStrt);
  b.board.set_nrst(true);
  b.host.wait(Milliseconds(1));
  b.board.set_nrst(false);
  EXPECT_EQ(b.host.get(SR), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x7F8), 1u);
}

// Every line: who it says it is, and its last double word.
struct LineRow {
  const char* chip;
  std::uint32_t dpidr, dbgmcu, idcode, size_register, kib, page;
  std::uint32_t bker = 0;  // of the second bank, where there are two
  std::uint32_t flash_base = 0x40022000;
};
constexpr std::uint32_t kM4 = 0x2BA01477, kM0 = 0x0BC11477, kWireless = 0x6BA02477;
constexpr std::uint32_t kDbgM4 = 0xE0042000, kDbgM0 = 0x40015800, kSize = 0x1FFF75E0, kSizeC0 = 0x1FFF75A0;
class L4Lines : public testing::TestWithParam<LineRow> {};
TEST_P(L4Lines, TellWhoTheyAreAndProgramTheirLastPage) {
  const LineRow& row = GetParam();
  Bench b(row.chip, row.flash_base);
  EXPECT_EQ(b.host.dpidr, row.dpidr);
  EXPECT_EQ(b.host.word(0xE000ED00), row.dpidr == kM0 ? 0x410CC601u : 0x410FC241u);
  EXPECT_EQ(b.host.word(row.dbgmcu), row.idcode);
  EXPECT_EQ(b.host.word(row.size_register) & 0xFFFF, row.kib);
  const std::uint32_t end = kFlash + row.kib * 1024, last = end - row.page;
  EXPECT_FALSE(b.host.read_mem(end).has_value());
  for (const std::uint32_t address : {last - 8, last, end - 8}) {
    EXPECT_EQ(b.host.program(address, address, 0), 0u);
  }
  const unsigned pages = row.kib * 1024 / row.page / (row.bker != 0 ? 2 : 1);
  EXPECT_EQ(b.host.erase(kPer | row.bker | page(pages - 1)), 0u);
  EXPECT_EQ(b.host.word(last - 8), last - 8);
  EXPECT_EQ(b.host.word(last), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(end - 8), 0xFFFFFFFFu);
}
INSTANTIATE_TEST_SUITE_P(
    All, L4Lines,
    testing::Values(LineRow{"stm32l476rg", kM4, kDbgM4, 0x10076415, kSize, 1024, 2048, kBker},
                    LineRow{"stm32l432kc", kM4, kDbgM4, 0x20016435, kSize, 256, 2048},
                    LineRow{"stm32l496zg", kM4, kDbgM4, 0x20006461, kSize, 1024, 2048, kBker},
                    LineRow{"stm32l452re", kM4, kDbgM4, 0x20016462, kSize, 512, 2048},
                    LineRow{"stm32l412kb", kM4, kDbgM4, 0x20016464, kSize, 128, 2048},
                    LineRow{"stm32l4r5zi", kM4, kDbgM4, 0x100F6470, kSize, 2048, 4096, kBker},
                    LineRow{"stm32l4p5cg", kM4, kDbgM4, 0x10016471, kSize, 1024, 4096, kBker},
                    LineRow{"stm32g031k8", kM0, kDbgM0, 0x20006466, kSize, 64, 2048},
                    LineRow{"stm32g051c8", kM0, kDbgM0, 0x10006456, kSize, 64, 2048},
                    LineRow{"stm32g071rb", kM0, kDbgM0, 0x20006460, kSize, 128, 2048},
                    LineRow{"stm32g0b1re", kM0, kDbgM0, 0x10006467, kSize, 512, 2048, kBkerG0},
                    LineRow{"stm32g431kb", kM4, kDbgM4, 0x20016468, kSize, 128, 2048},
                    LineRow{"stm32g474re", kM4, kDbgM4, 0x20016469, kSize, 512, 2048, kBker},
                    LineRow{"stm32g491re", kM4, kDbgM4, 0x10006479, kSize, 512, 2048},
                    LineRow{"stm32wb55rg", kWireless, kDbgM4, 0x20016495, kSize, 1024, 4096, 0, 0x58004000},
                    LineRow{"stm32wb35ce", kWireless, kDbgM4, 0x10006496, kSize, 512, 4096, 0, 0x58004000},
                    LineRow{"stm32wb15cc", kWireless, kDbgM4, 0x20006494, kSize, 320, 2048, 0, 0x58004000},
                    LineRow{"stm32wle5jc", kWireless, kDbgM4, 0x10006497, kSize, 256, 2048, 0, 0x58004000},
                    LineRow{"stm32c011f6", kM0, kDbgM0, 0x10016443, kSizeC0, 32, 2048},
                    LineRow{"stm32c031c6", kM0, kDbgM0, 0x10016453, kSizeC0, 32, 2048},
                    LineRow{"stm32c051c8", kM0, kDbgM0, 0x1000644C, kSizeC0, 64, 2048},
                    LineRow{"stm32c071rb", kM0, kDbgM0, 0x10016493, kSizeC0, 128, 2048},
                    LineRow{"stm32c092rc", kM0, kDbgM0, 0x1000644D, kSizeC0, 256, 2048},
                    LineRow{"stm32u031r8", kM0, kDbgM0, 0x10006459, 0x1FFF3EA0, 64, 2048},
                    LineRow{"stm32u083rc", kM0, kDbgM0, 0x10006489, 0x1FFF6EA0, 256, 2048}),
    [](const auto& row) { return row.param.chip; });

}  // namespace
}  // namespace probity::vboard::test::l4::l4_flash_test
