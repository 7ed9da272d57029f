// DWT comparators on values and cycles, FPB remapping, and the DebugMonitor exception.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_monitor_test {
namespace {

constexpr std::uint32_t kDwtCtrl = 0xE0001000, kCyccnt = 0xE0001004, kComp0 = 0xE0001020, kMask0 = 0xE0001024,
                        kFunction0 = 0xE0001028, kComp1 = 0xE0001030, kFunction1 = 0xE0001038;
constexpr std::uint32_t kFpCtrl = 0xE0002000, kFpRemap = 0xE0002004, kFpComp0 = 0xE0002008;
constexpr std::uint32_t kHfsr = 0xE000ED2C, kShpr3 = 0xE000ED20;
constexpr std::uint32_t kTrcena = 1u << 24, kMonEn = 1u << 16, kMonPend = 1u << 17, kMonStep = 1u << 18;
constexpr std::uint32_t kMatched = 1u << 24, kLnk1Ena = 1u << 9;
constexpr std::uint16_t kBranchSelf = 0xE7FE, kBxLr = 0x4770, kBkpt = 0xBE00, kNop = 0xBF00, kSvc = 0xDF00;
constexpr std::uint32_t kCode = kFlash + 0x100;

struct MonitorBench : Bench {
  explicit MonitorBench(std::initializer_list<std::uint16_t> code) {
    for (unsigned e = 2; e < 16; ++e) {
      vector(e, kFlash + 0x200 + 16 * e + 1);
      program(0x200 + 16 * e, {kBranchSelf});
    }
    start(code);
  }
  void set(std::initializer_list<std::uint32_t> registers) {
    Core::Registers all = core.registers();
    std::copy(registers.begin(), registers.end(), all.r);
    core.set_registers(all);
  }
  bool halted() { return (read(kDhcsr) & kSHalt) != 0; }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
};

// str r1, [r0]; adds r1, #1; b back
constexpr std::initializer_list<std::uint16_t> kCountInMemory = {0x6001, 0x3101, 0xE7FC};

TEST(CoreDwt, ValueComparatorStopsAtTheValueWrittenToTheLinkedAddress) {
  MonitorBench b(kCountInMemory);
  b.set({kRam + 0x10, 100});
  b.enable_debug();
  b.write(kDemcr, kTrcena);
  b.write(kComp0, kRam + 0x10);
  b.write(kComp1, 105);
  b.write(kFunction1, 1u << 8 | 2u << 10 | 6);  // DATAVMATCH, word, writes, address of comparator 0
  EXPECT_EQ(b.read(kFunction1), (1u << 8 | 2u << 10 | 6) | kLnk1Ena);
  b.core.run(1000);
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.read(kDfsr), 4u);
  EXPECT_EQ(b.core.registers().r[1], 105u) << "stops after the store";
  EXPECT_EQ(b.read(kFunction1) & kMatched, kMatched);
  EXPECT_EQ(b.read(kFunction1) & kMatched, 0u) << "reading clears it";
  EXPECT_EQ(b.read(kFunction0) & kMatched, 0u);
}

TEST(CoreDwt, ValueComparatorLooksAtItsLinkedAddressAndKindOnly) {
  MonitorBench b(kCountInMemory);
  b.set({kRam + 0x10, 100});
  b.enable_debug();
  b.write(kDemcr, kTrcena);
  b.write(kComp0, kRam + 0x20);
  b.write(kComp1, 105);
  b.write(kFunction1, 1u << 8 | 2u << 10 | 7);
  b.core.run(1000);
  EXPECT_FALSE(b.halted()) << "another address";
  b.write(kComp0, kRam + 0x10);
  b.write(kComp1, b.core.registers().r[1] + 20);
  b.write(kFunction1, 1u << 8 | 2u << 10 | 5);
  b.core.run(1000);
  EXPECT_FALSE(b.halted()) << "nobody reads";
}

TEST(CoreDwt, ValueComparatorOfBytesLooksAtTheLanes) {
  MonitorBench b({0x8041, 0x3101, 0xE7FC});  // strh r1, [r0, #2]
  b.set({kRam + 0x10, 0x4210});
  b.enable_debug();
  b.write(kDemcr, kTrcena);
  b.write(kComp0, kRam + 0x10);
  b.write(kMask0, 2);
  b.write(kComp1, 0x15151515);
  b.write(kFunction1, 1u << 8 | 0u << 10 | 6);
  b.core.run(1000);
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.core.registers().r[1], 0x4215u);
}

TEST(CoreDwt, CycleComparatorStopsAtTheCount) {
  MonitorBench b({kNop, kNop, 0xE7FC});
  b.enable_debug();
  b.write(kDemcr, kTrcena);
  b.write(kCyccnt, 0);
  b.write(kDwtCtrl, 1);
  b.write(kComp0, 500);
  b.write(kFunction0, 1u << 7 | 4);
  EXPECT_EQ(b.read(kFunction0), 1u << 7 | 4);
  b.core.run(2000);
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.read(kDfsr), 4u);
  EXPECT_GE(b.read(kCyccnt), 500u);
  EXPECT_LE(b.read(kCyccnt), 504u);
  EXPECT_EQ(b.read(kFunction0) & kMatched, kMatched);
  b.write(kFunction1, 1u << 7 | 4);
  EXPECT_EQ(b.read(kFunction1) & 1u << 7, 0u) << "only comparator 0 counts cycles";
}

TEST(CoreFpb, RemapsInstructionsAndLiteralsToSram) {
  // movs r1, #1; ldr r0, [pc, #4] (0x0800010C); nop; nop; b back; the literal
  MonitorBench b({0x2101, 0x4802, kNop, kNop, 0xE7FA, kNop, 0x1111, 0x1111});
  b.core.run(20);
  ASSERT_EQ(b.core.registers().r[0], 0x11111111u);
  b.write(kFpRemap, 0x00000400);
  EXPECT_EQ(b.read(kFpRemap), 0x20000400u) << "RMPSPT: in SRAM";
  store_le32(b.bus.ram, 0x400, 0x48022155);          // comparator 0: movs r1, #0x55; ldr as before
  store_le32(b.bus.ram, 0x400 + 4 * 6, 0x22222222);  // comparator 6, the first for literals
  b.write(kFpComp0, kCode | 1);                      // REPLACE 0
  b.write(kFpComp0 + 4 * 6, (kCode + 0xC) | 1);
  b.core.run(20);
  EXPECT_EQ(b.core.registers().r[1], 1u) << "FP_CTRL.ENABLE is not set";
  b.write(kFpCtrl, 3);
  b.core.run(20);
  EXPECT_EQ(b.core.registers().r[1], 0x55u);
  EXPECT_EQ(b.core.registers().r[0], 0x22222222u);
  b.write(kFpCtrl, 2);
  b.core.run(20);
  EXPECT_EQ(b.core.registers().r[1], 1u);
  EXPECT_EQ(b.core.registers().r[0], 0x11111111u);
}

TEST(CoreMonitor, TakesBkptInsteadOfAHardFault) {
  MonitorBench b({kBkpt, kBranchSelf});
  b.write(kDemcr, kMonEn);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 12u);
  EXPECT_EQ(b.read(kDfsr), 2u);
  EXPECT_EQ(b.read(kHfsr), 0u);
  EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 8), kCode) << "returns to the BKPT";
}

TEST(CoreMonitor, BkptEscalatesWhereTheMonitorMayNotPreemptAndHaltsUnderADebugger) {
  MonitorBench b({kSvc, kBranchSelf});
  b.program(0x200 + 16 * 11, {kBkpt, kBranchSelf});
  b.write(kDemcr, kMonEn);
  b.write(kShpr3, 0x80);            // DebugMonitor
  b.write(0xE000ED1C, 0x40000000);  // SVCall above it
  b.core.run(60);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_EQ(b.read(kHfsr), 1u << 31) << "DEBUGEVT";

  MonitorBench halting({kBkpt, kBranchSelf});
  halting.write(kDemcr, kMonEn);
  halting.enable_debug();
  halting.core.run(30);
  EXPECT_TRUE(halting.halted());
}

TEST(CoreMonitor, WatchpointPendsIt) {
  MonitorBench b({0x6001, 0x3201, 0xE7FD});  // str r1, [r0]; adds r2, #1; b to it
  b.set({kRam + 0x10, 1, 0});
  b.write(kDemcr, kTrcena | kMonEn);
  b.write(kComp0, kRam + 0x10);
  b.write(kFunction0, 6);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 12u);
  EXPECT_EQ(b.read(kDfsr), 4u);
  EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 8), kCode + 2);
}

TEST(CoreMonitor, StepsOneInstructionAReturn) {
  MonitorBench b({0x3001, 0x3001, 0x3001, 0x3001, kBranchSelf});  // adds r0, #1
  b.program(0x200 + 16 * 12, {0x3101, kBxLr});                    // adds r1, #1 is lost with the frame; bx lr
  b.set({0, 0});
  b.write(kDemcr, kMonEn | kMonStep);
  b.core.run(1);
  EXPECT_EQ(b.core.registers().r[0], 1u);
  b.core.run(12);
  EXPECT_EQ(b.exception(), 12u);
  EXPECT_EQ(b.read(kDfsr), 1u);
  EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 8), kCode + 2);
  b.core.run(1 + 11 + 1);  // the handler, the return and one instruction
  EXPECT_EQ(b.core.registers().r[0], 2u);
  b.core.run(12);
  EXPECT_EQ(b.exception(), 12u);
  EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 8), kCode + 4);
}

TEST(CoreMonitor, IsPendedBySoftwareAndDisabledByDefault) {
  MonitorBench b({kNop, kNop, kBranchSelf});
  b.write(kDemcr, kMonPend);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.read(kDemcr), kMonPend);
  b.write(kDemcr, kMonPend | kMonEn);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 12u);
  EXPECT_EQ(b.read(kDemcr), kMonEn);
}

}  // namespace
}  // namespace probity::vboard::test::core_monitor_test
