// Debug of a core with Security Extension (DDI 0553, B13, D1.2): what a debugger sees of which state, and
// what stays closed to him while Secure debug is off.
#include <gtest/gtest.h>

#include "core_trust_bench.hpp"

namespace probity::vboard::test::core_trust_debug_test {
namespace {

constexpr std::uint16_t kSelf = 0xE7FE, kBxnsR0 = 0x4704, kBkpt = 0xBE00;
constexpr std::uint32_t kNsCode = kFlash + 0x100, kSecureCode = kSecureFlash + 0x100;
constexpr std::uint32_t kSSde = 1u << 20, kCdsKeep = 1u << 17, kCds = 1u << 16;

TEST(CoreTrustDebug, RegistersOfBothStatesByTheirNumbers) {
  TrustBench b;
  b.halt();
  struct Row {
    unsigned number;
    std::uint32_t value;
  };
  const Row rows[] = {{24, 0x20000100}, {25, 0x20000200}, {26, 0x30000300}, {27, 0x30000400},
                      {28, 0x30000008}, {29, 0x30000010}, {30, 0x20000018}, {31, 0x20000020},
                      {34, 0x08014001}, {35, 0x03002000}};  // 34: SFPA, FAULTMASK; 35: SPSEL, nPRIV
  for (const Row& row : rows) b.set_debug_register(row.number, row.value);
  for (const Row& row : rows) EXPECT_EQ(b.debug_register(row.number), row.value) << row.number;
  EXPECT_EQ(b.debug_register(13), 0x30000300u);  // of the current state
  EXPECT_EQ(b.debug_register(17), 0x30000300u);
  EXPECT_EQ(b.debug_register(18), 0x30000400u);
  EXPECT_EQ(b.debug_register(20), 0x08014001u);
  b.write(kDscsr, 0);  // CDS, with its key: over to Non-secure state
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.debug_register(13), 0x20000200u);
  EXPECT_EQ(b.debug_register(20), 0x03002000u);
  for (const Row& row : rows) EXPECT_EQ(b.debug_register(row.number), row.value) << row.number;
  b.write(kDscsr, kCdsKeep | kCds);  // without the key
  EXPECT_FALSE(b.secure());
  b.write(kDscsr, kCds);
  EXPECT_TRUE(b.secure());
}

TEST(CoreTrustDebug, DscsrChoosesWhoseBankedRegistersAreSeen) {
  TrustBench b;
  b.write(kDscsr, kCdsKeep);
  EXPECT_EQ(b.read(kDscsr), kCds);
  EXPECT_EQ(b.read(kTrustVtor), kSecureFlash);
  EXPECT_EQ(b.read(kTrustVtor, Security::non_secure), kFlash);
  b.enter_non_secure();
  EXPECT_EQ(b.read(kDscsr), 0u);
  EXPECT_EQ(b.read(kTrustVtor), kFlash);
  EXPECT_EQ(b.read(0xE000EDD4), 8u);  // SAU_TYPE is not banked
  b.write(kDscsr, kCdsKeep | 3);
  EXPECT_EQ(b.read(kDscsr), 3u);
  EXPECT_EQ(b.read(kTrustVtor), kSecureFlash);
  b.write(kDscsr, kCdsKeep | 1);
  EXPECT_EQ(b.read(kTrustVtor), kFlash);
}

TEST(CoreTrustDebug, WhatTheRegistersSayOfSecureDebug) {
  TrustBench b;
  EXPECT_EQ(b.read(kDhcsr) & kSSde, kSSde);
  EXPECT_EQ(b.read(kDauthstatus), 0xFFu);
  b.write(kDemcr, 1u << 11);  // VC_SFERR
  EXPECT_EQ(b.read(kDemcr), 1u << 11 | 1u << 20);
  b.core.set_secure_debug(false);
  EXPECT_EQ(b.read(kDhcsr) & kSSde, 0u);
  EXPECT_EQ(b.read(kDauthstatus), 0xAFu);
  EXPECT_EQ(b.read(kDemcr), 1u << 11);
  EXPECT_EQ(b.read(kDscsr), kCds);
  EXPECT_EQ(b.read(kTrustVtor), kFlash);  // a Secure access is none any more
  EXPECT_EQ(b.read(0xE000EDD4), 0u);
}

TEST(CoreTrustDebug, SecureStateCannotBeHaltedWhileItsDebugIsOff) {
  TrustBench b({0xBF00, 0xBF00, kBxnsR0}, {0xBF00, kSelf});
  b.partition();
  b.core.set_secure_debug(false);
  b.set(0, kNsCode);
  b.halt();
  EXPECT_FALSE(b.core.halted());
  EXPECT_EQ(b.read(kDhcsr) & 3u, 3u);
  b.core.run(1);
  EXPECT_EQ(b.pc(), kSecureCode + 2);
  b.core.run(50);
  EXPECT_TRUE(b.core.halted());  // as soon as it is in Non-secure state
  EXPECT_EQ(b.pc(), kNsCode);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.debug_register(26), 0u);  // MSP_S
  EXPECT_EQ(b.debug_register(34), 0u);
  EXPECT_EQ(b.debug_register(24), kRam * 0u);
  b.write(kDscsr, kCds);
  EXPECT_FALSE(b.secure());
}

TEST(CoreTrustDebug, ResetCatchWaitsForNonSecureState) {
  TrustBench b({0xBF00, kBxnsR0}, {kSelf});
  b.write(kDhcsr, kKey | 1);
  b.write(kDemcr, 1);
  b.core.set_secure_debug(false);
  b.core.system_reset();
  b.partition();  // no Secure access, so nothing
  EXPECT_FALSE(b.core.halted());
  b.core.set_secure_debug(true);
  b.core.system_reset();
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kSecureCode);
}

TEST(CoreTrustDebug, BreakpointsInSecureStateWhileItsDebugIsOff) {
  for (const bool instruction : {true, false}) {
    for (const bool allowed : {true, false}) {
      TrustBench b({instruction ? kBkpt : std::uint16_t{0x2007}, kSelf});  // movs r0, #7
      b.core.set_secure_debug(allowed);
      b.resume();
      b.write(0xE0002000, 3);
      if (!instruction) b.write(0xE0002008, kSecureCode | 1);
      b.core.run(30);
      EXPECT_EQ(b.core.halted(), allowed);
      if (allowed) {
        EXPECT_EQ(b.pc(), kSecureCode);
      } else if (instruction) {
        EXPECT_EQ(b.exception(), 3u);
      } else {
        EXPECT_EQ(b.r(0), 7u);
        EXPECT_EQ(b.pc(), kSecureCode + 2);
      }
    }
  }
}

TEST(CoreTrustDebug, AStepIntoClosedSecureStateEndsBehindIt) {
  TrustBench b({kSelf}, {0x4780, 0xBF00, kSelf});  // blx r0
  b.partition();
  b.program(kGates, {0xE97F, 0xE97F, 0xBF00, 0x4774});  // sg; nop; bxns lr
  b.enter_non_secure();
  b.set(0, kGates | 1);
  b.halt();
  ASSERT_TRUE(b.core.halted());
  b.core.set_secure_debug(false);
  const auto step = [&] {
    b.write(kDhcsr, kKey | 5);
    b.core.run(60);
    EXPECT_TRUE(b.core.halted());
    EXPECT_FALSE(b.secure());
  };
  step();
  EXPECT_EQ(b.pc(), kGates);
  step();
  EXPECT_EQ(b.pc(), kNsCode + 2);
}

TEST(CoreTrustDebug, SecureFaultsAreCaught) {
  TrustBench b({kSelf}, {0x6800});
  b.partition();
  b.enter_non_secure();
  b.resume();
  b.write(kDemcr, 1u << 11);
  b.set(0, kSecureRam);
  b.core.run(30);
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), TrustBench::handler(kSecureFlash, 7));
}

TEST(CoreTrustDebug, OnlySecureStateMayResetWithSysresetreqs) {
  TrustBench b;
  b.core.run(10);
  unsigned resets = 0;
  b.core.on_reset_request = [&](bool) { ++resets; };
  b.write(kAircr, 0x05FA0004, Security::non_secure);
  EXPECT_EQ(resets, 1u);
  b.write(kAircr, 0x05FA0008);
  b.write(kAircr, 0x05FA0004, Security::non_secure);
  EXPECT_EQ(resets, 1u);
  b.write(kAircr, 0x05FA000C);
  EXPECT_EQ(resets, 2u);
}

TEST(CoreTrustDebug, InterruptsMaskedByTheDebuggerAreThoseHeMaySee) {
  for (const bool allowed : {true, false}) {
    TrustBench b({kSelf}, {kSelf});
    b.partition();
    b.write(0xE000E100, 1);
    b.enter_non_secure();
    b.core.set_secure_debug(allowed);
    b.write(kDhcsr, kKey | 9);  // C_MASKINTS
    b.core.set_irq(0, true);
    b.core.run(5);
    EXPECT_EQ(b.exception(), allowed ? 0u : 16u);
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_trust_debug_test
