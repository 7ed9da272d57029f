// Time: polling loops that are skipped, stalls, self-modifying code, and what must not be skipped.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_time_test {
namespace {

constexpr std::uint32_t kCode = kFlash + 0x100;
constexpr std::uint64_t kTwoSeconds = 32'000'000;  // at 16 MHz

// r0 = kBusy; r1 = r4 (duration); str; poll until it reads 0; count in r2; b .
constexpr std::initializer_list<std::uint16_t> kPoll = {0x2001, 0x0780,          // movs r0, #1; lsls r0, #30
                                                        0x6004,                  // str r4, [r0]
                                                        0x6801, 0xF011, 0x0F01,  // ldr r1, [r0]; tst.w r1, #1
                                                        0xD1FB,                  // bne
                                                        0x3201, 0xE7FE};         // adds r2, #1; b .

void set_r4(Bench& b, std::uint32_t value) {
  Core::Registers r = b.core.registers();
  r.r[4] = value;
  b.core.set_registers(r);
}

TEST(CoreTime, PollingLoopIsSkippedAndEndsAtTheSameCycle) {
  for (const std::uint64_t duration :
       {1'000ull, 1'001ull, 1'002ull, 1'003ull, 1'004ull, 1'005ull, 1'006ull}) {
    std::uint64_t end[2], reads[2];
    for (const bool skip : {false, true}) {
      Bench b;
      b.bus.knows_events = skip;
      b.start(kPoll);
      set_r4(b, static_cast<std::uint32_t>(duration));
      while (b.core.registers().r[2] == 0) b.core.run(1);
      end[skip] = b.core.cycle();
      Bench c;
      c.bus.knows_events = skip;
      c.start(kPoll);
      set_r4(c, static_cast<std::uint32_t>(duration));
      c.core.run(end[skip]);
      EXPECT_EQ(c.core.registers().r[2], 1u);
      reads[skip] = c.bus.reads;
    }
    EXPECT_EQ(end[0], end[1]) << duration;
    EXPECT_LT(reads[1], 20u);
    EXPECT_GT(reads[0], 100u);
  }
}

TEST(CoreTime, TwoSecondsOfEraseCostFewReads) {
  Bench b;
  b.start(kPoll);
  set_r4(b, kTwoSeconds);
  b.core.run(kTwoSeconds + 1000);
  EXPECT_EQ(b.core.registers().r[2], 1u);
  EXPECT_LT(b.bus.reads, 20u);
}

TEST(CoreTime, FeedingAWatchdogThatDoesNotRunDoesNotEndTheSkipping) {
  for (const bool counts : {false, true}) {
    Bench b;
    b.bus.counts_feedings = counts;
    // As kPoll, with str r4, [r0, #4] in the loop.
    b.start({0x2001, 0x0780, 0x6004, 0x6044, 0x6801, 0xF011, 0x0F01, 0xD1FA, 0x3201, 0xE7FE});
    constexpr std::uint32_t kDuration = 100'000;
    set_r4(b, kDuration);
    b.core.run(kDuration + 1000);
    EXPECT_EQ(b.core.registers().r[2], 1u);
    if (counts) {
      EXPECT_GT(b.bus.feedings, 5'000u);
    } else {
      EXPECT_LT(b.bus.feedings, 20u);
    }
  }
}

TEST(CoreTime, PollingThroughAFunctionThatPushesIsSkippedToo) {
  Bench b;
  // movs r0, #1; lsls r0, #30; str r4, [r0]; loop: bl f; bne loop; adds r2, #1; b .; f: push {r3, lr}; ldr
  // r1, [r0]; lsls r1, #31; pop {r3, pc}
  b.start({0x2001, 0x0780, 0x6004, 0xF000, 0xF803, 0xD1FC, 0x3201, 0xE7FE, 0xB508, 0x6801, 0x07C9, 0xBD08});
  set_r4(b, kTwoSeconds);
  b.core.run(kTwoSeconds + 1000);
  EXPECT_EQ(b.core.registers().r[2], 1u);
  EXPECT_LT(b.bus.reads, 20u);
}

TEST(CoreTime, ALoopThatCountsInMemoryIsNotSkipped) {
  for (const bool fast : {true, false}) {
    Bench b;
    b.bus.fast_ram = fast;
    // movs r0, #1; lsls r0, #29; loop: ldr r1, [r0]; adds r1, #1; str r1, [r0]; movs r1, #0; b loop
    b.start({0x2001, 0x0740, 0x6801, 0x3101, 0x6001, 0x2100, 0xE7FA});
    b.core.run(9'000);
    EXPECT_GT(load_le32(b.bus.ram), 900u);
  }
}

TEST(CoreTime, AnInterruptEndsTheSkipping) {
  Bench b;
  b.vector(15, kFlash + 0x201);
  b.program(0x200, {0x2201, 0x9202, 0x4770});  // movs r2, #1; str r2, [sp, #8]; bx lr
  // ldr r1, [r0] of the busy register; cmp r2, #0; beq loop; b .
  b.start({0x2001, 0x0780, 0x6004, 0x6801, 0x2A00, 0xD0FC, 0xE7FE});
  set_r4(b, kTwoSeconds);
  b.write(0xE000E014, 9'999);
  b.write(0xE000E018, 0);
  b.write(0xE000E010, 7);
  b.core.run(9'990);
  EXPECT_EQ(b.core.registers().r[2], 0u);
  b.core.run(60);
  EXPECT_EQ(b.pc(), kCode + 12);
}

TEST(CoreTime, SysTickAndCycleCounterAreNotSkipped) {
  // movw r0, #0xE018; movt r0, #0xE000; loop: ldr r1, [r0]; lsrs r1, #24; beq loop -- always 0, but CVR
  // counts
  Bench b;
  b.start({0xF24E, 0x0018, 0xF2CE, 0x0000, 0x6801, 0x0E09, 0xD0FC});
  b.write(0xE000E014, 0xFFFFFF);
  b.write(0xE000E018, 0);
  b.write(0xE000E010, 5);
  b.core.run(100);
  const std::uint32_t first = b.read(0xE000E018);
  b.core.run(1000);
  EXPECT_NEAR(first - b.read(0xE000E018), 1000, 6);
}

TEST(CoreTime, StalledFetchWaitsForTheFlash) {
  for (const bool knows : {true, false}) {
    Bench b;
    b.bus.knows_events = knows;
    b.start({0x3001, 0x3001, 0x3001, 0xE7FE});
    b.core.run(1);
    EXPECT_EQ(b.core.registers().r[0], 1u);
    b.bus.flash_stalls_until = b.core.cycle() + 5000;
    b.core.memory_changed(kFlash, kFlashSize);
    std::uint64_t used = 0;
    while (used < 4999) used += b.core.run(4999 - used);
    EXPECT_EQ(used, 4999u);
    EXPECT_EQ(b.core.registers().r[0], 1u);
    b.halt();
    EXPECT_FALSE(b.core.halted());  // not while an access is open
    for (int i = 0; i < 10; ++i) b.core.run(2);
    EXPECT_TRUE(b.core.halted());
    EXPECT_EQ(b.core.registers().r[0], 2u);
  }
}

TEST(CoreTime, InterruptDuringAStallIsTakenWhole) {
  Bench b;
  b.vector(16, kFlash + 0x201);
  b.program(0x200, {0xE7FE});
  b.start({0x2005, 0xE7FE});
  b.core.run(10);
  b.write(0xE000E100, 1);
  b.bus.flash_stalls_until = b.core.cycle() + 1000;
  b.core.memory_changed(kFlash, kFlashSize);
  b.core.set_irq(0, true);
  b.core.run(500);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize);
  b.core.run(600);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize - 32);
  EXPECT_EQ(b.pc(), kFlash + 0x200);
}

TEST(CoreTime, CodeWrittenByTheCoreItselfRuns) {
  for (const bool fast : {true, false}) {
    Bench b;
    b.bus.fast_ram = fast;
    store_le32(b.bus.ram, 0x100, 0x47702001);  // movs r0, #1; bx lr
    // bl to RAM through r5; store 0x2002 over the movs; again
    b.start({0x47A8, 0x4606, 0x8027, 0x47A8, 0xE7FE});  // blx r5; mov r6, r0; strh r7, [r4]; blx r5; b .
    Core::Registers r = b.core.registers();
    r.r[4] = kRam + 0x100;
    r.r[5] = kRam + 0x101;
    r.r[7] = 0x2002;
    b.core.set_registers(r);
    b.core.run(50);
    EXPECT_EQ(b.core.registers().r[6], 1u);
    EXPECT_EQ(b.core.registers().r[0], 2u);
  }
}

TEST(CoreTime, CodeWrittenFromOutsideRunsAfterMemoryChanged) {
  Bench b;
  b.start({0x3001, 0xE7FD});  // adds r0, #1; b
  b.core.run(300);
  b.program(0x100, {0x3101});
  b.core.memory_changed(kFlash + 0x100, 2);
  const std::uint32_t r0 = b.core.registers().r[0];
  b.core.run(300);
  EXPECT_LE(b.core.registers().r[0], r0 + 1);
  EXPECT_GT(b.core.registers().r[1], 70u);
}

TEST(CoreTime, HeldAndHaltedCoresLetTimePass) {
  Bench b;
  b.start({0xE7FE});
  b.halt();
  EXPECT_EQ(b.core.run(12345), 12345u);
  b.core.hold_in_reset(true);
  EXPECT_EQ(b.core.run(54321), 54321u);
  EXPECT_EQ(b.core.cycle(), 66666u);
}

TEST(CoreTime, DeepSleepStopsSysTickAndTheCycleCounterUnlessClocksAreKept) {
  for (const bool kept : {false, true}) {
    Bench b;
    b.core.keep_clocks_in_deep_sleep(kept);
    b.start({0xBF30, 0xE7FD});  // wfi; b back
    b.write(0xE000ED10, 4);     // SCR.SLEEPDEEP
    b.write(kDemcr, 1u << 24);
    b.write(0xE0001000, 1);
    b.write(0xE000E014, 0xFFFFFF);
    b.write(0xE000E018, 0);
    b.write(0xE000E010, 5);
    b.core.run(100);
    EXPECT_EQ(b.core.deeply_asleep(), !kept);
    const std::uint32_t systick = b.read(0xE000E018), count = b.read(0xE0001004);
    b.core.run(1000);
    EXPECT_EQ(systick - b.read(0xE000E018), kept ? 1000u : 0u);
    EXPECT_EQ(b.read(0xE0001004) - count, kept ? 1000u : 0u);
    b.write(0xE000E100, 1);
    b.core.set_irq(0, true);
    b.core.run(2);
    EXPECT_FALSE(b.core.sleeping());
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_time_test
