// The whole way down: Target → Dap → driver → wire protocol → virtual probe → virtual chip.
#include "base/errors.hpp"
#include "bench.hpp"

namespace probity::test::cortex_m_test {
namespace {

class CortexM : public testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Through, CortexM, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(CortexM, ExamineSaysWhatOpenOcdSays) {
  Bench b(GetParam());
  EXPECT_FALSE(b.target->examined());
  b.target->examine();
  EXPECT_TRUE(b.target->examined());
  EXPECT_EQ(b.target->core_name(), "Cortex-M4");
  EXPECT_TRUE(b.logged("[stm32f4x.cpu] Cortex-M4 r0p1 processor detected"));
  EXPECT_TRUE(b.logged("[stm32f4x.cpu] target has 6 breakpoints, 4 watchpoints"));
}

TEST_P(CortexM, ExaminedAgainItSaysNothingAndKeepsBreakpoints) {
  Bench b(GetParam());
  b.target->examine();
  b.target->set_breakpoint({.address = kResetHandler});
  b.lines.clear();
  b.target->examine();
  EXPECT_FALSE(b.logged("detected"));
  EXPECT_EQ(b.target->breakpoints(), std::vector<Breakpoint>{{.address = kResetHandler}});
  EXPECT_EQ(b.target->memory().read32(0xE0002008), 0x48000101u);  // FP_COMP0
}

TEST_P(CortexM, ABlankChipIsTakenOutOfLockup) {
  Bench b(GetParam());
  b.target->examine();
  EXPECT_EQ(b.target->poll(), TargetState::halted);
  EXPECT_TRUE(b.logged("[stm32f4x.cpu] clearing lockup after double fault"));
  EXPECT_EQ(b.target->halt_reason(), HaltReason::debug_request);
  b.halt_at(kCountForEver);
  b.target->step();
  EXPECT_EQ(b.reg("pc"), kRam + 2);
}

TEST_P(CortexM, HaltAndResumeAProgram) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  EXPECT_EQ(b.target->poll(), TargetState::running);
  b.target->halt();
  EXPECT_EQ(b.target->state(), TargetState::halted);
  EXPECT_GE(b.reg("pc"), kResetHandler);
  EXPECT_LT(b.reg("pc"), kResetHandler + 6);
  const std::uint32_t before = b.reg("r0");
  b.target->resume();
  EXPECT_EQ(b.target->state(), TargetState::running);
  b.virtual_host.clock().sleep(Milliseconds(1));
  b.target->halt();
  EXPECT_GT(b.reg("r0"), before);
  EXPECT_EQ(b.states, (std::vector{TargetState::halted, TargetState::running, TargetState::halted}));
}

TEST_P(CortexM, DescribesAHalt) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.halt_at(kAddR1);
  b.target->write_register("xPSR", 0x01000000);
  b.target->resume();
  b.target->wait_halted(Milliseconds(100));
  EXPECT_EQ(b.target->describe_halt(),
            "[stm32f4x.cpu] halted due to breakpoint, current mode: Thread \n"
            "xPSR: 0x01000000 pc: 0x20000004 msp: 0x20002000");
}

TEST_P(CortexM, StepsOneInstruction) {
  Bench b(GetParam());
  b.target->examine();
  b.halt_at(kAddR1);
  b.target->write_register("r1", 8);
  b.target->step();
  EXPECT_EQ(b.target->halt_reason(), HaltReason::single_step);
  EXPECT_EQ(b.reg("r0"), 42u);
  b.target->step();
  EXPECT_EQ(b.reg("r0"), 50u);
  EXPECT_EQ(b.reg("pc"), kRam + 4);
  EXPECT_FALSE(b.target->register_dirty("r0"));
}

TEST_P(CortexM, ResumeGoesOnBehindABkpt) {
  Bench b(GetParam());
  b.target->examine();
  b.halt_at({0xBE00, 0x2007, 0xBE01});  // bkpt; movs r0,#7; bkpt
  b.target->resume();
  b.target->wait_halted(Milliseconds(100));
  EXPECT_EQ(b.target->halt_reason(), HaltReason::breakpoint);
  EXPECT_EQ(b.reg("pc"), kRam);
  b.target->resume();
  b.target->wait_halted(Milliseconds(100));
  EXPECT_EQ(b.reg("pc"), kRam + 4);
  EXPECT_EQ(b.reg("r0"), 7u);
}

TEST_P(CortexM, SteppingIsNotCaughtByInterrupts) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.halt_at(kCountForEver);
  b.target->memory().write32(0xE000E014, 10);  // SYST_RVR
  b.target->memory().write32(0xE000E010, 7);   // SYST_CSR: core clock, interrupt, on; the vectors are erased
  for (int i = 0; i < 8; ++i) {
    b.target->step();
    ASSERT_GE(b.reg("pc"), kRam);
    ASSERT_LT(b.reg("pc"), kRam + 6);
    ASSERT_EQ(b.reg("xPSR") & 0x1FF, 0u);
  }
}

TEST_P(CortexM, HandlersThatAreDueRunBeforeAStepNotInIt) {
  Bytes image = counting_firmware(1 << 20);
  constexpr std::size_t kSysTickVector = 15 * 4, kHandler = 0x200;
  store_le32(image, kSysTickVector, kFlash + kHandler + 1);
  store_le16(image, kHandler, 0x3401);      // adds r4, #1
  store_le16(image, kHandler + 2, 0x4770);  // bx lr
  const FlashFile flash(image);
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.target->assert_reset(true);
  b.target->deassert_reset(true);
  b.target->write_register("r4", 0);
  b.target->step();
  b.target->memory().write32(0xE000ED04, 1u << 26);  // ICSR.PENDSTSET
  b.target->step();
  EXPECT_EQ(b.reg("r4"), 1u);
  EXPECT_EQ(b.reg("r0"), 1u);
  EXPECT_EQ(b.reg("pc"), kResetHandler + 4);
  EXPECT_EQ(b.target->halt_reason(), HaltReason::single_step);
  EXPECT_TRUE(b.target->breakpoints().empty());
}

TEST_P(CortexM, RegistersKeepWhatIsWritten) {
  Bench b(GetParam());
  b.target->examine();
  b.halt_at(kHang);
  const std::vector<std::pair<std::string, RegisterValue>> values = {
      {"r0", 0x11111111},         {"r7", 0x77777777},  {"r12", 0xCCCCCCCC}, {"lr", 0x08000201},
      {"msp", 0x20001000},        {"psp", 0x20003000}, {"primask", 1},      {"basepri", 0x40},
      {"faultmask", 1},           {"control", 0},      {"s3", 0x3F800000},  {"fpscr", 0x03000000},
      {"d15", 0x0123456789ABCDEF}};
  for (const auto& [name, value] : values) {
    b.target->write_register(name, value);
    EXPECT_TRUE(b.target->register_dirty(name)) << name;
  }
  EXPECT_EQ(b.target->read_register("d1") >> 32, 0x3F800000u);  // s3 is the upper half of d1
  b.target->resume();
  b.target->halt();
  EXPECT_FALSE(b.target->register_cached("d15"));
  for (const auto& [name, value] : values) EXPECT_EQ(b.target->read_register(name), value) << name;
}

TEST_P(CortexM, SpIsTheStackInUse) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.halt_at(kHang);
  b.target->write_register("msp", 0x20001000);
  b.target->write_register("psp", 0x20003000);
  b.target->write_register("control", 0);
  EXPECT_EQ(b.reg("sp"), 0x20001000u);
  b.target->write_register("control", 2);
  EXPECT_EQ(b.reg("sp"), 0x20003000u);
  b.target->write_register("sp", 0x20003800);
  EXPECT_EQ(b.reg("psp"), 0x20003800u);
  EXPECT_EQ(b.reg("msp"), 0x20001000u);
}

TEST_P(CortexM, RefusesWhatNeedsAHaltedCore) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.target->poll();
  EXPECT_THROW(b.target->read_register("r0"), TargetError);
  EXPECT_THROW(b.target->resume(), TargetError);
  EXPECT_THROW(b.target->step(), TargetError);
  EXPECT_THROW(b.target->start_algorithm({.entry = kRam, .stack_top = kStack, .registers = {}, .exit = {}}),
               TargetError);
}

TEST_P(CortexM, UnknownRegistersAndTooLargeValuesAreNamed) {
  Bench b(GetParam());
  b.target->examine();
  b.target->halt();
  EXPECT_THROW(b.target->read_register("r16"), ConfigError);
  EXPECT_THROW(b.target->write_register("primask", 2), ConfigError);
}

TEST_P(CortexM, HardwareBreakpointInFlash) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path());
  b.target->examine();
  b.target->halt();
  b.target->set_breakpoint({.address = kResetHandler + 2});
  b.target->resume();
  b.target->wait_halted(Milliseconds(100));
  EXPECT_EQ(b.reg("pc"), kResetHandler + 2);
  const std::uint32_t before = b.reg("r0");
  b.target->resume();  // away from it, round the loop, to it again
  b.target->wait_halted(Milliseconds(100));
  EXPECT_EQ(b.reg("r0"), before + 1);
  EXPECT_EQ(b.target->halt_reason(), HaltReason::breakpoint);
  b.target->clear_breakpoint(kResetHandler + 2);
  b.target->resume();
  b.virtual_host.clock().sleep(Milliseconds(1));
  EXPECT_EQ(b.target->poll(), TargetState::running);
  EXPECT_THROW(b.target->set_breakpoint({.address = kRam}), TargetError);
}

}  // namespace
}  // namespace probity::test::cortex_m_test
