// The SW-DP and the access port, bit by bit through Board::clock(): ADIv5.2 (IHI 0031) B4, C2.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::board_swd_test {
namespace {

BoardOptions chip(const std::string& name) {
  BoardOptions options;
  options.chip = name;
  return options;
}

BoardOptions with_faults(const std::string& plan) {
  BoardOptions options = chip("stm32f407vg");
  options.faults = FaultPlan::parse(plan);
  return options;
}

constexpr std::uint32_t kRam = 0x20000000;

TEST(BoardSwd, IsSilentUntilSelectedAndReset) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.send(0, 8);
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
  host.line_reset();  // still JTAG
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
  host.select_swd();
  const auto answer = host.read(false, 0x0);
  EXPECT_EQ(answer.ack, kAckOk);
  EXPECT_EQ(answer.value, 0x2BA01477u);
  EXPECT_TRUE(answer.parity_ok);
}

TEST(BoardSwd, AfterLineResetOnlyDpidrIsAnswered) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.line_reset();
  EXPECT_EQ(host.read(false, 0x4).ack, kNoAnswer);
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer) << "locked out until the next line reset";
  host.line_reset();
  EXPECT_EQ(host.read(false, 0x0).ack, kAckOk);
  EXPECT_EQ(host.read(false, 0x4).ack, kAckOk);
}

TEST(BoardSwd, LineResetNeedsFiftyOnesAndTwoIdleCycles) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.send(~0ull, 49);  // a protocol error, but no reset
  host.send(0, 8);
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
  host.send(~0ull, 50);
  host.send(0, 1);
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
  host.send(~0ull, 50);
  host.send(0, 2);
  EXPECT_EQ(host.read(false, 0x0).ack, kAckOk);
}

TEST(BoardSwd, WrongRequestParityLocksOut) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.send(SwdHost::request(false, true, 0x0) ^ 0x20, 8);
  host.cycle({});
  EXPECT_EQ(host.receive(3), kNoAnswer);
  host.send(0, 40);
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
}

TEST(BoardSwd, GoesBackToJtagAndForthAgain) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.send(~0ull, 56);
  host.send(0xE73C, 16);
  host.line_reset();
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
  host.select_swd();
  EXPECT_EQ(host.must_read(false, 0x0), 0x2BA01477u);
  host.select_swd();  // once more while SWD is selected already
  EXPECT_EQ(host.must_read(false, 0x0), 0x2BA01477u);
}

TEST(BoardSwd, PowerUpIsAcknowledgedAndRequiredForTheAccessPort) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.select_swd();
  host.must_read(false, 0x0);
  EXPECT_EQ(host.must_read(false, 0x4) & 0xF0000000, 0u);
  EXPECT_EQ(host.read(true, 0x0).ack, kAckFault);
  host.must_write(false, 0x0, 0x1E);
  host.must_write(false, 0x4, 0x50000000);
  EXPECT_EQ(host.must_read(false, 0x4) & 0xF0000000, 0xF0000000u);
  EXPECT_EQ(host.read(true, 0x0).ack, kAckOk);
}

TEST(BoardSwd, IdentifiesItsAccessPort) {
  struct Row {
    const char* name;
    std::uint32_t dpidr, idr, base;
  };
  for (const Row& row : {Row{"stm32f401re", 0x2BA01477, 0x24770011, 0xE00FF003},
                         Row{"stm32f746zg", 0x5BA02477, 0x74770001, 0xE00FD003}}) {
    Board board(chip(row.name));
    SwdHost host(board);
    EXPECT_EQ(host.connect(), row.dpidr);
    host.must_write(false, 0x8, 0xF0);
    host.must_read(true, 0xC);
    EXPECT_EQ(host.must_read(false, 0xC), row.idr);
    host.must_read(true, 0x8);
    EXPECT_EQ(host.must_read(false, 0xC), row.base);
    host.must_write(false, 0x8, 0x010000F0);  // no access port 1
    host.must_read(true, 0xC);
    EXPECT_EQ(host.must_read(false, 0xC), 0u);
  }
}

TEST(BoardSwd, ReadsArePosted) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  for (std::uint32_t i = 0; i < 4; ++i) ASSERT_TRUE(host.write_mem(kRam + 4 * i, 0x1000 + i));
  host.must_write(true, 0x4, kRam);
  host.must_read(true, 0xC);
  EXPECT_EQ(host.must_read(true, 0xC), 0x1000u);
  EXPECT_EQ(host.must_read(true, 0xC), 0x1001u);
  EXPECT_EQ(host.must_read(false, 0xC), 0x1002u);
  EXPECT_EQ(host.must_read(false, 0x8), 0x1002u) << "RESEND";
  host.must_write(false, 0x8, 0x10);  // BD0-BD3
  host.must_write(false, 0x8, 0x00);
  host.must_write(true, 0x4, kRam);
  host.must_write(false, 0x8, 0x10);
  host.must_read(true, 0x4);
  EXPECT_EQ(host.must_read(true, 0xC), 0x1001u);
  EXPECT_EQ(host.must_read(false, 0xC), 0x1003u);
}

TEST(BoardSwd, ByteLanesPackedAndCswReadBack) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  ASSERT_TRUE(host.write_mem(kRam, 0x44332211));
  host.set_size(1);
  EXPECT_EQ(host.word(kRam + 2), 0x00330000u);
  ASSERT_TRUE(host.write_mem(kRam + 1, 0x0000AA00));
  host.set_size(2);
  EXPECT_EQ(host.word(kRam + 2), 0x44330000u);
  host.must_write(true, 0x0, 0x23000020);  // packed bytes
  host.must_read(true, 0x0);
  EXPECT_EQ(host.must_read(false, 0xC), 0x23000060u);
  EXPECT_EQ(host.word(kRam), 0x4433AA11u);
  host.must_write(true, 0x0, 0x23000013);  // a size that does not exist reads back as word
  host.must_read(true, 0x0);
  EXPECT_EQ(host.must_read(false, 0xC), 0x23000052u);
  EXPECT_FALSE(host.read_mem(kRam + 2).has_value()) << "unaligned";
}

TEST(BoardSwd, TarWrapsAfterFourKibOnM4AndOneKibOnM7) {
  for (const auto& [name, wrap] : {std::pair{"stm32f407vg", 0x1000u}, std::pair{"stm32f767zi", 0x400u}}) {
    Board board(chip(name));
    SwdHost host(board);
    host.connect();
    host.must_write(true, 0x4, kRam + wrap - 4);
    host.must_read(true, 0xC);
    host.must_read(true, 0x4);
    EXPECT_EQ(host.must_read(false, 0xC), kRam) << name;
  }
}

TEST(BoardSwd, BusErrorsAreStickyUntilAbort) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.must_write(true, 0x4, 0x60000000);
  host.must_read(true, 0xC);
  EXPECT_EQ(host.read(false, 0xC).ack, kAckFault);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckFault);
  EXPECT_EQ(host.write(false, 0x8, 0), kAckFault);
  EXPECT_EQ(host.read(false, 0x0).ack, kAckOk);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x20, 0x20u);
  host.must_write(false, 0x0, 1u << 2);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x20, 0u);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckOk);
}

TEST(BoardSwd, WriteDataParityErrorSetsWdataerrAndDropsTheWrite) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  ASSERT_TRUE(host.write_mem(kRam, 1));
  host.must_write(true, 0x4, kRam);
  EXPECT_EQ(host.write(true, 0xC, 2, true), kAckOk);
  EXPECT_EQ(host.read(false, 0xC).ack, kAckFault);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x80, 0x80u);
  host.must_write(false, 0x0, 1u << 3);
  EXPECT_EQ(host.word(kRam), 1u);
}

TEST(BoardSwd, AWriteTakesEffectWithTheEighthClockAfterIt) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.must_write(true, 0x4, 0xE000ED0C);
  host.idle = 0;
  host.must_write(true, 0xC, 0x05FA0004);  // AIRCR.SYSRESETREQ
  host.send(0, 7);
  EXPECT_FALSE(board.nrst());
  host.send(0, 1);
  EXPECT_TRUE(board.nrst());
}

TEST(BoardSwd, OverrunDetectionKeepsTheDataPhase) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.must_write(false, 0x4, 0x50000001);
  host.data_phase_always = true;
  host.must_write(true, 0x4, 0x60000000);
  host.must_read(true, 0xC);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckFault);
  EXPECT_EQ(host.write(true, 0xC, 0), kAckFault);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x22, 0x22u) << "STICKYERR and STICKYORUN";
  host.must_write(false, 0x0, 0x1E);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x22, 0u);
}

TEST(BoardSwd, LineResetClearsDpbanksel) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.connect();
  host.must_write(false, 0x8, 1);
  EXPECT_EQ(host.must_read(false, 0x4), 0x40u) << "DLCR";
  host.line_reset();
  host.must_read(false, 0x0);
  EXPECT_EQ(host.must_read(false, 0x4) >> 28, 0xFu) << "CTRL/STAT";
}

TEST(BoardSwd, FaultPlanStrikesTheAccessPort) {
  Board board(with_faults("wait@ap:3x2+parity@ap:6+fault@ap:7"));
  SwdHost host(board);
  host.connect();  // AP transfer 1: CSW
  host.must_write(true, 0x4, kRam);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckWait);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckWait);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckOk);
  EXPECT_FALSE(host.read(true, 0xC).parity_ok);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckFault);
  EXPECT_EQ(host.must_read(false, 0x4) & 0x20, 0x20u);
  host.must_write(false, 0x0, 0x1E);
  EXPECT_EQ(host.read(true, 0xC).ack, kAckOk);
  EXPECT_EQ(board.stats().wait_acks, 2u);
  EXPECT_EQ(board.stats().fault_acks, 1u);
}

TEST(BoardSwd, NoTargetLeavesTheLineHigh) {
  Board board(with_faults("no-target"));
  SwdHost host(board);
  host.select_swd();
  EXPECT_EQ(host.read(false, 0x0).ack, kNoAnswer);
}

TEST(BoardSwd, PinsShowsWhatTheNextClockReturns) {
  Board board(chip("stm32f407vg"));
  SwdHost host(board);
  host.select_swd();
  host.send(SwdHost::request(false, true, 0), 8);
  host.cycle({});
  for (unsigned i = 0; i < 36; ++i) {
    const bool peeked = board.pins().swdio;
    EXPECT_EQ(peeked, board.pins().swdio);
    EXPECT_EQ(peeked, host.cycle({})) << i;
  }
}

}  // namespace
}  // namespace probity::vboard::test::board_swd_test
