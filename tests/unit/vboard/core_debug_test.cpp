// Halting debug as a debugger sees it: through the memory-mapped registers.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_debug_test {
namespace {

constexpr std::uint16_t kMovsR0_1 = 0x2001, kAddsR0_1 = 0x3001, kBranchSelf = 0xE7FE, kBkpt = 0xBE00;
constexpr std::uint32_t kCode = kFlash + 0x100;

TEST(CoreDebug, HaltReadWriteRegistersResume) {
  Bench b;
  b.start({kMovsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.enable_debug();
  b.core.run(100);
  EXPECT_EQ(b.read(kDhcsr) & kSHalt, 0u);
  b.halt();
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.read(kDhcsr) & (kSHalt | kSRegRdy | 3), kSHalt | kSRegRdy | 3);
  EXPECT_EQ(b.read(kDfsr), 1u);  // HALTED
  EXPECT_EQ(b.debug_register(0), 3u);
  EXPECT_EQ(b.debug_register(15), kCode + 6);
  EXPECT_EQ(b.debug_register(13), kRam + kRamSize);
  EXPECT_EQ(b.debug_register(17), kRam + kRamSize);
  EXPECT_EQ(b.debug_register(16) & 0x010001FF, 0x01000000u);

  b.set_debug_register(0, 0x12345678);
  b.set_debug_register(18, 0x20001003);  // PSP has no bits 1:0
  b.set_debug_register(20, 0x00013401);
  b.set_debug_register(64 + 5, 0xC0FFEE);
  b.set_debug_register(33, 0xFFFFFFFF);
  b.set_debug_register(15, kCode + 2);
  EXPECT_EQ(b.debug_register(0), 0x12345678u);
  EXPECT_EQ(b.debug_register(18), 0x20001000u);
  EXPECT_EQ(b.debug_register(20), 0x00013001u);  // four priority bits
  EXPECT_EQ(b.debug_register(64 + 5), 0xC0FFEEu);
  EXPECT_EQ(b.debug_register(33), 0xF7C0009Fu);
  b.resume();
  b.core.run(10);
  EXPECT_EQ(b.core.registers().r[0], 0x1234567Au);
}

TEST(CoreDebug, NothingWithoutKeyAndDcrdrIsGarbageUntilReady) {
  Bench b;
  b.start({kMovsR0_1, kBranchSelf});
  b.write(kDhcsr, 3);
  b.core.run(10);
  EXPECT_FALSE(b.core.halted());
  b.halt();
  b.write(kDcrdr, 0);
  b.write(kDcrsr, 0);
  EXPECT_EQ(b.read(kDhcsr) & kSRegRdy, 0u);
  EXPECT_NE(b.read(kDcrdr), 1u);
  b.core.run(20);
  EXPECT_NE(b.read(kDhcsr) & kSRegRdy, 0u);
  EXPECT_EQ(b.read(kDcrdr), 1u);
}

TEST(CoreDebug, NoFpuRegistersOnACortexM3) {
  CoreFacts facts;
  facts.has_fpu = false;
  Bench b(facts);
  b.start({kBranchSelf});
  b.halt();
  b.set_debug_register(64, 0x1234);
  EXPECT_EQ(b.debug_register(64), 0u);
  EXPECT_EQ(b.read(0xE000EF40), 0u);  // MVFR0
}

TEST(CoreDebug, BreakpointInstructionHaltsOnItself) {
  Bench b;
  b.start({kMovsR0_1, kBkpt, kAddsR0_1, kBranchSelf});
  b.enable_debug();
  b.core.run(20);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kCode + 2);
  EXPECT_EQ(b.read(kDhcsr) & 2, 2u);  // C_HALT reads 1
  EXPECT_EQ(b.read(kDfsr), 2u);       // BKPT
  b.write(kDfsr, 2);
  EXPECT_EQ(b.read(kDfsr), 0u);
  b.resume();
  b.core.run(20);
  EXPECT_EQ(b.pc(), kCode + 2);  // still there: stepping over is the debugger's business
}

TEST(CoreDebug, StepExecutesOneInstruction) {
  Bench b;
  b.start({kMovsR0_1, kAddsR0_1, 0xE7FD, kBranchSelf});  // B back to the ADDS
  b.halt();
  const std::uint32_t expected[] = {2, 4, 2, 4};
  for (const std::uint32_t offset : expected) {
    b.enable_debug(5);
    b.core.run(50);
    ASSERT_TRUE(b.core.halted());
    EXPECT_EQ(b.pc(), kCode + offset);
    EXPECT_NE(b.read(kDhcsr) & kSRetire, 0u);
  }
  EXPECT_EQ(b.core.registers().r[0], 3u);
}

TEST(CoreDebug, StepTakesAPendingInterruptUnlessMasked) {
  Bench b;
  b.vector(16, kFlash + 0x201);
  b.program(0x200, {kAddsR0_1, 0x4770});
  b.start({kMovsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.halt();
  b.write(0xE000E100, 1);
  b.write(0xE000E200, 1);  // ISPR
  b.enable_debug(0xD);     // C_STEP | C_MASKINTS
  b.core.run(50);
  EXPECT_EQ(b.pc(), kCode + 2);
  b.enable_debug(3);
  b.enable_debug(5);
  b.core.run(50);
  EXPECT_EQ(b.pc(), kFlash + 0x200);
  EXPECT_EQ(b.core.registers().xpsr & 0x1FF, 16u);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFF9u);
}

TEST(CoreDebug, VectorCatchOfReset) {
  Bench b;
  b.start({kMovsR0_1, kBranchSelf});
  b.core.run(50);
  b.enable_debug();
  b.write(kDemcr, 1);
  EXPECT_NE(b.read(kDhcsr) & kSReset, 0u);  // power-on
  EXPECT_EQ(b.read(kDhcsr) & kSReset, 0u);
  b.write(kAircr, 0x05FA0004);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kCode);
  EXPECT_EQ(b.read(kDfsr), 8u);  // VCATCH
  EXPECT_NE(b.read(kDhcsr) & kSReset, 0u);
  EXPECT_EQ(b.read(kDhcsr) & kSReset, 0u);
  EXPECT_EQ(b.core.registers().r[0], 0u);
}

TEST(CoreDebug, ArmedWhileHeldInReset) {
  Bench b;
  b.start({kMovsR0_1, kBranchSelf});
  b.core.hold_in_reset(true);
  b.core.run(1000);
  EXPECT_NE(b.read(kDhcsr) & kSReset, 0u);
  EXPECT_NE(b.read(kDhcsr) & kSReset, 0u);  // as long as it is held
  b.enable_debug();
  b.write(kDemcr, 1);
  EXPECT_FALSE(b.core.halted());
  b.core.hold_in_reset(false);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kCode);

  b.write(kDemcr, 0);
  b.core.hold_in_reset(true);
  b.halt();  // C_HALT alone, too
  b.core.hold_in_reset(false);
  EXPECT_TRUE(b.core.halted());
}

TEST(CoreDebug, SystemResetKeepsTheDebugDomainAndPowerOnClearsIt) {
  Bench b;
  b.start({kMovsR0_1, kBranchSelf});
  b.enable_debug();
  b.write(kDemcr, 0x01000011);
  b.write(0xE0002000, 3);
  b.write(0xE0002008, kCode | 1);
  b.core.system_reset();
  EXPECT_EQ(b.read(kDemcr), 0x01000011u);
  EXPECT_EQ(b.read(0xE0002000) & 1, 1u);
  EXPECT_EQ(b.read(kDhcsr) & 1, 1u);
  b.core.power_on_reset();
  EXPECT_EQ(b.read(kDemcr), 0u);
  EXPECT_EQ(b.read(0xE0002000), 0x260u);
  EXPECT_EQ(b.read(kDhcsr) & 1, 0u);
}

TEST(CoreDebug, FlashPatchBreakpoints) {
  Bench b;
  // The comparator at 0x104 with REPLACE upper matches the second halfword of the word.
  b.start({kMovsR0_1, kAddsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.vector(1, 0x101);  // FPBv1 compares addresses below 0x20000000
  b.enable_debug();
  b.write(kDemcr, 1);
  b.core.system_reset();
  b.write(0xE0002000, 3);
  b.write(0xE0002008, 0x80000105);
  b.resume();
  b.core.run(30);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), 0x106u);
  EXPECT_EQ(b.core.registers().r[0], 3u);
  EXPECT_NE(b.read(kDfsr) & 2, 0u);
  b.resume();
  b.core.run(30);
  EXPECT_EQ(b.pc(), 0x106u);  // not skipped by itself
  b.write(0xE0002008, 0);
  b.resume();
  b.core.run(30);
  EXPECT_EQ(b.core.registers().r[0], 4u);
}

TEST(CoreDebug, FlashPatchRevision2) {
  CoreFacts facts;
  facts.cpuid = 0x411FC270;
  facts.fpb_revision = 1;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  Bench b(facts);
  b.start({kMovsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.halt();
  EXPECT_EQ(b.read(0xE0002000), 0x10000080u);
  b.write(0xE0002000, 3);
  b.write(0xE000200C, (kCode + 4) | 1);
  b.resume();
  b.core.run(30);
  EXPECT_EQ(b.pc(), kCode + 4);
}

TEST(CoreDebug, DataWatchpoint) {
  for (const bool fast : {true, false}) {
    Bench b;
    b.bus.fast_ram = fast;
    // movw r2, #0x1000; movt r2, #0x2000; str r2, [r2]; ldr r3, [r2]; adds r0, #1; b .
    b.start({0xF241, 0x0200, 0xF2C2, 0x0200, 0x6012, 0x6813, kAddsR0_1, kBranchSelf});
    b.halt();
    b.write(kDemcr, 1u << 24);
    b.write(0xE0001020, 0x20001000);
    b.write(0xE0001024, 2);
    b.write(0xE0001028, 5);  // reads only
    b.resume();
    b.core.run(30);
    ASSERT_TRUE(b.core.halted());
    EXPECT_EQ(b.pc(), kCode + 12);  // after the load
    EXPECT_EQ(b.read(kDfsr) & 4, 4u);
    EXPECT_EQ(b.read(0xE0001028), 5u | 1u << 24);  // MATCHED
    EXPECT_EQ(b.read(0xE0001028), 5u);
    b.write(0xE0001028, 6);
    b.set_debug_register(15, kCode);
    b.resume();
    b.core.run(30);
    EXPECT_EQ(b.pc(), kCode + 10);
  }
}

TEST(CoreDebug, PcWatchpointAndPcSample) {
  Bench b;
  b.start({kMovsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.halt();
  EXPECT_EQ(b.read(0xE000101C), 0xFFFFFFFFu);
  b.write(kDemcr, 1u << 24);
  b.write(0xE0001030, kCode + 2);
  b.write(0xE0001038, 4);
  b.resume();
  b.core.run(30);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.core.registers().r[0], 2u);
  b.write(0xE0001038, 0);
  b.resume();
  b.core.run(30);
  EXPECT_EQ(b.read(0xE000101C), kCode + 6);
}

TEST(CoreDebug, CycleCounterStopsInDebugState) {
  Bench b;
  b.start({kBranchSelf});
  b.enable_debug();
  b.write(kDemcr, 1u << 24);
  b.write(0xE0001004, 0);
  b.write(0xE0001000, 1);
  b.core.run(300);
  const std::uint32_t count = b.read(0xE0001004);
  EXPECT_GE(count, 300u);
  EXPECT_LE(count, 303u);
  b.halt();
  b.core.run(1000);
  EXPECT_EQ(b.read(0xE0001004), count);
}

TEST(CoreDebug, SoftwareCannotWriteDhcsr) {
  Bench b;
  // ldr r1, [pc, #8]; ldr r0, [pc, #8]; str r0, [r1]; ldr r2, [r1]; b .
  b.start({0x4902, 0x4803, 0x6008, 0x680A, kBranchSelf, 0xBF00, 0xEDF0, 0xE000, 0x0003, 0xA05F});
  b.core.run(50);
  EXPECT_FALSE(b.core.halted());
  EXPECT_EQ(b.core.registers().r[2] & 3, 0u);
}

TEST(CoreDebug, IdentificationRegistersOfEachCore) {
  struct Expected {
    std::uint32_t cpuid, rom, first_entry, scs_pidr0, tpiu_pidr0;
  };
  for (const Expected& e : {Expected{0x412FC231, 0xE00FF000, 0xFFF0F003, 0x00, 0x23},
                            Expected{0x410FC241, 0xE00FF000, 0xFFF0F003, 0x0C, 0xA1},
                            Expected{0x411FC270, 0xE00FD000, 0x00001003, 0x0C, 0xA9}}) {
    CoreFacts facts;
    facts.cpuid = e.cpuid;
    Bench b(facts);
    b.start({kBranchSelf});
    EXPECT_EQ(b.read(0xE000ED00), e.cpuid);
    EXPECT_EQ(b.read(e.rom), e.first_entry);
    EXPECT_EQ(b.read(e.rom + 0xFF4), 0x10u);  // class 1: ROM table
    EXPECT_EQ(b.read(e.rom + 0xFF0), 0x0Du);
    EXPECT_EQ(b.read(e.rom + 0xFFC), 0xB1u);
    EXPECT_EQ(b.read(e.rom + 0xFE4) >> 4, 0u);  // JEP106 0x20: 0 and 0xA with the flag bit
    EXPECT_EQ(b.read(e.rom + 0xFE8) & 0xF, 0xAu);
    EXPECT_EQ(b.read(0xE000EFE0), e.scs_pidr0);
    EXPECT_EQ(b.read(0xE000EFF4), 0xE0u);
    EXPECT_EQ(b.read(0xE0040FE0), e.tpiu_pidr0);
    EXPECT_EQ(b.read(0xE0040FCC), 0x11u);
    EXPECT_EQ(b.read(0xE0001FF8), 0x05u);
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_debug_test
