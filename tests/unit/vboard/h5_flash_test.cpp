// The flash interface of H5 through the debug port, by the sequences and error conditions of RM0481 7.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::h5_flash_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kRegisters = 0x40022000, kSector = 0x2000;
constexpr std::uint32_t kNsKeyr = 0x04, kOptKeyr = 0x0C, kOptcr = 0x1C, kSr = 0x20, kCr = 0x28, kCcr = 0x30,
                        kOptsrCur = 0x50, kOptsrPrg = 0x54, kWrp1Cur = 0xE8, kWrp1Prg = 0xEC,
                        kWrp2Prg = 0x1EC, kEccDetr = 0x104, kEccDr = 0x108, kOtpblrCur = 0x90,
                        kOtpblrPrg = 0x94;
constexpr std::uint32_t kLock = 1, kPg = 2, kSer = 4, kBer = 8, kFw = 16, kStart = 32, kMer = 1u << 15,
                        kBank2 = 1u << 31;
constexpr std::uint32_t kBsy = 1, kWbne = 2, kEop = 1u << 16, kWrperr = 1u << 17, kPgserr = 1u << 18,
                        kStrberr = 1u << 19, kIncerr = 1u << 20, kOptChangeErr = 1u << 23;
constexpr std::uint32_t kSwapBank = 1u << 31;

class H5Host : public SwdHost {
 public:
  explicit H5Host(Board& board) : SwdHost(board) {
    connect();
    must_write(false, 0x8, 0x01000000);  // the core is behind access port 1
    set_size(4);
    halt();
  }
  std::uint32_t reg(std::uint32_t offset) { return word(kRegisters + offset); }
  bool set(std::uint32_t offset, std::uint32_t value) { return write_mem(kRegisters + offset, value); }
  void unlock() {
    set(kNsKeyr, 0x45670123);
    set(kNsKeyr, 0xCDEF89AB);
  }
  std::uint32_t finish() {
    while (reg(kSr) & kBsy) wait(Milliseconds(1));
    const std::uint32_t flags = reg(kSr) & 0xFFFF0000;
    set(kCcr, flags);
    return flags;
  }
  void fill(std::uint32_t address, unsigned count) {
    for (unsigned i = 0; i < count; ++i) write_mem(address + 4 * i, 0xC0DE0000 + address + i);
  }
  std::uint32_t program(std::uint32_t address) {
    set(kCr, kPg);
    fill(address, 4);
    const std::uint32_t flags = finish();
    set(kCr, 0);
    return flags;
  }
  std::uint32_t erase(unsigned sector, std::uint32_t bank = 0) {
    set(kCr, kSer | sector << 6 | bank);
    set(kCr, kSer | sector << 6 | bank | kStart);
    return finish();
  }
  std::uint32_t change_option(std::uint32_t offset, std::uint32_t value) {
    set(kOptKeyr, 0x08192A3B);
    set(kOptKeyr, 0x4C5D6E7F);
    set(offset, value);
    set(kOptcr, 2);
    const std::uint32_t flags = finish();
    set(kOptcr, 1);
    return flags;
  }
  void reset_chip() {
    write_mem(0xE000ED0C, 0x05FA0004);
    wait(Milliseconds(1));
  }
};

struct Bench {
  explicit Bench(const std::string& chip) : board({.chip = chip}), host(board) {}
  Board board;
  H5Host host;
};

struct ChipRow {
  std::string chip;
  std::uint32_t idcode, kib;
};
class H5Flash : public testing::TestWithParam<ChipRow> {};
INSTANTIATE_TEST_SUITE_P(Lines, H5Flash,
                         testing::Values(ChipRow{"stm32h503rb", 0x10016474, 128},
                                         ChipRow{"stm32h523ce", 0x10006478, 512},
                                         ChipRow{"stm32h563zi", 0x10076484, 2048}),
                         [](const auto& row) { return row.param.chip; });

TEST_P(H5Flash, SaysWhoItIs) {
  Bench b(GetParam().chip);
  EXPECT_EQ(b.host.word(0x44024000), GetParam().idcode);
  EXPECT_EQ(b.host.word(0x08FFF80C) & 0xFFFF, GetParam().kib);
  EXPECT_EQ(b.host.word(0xE000ED00), 0x410FD214u);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(kCr), kLock);
  EXPECT_EQ(b.host.reg(kOptsrCur) >> 8 & 0xFF, 0xEDu);  // PRODUCT_STATE Open
  EXPECT_FALSE(b.host.read_mem(kFlash + GetParam().kib * 1024).has_value());
}

TEST_P(H5Flash, AWrongKeyIsABusErrorAndLocksUntilReset) {
  Bench b(GetParam().chip);
  EXPECT_FALSE(b.host.set(kNsKeyr, 0xCDEF89AB));
  b.host.unlock();
  EXPECT_EQ(b.host.reg(kCr), kLock);
  b.host.reset_chip();
  b.host.unlock();
  EXPECT_EQ(b.host.reg(kCr), 0u);
}

TEST_P(H5Flash, ProgramsFlashWordsAndErasesSectorsOfBothBanks) {
  Bench b(GetParam().chip);
  const std::uint32_t bank2 = kFlash + GetParam().kib * 512;
  b.host.unlock();
  for (const std::uint32_t address : {kFlash + kSector, kFlash + 2 * kSector, bank2 + kSector}) {
    EXPECT_EQ(b.host.program(address), kEop);
    EXPECT_EQ(b.host.word(address + 12), 0xC0DE0003 + address);
  }
  EXPECT_EQ(b.host.erase(1, kBank2), kEop);
  EXPECT_EQ(b.host.word(bank2 + kSector), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kFlash + kSector), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.erase(1), kEop);
  EXPECT_EQ(b.host.word(kFlash + kSector), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kFlash + 2 * kSector), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_erases, 2u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST_P(H5Flash, BufferAndItsErrors) {
  Bench b(GetParam().chip);
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.unlock();
  b.host.set(kCr, kPg);
  b.host.fill(kFlash, 1);
  EXPECT_EQ(b.host.reg(kSr), kWbne);
  b.host.fill(kFlash, 1);
  EXPECT_EQ(b.host.reg(kSr), kStrberr);  // and the buffer is lost
  EXPECT_EQ(b.host.finish(), kStrberr);
  b.host.fill(kFlash, 1);
  b.host.fill(kFlash + 16, 1);
  EXPECT_EQ(b.host.reg(kSr), kIncerr);
  b.host.fill(kFlash + 16, 1);
  EXPECT_EQ(b.host.finish(), kIncerr | kPgserr);
  b.host.fill(kFlash + 16, 1);
  b.host.set(kCr, kPg | kFw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kFlash + 16), 0xC0DE0000 + kFlash + 16);
  EXPECT_EQ(b.host.word(kFlash + 20), 0xFFFFFFFFu);
}

// RM0481 7.9.2.
TEST_P(H5Flash, SequenceErrors) {
  Bench b(GetParam().chip);
  b.host.unlock();
  b.host.program(kFlash);
  b.host.set(kCr, kStart);  // what is to be erased?
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(kCr, kSer | kBer | kStart);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(kCr, kSer | kPg | kStart);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(kCr, kSer | kPg);
  b.host.fill(kFlash + 16, 1);
  EXPECT_EQ(b.host.reg(kSr), kPgserr);
  b.host.set(kCr, kSer | kStart);  // the flag is still there
  EXPECT_EQ(b.host.finish(), kPgserr);
  EXPECT_EQ(b.host.word(kFlash), 0xC0DE0000 + kFlash);
  EXPECT_EQ(b.host.erase(0), kEop);
}

TEST_P(H5Flash, AFlashWordProgrammedTwiceCannotBeRead) {
  Bench b(GetParam().chip);
  b.host.unlock();
  b.host.program(kFlash + 32);
  b.host.program(kFlash + 32);
  EXPECT_FALSE(b.host.read_mem(kFlash + 36).has_value());
  EXPECT_EQ(b.host.reg(kEccDetr), 1u << 31 | 2u);
  EXPECT_TRUE(b.host.read_mem(kFlash + 16).has_value());
  b.host.set(kEccDetr, 1u << 31);
  EXPECT_EQ(b.host.reg(kEccDetr), 0u);
  EXPECT_EQ(b.host.erase(0), kEop);
  EXPECT_EQ(b.host.word(kFlash + 36), 0xFFFFFFFFu);
}

TEST_P(H5Flash, BankAndMassErase) {
  Bench b(GetParam().chip);
  const std::uint32_t bank2 = kFlash + GetParam().kib * 512;
  b.host.unlock();
  b.host.program(kFlash);
  b.host.program(bank2);
  b.host.set(kCr, kBer | kBank2 | kStart);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(bank2), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kFlash), 0xFFFFFFFFu);
  b.host.set(kCr, kMer | kStart);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
}

TEST_P(H5Flash, AProtectedGroupIsNeitherErasedNorProgrammed) {
  Bench b(GetParam().chip);
  const std::uint32_t open = b.host.reg(kWrp1Cur), group = GetParam().kib == 128 ? 1 : 4;
  b.host.set(kWrp1Prg, 0);  // OPTLOCK is set: no effect
  EXPECT_EQ(b.host.reg(kWrp1Prg), open);
  EXPECT_EQ(b.host.change_option(kWrp1Prg, open & ~2u), 0u);
  b.host.unlock();
  EXPECT_EQ(b.host.erase(group), kWrperr);
  // what is written after the first word meets a flag that was not cleared
  EXPECT_EQ(b.host.program(kFlash + group * kSector), kWrperr | kPgserr);
  EXPECT_EQ(b.host.erase(group - 1), kEop);
  EXPECT_EQ(b.host.erase(2 * group), kEop);
  EXPECT_EQ(b.host.erase(group, kBank2), kEop);
  EXPECT_EQ(b.host.change_option(kWrp2Prg, 0), 0u);
  EXPECT_EQ(b.host.erase(group, kBank2), kWrperr);
}

TEST_P(H5Flash, SwapTakesEffectAtReset) {
  Bench b(GetParam().chip);
  const std::uint32_t bank2 = kFlash + GetParam().kib * 512;
  b.host.unlock();
  b.host.program(kFlash);
  b.host.change_option(kOptsrPrg, b.host.reg(kOptsrCur) | kSwapBank);
  EXPECT_NE(b.host.word(kFlash), 0xFFFFFFFFu);
  b.host.reset_chip();
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(bank2), 0xC0DE0000 + kFlash);
  EXPECT_EQ(b.host.reg(kOptcr) & kSwapBank, kSwapBank);
}

// A life cycle goes one way; from iRoT-Provisioned on no debugger gets in.
TEST_P(H5Flash, AProductStateHasNoWayBack) {
  Bench b(GetParam().chip);
  const std::uint32_t optsr = b.host.reg(kOptsrCur) & ~0xFF00u;
  EXPECT_EQ(b.host.change_option(kOptsrPrg, optsr | 0x1700), 0u);
  EXPECT_EQ(b.host.change_option(kOptsrPrg, optsr | 0xED00), kOptChangeErr);
  EXPECT_EQ(b.host.change_option(kOptsrPrg, optsr | 0x1234), kOptChangeErr);
  EXPECT_EQ(b.host.reg(kOptsrCur) >> 8 & 0xFF, 0x17u);
  EXPECT_EQ(b.host.change_option(kOptsrPrg, optsr | 0x7200), 0u);
  b.board.power_cycle();
  EXPECT_ANY_THROW(b.host.connect());
}

constexpr std::uint32_t kOtp = 0x08FFF000;

// Words of 16 bits, each written once, two of them at once; what was never written has an ECC error (RM0481
// 7.3.4, 7.3.9).
TEST_P(H5Flash, OtpWordsAreWrittenOnce) {
  Bench b(GetParam().chip);
  b.host.write_mem(kOtp, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.unlock();
  b.host.set(kCr, kPg);
  b.host.write_mem(kOtp + 0x7FC, 0x89ABCDEF);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kOtp + 0x7FC), 0x89ABCDEFu);
  EXPECT_EQ(b.host.reg(kEccDetr), 0u);
  EXPECT_EQ(b.host.word(kOtp + 8), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(kEccDetr), 1u << 31 | 1u << 24 | 0x602u);
  EXPECT_EQ(b.host.reg(kEccDr), 0xFFFFu);
  b.host.set(kEccDetr, 1u << 31);
  b.host.set_size(2);
  b.host.write_mem(kOtp + 0x7FC, 0x1234);
  b.host.set_size(4);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_FALSE(b.host.read_mem(kOtp + 0x7FC).has_value());
  b.host.set_size(1);
  EXPECT_FALSE(b.host.write_mem(kOtp + 0x10, 0));
  EXPECT_FALSE(b.host.read_mem(kOtp + 0x10).has_value());
}

TEST_P(H5Flash, ALockedOtpBlockTakesNothing) {
  Bench b(GetParam().chip);
  EXPECT_EQ(b.host.change_option(kOtpblrPrg, 1u << 31), 0u);
  EXPECT_EQ(b.host.change_option(kOtpblrPrg, 0), 0u);
  EXPECT_EQ(b.host.reg(kOtpblrCur), 1u << 31);  // for ever
  b.host.unlock();
  b.host.set(kCr, kPg);
  b.host.write_mem(kOtp + 0x7C0, 0);
  EXPECT_EQ(b.host.finish(), kWrperr);
  b.host.write_mem(kOtp + 0x7BC, 0);
  EXPECT_EQ(b.host.finish(), kEop);
}

TEST_P(H5Flash, WhatStProgrammedStays) {
  Bench b(GetParam().chip);
  const std::uint32_t uid = b.host.word(0x08FFF800);
  EXPECT_TRUE(b.host.write_mem(0x08FFF800, 0));  // ignored
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(0x08FFF800), uid);
  b.host.write_mem(0x0BF80000, 0);
  EXPECT_EQ(b.host.finish(), kWrperr);
}

TEST(H5Ports, TheMailboxPortShowsDbgmcu) {
  Board board({.chip = "stm32h563zi"});
  SwdHost host(board);
  EXPECT_EQ(host.connect(), 0x6BA02477u);
  host.must_write(true, 0x0, 0x80000002);
  EXPECT_EQ(host.word(0xE0044000), 0x10076484u);
}

TEST(H5Ports, SecureAliasesShowTheSame) {
  Bench b("stm32h563zi");
  b.host.unlock();
  b.host.program(kFlash);
  EXPECT_EQ(b.host.word(0x0C000000), 0xC0DE0000 + kFlash);
  b.host.write_mem(0x20000100, 0x12345678);
  EXPECT_EQ(b.host.word(0x30000100), 0x12345678u);
  EXPECT_EQ(b.host.word(0x50022000 + kCr), 0u);
}

}  // namespace
}  // namespace probity::vboard::test::h5_flash_test
