#include "base/errors.hpp"
#include "bench.hpp"

namespace probity::test::algorithm_test {
namespace {

using testing::HasSubstr;

Algorithm at_ram(std::vector<std::pair<std::string, std::uint32_t>> registers = {}) {
  return {.entry = kRam, .stack_top = kStack, .registers = std::move(registers), .exit = {}};
}

class AlgorithmRun : public testing::TestWithParam<Way> {
 protected:
  Bench bench{GetParam()};
  Target& halted(const std::vector<std::uint16_t>& code) {
    bench.target->examine();
    bench.target->halt();
    bench.load(kRam, code);
    return *bench.target;
  }
  // What `body` throws, as text; empty when it does not.
  template <typename E, typename Body>
  static std::string message_of(Body body) {
    try {
      body();
    } catch (const E& e) {
      return e.describe();
    }
    return {};
  }
};
INSTANTIATE_TEST_SUITE_P(Through, AlgorithmRun, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(AlgorithmRun, ReturnsItsResultsAndGivesTheRegistersBack) {
  Target& t = halted(kAddR1);
  t.write_register("r0", 0xAAAAAAAA);
  t.write_register("r1", 0xBBBBBBBB);
  const std::uint32_t pc = bench.reg("pc"), sp = bench.reg("sp"), xpsr = bench.reg("xPSR");
  bench.states.clear();
  EXPECT_EQ(t.run_algorithm(at_ram({{"r1", 8}}), Milliseconds(100), {"r0", "r1"}),
            (std::vector<std::uint32_t>{50, 8}));
  EXPECT_EQ(t.state(), TargetState::halted);
  EXPECT_TRUE(bench.states.empty());  // users see neither its start nor its end
  EXPECT_EQ(bench.reg("r0"), 0xAAAAAAAAu);
  EXPECT_EQ(bench.reg("r1"), 0xBBBBBBBBu);
  EXPECT_EQ(bench.reg("pc"), pc);
  EXPECT_EQ(bench.reg("sp"), sp);
  EXPECT_EQ(bench.reg("xPSR"), xpsr);
}

TEST_P(AlgorithmRun, StaleStateOfTheOldFirmwareDoesNotMatter) {
  Target& t = halted(kAddR1);
  MemPort& memory = t.memory();
  t.write_register("xPSR", 0);  // no T bit: the first instruction would fault
  t.write_register("primask", 1);
  t.write_register("basepri", 0x10);
  t.write_register("faultmask", 1);
  t.write_register("psp", 0xFFFFFFF0);  // no memory there
  t.write_register("control", 2);
  memory.write32(0xE000E014, 10);          // SYST_RVR
  memory.write32(0xE000E010, 7);           // SysTick's interrupt is due all the time, its vector erased
  memory.write32(0xE000ED94, 1);           // MPU on, without any region or background map
  memory.write32(0xE000EDFC, 0x01000001);  // a vector catch left armed
  EXPECT_EQ(t.run_algorithm(at_ram({{"r1", 1}}), Milliseconds(100), {"r0"}).at(0), 43u);
  EXPECT_EQ(bench.reg("control"), 2u);
  EXPECT_EQ(bench.reg("basepri"), 0x10u);
  EXPECT_EQ(memory.read32(0xE000ED94), 1u);
  EXPECT_EQ(memory.read32(0xE000EDFC), 0x01000001u);
}

TEST_P(AlgorithmRun, TimeOutSaysWhereItHangs) {
  Target& t = halted(kHang);
  const std::string message =
      message_of<TimeoutError>([&] { t.run_algorithm(at_ram(), Milliseconds(50), {}); });
  EXPECT_THAT(message,
              HasSubstr("timeout waiting for algorithm at 0x20000000, a target reset is recommended"));
  EXPECT_THAT(message, HasSubstr("pc=0x20000000 xPSR=0x01000"));
  EXPECT_THAT(message, HasSubstr("CFSR=0x00000000"));
  EXPECT_EQ(t.state(), TargetState::halted);
  bench.load(kRam, kAddR1);  // and the next one runs
  EXPECT_EQ(t.run_algorithm(at_ram({{"r1", 2}}), Milliseconds(50), {"r0"}).at(0), 44u);
}

TEST_P(AlgorithmRun, AFaultEndsItAtOnceAndIsNamed) {
  Target& t = halted(kUndefined);
  const std::string message =
      message_of<TargetError>([&] { t.run_algorithm(at_ram(), Milliseconds(50), {}); });
  // CFSR.UNDEFINSTR is bit 16 (DDI 0403E B3.2.15). From a chip that had locked up it ends in lock-up again.
  EXPECT_THAT(message, HasSubstr("CFSR=0x00010000"));
}

TEST_P(AlgorithmRun, StopsWhereItShould) {
  Target& t = halted(kAddR1);
  Algorithm algorithm = at_ram();
  algorithm.exit = kRam + 4;
  EXPECT_NO_THROW(t.run_algorithm(algorithm, Milliseconds(50), {}));
  algorithm.exit = kRam + 6;
  const std::string message =
      message_of<TargetError>([&] { t.run_algorithm(algorithm, Milliseconds(50), {}); });
  EXPECT_THAT(message, HasSubstr("stopped at 0x20000004, expected 0x20000006"));
}

TEST_P(AlgorithmRun, MemoryIsReachableWhileItRuns) {
  Target& t = halted({0x6808, 0x2800, 0xD0FC, 0xBE00});  // loop: ldr r0,[r1]; cmp r0,#0; beq loop; bkpt
  t.memory().write32(kRam + 0x100, 0);
  t.start_algorithm(at_ram({{"r1", kRam + 0x100}}));
  EXPECT_EQ(t.poll(), TargetState::debug_running);
  EXPECT_THROW(t.start_algorithm(at_ram()), TargetError);
  t.memory().write32(kRam + 0x100, 99);
  EXPECT_EQ(t.wait_algorithm(Milliseconds(50)), 99u);
  t.finish_algorithm();
  t.finish_algorithm();
  EXPECT_EQ(t.state(), TargetState::halted);
}

TEST_P(AlgorithmRun, AResetMeanwhileIsNamed) {
  Target& t = halted(kHang);
  t.start_algorithm(at_ram());
  bench.virtual_host.board().set_nrst(true);
  bench.virtual_host.clock().sleep(Milliseconds(1));
  bench.virtual_host.board().set_nrst(false);
  bench.virtual_host.clock().sleep(Milliseconds(1));
  EXPECT_THAT(message_of<TargetError>([&] { t.wait_algorithm(Milliseconds(50)); }),
              HasSubstr("the chip was reset"));
  t.finish_algorithm();
  EXPECT_EQ(t.state(), TargetState::halted);
}

TEST_P(AlgorithmRun, CachesOfACortexM7AreEmptiedAndGivenBack) {
  Bench b(GetParam(), "stm32f746zg");
  b.target->examine();
  b.target->halt();
  b.load(kRam, kAddR1);
  const std::uint32_t ccr = b.target->memory().read32(0xE000ED14);
  b.target->memory().write32(0xE000ED14, ccr | 3u << 16);  // CCR.DC, IC
  EXPECT_EQ(b.target->run_algorithm(at_ram({{"r1", 3}}), Milliseconds(50), {"r0"}).at(0), 45u);
  EXPECT_EQ(b.target->memory().read32(0xE000ED14), ccr | 3u << 16);
}

}  // namespace
}  // namespace probity::test::algorithm_test
