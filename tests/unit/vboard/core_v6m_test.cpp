// Armv6-M (DDI 0419): what a Cortex-M0 or M0+ has not, and what it has of its own.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_v6m_test {
namespace {

constexpr std::uint16_t kMovsR0_1 = 0x2001, kAddsR0_1 = 0x3001, kBranchSelf = 0xE7FE;
constexpr std::uint32_t kCode = kFlash + 0x100, kHandlers = 0x200;
constexpr std::uint32_t kHardFault = 3, kVtor = 0xE000ED08, kCcr = 0xE000ED14, kShpr1 = 0xE000ED18,
                        kShpr2 = 0xE000ED1C, kShpr3 = 0xE000ED20, kShcsr = 0xE000ED24;

CoreFacts cortex_m0(std::uint32_t cpuid = 0x410CC200) {
  CoreFacts facts;
  facts.architecture = Architecture::v6m;
  facts.cpuid = cpuid;
  facts.irq_count = 32;
  facts.priority_bits = 2;
  facts.fpb_code_comparators = 4;
  facts.fpb_literal_comparators = 0;
  facts.dwt_comparators = 2;
  facts.has_fpu = facts.has_bit_band = false;
  facts.mpu_regions = 0;
  return facts;
}
constexpr std::uint32_t kM0Plus = 0x410CC601;

struct M0Bench : Bench {
  explicit M0Bench(std::initializer_list<std::uint16_t> code, const CoreFacts& facts = cortex_m0())
      : Bench(facts) {
    for (unsigned e = 2; e < 20; ++e) {
      vector(e, kFlash + kHandlers + 16 * e + 1);
      program(kHandlers + 16 * e, {kBranchSelf});
    }
    start(code);
  }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
  void set(unsigned index, std::uint32_t value) {
    Core::Registers all = core.registers();
    all.r[index] = value;
    core.set_registers(all);
  }
};

TEST(CoreV6m, WhatOthersHaveIsAHardFault) {
  for (const auto& [name, first, second] : {std::tuple{"CBZ", 0xB100, 0xBF00},
                                            {"IT EQ", 0xBF08, 0xBF00},
                                            {"MOVW", 0xF240, 0x0001},
                                            {"SDIV", 0xFB90, 0xF0F1},
                                            {"B.W", 0xF000, 0xB800},
                                            {"NOP.W", 0xF3AF, 0x8000},
                                            {"LDREX", 0xE850, 0x0F00},
                                            {"CLREX", 0xF3BF, 0x8F2F},
                                            {"CPSID F", 0xB671, 0xBF00},
                                            {"VMOV", 0xEE00, 0x0A10}}) {
    M0Bench b({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(second), kBranchSelf});
    b.core.run(50);
    EXPECT_EQ(b.exception(), kHardFault) << name;
    EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 8), kCode) << name;  // the stacked pc
  }
}

TEST(CoreV6m, HasBlBarriersMrsMsrCpsAndHints) {
  // bl +4; b .; (target) dsb; dmb; isb; cpsid i; mrs r1, primask; cpsie i; nop; yield; sev; movs r0, #1; b .
  M0Bench b({0xF000, 0xF801, kBranchSelf, 0xF3BF, 0x8F4F, 0xF3BF, 0x8F5F, 0xF3BF, 0x8F6F, 0xB672, 0xF3EF,
             0x8110, 0xB662, 0xBF00, 0xBF10, 0xBF40, kMovsR0_1, kBranchSelf});
  b.core.run(100);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.core.registers().r[0], 1u);
  EXPECT_EQ(b.core.registers().r[1], 1u);
  EXPECT_EQ(b.core.registers().primask, 0u);
}

TEST(CoreV6m, UnalignedAccessesFaultWhateverCcrSays) {
  for (const bool fast : {true, false}) {
    for (const std::uint16_t access : {0x6801, 0x8801, 0x5E81, 0x6001, 0x8001}) {  // ldr ldrh ldrsh str strh
      M0Bench b({access, kBranchSelf});
      b.bus.fast_ram = fast;
      b.write(kCcr, 0);
      b.set(0, kRam + 0x11);
      b.set(2, 0);
      b.core.run(50);
      EXPECT_EQ(b.exception(), kHardFault) << std::hex << access;
    }
  }
  M0Bench b({0x7801, kBranchSelf});  // ldrb
  b.set(0, kRam + 0x11);
  b.core.run(50);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.read(kCcr), 0x208u);  // STKALIGN, UNALIGN_TRP
}

TEST(CoreV6m, ReservedRegistersReadAsZero) {
  M0Bench b({0x6801, kBranchSelf});
  b.set(0, 0x40000);  // nothing there: BusFault elsewhere, HardFault here
  b.core.run(50);
  EXPECT_EQ(b.exception(), kHardFault);
  for (const std::uint32_t reserved :
       {0xE000E004u, 0xE000E104u, 0xE000E300u, 0xE000E420u, kVtor, kShpr1, 0xE000ED28u, 0xE000ED2Cu,
        0xE000ED34u, 0xE000ED38u, 0xE000ED40u, 0xE000ED88u, 0xE000EF00u, 0xE000EF34u, 0xE000EF40u}) {
    b.write(reserved, 0xFFFFFF80);
    EXPECT_EQ(b.read(reserved), 0u) << std::hex << reserved;
  }
  b.write(kShpr2, 0xFFFFFFFF);
  b.write(kShpr3, 0xFFFFFFFF);
  b.write(kShcsr, 7u << 16);
  EXPECT_EQ(b.read(kShpr2), 0xC0000000u);
  EXPECT_EQ(b.read(kShpr3), 0xC0C00000u);
  EXPECT_EQ(b.read(kShcsr), 0u);
  b.write(kDemcr, 0xFFFFFFFF);
  EXPECT_EQ(b.read(kDemcr), 0x01000401u);
  M0Bench plus({kBranchSelf}, cortex_m0(kM0Plus));
  plus.write(kVtor, 0x08000180);
  EXPECT_EQ(plus.read(kVtor), 0x08000180u);
}

TEST(CoreV6m, SystemControlSpaceTakesWordsOnly) {
  M0Bench b({0x7801, kBranchSelf});  // ldrb r1, [r0]
  b.set(0, 0xE000E400);
  b.core.run(50);
  EXPECT_EQ(b.exception(), kHardFault);
  std::uint32_t value = 0;
  EXPECT_EQ(b.core.read_ppb(Master::debug, Security::non_secure, 0xE000E400, 1, value), BusStatus::error);
  EXPECT_EQ(b.core.write_ppb(Master::debug, Security::non_secure, 0xE000E402, 2, 0), BusStatus::error);
  EXPECT_EQ(b.core.read_ppb(Master::debug, Security::non_secure, kDcrdr, 1, value), BusStatus::ok);
  EXPECT_EQ(b.core.read_ppb(Master::debug, Security::non_secure, 0xE0000000, 4, value),
            BusStatus::error);  // no ITM
  EXPECT_EQ(b.core.read_ppb(Master::debug, Security::non_secure, 0xE0040000, 4, value),
            BusStatus::error);  // no TPIU
}

TEST(CoreV6m, SpecialRegistersOfMainlineAreNotThere) {
  // movs r0, #0xC0; msr basepri, r0; msr faultmask, r0; msr apsr_nzcvqg, r1; mrs r2, basepri; mrs r3, apsr; b
  // .
  M0Bench b(
      {0x20C0, 0xF380, 0x8811, 0xF380, 0x8813, 0xF381, 0x8C00, 0xF3EF, 0x8211, 0xF3EF, 0x8300, kBranchSelf});
  b.set(1, 0xFFFFFFFF);
  b.set(2, 7);
  b.core.run(50);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.core.registers().r[2], 0u);
  EXPECT_EQ(b.core.registers().r[3], 0xF0000000u);
  b.halt();
  b.set_debug_register(20, 0x02FFFF01);
  EXPECT_EQ(b.debug_register(20), 0x02000001u);
  b.set_debug_register(16, 0xFFFFFFFF);
  EXPECT_EQ(b.debug_register(16), 0xF1000000u);  // N Z C V, T
}

TEST(CoreV6m, BreakpointUnit) {
  M0Bench b({kMovsR0_1, kAddsR0_1, kAddsR0_1, kBranchSelf});
  b.halt();
  EXPECT_EQ(b.read(0xE0002000), 0x40u);  // BP_CTRL: 4 comparators
  b.write(0xE0002004, 0xFFFFFFFF);
  EXPECT_EQ(b.read(0xE0002004), 0u);  // no FP_REMAP
  b.write(0xE0002000, 3);
  b.write(0xE0002008, (kCode & 0x1FFFFFFC) | 1);  // BP_MATCH 0 matches nothing
  b.write(0xE000200C, ((kCode + 4) & 0x1FFFFFFC) | 1u << 30 | 1);
  b.resume();
  b.core.run(50);
  ASSERT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kCode + 4);
}

TEST(CoreV6m, WatchpointsWithoutCycleCounter) {
  M0Bench b({0x6801, kAddsR0_1, kBranchSelf});
  b.set(0, kRam + 0x100);
  b.halt();
  b.write(kDemcr, 1u << 24);
  EXPECT_EQ(b.read(0xE0001000), 0x20000000u);
  b.write(0xE0001000, 1);
  b.write(0xE0001004, 0x1234);
  EXPECT_EQ(b.read(0xE0001000), 0x20000000u);
  b.write(0xE0001030, kRam + 0x100);
  b.write(0xE0001034, 2);
  b.write(0xE0001038, 0xFFFFFFF5);
  EXPECT_EQ(b.read(0xE0001038), 5u);  // reads; neither values nor links
  EXPECT_EQ(b.read(0xE0001048), 0u);
  b.write(0xE0001038, 5);
  b.resume();
  b.core.run(50);
  ASSERT_TRUE(b.core.halted());
  EXPECT_EQ(b.pc(), kCode + 2);
  EXPECT_EQ(b.read(0xE0001004), 0u);
  EXPECT_EQ(b.read(0xE0001038), 5u | 1u << 24);
}

TEST(CoreV6m, RomTables) {
  M0Bench m0({kBranchSelf});
  EXPECT_EQ(m0.read(0xE00FF000), 0xFFF0F003u);
  EXPECT_EQ(m0.read(0xE00FF00C), 0u);       // SCS, DWT, BPU are all
  EXPECT_EQ(m0.read(0xE00FFFE4) >> 4, 0u);  // STMicroelectronics
  EXPECT_EQ(m0.read(0xE000EFE0), 0x08u);
  M0Bench plus({kBranchSelf}, cortex_m0(kM0Plus));
  EXPECT_EQ(plus.read(0xF0000000) & ~0xFFFu, 0xE00FF000u - 0xF0000000u);
  EXPECT_EQ(plus.read(0xE00FFFE0), 0xC0u);
  EXPECT_EQ(plus.read(0xE00FFFE4), 0xB4u);  // Arm
  EXPECT_EQ(plus.read(0xE0002FE0), 0x0Bu);
}

TEST(CoreV6m, MpuHasRegionsFrom256BytesOn) {
  CoreFacts facts = cortex_m0(kM0Plus);
  facts.mpu_regions = 8;
  for (const unsigned log_size : {7u, 8u}) {
    M0Bench b({0x6801, kBranchSelf}, facts);
    b.set(0, kRam);
    b.write(0xE000ED9C, kRam | 0x10);
    b.write(0xE000EDA0, (log_size - 1) << 1 | 1);  // no access
    b.write(0xE000ED94, 5);
    b.core.run(50);
    EXPECT_EQ(b.exception(), log_size == 8 ? kHardFault : 0u);
    EXPECT_EQ(b.read(0xE000EDA4), 0u);  // no alias
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_v6m_test
