// The flash interface of H7 through the debug port, by the sequences and error conditions of RM0433 4 and
// RM0455 5.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::h7_flash_test {
namespace {

constexpr std::uint32_t kBank1 = 0x08000000, kBank2 = 0x08100000, kRegisters = 0x52002000;
constexpr std::uint32_t kKeyr = 0x04, kOptKeyr = 0x08, kCr = 0x0C, kSr = 0x10, kCcr = 0x14, kOptcr = 0x18,
                        kOptsrCur = 0x1C, kOptsrPrg = 0x20, kOptccr = 0x24, kPrarPrg = 0x2C, kWpsnCur = 0x38,
                        kWpsnPrg = 0x3C, kEccFa = 0x60;
constexpr std::uint32_t kLock = 1, kPg = 2, kSer = 4, kBer = 8;
constexpr std::uint32_t kBsy = 1, kWbne = 2, kQw = 4, kEop = 1u << 16, kWrperr = 1u << 17, kPgserr = 1u << 18,
                        kStrberr = 1u << 19, kIncerr = 1u << 21, kRdperr = 1u << 23, kDbeccerr = 1u << 26;
constexpr std::uint32_t kSwapBank = 1u << 31, kOptChangeErr = 1u << 30;

// How FLASH_CR of a chip is laid out.
struct Variant {
  std::string chip;
  unsigned words;  // of 32 bits in a flash word
  std::uint32_t psize, fw, start, snb_shift, sector;
};
const Variant kH743{"stm32h743zi", 8, 3u << 4, 1u << 6, 1u << 7, 8, 0x20000};
const Variant kH723{"stm32h723zg", 8, 3u << 4, 1u << 6, 1u << 7, 8, 0x20000};
const Variant kH7a3{"stm32h7a3zi", 4, 0, 1u << 4, 1u << 5, 6, 0x2000};

class H7Host : public SwdHost {
 public:
  H7Host(Board& board, Variant variant) : SwdHost(board), v(std::move(variant)) {
    connect();
    halt();
  }
  // Register `offset` of bank 1 or 2.
  static std::uint32_t at(unsigned bank, std::uint32_t offset) {
    return kRegisters + (bank - 1) * 0x100 + offset;
  }
  std::uint32_t reg(unsigned bank, std::uint32_t offset) { return word(at(bank, offset)); }
  bool set(unsigned bank, std::uint32_t offset, std::uint32_t value) {
    return write_mem(at(bank, offset), value);
  }
  void unlock(unsigned bank) {
    set(bank, kKeyr, 0x45670123);
    set(bank, kKeyr, 0xCDEF89AB);
  }
  void unlock_options() {
    set(1, kOptKeyr, 0x08192A3B);
    set(1, kOptKeyr, 0x4C5D6E7F);
  }
  // Waits in virtual time; returns the flags without BSY, QW and WBNE, and clears them.
  std::uint32_t finish(unsigned bank = 1) {
    while (reg(bank, kSr) & kQw) wait(Milliseconds(1));
    const std::uint32_t flags = reg(bank, kSr) & ~(kBsy | kWbne | kQw);
    set(bank, kCcr, flags);
    return flags;
  }
  // Writes `count` words from `first` on, each its own address.
  void fill(std::uint32_t address, unsigned count, std::uint32_t first = 0) {
    for (unsigned i = first; i < first + count; ++i) write_mem(address + 4 * i, 0xC0DE0000 + address + i);
  }
  std::uint32_t program(std::uint32_t address, unsigned bank = 1) {
    set(bank, kCr, kPg | v.psize);
    fill(address, v.words);
    const std::uint32_t flags = finish(bank);
    set(bank, kCr, 0);
    return flags;
  }
  std::uint32_t erase(unsigned sector, unsigned bank = 1) {
    set(bank, kCr, kSer | v.psize | sector << v.snb_shift | v.start);
    return finish(bank);
  }
  void change_option(unsigned bank, std::uint32_t offset, std::uint32_t value) {
    unlock_options();
    set(bank, offset, value);
    set(1, kOptcr, 2);
    while (reg(1, kOptsrCur) & 1) wait(Milliseconds(1));
    set(1, kOptcr, 1);
  }
  void reset_chip() {
    write_mem(0xE000ED0C, 0x05FA0004);
    wait(Milliseconds(1));
  }

  const Variant v;
};

struct Bench {
  explicit Bench(const Variant& variant, FaultPlan faults = {})
      : board({.chip = variant.chip, .faults = std::move(faults)}), host(board, variant) {}
  Board board;
  H7Host host;
};

class H7Flash : public testing::TestWithParam<Variant> {};
INSTANTIATE_TEST_SUITE_P(Lines, H7Flash, testing::Values(kH743, kH723, kH7a3),
                         [](const auto& row) { return row.param.chip; });

TEST_P(H7Flash, StartsErasedAndLocked) {
  Bench b(GetParam());
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
  EXPECT_EQ(b.host.reg(1, kSr), 0u);
  EXPECT_EQ(b.host.reg(1, kOptcr), 1u);
  EXPECT_EQ(b.host.reg(1, kOptsrCur) >> 8 & 0xFF, 0xAAu);
}

TEST_P(H7Flash, AWrongKeyIsABusErrorAndLocksUntilReset) {
  Bench b(GetParam());
  EXPECT_FALSE(b.host.set(1, kKeyr, 0xCDEF89AB));
  b.host.unlock(1);
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
  b.host.reset_chip();
  b.host.unlock(1);
  EXPECT_EQ(b.host.reg(1, kCr), 0u);
  b.host.unlock(1);  // "if the unlock sequence is performed twice, this bit remains locked"
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
  b.host.unlock(1);
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
}

TEST_P(H7Flash, AFlashWordIsProgrammedWhenItsBufferIsFull) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, kPg | b.host.v.psize);
  b.host.fill(kBank1 + 64, b.host.v.words - 1);
  EXPECT_EQ(b.host.reg(1, kSr), kWbne);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(kBank1 + 64), 0xFFFFFFFFu);
  b.host.fill(kBank1 + 64, 1, b.host.v.words - 1);
  EXPECT_EQ(b.host.reg(1, kSr) & (kQw | kWbne), kQw);
  EXPECT_EQ(b.host.finish(), kEop);
  for (unsigned i = 0; i < b.host.v.words; ++i) {
    EXPECT_EQ(b.host.word(kBank1 + 64 + 4 * i), 0xC0DE0000 + kBank1 + 64 + i);
  }
  EXPECT_EQ(b.host.word(kBank1 + 64 + 4 * b.host.v.words), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_programs, 1u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST_P(H7Flash, ForcedWritePadsWithOnes) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, kPg | b.host.v.psize | b.host.v.fw);  // nothing in the buffer: no effect
  EXPECT_EQ(b.host.reg(1, kSr), 0u);
  b.host.set_size(1);
  b.host.write_mem(kBank1 + 32 + 3, 0x5Au << 24);
  b.host.set_size(4);
  EXPECT_EQ(b.host.reg(1, kSr), kWbne);
  b.host.set(1, kCr, kPg | b.host.v.psize | b.host.v.fw);
  EXPECT_EQ(b.host.reg(1, kCr), kPg | b.host.v.psize);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kBank1 + 32), 0x5AFFFFFFu);
  EXPECT_EQ(b.host.word(kBank1 + 36), 0xFFFFFFFFu);
}

TEST_P(H7Flash, ProgrammingWithoutPgOrLockedIsASequenceError) {
  Bench b(GetParam());
  b.host.write_mem(kBank1, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.unlock(1);
  b.host.write_mem(kBank1, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(1, kCr, kPg);
  b.host.set(1, kCr, kLock);
  EXPECT_EQ(b.host.reg(1, kCr), kLock | kPg);  // the other bits do not change
  b.host.write_mem(kBank1, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  EXPECT_EQ(b.board.stats().flash_errors, 3u);
}

TEST_P(H7Flash, AnotherFlashWordBeforeTheBufferIsFullIsAnInconsistency) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, kPg | b.host.v.psize);
  b.host.fill(kBank1, 1);
  b.host.fill(kBank1 + 64, 1);
  EXPECT_EQ(b.host.reg(1, kSr), kIncerr);  // and the buffer is lost
  b.host.fill(kBank1 + 64, 1);
  EXPECT_EQ(b.host.reg(1, kSr), kIncerr | kPgserr);
  b.host.set(1, kCcr, kIncerr);
  b.host.fill(kBank1 + 64, b.host.v.words);
  EXPECT_EQ(b.host.finish(), kPgserr | kEop);
}

TEST_P(H7Flash, TheSameByteTwiceIsAStrobeError) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, kPg | b.host.v.psize);
  b.host.fill(kBank1, 1);
  b.host.fill(kBank1, 1);
  EXPECT_EQ(b.host.reg(1, kSr), kStrberr | kWbne);
  b.host.set(1, kCr, 0);  // clearing PG empties the buffer
  EXPECT_EQ(b.host.reg(1, kSr), kStrberr);
}

TEST_P(H7Flash, AFlashWordProgrammedTwiceCannotBeRead) {
  Bench b(GetParam());
  b.host.unlock(1);
  const std::uint32_t address = kBank1 + 0x40;
  EXPECT_EQ(b.host.program(address), kEop);
  EXPECT_EQ(b.host.program(address), kEop);
  EXPECT_FALSE(b.host.read_mem(address + 4).has_value());
  EXPECT_EQ(b.host.reg(1, kSr), kDbeccerr);
  EXPECT_EQ(b.host.reg(1, kEccFa), 0x40 / (4 * b.host.v.words));
  EXPECT_TRUE(b.host.read_mem(address - 4).has_value());
  EXPECT_TRUE(b.host.read_mem(address + 4 * b.host.v.words).has_value());
  EXPECT_EQ(b.host.finish(), kDbeccerr);
  EXPECT_EQ(b.host.reg(1, kEccFa), 0u);
  EXPECT_EQ(b.host.erase(0), kEop);
  EXPECT_EQ(b.host.word(address), 0xFFFFFFFFu);
}

TEST_P(H7Flash, EraseTakesTheSectorAndItsTime) {
  Bench b(GetParam());
  b.host.unlock(1);
  const std::uint32_t sector = b.host.v.sector;
  for (const std::uint32_t n : {2u, 3u, 4u}) b.host.program(kBank1 + n * sector);
  const Nanoseconds busy = b.board.stats().flash_busy;
  EXPECT_EQ(b.host.erase(3), kEop);
  EXPECT_EQ(b.board.stats().flash_busy - busy, sector == 0x20000 ? Milliseconds(1000) : Milliseconds(2));
  EXPECT_EQ(b.host.word(kBank1 + 3 * sector), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kBank1 + 2 * sector), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kBank1 + 4 * sector), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_erases, 1u);
}

// FLASH_SR: BSY is reset "every time a step" completes, QW with the last one.
TEST_P(H7Flash, BsyFallsBetweenTwoStepsAndQwDoesNot) {
  Bench b(GetParam());
  b.host.unlock(1);
  const Nanoseconds time = b.host.v.sector == 0x20000 ? Milliseconds(1000) : Milliseconds(2);
  b.host.set(1, kCr, kSer | b.host.v.psize | b.host.v.start);
  EXPECT_EQ(b.host.reg(1, kSr), kBsy | kQw);
  b.host.wait(time / 2);
  EXPECT_EQ(b.host.reg(1, kSr), kQw);
  b.host.wait(time / 5);
  EXPECT_EQ(b.host.reg(1, kSr), kBsy | kQw);
  b.host.wait(time / 2);
  EXPECT_EQ(b.host.reg(1, kSr), kEop);
}

TEST_P(H7Flash, BankEraseGoesBeforeSectorErase) {
  Bench b(GetParam());
  b.host.unlock(1);
  for (const std::uint32_t n : {0u, 5u}) b.host.program(kBank1 + n * b.host.v.sector);
  b.host.set(1, kCr, kBer | kSer | b.host.v.psize | b.host.v.start);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kBank1 + 5 * b.host.v.sector), 0xFFFFFFFFu);
}

TEST_P(H7Flash, StartWithoutAnEraseDoesNothing) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, b.host.v.psize | b.host.v.start);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.board.stats().flash_erases, 0u);
  EXPECT_EQ(b.board.stats().flash_errors, 1u);
}

TEST_P(H7Flash, AProtectedSectorIsNeitherErasedNorProgrammed) {
  Bench b(GetParam());
  const std::uint32_t open = b.host.reg(1, kWpsnCur);
  b.host.set(1, kWpsnPrg, 0);  // OPTLOCK is set: no effect
  EXPECT_EQ(b.host.reg(1, kWpsnPrg), open);
  b.host.change_option(1, kWpsnPrg, open & ~2u);
  EXPECT_EQ(b.host.reg(1, kWpsnCur), open & ~2u);
  const unsigned guarded = b.host.v.words == 4 ? 4 : 1, beyond = b.host.v.words == 4 ? 8 : 2;
  b.host.unlock(1);
  EXPECT_EQ(b.host.erase(guarded), kWrperr);
  EXPECT_EQ(b.host.program(kBank1 + guarded * b.host.v.sector), kWrperr);
  EXPECT_EQ(b.host.erase(guarded - 1), kEop);
  EXPECT_EQ(b.host.program(kBank1 + beyond * b.host.v.sector), kEop);
  b.host.set(1, kCr, kBer | b.host.v.psize | b.host.v.start);
  EXPECT_EQ(b.host.finish(), kWrperr);
  EXPECT_NE(b.host.word(kBank1 + beyond * b.host.v.sector), 0xFFFFFFFFu);
}

TEST_P(H7Flash, ReadProtectionClosesTheFlashAndItsRemovalErases) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.program(kBank1);
  const std::uint32_t optsr = b.host.reg(1, kOptsrCur);
  b.host.change_option(1, kOptsrPrg, (optsr & ~0xFF00u) | 0x5500);
  b.host.reset_chip();
  EXPECT_FALSE(b.host.read_mem(kBank1).has_value());
  EXPECT_EQ(b.host.finish(), kRdperr);
  b.host.unlock(1);
  EXPECT_EQ(b.host.erase(0), kWrperr);
  b.host.change_option(1, kOptsrPrg, optsr);
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(1, kOptsrCur), optsr);
}

// PCROP: reads are refused, code runs; the area may grow and not shrink.
TEST_P(H7Flash, PcropAreaCannotBeReadNorShrunk) {
  Bench b(GetParam());
  b.host.change_option(1, kPrarPrg, 4u << 16 | 2u);  // blocks 2 to 4 of 256 bytes
  EXPECT_TRUE(b.host.read_mem(kBank1 + 0x1FC).has_value());
  EXPECT_FALSE(b.host.read_mem(kBank1 + 0x200).has_value());
  EXPECT_FALSE(b.host.read_mem(kBank1 + 0x4FC).has_value());
  EXPECT_TRUE(b.host.read_mem(kBank1 + 0x500).has_value());
  EXPECT_EQ(b.host.finish(), kRdperr);
  b.host.unlock(1);
  EXPECT_EQ(b.host.erase(0), kWrperr);
  b.host.change_option(1, kPrarPrg, 0xFF);
  EXPECT_EQ(b.host.reg(1, kOptsrCur) & kOptChangeErr, kOptChangeErr);
  EXPECT_FALSE(b.host.read_mem(kBank1 + 0x200).has_value());
  b.host.set(1, kOptccr, kOptChangeErr);
  b.host.change_option(1, kPrarPrg, 5u << 16 | 2u);
  EXPECT_EQ(b.host.reg(1, kOptsrCur) & kOptChangeErr, 0u);
  EXPECT_FALSE(b.host.read_mem(kBank1 + 0x500).has_value());
}

// A regression erases a PCROP area, and lets it go, only where DMEP is set.
TEST_P(H7Flash, RegressionTakesThePcropAreaWhereDmepIsSet) {
  for (const std::uint32_t dmep : {0u, 1u << 31}) {
    Bench b(GetParam());
    b.host.unlock(1);
    b.host.program(kBank1);
    b.host.program(kBank1 + 0x200);
    const std::uint32_t optsr = b.host.reg(1, kOptsrCur);
    b.host.change_option(1, kPrarPrg, dmep | 4u << 16 | 2u);
    b.host.change_option(1, kOptsrPrg, (optsr & ~0xFF00u) | 0x5500);
    b.host.reset_chip();
    b.host.unlock_options();
    b.host.set(1, kPrarPrg, 0xFF);
    b.host.set(1, kOptcr, 1);
    b.host.change_option(1, kOptsrPrg, optsr);
    EXPECT_EQ(b.host.reg(1, kOptsrCur), dmep != 0 ? optsr : (optsr & ~0xFF00u) | 0x5500 | kOptChangeErr);
    if (dmep == 0) {
      b.host.set(1, kOptccr, kOptChangeErr);
      b.host.reset_chip();
      b.host.change_option(1, kOptsrPrg, optsr);
    }
    EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
    EXPECT_EQ(b.board.flash_content()[0x200] == 0xFF, dmep != 0);
  }
}

TEST_P(H7Flash, APowerFailureWhileProgrammingLeavesAnEccError) {
  Bench b(GetParam(), FaultPlan::parse("brownout@flash:1"));
  b.host.unlock(1);
  b.host.set(1, kCr, kPg | b.host.v.psize);
  b.host.fill(kBank1, b.host.v.words - 1);
  b.host.must_write(true, 0x4, kBank1 + 4 * (b.host.v.words - 1));
  b.host.must_write(true, 0xC, 0);
  b.host.wait(Milliseconds(1));
  b.host.connect();
  EXPECT_FALSE(b.host.read_mem(kBank1).has_value());
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
}

// --- two banks -------------------------------------------------------------------------------------------

class H7Banks : public testing::TestWithParam<Variant> {};
INSTANTIATE_TEST_SUITE_P(Lines, H7Banks, testing::Values(kH743, kH7a3),
                         [](const auto& row) { return row.param.chip; });

TEST_P(H7Banks, HaveTheirOwnRegistersAndOperations) {
  Bench b(GetParam());
  b.host.unlock(2);
  EXPECT_EQ(b.host.reg(1, kCr), kLock);
  EXPECT_EQ(b.host.program(kBank2 + 0x40, 2), kEop);
  EXPECT_EQ(b.host.word(kBank2 + 0x40), 0xC0DE0000 + kBank2 + 0x40);
  EXPECT_EQ(b.board.flash_content()[0x100040], 0x40);
  b.host.write_mem(kBank1, 0);
  EXPECT_EQ(b.host.reg(1, kSr), kPgserr);
  EXPECT_EQ(b.host.reg(2, kSr), 0u);
  b.host.set(2, kCr, kSer | b.host.v.psize | b.host.v.start);
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);  // can be read while the other one erases
  b.host.must_write(true, 0x4, kBank2);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  EXPECT_EQ(b.host.finish(2), kEop);
  EXPECT_EQ(b.host.word(kBank2 + 0x40), 0xFFFFFFFFu);
}

TEST_P(H7Banks, AFlashWordIsCollectedDuringAnErase) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.set(1, kCr, kSer | b.host.v.psize | 1u << b.host.v.snb_shift | b.host.v.start);
  b.host.set(1, kCr, kPg | b.host.v.psize);
  b.host.fill(kBank1, b.host.v.words);
  EXPECT_EQ(b.board.stats().flash_programs, 0u);
  EXPECT_EQ(b.host.write(true, 0x4, kBank1 + 0x80), kAckOk);
  EXPECT_EQ(b.host.write(true, 0xC, 0), kAckOk);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);  // the queue is full
  b.host.wait(Milliseconds(1100));
  b.host.fetch_result();
  EXPECT_EQ(b.board.stats().flash_programs, 1u);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(kBank1), 0xC0DE0000 + kBank1);
}

TEST_P(H7Banks, MassEraseTakesBothWhereBothAreUnlocked) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.unlock(2);
  b.host.program(kBank1);
  b.host.program(kBank2, 2);
  b.host.unlock_options();
  b.host.set(1, kOptcr, 1u << 4);
  EXPECT_EQ(b.host.finish(1), kEop);
  EXPECT_EQ(b.host.finish(2), kEop);
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kBank2), 0xFFFFFFFFu);
}

// The banks change their places, and with them their registers, at the next reset.
TEST_P(H7Banks, SwapTakesMemoryAndRegisters) {
  Bench b(GetParam());
  b.host.unlock(1);
  b.host.program(kBank1);
  b.host.change_option(2, kWpsnPrg, b.host.reg(2, kWpsnCur) & ~1u);
  b.host.change_option(1, kOptsrPrg, b.host.reg(1, kOptsrCur) | kSwapBank);
  EXPECT_EQ(b.host.reg(1, kOptcr) & kSwapBank, 0u);
  EXPECT_EQ(b.host.word(kBank1), 0xC0DE0000 + kBank1);
  b.host.reset_chip();
  EXPECT_EQ(b.host.reg(1, kOptcr) & kSwapBank, kSwapBank);
  EXPECT_EQ(b.host.word(kBank2), 0xC0DE0000 + kBank1);
  EXPECT_EQ(b.host.word(kBank1), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(1, kWpsnCur) & 1, 0u);
  b.host.unlock(1);
  EXPECT_EQ(b.host.program(kBank1 + 8 * b.host.v.sector - 0x100 + 0x100 - 0x20), kEop);
  EXPECT_EQ(b.host.erase(0), kWrperr);
  EXPECT_EQ(b.board.flash_content()[0], 0x00);  // bank 1's own first cell
}

// --- OTP of H7A/B ------------------------------------------------------------------------------------------

constexpr std::uint32_t kOtp = 0x08FFF000, kOtpblCur = 0x68, kOtpblPrg = 0x6C, kPgOtp = 1u << 5;

struct OtpBench : Bench {
  OtpBench() : Bench(kH7a3) {
    host.unlock_options();
    host.set(1, kOptcr, kPgOtp);
  }
  // Writes 16 bits; returns the flags.
  std::uint32_t program_half(std::uint32_t address, std::uint16_t value) {
    host.set_size(2);
    host.write_mem(address, std::uint32_t{value} << 8 * (address & 2));
    host.set_size(4);
    return host.finish();
  }
};

// RM0455: words of 16 bits, each written once; two of them at once.
TEST(H7Otp, AWordIsWrittenOnce) {
  OtpBench b;
  EXPECT_EQ(b.program_half(kOtp + 6, 0x1234), kEop);
  b.host.write_mem(kOtp + 8, 0x89ABCDEF);
  EXPECT_EQ(b.host.reg(1, kSr), kBsy | kQw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kOtp + 8), 0x89ABCDEFu);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.program_half(kOtp + 10, 0x89AB), kEop);  // again: its ECC does not fit any more
  EXPECT_FALSE(b.host.read_mem(kOtp + 8).has_value());
  EXPECT_EQ(b.host.reg(1, kEccFa), 1u << 31 | 4u);
  EXPECT_EQ(b.host.finish(), kDbeccerr);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(H7Otp, AWordThatWasNeverWrittenReadsAsOnesWithAnEccError) {
  OtpBench b;
  EXPECT_EQ(b.host.word(kOtp + 0x3FC), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(1, kEccFa), 1u << 31 | 0x1FEu);
  EXPECT_EQ(b.host.finish(), kDbeccerr);
  EXPECT_FALSE(b.host.read_mem(kOtp + 0x400).has_value());
}

TEST(H7Otp, WantsPgOtpInAnOpenOptcr) {
  OtpBench b;
  b.host.set(1, kOptcr, 0);
  EXPECT_EQ(b.program_half(kOtp, 0), kPgserr);
  b.host.unlock(1);
  b.host.set(1, kCr, kPg);  // which is for main flash
  EXPECT_EQ(b.program_half(kOtp, 0), kPgserr);
  b.host.set(1, kOptcr, kPgOtp);
  b.host.set(1, kOptcr, kPgOtp | 1);  // OPTLOCK
  EXPECT_EQ(b.program_half(kOtp, 0), kPgserr);
  b.host.set_size(1);
  EXPECT_FALSE(b.host.write_mem(kOtp, 0));  // never a byte
}

// A bit of OTPBL locks 64 bytes, and is never cleared again.
TEST(H7Otp, ALockedBlockTakesNothing) {
  OtpBench b;
  b.host.set(1, kOptcr, 1);
  b.host.change_option(1, kOtpblPrg, 2);
  EXPECT_EQ(b.host.reg(1, kOtpblCur), 2u);
  b.host.change_option(1, kOtpblPrg, 0);
  EXPECT_EQ(b.host.reg(1, kOtpblCur), 2u);
  b.host.unlock_options();
  b.host.set(1, kOptcr, kPgOtp);
  EXPECT_EQ(b.program_half(kOtp + 64, 0), kWrperr);
  EXPECT_EQ(b.program_half(kOtp + 126, 0), kWrperr);
  EXPECT_EQ(b.program_half(kOtp + 62, 0), kEop);
  EXPECT_EQ(b.program_half(kOtp + 128, 0), kEop);
  EXPECT_EQ(b.host.word(kOtp + 64), 0xFFFFFFFFu);
}

TEST(H7Otp, WhatStProgrammedIsWriteProtected) {
  OtpBench b;
  const std::uint32_t uid = b.host.word(0x08FFF800);
  for (const std::uint32_t address : {0x1FF00000u, 0x08FFF800u}) {
    EXPECT_TRUE(b.host.write_mem(address, 0));
    EXPECT_EQ(b.host.finish(), kWrperr);
  }
  EXPECT_EQ(b.host.word(0x08FFF800), uid);
  EXPECT_EQ(b.host.word(0x1FF00000), 0xFFFFFFFFu);
}

TEST(H7Otp, H743HasNone) {
  Bench b(kH743);
  EXPECT_FALSE(b.host.read_mem(kOtp).has_value());
}

// --- sizes -----------------------------------------------------------------------------------------------

TEST(H7Sizes, AHoleIsBetweenTheBanksOfOneMebibyte) {
  for (Variant variant : {kH743, kH7a3}) {
    variant.chip.back() = 'g';
    Bench b(variant);
    EXPECT_TRUE(b.host.read_mem(0x0807FFFC).has_value());
    EXPECT_FALSE(b.host.read_mem(0x08080000).has_value());
    EXPECT_FALSE(b.host.read_mem(0x080FFFFC).has_value());
    EXPECT_TRUE(b.host.read_mem(0x0817FFFC).has_value());
    EXPECT_FALSE(b.host.read_mem(0x08180000).has_value());
    b.host.unlock(2);
    EXPECT_EQ(b.host.program(kBank2, 2), kEop);
    EXPECT_EQ(b.board.flash_content()[0x80001], 0x00);
    b.host.set(2, kCr,
               kSer | variant.psize | (0x80000 / variant.sector) << variant.snb_shift | variant.start);
    EXPECT_EQ(b.host.finish(2), 0u);  // no such sector
    EXPECT_EQ(b.board.stats().flash_erases, 0u);
  }
}

TEST(H7Sizes, ValueLinesHaveOneBankOf128KiB) {
  for (Variant variant : {kH743, kH723, kH7a3}) {
    variant.chip = variant.words == 4           ? "stm32h7b0vb"
                   : variant.chip == kH743.chip ? "stm32h750vb"
                                                : "stm32h730vb";
    Bench b(variant);
    EXPECT_TRUE(b.host.read_mem(0x0801FFFC).has_value());
    EXPECT_FALSE(b.host.read_mem(0x08020000).has_value());
    EXPECT_FALSE(b.host.read_mem(H7Host::at(2, kSr)).has_value());
    const std::uint32_t size = variant.words == 4 ? 0x08FFF80C : 0x1FF1E880;
    EXPECT_EQ(b.host.word(size) & 0xFFFF, 128u);
  }
}

struct IdRow {
  std::string chip;
  std::uint32_t idcode, cpuid, size_register, kib;
};
TEST(H7Sizes, ChipsSayWhoTheyAre) {
  for (const IdRow& row : {IdRow{"stm32h743zi", 0x20036450, 0x411FC271, 0x1FF1E880, 2048},
                           IdRow{"stm32h723zg", 0x10016483, 0x411FC272, 0x1FF1E880, 1024},
                           IdRow{"stm32h7a3rg", 0x10006480, 0x411FC272, 0x08FFF80C, 1024}}) {
    Board board({.chip = row.chip});
    SwdHost host(board);
    EXPECT_EQ(host.connect(), 0x6BA02477u);
    EXPECT_EQ(host.word(0x5C001000), row.idcode);
    EXPECT_EQ(host.word(0xE000ED00), row.cpuid);
    EXPECT_EQ(host.word(row.size_register) & 0xFFFF, row.kib);
    // behind access port 2 DBGMCU is elsewhere
    host.must_write(false, 0x8, 0x02000000);
    host.must_write(true, 0x0, 0x80000002);
    EXPECT_EQ(host.word(0xE00E1000), row.idcode);
    host.must_write(false, 0x8, 0x020000F0);
    host.must_read(true, 0xC);
    EXPECT_EQ(host.must_read(false, 0xC), 0x54770002u);
  }
}

}  // namespace
}  // namespace probity::vboard::test::h7_flash_test
