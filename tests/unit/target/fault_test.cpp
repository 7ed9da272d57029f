// Faults in words, and what stops or masks the core around them.
#include "bench.hpp"
#include "target/cortex_m/fault_report.hpp"
#include "target/disassembler.hpp"

namespace probity::test::fault_test {

namespace {

using testing::HasSubstr;

constexpr Address kVectors = kRam + 0x400, kHandler = kRam + 0x300;
constexpr Address kVtor = 0xE000ED08, kShcsr = 0xE000ED24, kCcr = 0xE000ED14;

class Faults : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    // Firmware that runs: a blank chip would be in HardFault already.
    bench.emplace(GetParam(), "stm32f407vg", ",flash=" + flash.path());
    target = bench->target.get();
    target->examine();
    target->assert_reset(true);
    target->deassert_reset(true);
    for (Address i = 0; i < 16; ++i) target->memory().write32(kVectors + 4 * i, kHandler | 1);
    target->memory().write32(kVtor, kVectors);
    bench->load(kHandler, {0xB580, 0xBE00, 0xE7FE});  // push {r7,lr}; bkpt; b .
  }
  // Runs code until the handler's BKPT; EXC_RETURN is on the stack by then, as in compiled handlers.
  std::string fault_of(const std::vector<std::uint16_t>& code) {
    bench->halt_at(code);
    target->write_register("lr", 0x08000123);  // else EXC_RETURN could be mistaken for it
    target->resume();
    target->wait_halted(Milliseconds(1000));
    return target->fault_report().value_or("none");
  }
  FlashFile flash{counting_firmware(1 << 20)};
  std::optional<Bench> bench;
  Target* target = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Ways, Faults, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(Faults, UndefinedInstructionEscalates) {
  const std::string report = fault_of({0xBF00, 0xDE00});
  EXPECT_THAT(report, HasSubstr("[stm32f4x.cpu] HardFault, escalated from UsageFault"));
  EXPECT_THAT(report, HasSubstr("UNDEFINSTR"));
  EXPECT_THAT(report, HasSubstr("at pc 0x20000002, lr 0x08000123"));
  EXPECT_THAT(report, HasSubstr("Thread mode"));
  EXPECT_THAT(report, HasSubstr("CFSR 0x00010000, HFSR 0x40000000"));
  EXPECT_TRUE(bench->logged("Warn : [stm32f4x.cpu] HardFault, escalated from UsageFault"));
}

TEST_P(Faults, BusFaultNamesTheAddressAndThePcOnPsp) {
  target->memory().write32(kShcsr, 1u << 17);
  target->write_register("psp", kRam + 0x1800);
  target->write_register("control", 2);
  bench->load(kRam, {0x6808, 0xE7FE});  // ldr r0,[r1]
  target->write_register("pc", kRam);
  target->write_register("msp", kStack);
  target->write_register("r1", 0x60000000);
  target->resume();
  target->wait_halted(Milliseconds(1000));
  const std::string report = target->fault_report().value_or("none");
  EXPECT_THAT(report, HasSubstr("[stm32f4x.cpu] BusFault\n  PRECISERR"));
  EXPECT_THAT(report, HasSubstr("(BFAR): 0x60000000"));
  EXPECT_THAT(report, HasSubstr("at pc 0x20000000"));
  EXPECT_THAT(report, HasSubstr("(PSP)"));
}

TEST_P(Faults, DivisionByZero) {
  target->memory().write32(kCcr, target->memory().read32(kCcr) | 1u << 4);
  EXPECT_THAT(fault_of({0x2000, 0x2105, 0xFBB1, 0xF1F0}), HasSubstr("DIVBYZERO (a division by zero)"));
}

TEST_P(Faults, JumpToAnEvenAddress) {
  EXPECT_THAT(fault_of({0x2000, 0x4700}), HasSubstr("INVSTATE"));  // movs r0,#0; bx r0
}

TEST_P(Faults, CaughtBeforeTheHandlerRuns) {
  target->cortex_m().set_vector_catch(1u << 10 | 1u << 7);
  const std::string report = fault_of({0xBF00, 0xDE00});
  EXPECT_EQ(target->halt_reason(), HaltReason::exception_catch);
  EXPECT_EQ(bench->reg("pc"), kHandler);
  EXPECT_THAT(report, HasSubstr("at pc 0x20000002"));
}

TEST_P(Faults, LockUp) {
  bench->load(kHandler, {0xDE00});
  bench->halt_at({0xDE00});
  target->resume();
  target->wait_halted(Milliseconds(1000));
  EXPECT_TRUE(bench->logged("clearing lockup after double fault"));
  EXPECT_THAT(target->fault_report().value_or("none"), HasSubstr("locked up: a fault within HardFault"));
}

TEST_P(Faults, StepIntoLockUpEnds) {
  bench->load(kHandler, {0xDE00});
  bench->halt_at({0xDE00});
  target->step();
  target->step();
  EXPECT_EQ(target->state(), TargetState::halted);
  EXPECT_TRUE(target->fault_report());
}

TEST_P(Faults, SaidOnceAndNotAtAllWithoutOne) {
  fault_of({0xDE00});
  bench->lines.clear();
  target->resume();  // behind the BKPT, into the endless loop
  target->halt();
  EXPECT_FALSE(bench->logged("HardFault, escalated"));
  EXPECT_TRUE(target->fault_report());
  target->assert_reset(true);
  target->deassert_reset(true);
  EXPECT_FALSE(target->fault_report());
}

TEST_P(Faults, StepOfWfiEnds) {
  bench->halt_at({0xBF30, 0xBF00, 0xE7FE});
  target->step();
  EXPECT_EQ(target->state(), TargetState::halted);
  target->step();
  EXPECT_EQ(target->state(), TargetState::halted);
}

// PendSV is due: automatic lets it run to its end before the step, off steps into it, on leaves it due.
TEST_P(Faults, InterruptsAroundAStep) {
  constexpr Address kIcsr = 0xE000ED04, kCount = kRam + 0x380;
  // ldr r0,=kCount; ldr r1,[r0]; adds r1,#1; str r1,[r0]; bx lr
  bench->load(kHandler, {0x4802, 0x6801, 0x3101, 0x6001, 0x4770, 0xBF00});
  target->memory().write32(kHandler + 12, kCount);
  target->memory().write32(kCount, 0);
  const auto stepped = [&](InterruptMasking masking) {
    bench->halt_at({0xBF00, 0xBF00, 0xE7FE});
    target->write_register("xPSR", 0x01000000);
    target->cortex_m().set_interrupt_masking(masking);
    target->memory().write32(kIcsr, 1u << 28);
    target->step();
    return bench->reg("pc");
  };
  EXPECT_EQ(stepped(InterruptMasking::steponly), kRam + 2);
  EXPECT_EQ(target->memory().read32(kCount), 0u);
  EXPECT_EQ(stepped(InterruptMasking::on), kRam + 2);
  EXPECT_EQ(target->memory().read32(kCount), 0u);
  // RAM: out of the comparators' reach, so a software breakpoint waits for the handler's return.
  EXPECT_EQ(stepped(InterruptMasking::automatic), kRam + 2);
  EXPECT_EQ(target->memory().read32(kCount), 1u);
  EXPECT_EQ(target->memory().read16(kRam), 0xBF00);
  EXPECT_EQ(stepped(InterruptMasking::off) & ~3u, kHandler);
}

// --- pure parts ---

TEST(FaultReport, FrameBehindWhatTheHandlerPushed) {
  using namespace cortex_m;
  const std::vector<std::uint32_t> stack = {7,  0xFFFFFFF9, 1,          2,          3, 4,
                                            12, 0x08000101, 0x08000200, 0x61000000, 0, 0};
  const auto frame = find_frame({}, 0, 0x20001000, stack);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->address, 0x20001008u);
  EXPECT_EQ(frame->pc(), 0x08000200u);
  EXPECT_FALSE(find_frame({}, 0, 0x20001000, {1, 2, 3}));
  EXPECT_FALSE(find_frame(0xFFFFFFF9, 0, 0x20001000, {1, 2, 3, 4, 5, 6, 0x08000201, 0x61000000}));
}

TEST(FaultReport, StackingFaultHasNoPc) {
  cortex_m::FaultFacts facts;
  facts.exception = 5;
  facts.cfsr = 1u << 12;
  EXPECT_THAT(describe(facts), HasSubstr("its pc is not known"));
  facts.cfsr = 1u << 10;
  facts.frame = cortex_m::ExceptionFrame{kRam, false, {0, 0, 0, 0, 0, 0, 0x08000100, 0x01000000}};
  EXPECT_THAT(describe(facts), HasSubstr("pc 0x08000100 or somewhat before"));
}

TEST(Disassembler, KnowsThumb2AndSpecialRegisters) {
  const Bytes code = code_bytes({0x4770, 0xF04F, 0x30FF, 0xF3EF, 0x8009});
  const auto found = disassemble(0x08000100, code, 10);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].mnemonic + " " + found[0].operands, "bx lr");
  EXPECT_EQ(found[1].size, 4u);
  EXPECT_EQ(found[2].address, 0x08000106u);
  EXPECT_EQ(found[2].mnemonic + " " + found[2].operands, "mrs r0, psp");
}

}  // namespace

}  // namespace probity::test::fault_test
