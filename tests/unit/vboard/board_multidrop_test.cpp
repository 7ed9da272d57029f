// Several debug ports on one SWD wire: dormant state, TARGETSEL, line reset, rescue port (ADIv5.2 B4.3.4,
// B5.3).
#include <gtest/gtest.h>

#include "swj_wire_bench.hpp"

namespace probity::vboard::board_multidrop_test {

using test::kAckOk;
using test::kNoAnswer;
using test::Wire;

constexpr std::uint32_t kTarget = 0x01002927, kDpidr = 0x0BC12477;
constexpr unsigned kSelectBank = 0x8, kCtrlStat = 0x4, kTargetSel = 0xC;

DebugPortFacts port_of(unsigned instance, bool answers_unselected = false) {
  DebugPortFacts facts{.dpidr = kDpidr,
                       .targetid = kTarget,
                       .instance = instance,
                       .multi_drop = true,
                       .answers_unselected = answers_unselected};
  facts.access_ports = {{.idr = 0x04770031, .cpu = instance}};
  return facts;
}

struct TwoCores : Wire {
  TwoCores() : Wire({port_of(0), port_of(1)}) {}
};

TEST(BoardMultiDrop, SleepsUntilTheSelectionAlertForSwd) {
  Wire wire({port_of(0, true)});
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
  wire.wake_up(0x0A);  // JTAG's activation code
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
  wire.wake_up();
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kAckOk);
}

TEST(BoardMultiDrop, SwdToDormantPutsItBackToSleep) {
  Wire wire({port_of(0, true)});
  wire.wake_up();
  wire.line_reset();
  ASSERT_EQ(wire.dpidr(), kAckOk);
  wire.send(~0ull, 56);
  wire.send(0xE3BC, 16);
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
  wire.wake_up();
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kAckOk);
}

TEST(BoardMultiDrop, NobodyAnswersUnselected) {
  TwoCores wire;
  wire.wake_up();
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
}

TEST(BoardMultiDrop, TargetselChoosesOneInstance) {
  TwoCores wire;
  wire.wake_up();
  for (const std::uint32_t instance : {0u, 1u, 0u}) {
    ASSERT_EQ(wire.target(kTarget | instance << 28), kAckOk);
    std::uint32_t dpidr = 0;
    EXPECT_EQ(wire.read(false, 0, dpidr), kAckOk);
    EXPECT_EQ(dpidr, kDpidr);
    EXPECT_EQ(wire.banked(2), kTarget);
    EXPECT_EQ(wire.banked(3), 1u | instance << 28);
    EXPECT_EQ(wire.memory(0x20000000), 0x20000000 + instance);
  }
}

TEST(BoardMultiDrop, OthersIdentityOrParityDeselects) {
  TwoCores wire;
  wire.wake_up();
  EXPECT_EQ(wire.target(kTarget | 2u << 28), kNoAnswer);
  EXPECT_EQ(wire.target(kTarget ^ 0x1000), kNoAnswer);
  EXPECT_EQ(wire.target(kTarget, true), kNoAnswer);
  EXPECT_EQ(wire.target(kTarget), kAckOk);
}

TEST(BoardMultiDrop, ALineResetDeselects) {
  TwoCores wire;
  wire.wake_up();
  ASSERT_EQ(wire.target(kTarget), kAckOk);
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
}

// B4.3.4: TARGETSEL follows the line reset at once, and a DPIDR read follows that.
TEST(BoardMultiDrop, TheOrderIsKept) {
  TwoCores wire;
  wire.wake_up();
  ASSERT_EQ(wire.target(kTarget), kAckOk);
  EXPECT_EQ(wire.write(false, kTargetSel, kTarget), kAckOk) << "no TARGETSEL any more: RDBUFF, ignored";
  wire.line_reset();
  EXPECT_EQ(wire.write(false, kTargetSel, kTarget), kNoAnswer);
  EXPECT_EQ(wire.write(false, kSelectBank, 0), kNoAnswer) << "DPIDR was due";
  EXPECT_EQ(wire.dpidr(), kNoAnswer);
}

TEST(BoardMultiDrop, APortAloneAnswersUntilAnotherIsMeant) {
  Wire wire({port_of(0, true)});
  wire.wake_up();
  wire.line_reset();
  EXPECT_EQ(wire.dpidr(), kAckOk);
  EXPECT_EQ(wire.target(kTarget | 1u << 28), kNoAnswer);
  EXPECT_EQ(wire.target(kTarget), kAckOk);
}

TEST(BoardMultiDrop, TheRescuePortTellsOfItsPowerUp) {
  DebugPortFacts rescue = port_of(0xF);
  rescue.rescue = true;
  rescue.access_ports.clear();
  Wire wire({port_of(0), rescue});
  wire.wake_up();
  ASSERT_EQ(wire.target(kTarget), kAckOk);
  wire.memory(0x20000000);
  EXPECT_TRUE(wire.bus.rescues.empty());
  ASSERT_EQ(wire.target(0xF1002927), kAckOk);
  EXPECT_EQ(wire.write(false, kCtrlStat, 0x10000000), kAckOk);
  EXPECT_EQ(wire.write(false, kCtrlStat, 0), kAckOk);
  EXPECT_EQ(wire.bus.rescues, (std::vector<bool>{true, false}));
}

}  // namespace probity::vboard::board_multidrop_test
