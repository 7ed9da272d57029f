// The flash interface of H7R/S through the debug port, by the sequences and error conditions of RM0477.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::h7rs_flash_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kRegisters = 0x52002000, kSector = 0x2000, kOtp = 0x08FFF000;
constexpr std::uint32_t kKeyr = 0x04, kCr = 0x10, kSr = 0x14, kIer = 0x20, kIsr = 0x24, kIcr = 0x28,
                        kEccD = 0x44, kOptKeyr = 0x100, kOptcr = 0x104, kOptIsr = 0x108, kOptIcr = 0x10C,
                        kNvsr = 0x200, kNvsrp = 0x204, kRotsr = 0x208, kRotsrp = 0x20C, kOtplsr = 0x210,
                        kOtplsrp = 0x214, kWrpsr = 0x218, kWrpsrp = 0x21C, kObw1sr = 0x260, kObw1srp = 0x264;
constexpr std::uint32_t kLock = 1, kPg = 2, kSer = 4, kBer = 8, kFw = 16, kStart = 32, kPgOtp = 1u << 16;
constexpr std::uint32_t kBusy = 1, kWbne = 2, kQw = 4, kIsErase = 32, kIsOptChange = 64;
constexpr std::uint32_t kEop = 1u << 16, kWrperr = 1u << 17, kPgserr = 1u << 18, kStrberr = 1u << 19,
                        kIncerr = 1u << 21, kDbeccerr = 1u << 26, kOpterr = 1u << 30;
constexpr std::uint32_t kPgOpt = 2, kClosed = 0x51, kOpen = 0xB4;

class H7rsHost : public SwdHost {
 public:
  explicit H7rsHost(Board& board) : SwdHost(board) {
    connect();
    select_core();
    halt();
  }
  void select_core() {
    must_write(false, 0x8, 0x01000000);  // it is behind access port 1
    set_size(4);
  }
  std::uint32_t reg(std::uint32_t offset) { return word(kRegisters + offset); }
  bool set(std::uint32_t offset, std::uint32_t value) { return write_mem(kRegisters + offset, value); }
  void unlock() {
    set(kKeyr, 0x45670123);
    set(kKeyr, 0xCDEF89AB);
  }
  void unlock_options() {
    set(kOptKeyr, 0x08192A3B);
    set(kOptKeyr, 0x4C5D6E7F);
  }
  std::uint32_t finish() {
    while (reg(kSr) & kQw) wait(Milliseconds(1));
    const std::uint32_t flags = reg(kIsr);
    set(kIcr, flags);
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
  std::uint32_t erase(unsigned sector) {
    set(kCr, kSer | sector << 6 | kStart);
    return finish();
  }
  // The option word `offset` is changed by the write itself; returns OPTISR, cleared.
  std::uint32_t change_option(std::uint32_t offset, std::uint32_t value) {
    unlock_options();
    set(kOptcr, kPgOpt);
    set(offset, value);
    finish();
    const std::uint32_t flags = reg(kOptIsr);
    set(kOptIcr, flags);
    set(kOptcr, 1);
    return flags;
  }
  void half(std::uint32_t address, std::uint16_t value) {
    set_size(2);
    write_mem(address, std::uint32_t{value} << 8 * (address & 2));
    set_size(4);
  }
  void reset_chip() {
    write_mem(0xE000ED0C, 0x05FA0004);
    wait(Milliseconds(1));
  }
};

struct Bench {
  explicit Bench(const std::string& chip = "stm32h7s3l8") : board({.chip = chip}), host(board) {}
  Board board;
  H7rsHost host;
};

TEST(H7rs, SaysWhoItIsOnBothAccessPorts) {
  Bench b("stm32h7r7l8");
  EXPECT_EQ(b.host.word(0x5C001000), 0x20006485u);
  EXPECT_EQ(b.host.word(0x08FFF80C) & 0xFFFF, 64u);
  EXPECT_EQ(b.host.word(0xE000ED00), 0x411FC272u);
  EXPECT_EQ(b.host.word(0xE000ED08), kFlash);  // VTOR
  EXPECT_TRUE(b.host.read_mem(kFlash + 0xFFFC).has_value());
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x10000).has_value());
  EXPECT_FALSE(b.host.read_mem(0x24072000).has_value());
  b.host.must_write(false, 0x8, 0);
  b.host.must_write(true, 0x0, 0x80000002);
  EXPECT_EQ(b.host.word(0xE00E1000), 0x20006485u);
}

TEST(H7rs, StartsErasedAndLocked) {
  Bench b;
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.reg(kCr), kLock);
  EXPECT_EQ(b.host.reg(kOptcr), 1u);
  EXPECT_EQ(b.host.reg(kNvsr), kOpen);
  EXPECT_EQ(b.host.reg(kWrpsr), 0xFFu);
  b.host.set(kIer, kEop);  // ignored while LOCK is set
  EXPECT_EQ(b.host.reg(kIer), 0u);
  EXPECT_FALSE(b.host.set(kKeyr, 0xCDEF89AB));  // wrong: locked until reset
  b.host.unlock();
  EXPECT_EQ(b.host.reg(kCr), kLock);
  b.host.reset_chip();
  b.host.unlock();
  EXPECT_EQ(b.host.reg(kCr), 0u);
}

TEST(H7rs, ProgramsFlashWordsAndErasesSectors) {
  Bench b;
  b.host.unlock();
  for (const unsigned sector : {2u, 3u, 7u}) {
    EXPECT_EQ(b.host.program(kFlash + sector * kSector + 16), kEop);
    EXPECT_EQ(b.host.word(kFlash + sector * kSector + 28), 0xC0DE0000 + kFlash + sector * kSector + 16 + 3);
  }
  b.host.set(kCr, kSer | 3u << 6 | kStart);
  EXPECT_EQ(b.host.reg(kSr), kBusy | kQw | kIsErase);
  b.host.wait(Milliseconds(1));  // half of its time: BUSY falls between two steps, QW does not
  EXPECT_EQ(b.host.reg(kSr), kQw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kFlash + 3 * kSector + 16), 0xFFFFFFFFu);
  EXPECT_NE(b.host.word(kFlash + 2 * kSector + 16), 0xFFFFFFFFu);
  b.host.set(kCr, kBer | kSer | kStart);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kFlash + 2 * kSector + 16), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 7 * kSector + 16), 0xFFFFFFFFu);
  EXPECT_EQ(b.board.stats().flash_erases, 9u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(H7rs, BufferAndItsErrors) {
  Bench b;
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.unlock();
  b.host.write_mem(kFlash, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(kCr, kPg | kFw);  // nothing in the buffer: no effect
  EXPECT_EQ(b.host.reg(kSr), 0u);
  b.host.fill(kFlash, 1);
  EXPECT_EQ(b.host.reg(kSr), kWbne);
  b.host.fill(kFlash, 1);
  EXPECT_EQ(b.host.reg(kIsr), kStrberr);
  b.host.fill(kFlash + 16, 1);
  EXPECT_EQ(b.host.reg(kSr), 0u);  // lost
  EXPECT_EQ(b.host.reg(kIsr), kStrberr | kIncerr);
  b.host.fill(kFlash + 16, 1);
  EXPECT_EQ(b.host.finish(), kStrberr | kIncerr | kPgserr);
  b.host.fill(kFlash + 16, 1);
  b.host.set(kCr, kPg | kFw);
  EXPECT_EQ(b.host.reg(kSr) & kQw, kQw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kFlash + 16), 0xC0DE0000 + kFlash + 16);
  EXPECT_EQ(b.host.word(kFlash + 20), 0xFFFFFFFFu);
  b.host.set(kCr, kPg | kLock);  // LOCK may come with other bits
  EXPECT_EQ(b.host.reg(kCr), kPg | kLock);
}

TEST(H7rs, AFlashWordProgrammedTwiceCannotBeRead) {
  Bench b;
  b.host.unlock();
  b.host.program(kFlash + 32);
  b.host.program(kFlash + 32);
  EXPECT_FALSE(b.host.read_mem(kFlash + 36).has_value());
  EXPECT_EQ(b.host.reg(kEccD), kFlash + 36);
  EXPECT_EQ(b.host.finish(), kDbeccerr);
  EXPECT_EQ(b.host.reg(kEccD), 0u);
  EXPECT_EQ(b.host.erase(0), kEop);
  EXPECT_EQ(b.host.word(kFlash + 36), 0xFFFFFFFFu);
}

// An option word is changed by the write to its programming register, with PG_OPT.
TEST(H7rs, AProtectedSectorIsNeitherErasedNorProgrammed) {
  Bench b;
  b.host.set(kWrpsrp, 0);  // OPTLOCK is set: no effect
  b.host.unlock_options();
  b.host.set(kWrpsrp, 0);  // PG_OPT is not
  EXPECT_EQ(b.host.reg(kWrpsr), 0xFFu);
  b.host.set(kOptcr, kPgOpt);
  b.host.set(kWrpsrp, 0xFD);
  EXPECT_EQ(b.host.reg(kSr), kBusy | kQw | kIsOptChange);
  EXPECT_EQ(b.host.finish(), kEop);
  b.host.set(kOptcr, 1);
  EXPECT_EQ(b.host.reg(kWrpsr), 0xFDu);
  b.host.unlock();
  EXPECT_EQ(b.host.erase(1), kWrperr);
  EXPECT_EQ(b.host.program(kFlash + kSector), kWrperr);
  EXPECT_EQ(b.host.erase(0), kEop);
  EXPECT_EQ(b.host.program(kFlash + 2 * kSector), kEop);
  b.host.set(kCr, kBer | kStart);
  EXPECT_EQ(b.host.finish(), kWrperr);
  EXPECT_EQ(b.host.change_option(kWrpsrp, 0xFF), 0u);
  EXPECT_EQ(b.host.erase(1), kEop);
}

TEST(H7rs, OptionWordsKeepWhatIsNotTheUsers) {
  Bench b;
  const std::uint32_t obw1 = b.host.reg(kObw1sr);
  EXPECT_EQ(b.host.reg(kObw1srp), obw1 & 0x200603DC);
  EXPECT_EQ(b.host.change_option(kObw1srp, 0), 0u);
  EXPECT_EQ(b.host.reg(kObw1sr), 0x10000000u);  // PERSO_OK
  EXPECT_EQ(b.host.change_option(kRotsrp, 0xB40051B4), 0u);
  EXPECT_EQ(b.host.reg(kRotsr), 0xB400FFB4u);  // DBG_AUTH is for HDPL 0
}

// NVSTATE: Open to Closed, and back with the flash erased; anything else is an option change error.
TEST(H7rs, ClosingShutsDebuggersOut) {
  Bench b;
  b.host.unlock();
  b.host.program(kFlash);
  EXPECT_EQ(b.host.change_option(kNvsrp, 0x12), kOpterr);
  EXPECT_EQ(b.host.change_option(kNvsrp, kOpen), kOpterr);
  EXPECT_EQ(b.host.change_option(kNvsrp, kClosed), 0u);
  EXPECT_EQ(b.host.change_option(kNvsrp, kOpen), 0u);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.change_option(kNvsrp, kClosed), 0u);
  b.board.power_cycle();
  EXPECT_ANY_THROW(b.host.connect());
}

// --- OTP -------------------------------------------------------------------------------------------------

struct OtpBench : Bench {
  OtpBench() {
    host.unlock();
    host.unlock_options();
    host.set(kCr, kPgOtp);
  }
};

TEST(H7rsOtp, WordsAreSentByFwAndWrittenOnce) {
  OtpBench b;
  b.host.half(kOtp + 2, 0x1234);
  EXPECT_EQ(b.host.reg(kSr), kWbne);
  b.host.set(kCr, kPgOtp | kFw);
  EXPECT_EQ(b.host.finish(), kEop);
  b.host.write_mem(kOtp + 8, 0x89ABCDEF);
  b.host.set(kCr, kPgOtp | kFw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_EQ(b.host.word(kOtp + 8), 0x89ABCDEFu);
  EXPECT_EQ(b.host.finish(), 0u);
  EXPECT_EQ(b.host.word(kOtp), 0x1234FFFFu);  // its lower half was never written
  EXPECT_EQ(b.host.reg(kEccD), kOtp);
  EXPECT_EQ(b.host.finish(), kDbeccerr);
  b.host.half(kOtp + 8, 0xCDEF);
  b.host.set(kCr, kPgOtp | kFw);
  EXPECT_EQ(b.host.finish(), kEop);
  EXPECT_FALSE(b.host.read_mem(kOtp + 8).has_value());
}

TEST(H7rsOtp, WantsPgOtpAndBothLocksOpen) {
  OtpBench b;
  b.host.set(kCr, kPg);
  b.host.half(kOtp, 0);
  EXPECT_EQ(b.host.finish(), kPgserr);
  b.host.set(kCr, kPgOtp);
  b.host.set(kOptcr, 1);
  b.host.half(kOtp, 0);  // OPTLOCK: ignored
  EXPECT_EQ(b.host.reg(kSr), 0u);
  b.host.set_size(1);
  EXPECT_FALSE(b.host.write_mem(kOtp, 0));
}

TEST(H7rsOtp, ALockedBlockTakesNothing) {
  OtpBench b;
  b.host.set(kOptcr, kPgOpt);
  b.host.set(kOtplsrp, 2);
  b.host.finish();
  EXPECT_EQ(b.host.reg(kOtplsr), 2u);
  b.host.set(kOtplsrp, 0);  // set, never cleared
  b.host.finish();
  EXPECT_EQ(b.host.reg(kOtplsr), 2u);
  b.host.half(kOtp + 64, 0);
  EXPECT_EQ(b.host.finish(), kWrperr);
  b.host.half(kOtp + 62, 0);
  b.host.set(kCr, kPgOtp | kFw);
  EXPECT_EQ(b.host.finish(), kEop);
  b.host.set(kCr, 0);
  b.host.set(kOtplsrp, 4);  // without PG_OTP
  EXPECT_EQ(b.host.reg(kOptIsr), kOpterr);
  EXPECT_EQ(b.host.reg(kOtplsr), 2u);
}

}  // namespace
}  // namespace probity::vboard::test::h7rs_flash_test
