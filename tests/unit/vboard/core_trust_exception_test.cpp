// Exceptions of two Security states (DDI 0553, B3.9-B3.22): who takes them, what is stacked and hidden, what
// returns are refused, priorities, and the FPU's state in between.
#include <gtest/gtest.h>

#include "core_trust_bench.hpp"

namespace probity::vboard::test::core_trust_exception_test {
namespace {

constexpr std::uint16_t kSelf = 0xE7FE, kNop = 0xBF00, kBxLr = 0x4770, kBxR0 = 0x4700, kSvc = 0xDF00,
                        kUdf = 0xDE00;
constexpr std::uint32_t kNsCode = kFlash + 0x100, kSecureCode = kSecureFlash + 0x100;
constexpr std::uint32_t kNsTop = kRam + 0x4000, kSecureTop = kSecureRam + 0x4000;
constexpr std::uint32_t kIser = 0xE000E100, kIspr = 0xE000E200, kIpr = 0xE000E400, kIcsr = 0xE000ED04,
                        kShpr1 = 0xE000ED18, kShpr3 = 0xE000ED20, kHfsr = 0xE000ED2C, kCpacr = 0xE000ED88,
                        kNsacr = 0xE000ED8C, kFpccr = 0xE000EF34, kSystCsr = 0xE000E010;
constexpr std::uint32_t kAircrKey = 0x05FA0000, kBfhfnmins = 1u << 13, kPris = 1u << 14;
constexpr unsigned kIrq0 = 16, kSecureFault = 7;

struct Exceptions : TrustBench {
  using TrustBench::TrustBench;
  // Interrupts 0 and 1 enabled, the one Secure, the other not.
  void start(bool in_secure_state) {
    partition();
    write(kItns, 2);
    write(kIser, 3);
    for (unsigned n = 0; n < 13; ++n) set(n, 0x10101010 * (n + 1));
    if (!in_secure_state) enter_non_secure();
  }
  void interrupt(unsigned irq) {
    core.set_irq(irq, true);
    core.run(1);
    core.set_irq(irq, false);
  }
  void handle(std::uint32_t flash, unsigned exception, std::initializer_list<std::uint16_t> code) {
    program(handler(flash, exception), code);
  }
};

TEST(CoreTrustExceptions, ASecureInterruptOverNonSecureCode) {
  Exceptions b({kSelf}, {kSelf});
  b.start(false);
  b.handle(kSecureFlash, kIrq0, {kBxLr});
  b.interrupt(0);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.exception(), kIrq0);
  EXPECT_EQ(b.r(14), 0xFFFFFFB9u);
  EXPECT_EQ(b.r(13), kSecureTop);
  EXPECT_EQ(b.word(kNsTop - 0x20), 0x10101010u);
  EXPECT_EQ(b.r(4), 0x50505050u);  // Secure code may see them
  b.core.run(30);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.r(13), kNsTop);
  EXPECT_EQ(b.r(0), 0x10101010u);
}

TEST(CoreTrustExceptions, ANonSecureInterruptOverSecureCodeFindsNothingOfIt) {
  Exceptions b;
  b.start(true);
  b.handle(kFlash, kIrq0 + 1, {0x2401, kNop, kBxLr});  // movs r4, #1
  b.interrupt(1);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.r(14), 0xFFFFFFF8u);
  for (unsigned n = 0; n < 13; ++n) EXPECT_EQ(b.r(n), 0u) << n;
  EXPECT_EQ(b.core.registers().xpsr & 0xF80F0000, 0u);
  const std::uint32_t frame = kSecureTop - 0x20, callee = frame - 0x28;
  EXPECT_EQ(b.word(callee), 0xFEFA125Bu);
  for (unsigned n = 4; n < 12; ++n) EXPECT_EQ(b.word(callee + 4 * (n - 2)), 0x10101010u * (n + 1));
  EXPECT_EQ(b.word(frame), 0x10101010u);
  EXPECT_EQ(b.word(frame + 0x18), kSecureCode);
  b.core.run(40);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.pc(), kSecureCode);
  EXPECT_EQ(b.r(13), kSecureTop);
  for (unsigned n = 0; n < 13; ++n) EXPECT_EQ(b.r(n), 0x10101010u * (n + 1)) << n;
}

TEST(CoreTrustExceptions, AForgedFrameIsNotReturnedThrough) {
  Exceptions b;
  b.start(true);
  b.handle(kFlash, kIrq0 + 1, {kNop, kBxLr});
  b.interrupt(1);
  b.word(kSecureTop - 0x48, 0xFEFA125A);
  b.core.run(40);
  EXPECT_EQ(b.exception(), kSecureFault);
  EXPECT_EQ(b.read(kSfsr), 2u);     // INVIS
  EXPECT_EQ(b.r(14), 0xFFFFFFD9u);  // DCRS 0: the callee registers are still on the stack
  EXPECT_EQ(b.r(13), kSecureTop - 0x48);
}

TEST(CoreTrustExceptions, NonSecureReturnsMayNotSpeakForSecureState) {
  for (const std::uint32_t forged : {0xFFFFFFB9u, 0xFFFFFF98u, 0xFFFFFFF9u}) {  // ES, DCRS 0, ES
    Exceptions b({kSelf}, {kSelf});
    b.start(false);
    b.handle(kFlash, kIrq0 + 1, {kBxR0});
    b.set(0, forged);
    b.interrupt(1);
    b.set(0, forged);
    b.core.run(30);
    EXPECT_EQ(b.exception(), kSecureFault) << std::hex << forged;
    EXPECT_EQ(b.read(kSfsr), 4u);  // INVER
  }
  // S: into Secure state through a frame that no exception has made.
  Exceptions b({kSelf}, {kSelf});
  b.start(false);
  b.handle(kFlash, kIrq0 + 1, {kBxR0});
  b.interrupt(1);
  b.set(0, 0xFFFFFFF8);
  b.core.run(30);
  EXPECT_EQ(b.exception(), kSecureFault);
  EXPECT_EQ(b.read(kSfsr), 2u);  // INVIS
}

TEST(CoreTrustExceptions, ThreadModeStacksOfBothStates) {
  // msr psp, r0; movs r2, #2; msr control, r2; msr psp_ns, r1; msr control_ns, r2
  Exceptions b({0xF380, 0x8809, 0x2202, 0xF382, 0x8814, 0xF381, 0x8889, 0xF382, 0x8894, kSelf});
  b.start(true);
  b.set(0, kSecureRam + 0x1000);
  b.set(1, kRam + 0x1000);
  b.core.run(10);
  EXPECT_EQ(b.r(13), kSecureRam + 0x1000);
  b.handle(kFlash, kIrq0 + 1, {kNop, kBxLr});
  b.interrupt(1);
  EXPECT_EQ(b.r(14), 0xFFFFFFFCu);  // SPSEL of Non-secure state, which takes it
  EXPECT_EQ(b.r(13), 0u);           // MSP_NS
  EXPECT_EQ(b.word(kSecureRam + 0x1000 - 0x48), 0xFEFA125Bu);
  b.core.run(40);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.r(13), kSecureRam + 0x1000);
  EXPECT_EQ(b.core.registers().control, 2u);
}

TEST(CoreTrustExceptions, InterruptsOfSecureStateAreNotToBeSeenFromTheOther) {
  Exceptions b;
  b.start(true);
  EXPECT_EQ(b.read(kIser, Security::non_secure), 2u);
  b.write(kIser + 0x80, 3, Security::non_secure);  // ICER
  EXPECT_EQ(b.read(kIser), 1u);
  b.write(kIpr, 0xF0F0, Security::non_secure);
  EXPECT_EQ(b.read(kIpr), 0xF000u);
  b.write(0xE000EF00, 0, Security::non_secure);  // STIR
  EXPECT_EQ(b.read(kIspr), 0u);
  EXPECT_EQ(b.read(kItns, Security::non_secure), 0u);
  b.write(kItns, 0, Security::non_secure);
  EXPECT_EQ(b.read(kItns), 2u);
}

TEST(CoreTrustExceptions, PendSvAndSysTickAreThereTwice) {
  Exceptions b({kSelf}, {kSelf});
  b.start(false);
  b.write(kIcsr, 1u << 28, Security::non_secure);
  EXPECT_EQ(b.read(kIcsr) & 1u << 28, 0u);
  EXPECT_EQ(b.read(kIcsr + kAlias) & 1u << 28, 1u << 28);
  b.core.run(1);
  EXPECT_EQ(b.exception(), 14u);
  EXPECT_FALSE(b.secure());
  b.write(kShpr3, 0);
  b.write(kShpr3 + kAlias, 0x00800000);  // the Secure one may preempt
  b.write(kIcsr, 1u << 28);
  b.core.run(1);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.exception(), 14u);

  Exceptions timers({kSelf}, {kSelf});
  timers.start(false);
  timers.write(kSystCsr + 4, 49);
  timers.write(kSystCsr, 7);
  timers.write(kSystCsr + 4 + kAlias, 19);
  timers.write(kSystCsr + kAlias, 7);
  timers.write(kShpr3 + kAlias, 0xC0000000);
  timers.core.run(30);
  EXPECT_FALSE(timers.secure());
  EXPECT_EQ(timers.pc(), TrustBench::handler(kFlash, 15));
  timers.core.run(40);
  EXPECT_EQ(timers.pc(), TrustBench::handler(kSecureFlash, 15));
}

TEST(CoreTrustExceptions, PrisPutsSecureExceptionsFirst) {
  struct Row {
    bool pris;
    std::uint32_t secure_priority;
    unsigned first;
  };
  for (const Row& row : {Row{false, 0x70, 1}, Row{true, 0x70, 0}, Row{true, 0x90, 1}}) {
    Exceptions b;
    b.start(true);
    b.write(kAircr, kAircrKey | (row.pris ? kPris : 0));
    EXPECT_EQ(b.read(kAircr, Security::non_secure) & kPris, 0u);
    b.write(kIpr, row.secure_priority);  // the Non-secure one's is 0
    b.write(kIspr, 3);
    b.core.run(1);
    EXPECT_EQ(b.exception(), kIrq0 + row.first) << std::hex << row.secure_priority;
  }
  // Also over a Non-secure handler that runs, whose priority is 0.
  for (const bool pris : {false, true}) {
    Exceptions b({kSelf}, {kSelf});
    b.start(false);
    b.write(kAircr, kAircrKey | (pris ? kPris : 0));
    b.write(kIpr, 0x70);
    b.interrupt(1);
    b.interrupt(0);
    EXPECT_EQ(b.exception(), pris ? kIrq0 : kIrq0 + 1);
  }
  // PRIMASK_NS holds off Secure interrupts below 0x80 only.
  for (const std::uint32_t priority : {0x70u, 0x80u}) {
    Exceptions b({kSelf}, {0xB672, kSelf});  // cpsid i
    b.start(false);
    b.write(kAircr, kAircrKey | kPris);
    b.write(kIpr, priority);
    b.core.run(4);
    b.interrupt(0);
    EXPECT_EQ(b.exception(), priority < 0x80 ? kIrq0 : 0u);
  }
  Exceptions b({kSelf}, {0xB672, kSelf});
  b.start(false);
  b.core.run(4);
  b.interrupt(0);
  EXPECT_EQ(b.exception(), 0u);
}

TEST(CoreTrustExceptions, FaultmaskOfSecureStateLeavesOnlyNmi) {
  Exceptions b({0xB671, kSelf});  // cpsid f
  b.start(true);
  b.core.run(4);
  b.interrupt(0);
  b.interrupt(1);
  EXPECT_EQ(b.exception(), 0u);
  b.write(kIcsr, 1u << 31, Security::non_secure);  // NMI is Secure state's
  b.core.run(1);
  EXPECT_EQ(b.exception(), 0u);
  b.write(kIcsr, 1u << 31);
  b.core.run(1);
  EXPECT_EQ(b.exception(), 2u);
  EXPECT_TRUE(b.secure());
}

TEST(CoreTrustExceptions, WhoseHardFaultItIs) {
  for (const bool non_secure : {false, true}) {
    Exceptions b({kSelf}, {kUdf});
    b.start(false);
    b.write(kTrustShcsr + kAlias, 0);
    b.write(kAircr, kAircrKey | (non_secure ? kBfhfnmins : 0));
    EXPECT_EQ(b.read(kAircr, Security::non_secure) & kBfhfnmins, non_secure ? kBfhfnmins : 0);
    b.core.run(20);
    EXPECT_EQ(b.exception(), 3u);
    EXPECT_EQ(b.secure(), !non_secure);
    EXPECT_EQ(b.read(kHfsr), 1u << 30);
    EXPECT_EQ(b.read(kHfsr, Security::non_secure), non_secure ? 1u << 30 : 0u);
    EXPECT_EQ(b.read(kTrustCfsr, Security::non_secure), 1u << 16);
    EXPECT_EQ(b.read(kTrustCfsr), 0u);
  }
  // Secure state's, with one for each, goes over Non-secure state's.
  Exceptions b({kSelf}, {kUdf});
  b.start(false);
  b.write(kTrustShcsr, 0);
  b.write(kTrustShcsr + kAlias, 0);
  b.write(kAircr, kAircrKey | kBfhfnmins);
  b.handle(kFlash, 3, {0x6800});  // ldr r0, [r0]
  b.core.run(14);
  b.set(0, kSecureRam);
  b.core.run(20);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_FALSE(b.core.locked_up());
  EXPECT_EQ(b.read(kSfsr), 0x48u);
}

TEST(CoreTrustExceptions, ASecureFaultThatMayNotBeTakenIsASecureHardFault) {
  Exceptions b({kSelf}, {0x6800});
  b.start(false);
  b.write(kTrustShcsr, 0);
  b.set(0, kSecureRam);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 3u);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.read(kHfsr), 1u << 30);
}

TEST(CoreTrustExceptions, NonSecureStacksAndVectorsInSecureMemory) {
  Exceptions stack({kSelf}, {kSelf});
  stack.start(false);
  Core::Registers all = stack.core.registers();
  all.msp = all.r[13] = kSecureRam + 0x1000;
  stack.core.set_registers(all);
  stack.write(kShpr1, 0);
  stack.write(kIpr, 0x8080);
  stack.interrupt(1);
  EXPECT_EQ(stack.exception(), kSecureFault);
  EXPECT_EQ(stack.read(kSfsr) & 8u, 8u);
  EXPECT_EQ(stack.word(kSecureRam + 0x1000 - 0x20), 0u);
  EXPECT_EQ(stack.bus.refused, 0u);

  Exceptions vectors({kSelf}, {kSelf});
  vectors.start(false);
  vectors.write(kTrustVtor + kAlias, kSecureFlash);
  vectors.interrupt(1);
  EXPECT_EQ(vectors.exception(), 3u);
  EXPECT_TRUE(vectors.secure());
  EXPECT_EQ(vectors.read(kHfsr), 2u);  // VECTTBL
}

// --- FPU: vmov s0, r0 is EE00 0A10, vmov r1, s0 is EE10 1A10

struct Floats : Exceptions {
  explicit Floats(std::initializer_list<std::uint16_t> secure_code) : Exceptions(secure_code) {
    start(true);
    write(kCpacr, 0xF00000);
    write(kCpacr + kAlias, 0xF00000);
    write(kNsacr, 0xC00);
    write(kFpccr, 0xC4000000);  // ASPEN, LSPEN, TS
  }
};

TEST(CoreTrustExceptions, SecureFloatsAreStackedBeforeNonSecureCodeUsesTheFpu) {
  Floats b({0xEE00, 0x0A10, 0xEE0F, 0x1A90, kSelf});  // vmov s0, r0; vmov s31, r1
  b.set(0, 0x3F800000);
  b.set(1, 0x40000000);
  b.core.run(10);
  EXPECT_EQ(b.core.registers().control, 0xCu);                           // SFPA, FPCA
  b.handle(kFlash, kIrq0 + 1, {0xEE10, 0x1A10, 0xEE00, 0x2A10, kBxLr});  // vmov r1, s0; vmov s0, r2
  b.interrupt(1);
  EXPECT_EQ(b.r(14), 0xFFFFFFE8u);
  EXPECT_EQ(b.word(kSecureTop - 0xA8 - 0x28), 0xFEFA125Au);
  EXPECT_EQ(b.read(kFpccr) & 5u, 5u);  // LSPACT, S
  EXPECT_EQ(b.read(kFpccr + kAlias) & 0x04000005u, 0u);
  EXPECT_EQ(b.word(kSecureTop - 0xA8 + 0x20), 0u);
  b.core.run(1);
  EXPECT_EQ(b.word(kSecureTop - 0xA8 + 0x20), 0x3F800000u);
  EXPECT_EQ(b.word(kSecureTop - 4), 0x40000000u);  // S31
  EXPECT_EQ(b.r(1), 0u);                           // what it finds instead
  EXPECT_EQ(b.core.registers().s[31], 0u);
  b.core.run(60);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.core.registers().s[0], 0x3F800000u);
  EXPECT_EQ(b.core.registers().s[31], 0x40000000u);
  EXPECT_EQ(b.core.registers().control, 0xCu);
  EXPECT_EQ(b.r(13), kSecureTop);
}

TEST(CoreTrustExceptions, LazyStateOfACall) {
  for (const bool used : {false, true}) {
    // vmov s0, r0; vlstm r1; vlldm r1
    Floats b({0xEE00, 0x0A10, 0xEC21, 0x0A00, 0xEC31, 0x0A00, kSelf});
    b.program(kNsCode, {0xEE10, 0x3A10, kSelf});  // vmov r3, s0
    b.set(0, 0x3F800000);
    b.set(1, kSecureRam + 0x800);
    b.core.run(18);
    EXPECT_EQ(b.core.registers().control, 8u);
    EXPECT_EQ(b.read(kFpccr) & 1u, 1u);
    const Core::Registers before = b.core.registers();
    if (used) {
      b.enter_non_secure();
      b.core.run(1);
      EXPECT_EQ(b.r(3), 0u);
      EXPECT_EQ(b.word(kSecureRam + 0x800), 0x3F800000u);
      Core::Registers back = before;
      std::copy_n(b.core.registers().s, 32, back.s);
      b.core.set_registers(back);
    }
    b.core.run(30);
    EXPECT_EQ(b.core.registers().control, 0xCu);
    EXPECT_EQ(b.core.registers().s[0], 0x3F800000u);
    EXPECT_EQ(b.read(kFpccr) & 1u, 0u);
  }
}

TEST(CoreTrustExceptions, TheFpuThatSecureStateKeepsForItself) {
  Floats b({kSelf});
  b.program(kNsCode, {0xEE00, 0x0A10, kSelf});
  b.write(kNsacr, 0);
  b.enter_non_secure();
  b.core.run(20);
  EXPECT_EQ(b.exception(), 6u);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.read(kTrustCfsr), 1u << 19);  // NOCP
  EXPECT_EQ(b.read(kTrustCfsr + kAlias), 0u);
}

}  // namespace
}  // namespace probity::vboard::test::core_trust_exception_test
