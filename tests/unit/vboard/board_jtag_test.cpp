// The JTAG end of the debug connector: two TAPs, IEEE 1149.1 and ADIv5 (IHI 0031) B3.
#include <gtest/gtest.h>

#include "vboard/board.hpp"

namespace probity::vboard::test::board_jtag_test {
namespace {

constexpr unsigned kAbort = 0x8, kDpacc = 0xA, kApacc = 0xB, kIdcode = 0xE, kBypass = 0xF, kScanIdcode = 0x01;

// Keeps the boundary-scan TAP in BYPASS after its IDCODE was read.
class JtagHost {
 public:
  explicit JtagHost(Board& board) : board_(board) { reset(); }
  bool cycle(bool tms, bool tdi = true) {
    const bool tdo = board_.clock(tms, tdi).tdo;
    board_.timeline().advance(Nanoseconds(1000));
    return tdo;
  }
  void reset() {
    for (unsigned i = 0; i < 6; ++i) cycle(true);
    cycle(false);
  }
  // From Run-Test/Idle through a scan and back.
  std::uint64_t scan(bool instruction, std::uint64_t out, unsigned length) {
    cycle(true);
    if (instruction) cycle(true);
    cycle(false);
    cycle(false);
    std::uint64_t in = 0;
    for (unsigned i = 0; i < length; ++i)
      in |= std::uint64_t{cycle(i + 1 == length, (out >> i & 1) != 0)} << i;
    cycle(true);
    cycle(false);
    return in;
  }
  // The chain shifts the debug port's bits out first: they are the low ones.
  std::uint64_t instruction(unsigned debug_port, unsigned boundary_scan = 0x1F) {
    return scan(true, debug_port | boundary_scan << 4, 9);
  }
  // A 35-bit access; answers ACK and the result of the access before.
  struct Answer {
    unsigned ack;
    std::uint32_t value;
  };
  Answer access(unsigned ir, bool read, unsigned address, std::uint32_t value = 0) {
    instruction(ir);
    const std::uint64_t out = std::uint64_t{read} | address >> 1 | std::uint64_t{value} << 3;
    const std::uint64_t in = scan(false, out, 36);
    return {static_cast<unsigned>(in & 7), static_cast<std::uint32_t>(in >> 3)};
  }
  std::uint32_t read(unsigned ir, unsigned address) {
    access(ir, true, address);
    return access(kDpacc, true, 0xC).value;
  }
  void connect() {
    access(kDpacc, false, 0x8, 0);
    access(kDpacc, false, 0x4, 0x50000032);
    access(kApacc, false, 0x0, 0x23000012);
  }

 private:
  Board& board_;
};

Board make(const std::string& name, const std::string& plan = "") {
  BoardOptions options;
  options.chip = name;
  options.faults = FaultPlan::parse(plan);
  return Board(std::move(options));
}

struct IdRow {
  const char* chip;
  std::uint32_t debug_port, boundary_scan;
};
class BoardJtag : public testing::TestWithParam<IdRow> {};

TEST_P(BoardJtag, TwoIdcodesAfterResetDebugPortNearerTdo) {
  Board board = make(GetParam().chip);
  JtagHost host(board);
  const std::uint64_t ids = host.scan(false, ~0ull, 64);
  EXPECT_EQ(static_cast<std::uint32_t>(ids), GetParam().debug_port);
  EXPECT_EQ(static_cast<std::uint32_t>(ids >> 32), GetParam().boundary_scan);
  EXPECT_EQ(host.instruction(kIdcode, kScanIdcode), 0x011u) << "what Capture-IR loads: 0001 and 00001";
  EXPECT_EQ(host.scan(false, ~0ull, 64), ids);
}
INSTANTIATE_TEST_SUITE_P(All, BoardJtag,
                         testing::Values(IdRow{"stm32f401re", 0x4BA00477, 0x06433041},
                                         IdRow{"stm32f405rg", 0x4BA00477, 0x06413041},
                                         IdRow{"stm32f411re", 0x4BA00477, 0x06431041},
                                         IdRow{"stm32f429zi", 0x4BA00477, 0x06419041},
                                         IdRow{"stm32f446re", 0x4BA00477, 0x06421041},
                                         IdRow{"stm32f746zg", 0x5BA00477, 0x06449041},
                                         IdRow{"stm32f767zi", 0x5BA00477, 0x06451041}));

TEST(BoardJtagAccess, BypassIsOneBitInEachTap) {
  Board board = make("stm32f407vg");
  JtagHost host(board);
  host.instruction(kBypass);
  EXPECT_EQ(host.scan(false, 0b1011, 6), 0b101100u);
}

TEST(BoardJtagAccess, ReadsMemory) {
  Board board = make("stm32f407vg");
  JtagHost host(board);
  host.connect();
  EXPECT_EQ(host.read(kDpacc, 0x4) >> 28, 0xFu);
  host.access(kApacc, false, 0x4, 0x20000000);
  host.access(kApacc, false, 0xC, 0xC0FFEE01);
  host.access(kApacc, false, 0x4, 0x20000000);
  EXPECT_EQ(host.read(kApacc, 0xC), 0xC0FFEE01u);
  EXPECT_EQ(host.access(kDpacc, true, 0xC).ack, 2u);
}

TEST(BoardJtagAccess, StickyErrorIsClearedByWritingOneAndAcknowledgedAsOk) {
  Board board = make("stm32f407vg");
  JtagHost host(board);
  host.connect();
  host.access(kApacc, false, 0x4, 0x60000000);
  host.access(kApacc, true, 0xC);
  EXPECT_EQ(host.access(kApacc, true, 0xC).ack, 2u);
  EXPECT_EQ(host.read(kDpacc, 0x4) & 0x20, 0x20u);
  host.access(kAbort, false, 0, 0x1E);  // JTAG's ABORT clears no flag
  EXPECT_EQ(host.read(kDpacc, 0x4) & 0x20, 0x20u);
  host.access(kDpacc, false, 0x4, 0x50000020);
  EXPECT_EQ(host.read(kDpacc, 0x4) & 0x20, 0u);
}

TEST(BoardJtagAccess, WaitWhileTheBusStallsAndAbort) {
  Board board = make("stm32f407vg");
  JtagHost host(board);
  host.connect();
  for (const auto& [address, value] :
       {std::pair{0x40023C04u, 0x45670123u}, std::pair{0x40023C04u, 0xCDEF89ABu},
        std::pair{0x40023C10u, 0x00010202u}}) {
    host.access(kApacc, false, 0x4, address);
    host.access(kApacc, false, 0xC, value);
  }
  host.access(kApacc, false, 0x4, 0x08000000);
  host.access(kApacc, true, 0xC);
  EXPECT_EQ(host.access(kDpacc, true, 0xC).ack, 1u);
  EXPECT_EQ(host.access(kApacc, true, 0xC).ack, 1u);
  host.access(kAbort, false, 0, 1);
  EXPECT_EQ(host.access(kDpacc, true, 0xC).ack, 2u);
}

TEST(BoardJtagAccess, PlannedWaitDiscardsTheScan) {
  Board board = make("stm32f407vg", "wait@ap:3");
  JtagHost host(board);
  host.connect();
  host.access(kApacc, false, 0x4, 0x20000000);
  EXPECT_EQ(host.access(kApacc, false, 0xC, 1).ack, 1u);
  EXPECT_EQ(host.access(kApacc, false, 0xC, 2).ack, 2u);
  EXPECT_EQ(host.read(kApacc, 0x4), 0x20000004u) << "one word was written, not two";
  host.access(kApacc, false, 0x4, 0x20000000);
  EXPECT_EQ(host.read(kApacc, 0xC), 2u);
}

TEST(BoardJtagAccess, NtrstResetsTheTaps) {
  Board board = make("stm32f407vg");
  JtagHost host(board);
  host.instruction(kBypass);
  board.set_ntrst(true);
  board.set_ntrst(false);
  host.cycle(false);
  EXPECT_EQ(static_cast<std::uint32_t>(host.scan(false, 0, 32)), 0x4BA00477u);
}

}  // namespace
}  // namespace probity::vboard::test::board_jtag_test
