// Stop mode: SLEEPDEEP and WFI take the clocks away from core and bus; what an access port then answers, what
// DBG_STOP changes, and what ends it.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::board_stop_test {
namespace {

constexpr std::uint32_t kCtrlStat = 0x4, kStickyErr = 1u << 5;
constexpr std::uint32_t kDhcsr = 0xE000EDF0, kScr = 0xE000ED10, kRam = 0x20000000;
constexpr std::uint32_t kSHalt = 1u << 17, kSSleep = 1u << 18;

// An application in RAM: sets SLEEPDEEP and waits for an interrupt that never comes.
struct StopBench {
  explicit StopBench(const std::string& name, std::uint32_t dbgmcu_cr = 0, std::uint32_t cr = 0)
      : board(options(name)), host(board) {
    host.connect();
    host.halt();
    if (dbgmcu_cr != 0) host.write_mem(dbgmcu_cr, cr);
    // ldr r0, =SCR; movs r1, #4; str r1, [r0]; wfi; b back to wfi
    for (const auto& [offset, word] : {std::pair{0u, 0x21044802u}, {4u, 0xBF306001u}, {8u, 0xE7FDE7FDu}}) {
      host.write_mem(kRam + offset, word);
    }
    host.write_mem(kRam + 0xC, kScr);
    host.write_mem(0xE000EDF8, kRam);
    host.write_mem(0xE000EDF4, 1u << 16 | 15);
    host.write_mem(0xE000EDF8, 1u << 24);
    host.write_mem(0xE000EDF4, 1u << 16 | 16);
    host.write_mem(kDhcsr, 0xA05F0001);
    host.wait(Milliseconds(1));
  }
  static BoardOptions options(const std::string& name) {
    BoardOptions options;
    options.chip = name;
    return options;
  }
  // The last of `tries` answers to a read of DRW or RDBUFF.
  unsigned answer(bool ap, unsigned tries) {
    unsigned ack = 0;
    for (unsigned i = 0; i < tries; ++i) ack = host.read(ap, 0xC).ack;
    return ack;
  }
  Board board;
  SwdHost host;
};

TEST(BoardStop, AccessPortWaitsUntilItIsAborted) {
  StopBench b("stm32f407vg");
  b.host.must_write(true, 0x4, kDhcsr);
  EXPECT_EQ(b.answer(true, 1), kAckOk);  // posted
  EXPECT_EQ(b.answer(true, 200), kAckWait);
  b.host.wait(Milliseconds(500));
  EXPECT_EQ(b.answer(false, 200), kAckWait);
  EXPECT_EQ(b.host.must_read(false, kCtrlStat) & kStickyErr, 0u);  // the debug port itself answers
  EXPECT_EQ(b.host.write(false, 0x0, 0x1F), kAckOk);               // DAPABORT
  b.host.must_read(true, 0x4);
  EXPECT_EQ(b.host.fetch_result(), kDhcsr);  // registers of the port are its own
  EXPECT_EQ(b.answer(true, 1), kAckOk);
  EXPECT_EQ(b.answer(true, 50), kAckWait);
}

TEST(BoardStop, DebuggerThatKeptTheClocksSeesACoreAsleep) {
  for (const auto& [name, control] :
       {std::pair{"stm32f407vg", 0xE0042004u}, {"stm32g071rb", 0x40015804u}, {"stm32l552ze", 0xE0044004u}}) {
    StopBench b(name, control, 1u << 1);  // DBG_STOP
    EXPECT_EQ(b.host.word(kDhcsr) & (kSHalt | kSSleep), kSSleep) << name;
    EXPECT_EQ(b.host.word(kRam) & 0xFFFF, 0x4802u) << name;
    b.host.halt();
    EXPECT_EQ(b.host.word(kDhcsr) & kSHalt, kSHalt) << name;
    EXPECT_EQ(b.host.word(kScr), 4u) << name;
  }
}

TEST(BoardStop, DbgSleepAloneDoesNotHelp) {
  StopBench b("stm32f407vg", 0xE0042004, 1);
  b.host.must_write(true, 0x4, kDhcsr);
  b.answer(true, 1);
  EXPECT_EQ(b.answer(true, 200), kAckWait);
}

TEST(BoardStop, ResetEndsItAndThePendingAccess) {
  StopBench b("stm32f407vg");
  b.host.must_write(true, 0x4, kDhcsr);
  b.answer(true, 1);
  EXPECT_EQ(b.answer(true, 10), kAckWait);
  b.board.set_nrst(true);
  b.host.wait(Milliseconds(1));
  EXPECT_NE(b.host.must_read(false, 0xC) & 1u << 25, 0u);  // S_RESET_ST
  b.host.write_mem(kDhcsr, 0xA05F0001);
  b.host.write_mem(0xE000EDFC, 1);  // VC_CORERESET
  b.board.set_nrst(false);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(kDhcsr) & kSHalt, kSHalt);
}

TEST(BoardStop, DebugBusOfH7AnswersButCannotWakeIt) {
  StopBench b("stm32h725ig");
  b.host.must_write(false, 0x8, 0x02000000);  // access port 2: APB-D
  b.host.set_size(4);
  EXPECT_EQ(b.host.word(0xE00E1000) & 0xFFF, 0x483u);
  EXPECT_TRUE(b.host.write_mem(0xE00E1004, 7));  // DBGSTOP_D1: for the next time
  b.host.must_write(false, 0x8, 0);
  b.host.must_write(true, 0x4, kDhcsr);
  b.answer(true, 1);
  EXPECT_EQ(b.answer(true, 200), kAckWait);
}

TEST(BoardStop, TheWatchdogGoesOn) {
  StopBench b("stm32f407vg", 0xE0042004, 1u << 1);
  b.host.halt();
  for (const auto& [address, value] : {std::pair{0x40003000u, 0x5555u},
                                       {0x40003004u, 0u},
                                       {0x40003008u, 0x40u},
                                       {0x40003000u, 0xCCCCu},
                                       {0xE0042004u, 0u}}) {
    b.host.write_mem(address, value);
  }
  b.host.write_mem(kDhcsr, 0xA05F0001);
  b.host.wait(Milliseconds(1));
  b.host.must_write(true, 0x4, kDhcsr);
  b.answer(true, 1);
  EXPECT_EQ(b.answer(true, 10), kAckWait);
  b.host.wait(
      Milliseconds(20));  // the IWDG bites after 8 ms: the erased flash locks up, the bus has its clock
  EXPECT_NE(b.host.must_read(false, 0xC) & 1u << 25, 0u);
  EXPECT_NE(b.host.word(0x40023874) & 1u << 29, 0u);  // RCC_CSR.IWDGRSTF
}

}  // namespace
}  // namespace probity::vboard::test::board_stop_test
