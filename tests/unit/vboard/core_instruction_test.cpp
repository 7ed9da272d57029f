// Instructions the oracle test leaves out: operands SP and PC, table branches, loads of PC, exclusives,
// special registers.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_instruction_test {
namespace {

constexpr std::uint32_t kCode = kFlash + 0x100;

struct InstructionBench : Bench {
  explicit InstructionBench(std::initializer_list<std::uint16_t> code) { start(code); }
  void set(unsigned index, std::uint32_t value) {
    Core::Registers r = core.registers();
    r.r[index] = value;
    if (index == 13) r.msp = value;
    core.set_registers(r);
  }
  std::uint32_t get(unsigned index) const { return core.registers().r[index]; }
};

TEST(CoreInstruction, PcAsAnOperandIsTheAddressPlusFour) {
  InstructionBench b({0xBF00, 0x4678, 0x4479, 0xE7FE});  // nop; mov r0, pc; add r1, pc
  b.set(1, 0x10);
  b.core.run(20);
  EXPECT_EQ(b.get(0), kCode + 6);
  EXPECT_EQ(b.get(1), kCode + 8 + 0x10);
}

TEST(CoreInstruction, WritesToPcBranchWithoutLookingAtBit0) {
  InstructionBench b({0x4687, 0xDE00, 0xDE00, 0x448F, 0xDE00});  // mov pc, r0; udf; udf; add pc, r1
  b.set(0, kCode + 6);
  b.set(1, 0xF6);
  b.program(0x200, {0xE7FE});
  b.core.run(20);
  EXPECT_EQ(b.pc(), kFlash + 0x200);
}

TEST(CoreInstruction, SpKeepsItsLowBitsClear) {
  InstructionBench b({0x4485, 0x46ED, 0x45AD, 0xE7FE});  // add sp, r0; mov sp, sp; cmp r13, r5
  b.set(0, 0xFFFFFFF3);
  b.core.run(20);
  EXPECT_EQ(b.get(13), kRam + kRamSize - 16);
}

TEST(CoreInstruction, TableBranches) {
  InstructionBench b(
      {0xE8DF, 0xF000, 0x0204, 0xDE00, 0xE8DF, 0xF011});  // tbb [pc, r0]; table 4, 2; tbh [pc, r1, lsl #1]
  b.program(0x10C, {0xDE00, 0x0004});
  b.program(0x114, {0xE7FE});
  b.set(0, 1);
  b.set(1, 1);
  b.core.run(20);
  EXPECT_EQ(b.pc(), kFlash + 0x114);
}

TEST(CoreInstruction, LoadsOfPcInterwork) {
  InstructionBench b({0xF8D0, 0xF004, 0xDE00});  // ldr.w pc, [r0, #4]
  store_le32(b.bus.ram, 4, kFlash + 0x201);
  b.set(0, kRam);
  b.set(13, kRam + 0x100);
  b.program(0x200, {0xBD01});  // pop {r0, pc}
  store_le32(b.bus.ram, 0x100, 77);
  store_le32(b.bus.ram, 0x104, kFlash + 0x301);
  b.program(0x300, {0xF85D, 0xFB08});  // ldr pc, [sp], #8
  store_le32(b.bus.ram, 0x108, kFlash + 0x401);
  b.program(0x400, {0xE8BD, 0x8002});  // ldmia.w sp!, {r1, pc}
  store_le32(b.bus.ram, 0x110, 88);
  store_le32(b.bus.ram, 0x114, kFlash + 0x501);
  b.program(0x500, {0xE7FE});
  b.core.run(60);
  EXPECT_EQ(b.pc(), kFlash + 0x500);
  EXPECT_EQ(b.get(0), 77u);
  EXPECT_EQ(b.get(1), 88u);
  EXPECT_EQ(b.get(13), kRam + 0x118);
}

TEST(CoreInstruction, LinkRegisterCarriesTheThumbBit) {
  InstructionBench b({0xF000, 0xF80E, 0x46A3, 0xE7FE});  // bl +0x20; mov r11, r4; b .
  b.program(0x120, {0x4674, 0x4770});                    // mov r4, lr; bx lr
  b.core.run(40);
  EXPECT_EQ(b.get(11), kCode + 5);
  EXPECT_EQ(b.pc(), kCode + 6);
}

TEST(CoreInstruction, ExclusivesSucceedOnceAndNotAfterClrex) {
  InstructionBench b({0xE850, 0x1F00, 0xE840, 0x2300, 0xE840, 0x2400,  // ldrex r1; strex r3, r2; strex r4, r2
                      0xE850, 0x1F00, 0xF3BF, 0x8F2F, 0xE840, 0x2500,  // ldrex r1; clrex; strex r5, r2
                      0xE8D0, 0x6F4F, 0xE8C0, 0x2F47, 0xE7FE});        // ldrexb r6; strexb r7, r2
  b.set(0, kRam + 0x40);
  b.set(2, 0x1234);
  store_le32(b.bus.ram, 0x40, 5);
  b.core.run(60);
  EXPECT_EQ(b.get(1), 0x1234u);  // second load
  EXPECT_EQ(b.get(3), 0u);
  EXPECT_EQ(b.get(4), 1u);
  EXPECT_EQ(b.get(5), 1u);
  EXPECT_EQ(b.get(6), 0x34u);
  EXPECT_EQ(b.get(7), 0u);
}

TEST(CoreInstruction, SpecialRegisters) {
  // msr apsr_nzcvqg, r0; mrs r1, apsr; msr basepri, r2; mrs r3, basepri; msr basepri_max, r4; mrs r5,
  // basepri; mrs r6, xpsr; mrs r7, epsr
  InstructionBench b({0xF380, 0x8C00, 0xF3EF, 0x8100, 0xF382, 0x8811, 0xF3EF, 0x8311, 0xF384, 0x8812, 0xF3EF,
                      0x8511, 0xF3EF, 0x8603, 0xF3EF, 0x8706, 0xE7FE});
  b.set(0, 0xFFFFFFFF);
  b.set(2, 0x5F);
  b.set(4, 0x60);
  b.core.run(40);
  EXPECT_EQ(b.get(1), 0xF80F0000u);
  EXPECT_EQ(b.get(3), 0x50u);
  EXPECT_EQ(b.get(5), 0x50u);  // BASEPRI_MAX only raises the priority
  EXPECT_EQ(b.get(6), 0xF80F0000u);
  EXPECT_EQ(b.get(7), 0u);
}

TEST(CoreInstruction, BitBandAliasesReachSingleBits) {
  InstructionBench b({0x6001, 0x6802, 0x6023, 0xE7FE});  // str r1, [r0]; ldr r2, [r0]; str r3, [r4]
  b.set(0, 0x22000000 + 0x40 * 32 + 5 * 4);
  b.set(1, 1);
  b.set(3, 0);
  b.set(4, 0x22000000 + 0x42 * 32 + 7 * 4);
  store_le32(b.bus.ram, 0x40, 0x00FF0000);
  b.core.run(30);
  EXPECT_EQ(load_le32(b.bus.ram, 0x40), 0x007F0020u);
  EXPECT_EQ(b.get(2), 1u);
}

TEST(CoreInstruction, UnalignedAccessesThroughTheBus) {
  for (const bool fast : {true, false}) {
    InstructionBench b(
        {0x6801, 0x8842, 0x6043, 0xE7FE});  // ldr r1, [r0]; ldrh r2, [r0, #2]; str r3, [r0, #4]
    b.bus.fast_ram = fast;
    for (unsigned i = 0; i < 16; ++i) b.bus.ram[i] = static_cast<std::uint8_t>(i);
    b.set(0, kRam + 1);
    b.set(3, 0xA1B2C3D4);
    b.core.run(30);
    EXPECT_EQ(b.get(1), 0x04030201u);
    EXPECT_EQ(b.get(2), 0x0403u);
    EXPECT_EQ(load_le32(b.bus.ram, 5), 0xA1B2C3D4u);
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_instruction_test
