#include "base/errors.hpp"
#include "bench.hpp"

namespace probity::test::reset_test {
namespace {

class Reset : public testing::TestWithParam<Way> {
 protected:
  FlashFile flash{counting_firmware(1 << 20)};
  Bench bench{GetParam(), "stm32f407vg", ",flash=" + flash.path()};

  // Examined, and running somewhere behind its reset vector.
  Target& running() {
    bench.target->examine();
    bench.target->halt();
    bench.target->write_register("r5", 0x55555555);
    bench.target->memory().write32(0x40023830, 0xFF);  // RCC_AHB1ENR: a reset of the chip clears it
    bench.target->resume();
    return *bench.target;
  }
  bool peripherals_were_reset() { return bench.target->memory().read32(0x40023830) != 0xFF; }
  void expect_halted_at_vector() {
    EXPECT_EQ(bench.target->state(), TargetState::halted);
    EXPECT_EQ(bench.target->describe_halt(),
              "[stm32f4x.cpu] halted due to debug-request, current mode: Thread \n"
              "xPSR: 0x01000000 pc: 0x08000100 msp: 0x20010000");
    EXPECT_EQ(bench.target->memory().read32(0xE000EDFC) & 0x7F1, 0u);  // DEMCR: no vector catch left
  }
};
INSTANTIATE_TEST_SUITE_P(Through, Reset, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(Reset, HaltBySysresetreq) {
  Target& t = running();
  t.assert_reset(true);
  EXPECT_EQ(t.state(), TargetState::reset);
  t.deassert_reset(true);
  expect_halted_at_vector();
  EXPECT_TRUE(peripherals_were_reset());
}

TEST_P(Reset, RunBySysresetreq) {
  Target& t = running();
  t.halt();
  t.assert_reset(false);
  t.deassert_reset(false);
  EXPECT_EQ(t.state(), TargetState::running);
  EXPECT_EQ(t.poll(), TargetState::running);
  EXPECT_TRUE(peripherals_were_reset());
  EXPECT_FALSE(bench.logged("external reset"));
}

TEST_P(Reset, HaltByVectreset) {
  bench.reset.soft_reset = SoftReset::vectreset;
  Target& t = running();
  t.assert_reset(true);
  t.deassert_reset(true);
  expect_halted_at_vector();
  EXPECT_FALSE(peripherals_were_reset());
  EXPECT_TRUE(bench.logged("Only resetting the Cortex-M core"));
}

TEST_P(Reset, HaltBySrst) {
  bench.reset.has_srst = true;
  Target& t = running();
  t.assert_reset(true);
  EXPECT_TRUE(bench.virtual_host.board().nrst());
  t.deassert_reset(true);
  EXPECT_FALSE(bench.virtual_host.board().nrst());
  expect_halted_at_vector();
  EXPECT_TRUE(peripherals_were_reset());
  EXPECT_FALSE(bench.logged("not connected"));
}

TEST_P(Reset, HaltBySrstWithDebugUnderReset) {
  bench.reset.has_srst = bench.reset.srst_nogate = bench.reset.connect_assert_srst = true;
  Target& t = running();
  t.assert_reset(true);
  t.deassert_reset(true);
  expect_halted_at_vector();
}

TEST_P(Reset, RunBySrst) {
  bench.reset.has_srst = true;
  Target& t = running();
  t.assert_reset(false);
  t.deassert_reset(false);
  EXPECT_EQ(t.poll(), TargetState::running);
  EXPECT_TRUE(peripherals_were_reset());
}

TEST_P(Reset, SoftResetHalt) {
  Target& t = running();
  t.soft_reset_halt();
  expect_halted_at_vector();
}

TEST_P(Reset, AResetByTheBoardIsNoticed) {
  Target& t = running();
  EXPECT_EQ(t.poll(), TargetState::running);
  bench.virtual_host.board().set_nrst(true);
  bench.virtual_host.clock().sleep(Milliseconds(1));
  bench.virtual_host.board().set_nrst(false);
  bench.virtual_host.clock().sleep(Milliseconds(1));
  EXPECT_EQ(t.poll(), TargetState::reset);
  EXPECT_TRUE(bench.logged("[stm32f4x.cpu] external reset detected"));
  EXPECT_EQ(t.poll(), TargetState::running);
}

class ResetFaults : public testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Through, ResetFaults, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(ResetFaults, WithoutTheWireSysresetreqDoesIt) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path() + ",fault=nrst-open");
  b.reset.has_srst = true;
  b.target->examine();
  b.target->assert_reset(true);
  b.target->deassert_reset(true);
  EXPECT_TRUE(b.logged("the wire is probably not connected; using SYSRESETREQ instead"));
  EXPECT_EQ(b.reg("pc"), kResetHandler);
}

TEST_P(ResetFaults, AStretchedNrstIsWaitedFor) {
  const FlashFile flash(counting_firmware(1 << 20));
  Bench b(GetParam(), "stm32f407vg", ",flash=" + flash.path() + ",fault=nrst-stretched=300");
  b.reset.has_srst = true;
  b.target->examine();
  b.target->assert_reset(true);
  b.target->deassert_reset(true);
  EXPECT_EQ(b.reg("pc"), kResetHandler);
  EXPECT_FALSE(b.logged("not connected"));
}

TEST_P(ResetFaults, ABlankChipHaltsBeforeItLocksUp) {
  Bench b(GetParam());
  b.target->examine();
  b.target->assert_reset(true);
  b.target->deassert_reset(true);
  EXPECT_EQ(b.target->state(), TargetState::halted);
  EXPECT_EQ(b.reg("pc"), 0xFFFFFFFEu);
  EXPECT_FALSE(b.logged("lockup"));
}

TEST_P(ResetFaults, CortexM7HasNoVectreset) {
  Bench b(GetParam(), "stm32f746zg");
  b.reset.soft_reset = SoftReset::vectreset;
  b.target->examine();
  b.target->assert_reset(true);
  b.target->deassert_reset(true);
  EXPECT_EQ(b.target->state(), TargetState::halted);
  EXPECT_TRUE(b.logged("VECTRESET is not supported on this Cortex-M core, using SYSRESETREQ instead."));
}

}  // namespace
}  // namespace probity::test::reset_test
