// The Security Extension (DDI 0553): Secure and Non-secure state, whose memory is whose, and the ways between
// them.
#include <gtest/gtest.h>

#include "core_trust_bench.hpp"

namespace probity::vboard::test::core_trust_test {
namespace {

constexpr std::uint16_t kSelf = 0xE7FE, kNop = 0xBF00, kBxR0 = 0x4700, kBxLr = 0x4770, kBlxR0 = 0x4780,
                        kBxnsR0 = 0x4704, kBlxnsR0 = 0x4784, kLoad = 0x6801, kStore = 0x6001, kSg = 0xE97F,
                        kSvc = 0xDF00;
constexpr std::uint32_t kNsCode = kFlash + 0x100, kSecureCode = kSecureFlash + 0x100;
constexpr std::uint32_t kInvEp = 1, kAuViol = 8, kInvTran = 16, kSfarValid = 64;
constexpr unsigned kSecureFault = 7;

TEST(CoreTrust, LeavesResetInSecureStateThroughItsOwnVectorTable) {
  TrustBench b;
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.pc(), kSecureCode);
  EXPECT_EQ(b.r(13), kSecureRam + 0x4000);
  EXPECT_EQ(b.read(0xE000ED44), 0x210u);  // ID_PFR1
  EXPECT_EQ(b.read(0xE000EDD4), 8u);      // SAU_TYPE
  EXPECT_EQ(b.read(kTrustVtor), kSecureFlash);
  EXPECT_EQ(b.read(kTrustVtor + kAlias), kFlash);
  b.partition();
  b.core.set_security_extension(false);
  EXPECT_TRUE(b.secure());  // until the next reset
  b.core.system_reset();
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.pc(), kNsCode);
  EXPECT_EQ(b.read(kSauCtrl), 0u);
  EXPECT_EQ(b.read(0xE000ED44), 0x200u);
}

// tt r1, r0 in Secure state.
std::uint32_t test_target(TrustBench& b, std::uint32_t address) {
  b.program(kSecureCode, {0xE840, 0xF100, kSelf});
  Core::Registers all = b.core.registers();
  all.r[0] = address;
  all.r[15] = kSecureCode;
  b.core.set_registers(all);
  b.core.run(1);
  return b.r(1);
}

TEST(CoreTrust, AttributionIsTheStricterOfSauAndIdau) {
  constexpr std::uint32_t kSecureAll = 0x4C0000, kNonSecureAll = 0x3C0000;  // S, RW, R; NSRW, NSR, RW, R
  TrustBench b;
  const auto expect = [&](std::uint32_t address, std::uint32_t response) {
    EXPECT_EQ(test_target(b, address), response) << std::hex << address;
  };
  expect(kRam, kSecureAll);  // SAU off: everything is Secure
  b.write(kSauCtrl, 2);      // ALLNS: what the IDAU says
  expect(kRam, kNonSecureAll);
  expect(kSecureRam, kSecureAll);
  b.partition();
  expect(kRam, kNonSecureAll | 1u << 17 | 1u << 8);  // SRVALID, region 1
  expect(kRam + kTrustSize - 1, kNonSecureAll | 1u << 17 | 1u << 8);
  expect(kRam + kTrustSize, kSecureAll);
  expect(kSecureRam, kSecureAll);
  expect(kGates, kSecureAll | 1u << 17 | 2u << 8);
  expect(0xE000E000, kSecureAll);                  // belongs to whoever asks
  b.region(3, kSecureRam, kSecureRam + 0xFE0, 1);  // no SAU can make it Non-secure
  expect(kSecureRam, kSecureAll | 1u << 17 | 3u << 8);
  EXPECT_EQ(b.core.security_of(kSecureRam), Security::secure);
  EXPECT_EQ(b.core.security_of(kRam), Security::non_secure);
  EXPECT_FALSE(b.core.security_of(0xE000E000));
  b.region(4, kRam + 0x1000, kRam + 0x1FE0, 1);  // two regions on one place: Secure, and none of them
  expect(kRam + 0x1000, kSecureAll);
  expect(kRam + 0x2000, kNonSecureAll | 1u << 17 | 1u << 8);
}

struct NonSecure : TrustBench {
  explicit NonSecure(std::initializer_list<std::uint16_t> code) : TrustBench({kSelf}, code) {
    partition();
    enter_non_secure();
  }
  void expect_secure_fault(std::uint32_t sfsr) {
    EXPECT_EQ(exception(), kSecureFault);
    EXPECT_TRUE(secure());
    EXPECT_EQ(read(kSfsr), sfsr);
    EXPECT_EQ(pc(), handler(kSecureFlash, kSecureFault));
  }
};

TEST(CoreTrust, NonSecureCodeDoesNotReachSecureMemory) {
  for (const bool fast : {true, false}) {
    for (const std::uint16_t access : {kLoad, kStore}) {
      NonSecure b({access, kSelf});
      b.bus.fast_ram = fast;
      b.word(kSecureRam + 0x100, 0x5EC2E7);
      b.set(0, kSecureRam + 0x100);
      b.set(1, 0x11111111);
      b.core.run(30);
      b.expect_secure_fault(kAuViol | kSfarValid);
      EXPECT_EQ(b.read(kSfar), kSecureRam + 0x100);
      EXPECT_EQ(b.word(kSecureRam + 0x100), 0x5EC2E7u);
      EXPECT_EQ(b.r(14), 0xFFFFFFB9u);  // Non-secure Thread; taken to Secure state
      EXPECT_EQ(b.word(kRam + 0x4000 - 8), kNsCode);
      EXPECT_EQ(b.word(kRam + 0x4000 - 0x1C), 0x11111111u);
      b.write(kSfsr, kAuViol);
      EXPECT_EQ(b.read(kSfsr), kSfarValid);
      EXPECT_EQ(b.bus.refused, 0u);
    }
  }
}

TEST(CoreTrust, AnAccessOverTheBoundIsRefusedAndSoIsOneAfterTheBoundMoved) {
  NonSecure b({0x6843, kLoad, kLoad, kSelf});  // ldr r3, [r0, #4]; ldr r1, [r0] twice
  b.region(1, kRam, kRam + 0xFE0, 1);
  b.set(0, kRam + 0xFFA);
  b.core.run(30);
  b.expect_secure_fault(kAuViol | kSfarValid);
  EXPECT_EQ(b.read(kSfar), kRam + 0x1001);

  NonSecure moved({kLoad, kLoad, kSelf});
  moved.set(0, kRam + 0x100);
  moved.core.run(1);
  EXPECT_EQ(moved.exception(), 0u);
  moved.region(1, kRam + 0x200, kRam + 0xFE0, 1);  // while windows are open and code is decoded
  Core::Registers all = moved.core.registers();
  all.msp = all.r[13] = kRam + 0xF00;
  moved.core.set_registers(all);
  moved.core.run(30);
  moved.expect_secure_fault(kAuViol | kSfarValid);

  NonSecure code({kNop, kNop, kSelf});
  code.core.run(20);
  code.region(0, kFlash + 0x200, kFlash + 0xFFE0, 1);
  code.core.run(30);
  code.expect_secure_fault(kInvEp);
}

TEST(CoreTrust, SecureCodeReachesNonSecureMemoryByNonSecureAccesses) {
  for (const bool fast : {true, false}) {
    TrustBench b({kStore, kLoad, kSelf});
    b.bus.fast_ram = fast;
    b.partition();
    b.set(0, kRam + 0x100);
    b.set(1, 0xABCD);
    b.core.run(30);
    EXPECT_EQ(b.exception(), 0u);
    EXPECT_EQ(b.word(kRam + 0x100), 0xABCDu);
    EXPECT_EQ(b.bus.refused, 0u);
    b.write(kSauCtrl, 0);  // now it takes it for Secure memory
    Core::Registers all = b.core.registers();
    all.r[15] = kSecureCode;
    b.core.set_registers(all);
    b.core.run(30);
    EXPECT_EQ(b.exception(), 5u);
    EXPECT_GT(b.bus.refused, 0u);
  }
}

TEST(CoreTrust, GatewaysAreTheOnlyWayIn) {
  NonSecure b({kBlxR0, kSelf});
  b.program(kGates, {kSg, kSg, 0x2507, kBxnsR0 | 0x70, kSelf});  // sg; movs r5, #7; bxns lr
  b.set(0, kGates | 1);
  b.core.run(4);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.r(14), kNsCode + 2);  // bit 0 says where to return to
  EXPECT_EQ(b.r(13), kSecureRam + 0x4000);
  b.core.run(20);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.pc(), kNsCode + 2);
  EXPECT_EQ(b.r(13), kRam + 0x4000);
  EXPECT_EQ(b.r(5), 7u);

  struct Row {
    std::uint32_t at;
    std::uint16_t first, second;
  };
  for (const Row& row : {Row{kGates, kNop, kNop},        // no SG
                         Row{kGates - 0x40, kSg, kSg},   // not Non-secure callable
                         Row{kGates - 2, kSg, kSg},      // only its second half is
                         Row{kGates + 0xFFE, kSg, kSg},  // only its first half is
                         Row{kGates, kSg, kNop}}) {
    NonSecure bad({kBxR0});
    bad.program(row.at, {row.first, row.second, kSelf});
    bad.set(0, row.at | 1);
    bad.core.run(30);
    bad.expect_secure_fault(kInvEp);
  }
}

TEST(CoreTrust, WhatSecureCodeHasDecodedIsNotNonSecureCodes) {
  TrustBench b({kNop, kSelf}, {kBxR0});
  b.partition();
  b.core.run(20);
  b.enter_non_secure();
  b.set(0, kSecureCode | 1);
  b.core.run(20);
  EXPECT_EQ(b.exception(), kSecureFault);
  EXPECT_EQ(b.read(kSfsr), kInvEp);
}

TEST(CoreTrust, AGatewayIsNoneInSecureStateOrInNonSecureMemory) {
  TrustBench secure({kSg, kSg, kSelf});
  secure.set(14, 0x1235);
  secure.core.run(10);
  EXPECT_EQ(secure.r(14), 0x1235u);
  EXPECT_EQ(secure.pc(), kSecureCode + 4);
  NonSecure b({kSg, kSg, kSelf});
  b.set(14, 0x1235);
  b.core.run(10);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.r(14), 0x1235u);
}

TEST(CoreTrust, SecureCodeMustSayThatItLeaves) {
  TrustBench b({kBxR0});
  b.partition();
  b.set(0, kNsCode | 1);
  b.core.run(30);
  EXPECT_EQ(b.exception(), kSecureFault);
  EXPECT_EQ(b.read(kSfsr), kInvTran);
  TrustBench good({kBxnsR0});
  good.partition();
  good.set(0, kNsCode);
  good.core.run(30);
  EXPECT_FALSE(good.secure());
  EXPECT_EQ(good.pc(), kNsCode);
}

TEST(CoreTrust, ACallOfNonSecureCodeAndItsReturn) {
  TrustBench b({kBlxnsR0, kSelf}, {0x2509, kBxLr});  // movs r5, #9; bx lr
  b.partition();
  b.word(kFlash, 0);
  b.set(0, kNsCode);
  b.core.run(2);
  EXPECT_FALSE(b.secure());
  EXPECT_EQ(b.r(14), 0xFEFFFFFFu);
  EXPECT_EQ(b.word(kSecureRam + 0x3FF8), kSecureCode + 3);
  EXPECT_EQ(b.word(kSecureRam + 0x3FFC), 0u);  // IPSR
  b.core.run(20);
  EXPECT_TRUE(b.secure());
  EXPECT_EQ(b.pc(), kSecureCode + 2);
  EXPECT_EQ(b.r(13), kSecureRam + 0x4000);
  EXPECT_EQ(b.r(5), 9u);
}

TEST(CoreTrust, ACallFromAHandlerDoesNotTellWhichOne) {
  for (const bool tampered : {false, true}) {
    TrustBench b({kSvc, kSelf}, {kNop, kBxLr});
    b.partition();
    b.program(TrustBench::handler(kSecureFlash, 11), {kBlxnsR0, kSelf});
    b.set(0, kNsCode);
    for (int i = 0; i < 20 && b.secure(); ++i) b.core.run(1);
    EXPECT_EQ(b.exception(), 1u);
    EXPECT_EQ(b.word(kSecureRam + 0x4000 - 0x20 - 4), 11u);
    if (tampered) b.word(kSecureRam + 0x4000 - 0x20 - 4, 0);
    b.core.run(60);
    EXPECT_EQ(b.exception(), tampered ? 3u : 11u);  // Non-secure code's UsageFault, at SVCall's priority
    EXPECT_TRUE(b.secure());
    EXPECT_EQ(b.read(kTrustCfsr + kAlias), tampered ? 1u << 18 : 0u);  // INVPC
  }
}

TEST(CoreTrust, ACallThatTheSecureStackHasNoRoomFor) {
  TrustBench b({0xF382, 0x880A, kBlxnsR0, kSelf});  // msr msplim, r2
  b.partition();
  b.set(2, kSecureRam + 0x4000);
  b.set(0, kNsCode);
  b.core.run(30);
  EXPECT_EQ(b.read(kTrustCfsr), 1u << 20);  // STKOF
  EXPECT_TRUE(b.secure());
}

TEST(CoreTrust, NonSecureCodeHasNeitherSecureInstructionsNorSecureRegisters) {
  for (const auto& [first, second] : {std::pair<std::uint16_t, std::uint16_t>{kBxnsR0, kNop},
                                      {kBlxnsR0, kNop},
                                      {0xE840, 0xF180},     // tta r1, r0
                                      {0xE840, 0xF1C0}}) {  // ttat
    NonSecure b({first, second, kSelf});
    b.core.run(30);
    EXPECT_EQ(b.exception(), 6u) << std::hex << first;
    EXPECT_FALSE(b.secure());
    EXPECT_EQ(b.read(kTrustCfsr + kAlias), 1u << 16);
    EXPECT_EQ(b.read(kTrustCfsr), 0u);
  }
  // mrs r1, msp_ns; msr psp_ns, r2; ldr r3, [r0]: the alias; tt r4, r0
  NonSecure b({0xF3EF, 0x8188, 0xF382, 0x8889, 0x6803, 0xE840, 0xF400, kSelf});
  b.set(0, kTrustVtor + kAlias);
  b.set(1, 0x55);
  b.set(3, 0x55);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.r(1), 0u);
  EXPECT_EQ(b.core.registers().psp, 0u);
  EXPECT_EQ(b.r(3), 0u);
  EXPECT_EQ(b.r(4), 3u << 18);  // nothing of security
}

TEST(CoreTrust, ScsRegistersAreBankedAndHaveAnAlias) {
  TrustBench b;
  for (const std::uint32_t address : {kTrustVtor, 0xE000ED14u, 0xE000ED9Cu, 0xE000ED88u, 0xE000E014u}) {
    b.write(address, 0);
    b.write(address + kAlias, 0x00F00208);
    const std::uint32_t there = b.read(address + kAlias);
    EXPECT_NE(there & 0x00F00208, 0u) << std::hex << address;
    EXPECT_NE(b.read(address), there);
    EXPECT_EQ(b.read(address, Security::non_secure), there);
    EXPECT_EQ(b.read(address + kAlias, Security::non_secure), 0u);
  }
  // Secure state's own
  b.partition();
  for (const std::uint32_t address : {kSauCtrl, kSauRlar}) {
    EXPECT_NE(b.read(address), 0u);
    EXPECT_EQ(b.read(address, Security::non_secure), 0u);
    b.write(address, 0, Security::non_secure);
    EXPECT_NE(b.read(address), 0u);
  }
  // SLEEPDEEP is one bit, and with SLEEPDEEPS Secure state's
  b.write(0xE002ED10, 4);
  EXPECT_EQ(b.read(0xE000ED10), 4u);
  b.write(0xE000ED10, 8);
  b.write(0xE002ED10, 6);
  EXPECT_EQ(b.read(0xE002ED10), 2u);
  EXPECT_EQ(b.read(0xE000ED10), 8u);
}

}  // namespace
}  // namespace probity::vboard::test::core_trust_test
