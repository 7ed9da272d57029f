// Chips with two cores: each behind its access port, both on the one bus in time (RM0399, RM0453).
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::board_cores_test {
namespace {

constexpr unsigned kM7 = 0, kM4 = 3;  // access ports of H745
constexpr std::uint32_t kCpuid = 0xE000ED00, kAircr = 0xE000ED0C, kDfsr = 0xE000ED30, kDhcsr = 0xE000EDF0,
                        kDcrsr = 0xE000EDF4, kDcrdr = 0xE000EDF8, kDemcr = 0xE000EDFC;
constexpr std::uint32_t kHalted = 1u << 17, kLockedUp = 1u << 19, kWasReset = 1u << 25;
constexpr std::uint32_t kKey = 0xA05F0000, kDebugEnable = 1, kDebugHalt = 3;
constexpr std::uint32_t kAxi = 0x24000000, kSram1 = 0x30000000, kSram4 = 0x38000000, kGcr = 0x580244A0;
constexpr unsigned kR0 = 0, kR1 = 1, kPc = 15, kXpsr = 16;

struct Bench {
  explicit Bench(const char* chip, std::vector<std::pair<std::string, std::uint32_t>> options = {})
      : board({.chip = chip, .option_words = std::move(options)}), host(board) {
    host.connect();
  }
  void select(unsigned ap) {
    host.must_write(false, 0x8, ap << 24);
    host.set_size(4);
  }
  std::uint32_t word(unsigned ap, std::uint32_t address) {
    select(ap);
    return host.word(address);
  }
  void store(unsigned ap, std::uint32_t address, std::uint32_t value) {
    select(ap);
    ASSERT_TRUE(host.write_mem(address, value));
  }
  void halt(unsigned ap) { store(ap, kDhcsr, kKey | kDebugHalt); }
  void resume(unsigned ap) { store(ap, kDhcsr, kKey | kDebugEnable); }
  bool halted(unsigned ap) { return (word(ap, kDhcsr) & kHalted) != 0; }
  void set_register(unsigned ap, unsigned number, std::uint32_t value) {
    store(ap, kDcrdr, value);
    store(ap, kDcrsr, 0x10000 | number);
  }
  std::uint32_t register_of(unsigned ap, unsigned number) {
    store(ap, kDcrsr, number);
    return word(ap, kDcrdr);
  }
  // Two instructions a word; r0 is `r0`.
  void start(unsigned ap, std::uint32_t at, std::vector<std::uint32_t> code, std::uint32_t r0) {
    halt(ap);
    for (std::size_t i = 0; i < code.size(); ++i) store(ap, at + 4 * static_cast<std::uint32_t>(i), code[i]);
    set_register(ap, kR0, r0);
    set_register(ap, kR1, 0);
    set_register(ap, kXpsr, 0x01000000);
    set_register(ap, kPc, at);
    resume(ap);
  }
  // adds r1, #1; str r1, [r0]; b back
  void count(unsigned ap, std::uint32_t at, std::uint32_t counter) {
    start(ap, at, {0x60013101, 0xBF00E7FC}, counter);
  }
  bool counts(unsigned ap, std::uint32_t counter) {
    const std::uint32_t before = word(ap, counter);
    host.wait(Microseconds(100));
    return word(ap, counter) != before;
  }

  Board board;
  SwdHost host;
};

TEST(BoardCores, EachIsBehindItsOwnPort) {
  Bench b("stm32h745zi");
  EXPECT_EQ(b.word(kM7, kCpuid), 0x411FC271u);
  EXPECT_EQ(b.word(kM4, kCpuid), 0x410FC241u);
}

TEST(BoardCores, RunAndHaltApart) {
  Bench b("stm32h745zi");
  b.count(kM7, kAxi, kAxi + 0x100);
  b.count(kM4, kSram4, kSram4 + 0x100);
  EXPECT_TRUE(b.counts(kM7, kAxi + 0x100));
  EXPECT_TRUE(b.counts(kM7, kSram4 + 0x100));
  b.halt(kM7);
  EXPECT_TRUE(b.halted(kM7));
  EXPECT_FALSE(b.halted(kM4));
  EXPECT_FALSE(b.counts(kM4, kAxi + 0x100));
  EXPECT_TRUE(b.counts(kM4, kSram4 + 0x100));
  b.halt(kM4);
  b.resume(kM7);
  EXPECT_TRUE(b.counts(kM7, kAxi + 0x100));
  EXPECT_FALSE(b.counts(kM7, kSram4 + 0x100));
}

// Both count at 64 MHz: however the board divides time among them, they get as far.
TEST(BoardCores, ShareTheTime) {
  Bench b("stm32h745zi");
  b.count(kM4, kSram4, kSram4 + 0x100);
  b.count(kM7, kAxi, kAxi + 0x100);
  const std::uint32_t m4 = b.word(kM7, kSram4 + 0x100), m7 = b.word(kM7, kAxi + 0x100);
  b.host.wait(Milliseconds(10));
  const auto turns4 = static_cast<double>(b.word(kM7, kSram4 + 0x100) - m4);
  const auto turns7 = static_cast<double>(b.word(kM7, kAxi + 0x100) - m7);
  EXPECT_GT(turns7, 64e6 * 0.010 / 8);
  EXPECT_NEAR(turns4 / turns7, 1.0, 0.01);
}

// D1CFGR.HPRE divides the Cortex-M4's clock, not the Cortex-M7's.
TEST(BoardCores, HaveTheirOwnClocks) {
  Bench b("stm32h745zi");
  b.store(kM7, 0x58024418, 0x8);
  b.count(kM4, kSram4, kSram4 + 0x100);
  b.count(kM7, kAxi, kAxi + 0x100);
  const std::uint32_t m4 = b.word(kM7, kSram4 + 0x100), m7 = b.word(kM7, kAxi + 0x100);
  b.host.wait(Milliseconds(10));
  const auto turns4 = static_cast<double>(b.word(kM7, kSram4 + 0x100) - m4);
  const auto turns7 = static_cast<double>(b.word(kM7, kAxi + 0x100) - m7);
  EXPECT_NEAR(turns4 / turns7, 0.5, 0.01);
}

TEST(BoardCores, ABreakpointStopsItsOwnCore) {
  Bench b("stm32h745zi");
  b.count(kM7, kAxi, kAxi + 0x100);
  b.count(kM4, 0x10000000, kSram4 + 0x100);
  b.store(kM4, 0xE0002008, 0x10000001 | 1u << 30);
  b.store(kM4, 0xE0002000, 3);
  b.host.wait(Microseconds(100));
  EXPECT_TRUE(b.halted(kM4));
  EXPECT_FALSE(b.halted(kM7));
  EXPECT_EQ(b.register_of(kM4, kPc), 0x10000000u);
}

TEST(BoardCores, TheTcmsAreTheCortexM7sAlone) {
  Bench b("stm32h745zi");
  b.store(kM7, 0x20000000, 0x12345678);
  b.select(kM4);
  EXPECT_FALSE(b.host.read_mem(0x20000000));
  EXPECT_EQ(b.word(kM4, 0), 0xFFFFFFFFu) << "its boot address, in erased flash, and not ITCM";
  b.count(kM7, kAxi, 0x20000100);
  b.word(kM4, kSram4);
  b.host.wait(Microseconds(100));
  b.word(kM4, kSram4);
  EXPECT_TRUE(b.counts(kM7, 0x20000100));
}

TEST(BoardCores, TheCortexM4SeesItsBootAddressAtZero) {
  Bench b("stm32h745zi", {{"BOOT4", 0x10001000}});
  b.store(kM7, kSram1, 0x10010000);
  b.store(kM7, kSram1 + 4, 0x00000101);
  EXPECT_EQ(b.word(kM4, 0), 0x10010000u);
  b.store(kM4, kDemcr, 1);  // VC_CORERESET
  b.halt(kM4);
  b.store(kM4, kAircr, 0x05FA0004);
  EXPECT_TRUE(b.halted(kM4));
  EXPECT_EQ(b.register_of(kM4, kPc), 0x100u);
}

// What one core stores is what the other then executes.
TEST(BoardCores, SeeEachOthersCode) {
  Bench b("stm32h745zi");
  b.start(kM4, kSram4, {0xBF00E7FE}, 0);
  b.host.wait(Microseconds(100));
  b.start(kM7, kAxi, {0x60014901, 0xBF00E7FE, 0xBE00BE00}, kSram4);  // ldr r1, =bkpt; str r1, [r0]
  b.host.wait(Microseconds(100));
  EXPECT_EQ(b.word(kM7, kSram4), 0xBE00BE00u);
  EXPECT_TRUE(b.halted(kM4));
  EXPECT_EQ(b.word(kM4, kDfsr) & 2, 2u);
}

TEST(BoardCores, AnEventWakesTheOther) {
  Bench b("stm32h745zi");
  b.start(kM4, kSram4, {0xBF20BF20, 0xBF00BE00}, 0);  // wfe; wfe; bkpt
  b.host.wait(Microseconds(100));
  EXPECT_FALSE(b.halted(kM4));
  b.start(kM7, kAxi, {0xE7FDBF40}, 0);  // sev; b back
  b.host.wait(Microseconds(100));
  EXPECT_TRUE(b.halted(kM4));
}

TEST(BoardCores, AResetByOneResetsBoth) {
  for (const unsigned who : {kM7, kM4}) {
    Bench b("stm32h745zi");
    b.word(kM7, kDhcsr);
    b.word(kM4, kDhcsr);
    EXPECT_EQ((b.word(kM7, kDhcsr) | b.word(kM4, kDhcsr)) & kWasReset, 0u);
    b.store(who, kAircr, 0x05FA0004);
    EXPECT_EQ(b.word(kM7, kDhcsr) & kWasReset, kWasReset);
    EXPECT_EQ(b.word(kM4, kDhcsr) & kWasReset, kWasReset);
  }
}

TEST(BoardCores, NrstHoldsBoth) {
  Bench b("stm32h745zi");
  b.board.set_nrst(true);
  for (const unsigned ap : {kM7, kM4}) {
    b.word(ap, kDhcsr);
    EXPECT_EQ(b.word(ap, kDhcsr) & kWasReset, kWasReset) << "still in reset";
  }
  b.board.set_nrst(false);
  for (const unsigned ap : {kM7, kM4}) {
    b.word(ap, kDhcsr);
    EXPECT_EQ(b.word(ap, kDhcsr) & (kWasReset | kLockedUp), kLockedUp) << "erased flash";
  }
}

// OPTSR.BCM4 and BCM7 clear: the core waits for its bit of RCC_GCR.
TEST(BoardCores, WaitForTheirBootBits) {
  struct Row {
    unsigned waits, other;
    std::uint32_t optsr, release;
  };
  for (const Row& row : {Row{kM4, kM7, 0x0B86AAF0, 8}, Row{kM7, kM4, 0x0B46AAF0, 4}}) {
    Bench b("stm32h745zi", {{"OPTSR", row.optsr}});
    b.word(row.waits, kDhcsr);
    EXPECT_EQ(b.word(row.waits, kDhcsr) & (kWasReset | kLockedUp), kWasReset);
    EXPECT_EQ(b.word(row.other, kDhcsr) & kLockedUp, kLockedUp);
    b.count(row.other, kAxi, kAxi + 0x100);
    EXPECT_TRUE(b.counts(row.other, kAxi + 0x100));
    b.start(row.other, kAxi, {0x60014901, 0xBF00E7FE, row.release}, kGcr);  // ldr r1, =release; str r1, [r0]
    b.host.wait(Microseconds(100));
    b.word(row.waits, kDhcsr);
    EXPECT_EQ(b.word(row.waits, kDhcsr) & (kWasReset | kLockedUp), kLockedUp);
  }
}

// RCC_CR.D2CKRDY, which ST's start-up code of the Cortex-M7 waits for.
TEST(BoardCores, TheClockOfASleepingCoreIsNotReady) {
  constexpr std::uint32_t kRccCr = 0x58024400, kD2ckrdy = 0x8000, kScr = 0xE000ED10;
  Bench held("stm32h745zi", {{"OPTSR", 0x0B86AAF0}});
  EXPECT_EQ(held.word(kM7, kRccCr) & kD2ckrdy, 0u);
  held.store(kM7, kGcr, 8);
  EXPECT_EQ(held.word(kM7, kRccCr) & kD2ckrdy, kD2ckrdy);
  Bench b("stm32h745zi");
  EXPECT_EQ(b.word(kM7, kRccCr) & kD2ckrdy, kD2ckrdy);
  b.halt(kM4);
  b.store(kM4, kScr, 4);                  // SLEEPDEEP
  b.start(kM4, kSram4, {0xE7FEBF30}, 0);  // wfi
  b.select(kM7);
  b.host.wait(Microseconds(100));
  EXPECT_EQ(b.word(kM7, kRccCr) & kD2ckrdy, 0u);
}

// Trigger input 0 (halted) and output 0 (halt request) of both on channel 0, as stock's stm32h7x.cfg has it.
TEST(BoardCores, TheCrossTriggerHaltsTheOther) {
  constexpr std::uint32_t kCti = 0xE0043000, kControl = kCti, kAcknowledge = kCti + 0x10, kIn0 = kCti + 0x20,
                          kOut0 = kCti + 0xA0;
  Bench b("stm32h745zi");
  b.count(kM7, kAxi, kAxi + 0x100);
  b.count(kM4, kSram4, kSram4 + 0x100);
  b.halt(kM7);
  EXPECT_FALSE(b.halted(kM4)) << "off as yet";
  b.resume(kM7);
  for (const unsigned ap : {kM7, kM4}) {
    for (const std::uint32_t address : {kIn0, kOut0, kControl}) b.store(ap, address, 1);
  }
  b.halt(kM7);
  b.host.wait(Microseconds(100));
  EXPECT_TRUE(b.halted(kM4));
  EXPECT_EQ(b.word(kM4, kDfsr) & 0x10, 0x10u) << "EXTERNAL";
  b.resume(kM4);
  b.host.wait(Microseconds(100));
  EXPECT_TRUE(b.halted(kM4)) << "not acknowledged";
  for (const unsigned ap : {kM7, kM4}) b.store(ap, kAcknowledge, 1);
  b.resume(kM4);
  b.resume(kM7);
  EXPECT_TRUE(b.counts(kM7, kAxi + 0x100));
  EXPECT_TRUE(b.counts(kM7, kSram4 + 0x100));
}

TEST(BoardCores, Cpu2OfWl55WaitsForC2boot) {
  constexpr unsigned kCpu2 = 1;
  Bench b("stm32wl55jc");
  EXPECT_EQ(b.word(kCpu2, kCpuid), 0x410CC601u);
  b.word(kCpu2, kDhcsr);
  EXPECT_EQ(b.word(kCpu2, kDhcsr) & (kWasReset | kLockedUp), kWasReset);
  b.store(0, 0x5800040C, 0x8000);
  b.word(kCpu2, kDhcsr);
  EXPECT_EQ(b.word(kCpu2, kDhcsr) & (kWasReset | kLockedUp), kLockedUp) << "erased flash";
  b.count(kCpu2, 0x20004000, 0x20004100);
  EXPECT_TRUE(b.counts(0, 0x20004100));
}

}  // namespace
}  // namespace probity::vboard::test::board_cores_test
