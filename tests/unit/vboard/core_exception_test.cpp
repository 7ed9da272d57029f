// Exceptions, faults, lock-up, sleep, SysTick, and resets asked for by software.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_exception_test {
namespace {

constexpr std::uint16_t kAddsR0_1 = 0x3001, kBranchSelf = 0xE7FE, kBxLr = 0x4770, kWfi = 0xBF30,
                        kWfe = 0xBF20, kSev = 0xBF40, kSvc = 0xDF05, kUdf = 0xDE00, kNop = 0xBF00;
constexpr std::uint32_t kCode = kFlash + 0x100, kHandlers = 0x200;
constexpr std::uint32_t kCfsr = 0xE000ED28, kHfsr = 0xE000ED2C, kBfar = 0xE000ED38, kShcsr = 0xE000ED24,
                        kIcsr = 0xE000ED04, kCcr = 0xE000ED14, kScr = 0xE000ED10;

// Vectors 2-31 to handlers of 16 bytes at 0x08000200 that halt for looking at: B . each.
struct ExceptionBench : Bench {
  explicit ExceptionBench(std::initializer_list<std::uint16_t> code, const CoreFacts& facts = {})
      : Bench(facts) {
    for (unsigned e = 2; e < 32; ++e) {
      vector(e, kFlash + handler(e) + 1);
      program(handler(e), {kBranchSelf});
    }
    start(code);
  }
  static std::uint32_t handler(unsigned e) { return kHandlers + 16 * e; }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
  std::uint32_t ram_word(std::uint32_t address) const { return load_le32(bus.ram, address - kRam); }
};

TEST(CoreException, SupervisorCallStacksAndReturns) {
  ExceptionBench b({0x2007, kSvc, kAddsR0_1, kBranchSelf});  // movs r0, #7
  b.program(b.handler(11), {0x9906, kBxLr});                 // ldr r1, [sp, #24]: the return address
  b.core.run(13);
  EXPECT_EQ(b.exception(), 11u);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize - 32);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFF9u);
  EXPECT_EQ(b.ram_word(kRam + kRamSize - 32), 7u);
  EXPECT_EQ(b.ram_word(kRam + kRamSize - 8), kCode + 4);
  EXPECT_EQ(b.ram_word(kRam + kRamSize - 4) & 0x010003FF, 0x01000000u);
  b.core.run(100);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.core.registers().r[0], 8u);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize);
}

TEST(CoreException, StackIsAlignedToEightAndComesBack) {
  ExceptionBench b({0xB081, kSvc, kBranchSelf});  // sub sp, #4
  b.program(b.handler(11), {kBxLr});
  b.core.run(14);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize - 40);
  EXPECT_NE(b.ram_word(kRam + kRamSize - 40 + 28) & 1u << 9, 0u);
  b.core.run(50);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize - 4);
}

TEST(CoreException, ProcessStackAndUnprivilegedThread) {
  // ldr r0, =0x20001000; msr psp, r0; movs r0, #3; msr control, r0; svc; b .
  ExceptionBench b(
      {0xF241, 0x0000, 0xF2C2, 0x0000, 0xF380, 0x8809, 0x2003, 0xF380, 0x8814, kSvc, kBranchSelf});
  b.program(b.handler(11), {kBxLr});
  b.core.run(18);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFFDu);
  EXPECT_EQ(b.core.registers().psp, 0x20001000u - 32);
  EXPECT_EQ(b.core.registers().r[13], kRam + kRamSize);
  b.core.run(50);
  EXPECT_EQ(b.core.registers().control, 3u);
  EXPECT_EQ(b.core.registers().r[13], 0x20001000u);
}

TEST(CoreException, UnprivilegedCodeMayNotTouchThePrivatePeripherals) {
  // movs r0, #1; msr control, r0; movw r1, #0xED00; movt r1, #0xE000; ldr r0, [r1]
  ExceptionBench b({0x2001, 0xF380, 0x8814, 0xF64E, 0x5100, 0xF2CE, 0x0100, 0x6808});
  b.core.run(50);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_EQ(b.read(kCfsr), 0x8200u);  // BFARVALID, PRECISERR
  EXPECT_EQ(b.read(kBfar), 0xE000ED00u);
}

TEST(CoreException, PriorityDecidesWhoPreempts) {
  ExceptionBench b({kBranchSelf});
  b.write(0xE000E100, 0xF);
  b.write(0xE000E400, 0x20304080);  // IRQ0 0x80, IRQ1 0x40, IRQ2 0x30, IRQ3 0x20
  b.core.set_irq(0, true);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 16u);
  b.core.set_irq(2, true);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 18u);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFF1u);
  b.core.set_irq(1, true);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 18u);  // waits
  EXPECT_EQ(b.read(0xE000E200), 2u);
  EXPECT_EQ(b.read(0xE000E300), 5u);
  EXPECT_EQ(b.read(kIcsr) & 0x1FF, 18u);
  EXPECT_EQ(b.read(kIcsr) >> 12 & 0x3FF, 17u);
  b.write(0xE000ED0C, 0x05FA0600);  // PRIGROUP 6: one group bit, all of these are of one group but IRQ0
  b.core.set_irq(3, true);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 18u);
}

TEST(CoreException, MasksHoldInterruptsBack) {
  for (const auto& [half, value] :
       {std::pair<std::uint16_t, std::uint32_t>{0x8810, 1}, {0x8811, 0x40}, {0x8813, 1}}) {
    ExceptionBench b({0xF380, half, kBranchSelf});  // msr primask/basepri/faultmask, r0
    Core::Registers r = b.core.registers();
    r.r[0] = value;
    b.core.set_registers(r);
    b.core.run(10);
    b.write(0xE000E100, 1);
    b.write(0xE000E400, 0x40);
    b.core.set_irq(0, true);
    b.core.run(30);
    EXPECT_EQ(b.exception(), 0u) << half;
    r = b.core.registers();
    r.primask = r.basepri = r.faultmask = 0;
    b.core.set_registers(r);
    b.core.run(30);
    EXPECT_EQ(b.exception(), 16u) << half;
  }
}

TEST(CoreException, LevelInterruptComesAgainAndEdgeDoesNot) {
  ExceptionBench b({kBranchSelf});
  b.program(b.handler(16), {kAddsR0_1, 0x9000, kBxLr});  // adds r0, #1; str r0, [sp]
  b.write(0xE000E100, 1);
  b.core.set_irq(0, true);
  b.core.run(500);
  const std::uint32_t many = b.core.registers().r[0];
  EXPECT_GT(many, 5u);
  b.core.set_irq(0, false);
  b.core.run(100);
  const std::uint32_t after = b.core.registers().r[0];
  b.core.run(500);
  EXPECT_EQ(b.core.registers().r[0], after);
  b.write(0xE000EF00, 0);  // STIR
  b.core.run(500);
  EXPECT_EQ(b.core.registers().r[0], after + 1);
}

TEST(CoreException, UsageFaultsWithTheirCauses) {
  struct Case {
    std::initializer_list<std::uint16_t> code;
    std::uint32_t ccr, cfsr;
  };
  const Case cases[] = {
      {{kUdf}, 0x200, 1u << 16},
      {{0xEE00, 0x0A10}, 0x200, 1u << 19},                  // vmov s0, r0 without CPACR
      {{0x2100, 0xFB90, 0xF0F1}, 0x210, 1u << 25},          // sdiv r0, r0, r1 with DIV_0_TRP
      {{0x2100, 0x4708}, 0x200, 1u << 17},                  // bx r1 with r1 = 0: T = 0
      {{0x2101, 0x0749, 0x3101, 0x6809}, 0x208, 1u << 24},  // ldr r1, [r1] of 0x20000001 with UNALIGN_TRP
      {{0x2101, 0x0749, 0x3101, 0xC906}, 0x200, 1u << 24},  // ldm r1!, {r1, r2} unaligned always
  };
  for (const Case& c : cases) {
    for (const bool enabled : {true, false}) {
      ExceptionBench b(c.code);
      b.write(kCcr, c.ccr);
      if (enabled) b.write(kShcsr, 1u << 18);
      b.core.run(60);
      EXPECT_EQ(b.exception(), enabled ? 6u : 3u) << c.cfsr;
      EXPECT_EQ(b.read(kCfsr), c.cfsr);
      EXPECT_EQ(b.read(kHfsr), enabled ? 0 : 1u << 30);
    }
  }
}

TEST(CoreException, BusFaultNamesItsAddressAndByteWritesClearCfsr) {
  ExceptionBench b({0x2101, 0x07C9, 0x6809});  // movs r1, #1; lsls r1, #31; ldr r1, [r1]
  b.write(kShcsr, 1u << 17);
  b.core.run(50);
  EXPECT_EQ(b.exception(), 5u);
  EXPECT_EQ(b.read(kBfar), 0x80000000u);
  EXPECT_EQ(b.core.write_ppb(Master::debug, Security::non_secure, kCfsr + 1, 1, 0x02), BusStatus::ok);
  EXPECT_EQ(b.read(kCfsr), 0x8000u);
  EXPECT_EQ(b.core.write_ppb(Master::debug, Security::non_secure, kShcsr, 1, 0),
            BusStatus::error);  // words only
}

TEST(CoreException, BkptWithoutDebuggerIsAHardFault) {
  ExceptionBench b({0xBE00});
  b.core.run(50);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_EQ(b.read(kHfsr), 1u << 31);
}

TEST(CoreException, VectorCatchOfFaults) {
  ExceptionBench b({kUdf});
  b.enable_debug();
  b.write(kShcsr, 1u << 18);
  b.write(kDemcr, 1u << 7);  // VC_STATERR
  b.core.run(50);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kFlash + b.handler(6));
  EXPECT_EQ(b.read(kDfsr), 8u);

  ExceptionBench c({kUdf});
  c.enable_debug();
  c.write(kDemcr, 1u << 10);  // VC_HARDERR
  c.core.run(50);
  EXPECT_TRUE(c.core.halted());
  EXPECT_EQ(c.pc(), kFlash + c.handler(3));
}

TEST(CoreException, FaultInHardFaultLocksUp) {
  ExceptionBench b({kUdf});
  b.program(b.handler(3), {kUdf});
  b.enable_debug();
  b.core.run(100);
  EXPECT_TRUE(b.core.locked_up());
  EXPECT_EQ(b.pc(), 0xFFFFFFFEu);
  EXPECT_NE(b.read(kDhcsr) & kSLockup, 0u);
  b.halt();
  EXPECT_FALSE(b.core.locked_up());
  EXPECT_EQ(b.read(kDhcsr) & (kSLockup | kSHalt), kSHalt);
  EXPECT_EQ(b.debug_register(15), 0xFFFFFFFEu);
  b.resume();  // nothing was repaired
  b.core.run(50);
  EXPECT_TRUE(b.core.locked_up());
}

// What OpenOCD shows of an erased STM32: "xPSR: 0x01000003 pc: 0xfffffffe msp: 0xffffffd8".
TEST(CoreException, BlankChipLocksUp) {
  Bench b;
  b.core.power_on_reset();
  b.enable_debug();
  b.core.run(1000);
  EXPECT_TRUE(b.core.locked_up());
  b.halt();
  EXPECT_EQ(b.debug_register(15), 0xFFFFFFFEu);
  EXPECT_EQ(b.debug_register(16), 0x01000003u);
  EXPECT_EQ(b.debug_register(17), 0xFFFFFFD8u);
}

TEST(CoreException, SysTickPeriodAndWfi) {
  ExceptionBench b({kWfi, 0xE7FD});  // wfi in a loop
  b.program(b.handler(15), {kAddsR0_1, 0x9000, kBxLr});
  b.write(0xE000E014, 999);
  b.write(0xE000E018, 0);
  b.write(0xE000E010, 7);
  b.core.run(500);
  EXPECT_TRUE(b.core.sleeping());
  EXPECT_NE(b.read(kDhcsr) & kSSleep, 0u);
  EXPECT_EQ(b.read(0xE000E018), 500u);
  b.core.run(9'999'600);  // host time: what 10,000 interrupts take
  EXPECT_EQ(b.core.registers().r[0], 10'000u);
  EXPECT_NE(b.read(0xE000E010) & 1u << 16, 0u);  // COUNTFLAG, cleared by reading
  EXPECT_EQ(b.read(0xE000E010) & 1u << 16, 0u);
}

TEST(CoreException, HaltWakesASleepingCoreAndMaskedInterruptsWakeToo) {
  ExceptionBench b({0xB672, kWfi, kAddsR0_1, kBranchSelf});  // cpsid i
  b.core.run(100);
  EXPECT_TRUE(b.core.sleeping());
  b.halt();
  EXPECT_FALSE(b.core.sleeping());
  EXPECT_EQ(b.pc(), kCode + 4);

  ExceptionBench c({0xB672, kWfi, kAddsR0_1, kBranchSelf});
  c.core.run(100);
  c.write(0xE000E100, 1);
  c.core.set_irq(0, true);
  c.core.run(20);
  EXPECT_EQ(c.core.registers().r[0], 1u);  // woke, without the handler
  EXPECT_EQ(c.exception(), 0u);
}

TEST(CoreException, WaitForEvent) {
  ExceptionBench b({kSev, kWfe, kAddsR0_1, kWfe, kAddsR0_1, kBranchSelf});
  b.core.run(100);
  EXPECT_EQ(b.core.registers().r[0], 1u);
  EXPECT_TRUE(b.core.sleeping());
  b.write(kScr, 1u << 4);  // SEVONPEND
  b.core.set_irq(3, true);
  b.core.run(100);
  EXPECT_EQ(b.core.registers().r[0], 2u);
}

TEST(CoreException, SleepOnExit) {
  ExceptionBench b({kAddsR0_1, 0xE7FD});
  b.program(b.handler(16), {kBxLr});
  b.write(kScr, 2);
  b.write(0xE000E100, 1);
  b.core.run(10);
  b.write(0xE000E200, 1);
  b.core.run(100);
  EXPECT_TRUE(b.core.sleeping());
}

TEST(CoreException, BadReturnIsInvPc) {
  ExceptionBench b({kSvc});
  b.program(b.handler(11), {0x2007, 0x43C0, 0x4700});  // movs r0, #7; mvns r0, r0; bx r0: 0xFFFFFFF8
  b.core.run(100);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_EQ(b.read(kCfsr), 1u << 18);
}

TEST(CoreException, StackingFaultIsRecorded) {
  ExceptionBench b({kSvc});
  Core::Registers r = b.core.registers();
  r.r[13] = r.msp = 0x10;  // flash: not writable
  b.core.set_registers(r);
  b.core.run(100);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_NE(b.read(kCfsr) & 1u << 12, 0u);  // STKERR
}

TEST(CoreException, ItBlockSurvivesAnInterrupt) {
  // cmp r0, r0; ite eq; (irq pended by the debugger here) addeq r1, #1; addne r2, #1; b .
  ExceptionBench b({0x4280, 0xBF0C, 0x3101, 0x3201, kBranchSelf});
  b.program(b.handler(16), {0x2400, 0x3C01, kBxLr});  // spoils the flags
  b.write(0xE000E100, 1);
  b.core.run(2);
  b.write(0xE000E200, 1);
  b.core.run(100);
  EXPECT_EQ(b.core.registers().r[1], 1u);
  EXPECT_EQ(b.core.registers().r[2], 0u);
  EXPECT_EQ(b.core.registers().r[4], 0xFFFFFFFFu);
}

TEST(CoreException, ResetRequestsGoToTheChip) {
  ExceptionBench b({kBranchSelf});
  std::string asked;
  b.core.on_reset_request = [&](bool core_alone) {
    asked += core_alone ? 'v' : 's';
    b.core.system_reset();
  };
  b.write(kAircr, 4);  // no key
  EXPECT_EQ(asked, "");
  b.write(kAircr, 0x05FA0004);
  b.write(kAircr, 0x05FA0001);
  EXPECT_EQ(asked, "sv");
}

TEST(CoreException, SoftwareResetsItself) {
  // adds r0, #1; ldr r1, [pc, #8]; ldr r2, [pc, #8]; str r2, [r1]; b .
  ExceptionBench b({kNop, kAddsR0_1, 0x4901, 0x4A02, 0x600A, kBranchSelf, 0xED0C, 0xE000, 0x0004, 0x05FA});
  int resets = 0;
  b.core.on_reset_request = [&](bool) {
    if (++resets < 3) {
      b.core.system_reset();
    }
  };
  b.core.run(200);
  EXPECT_EQ(resets, 3);
  EXPECT_EQ(b.core.registers().r[0], 1u);
  EXPECT_EQ(b.pc(), kCode + 10);
}

}  // namespace
}  // namespace probity::vboard::test::core_exception_test
