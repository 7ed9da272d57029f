// Armv8-M with the Security Extension: what the target says of it, and how it gets on with both states.
#include "base/errors.hpp"
#include "bench.hpp"

namespace probity::test::trust_zone_test {
namespace {

using testing::HasSubstr;

const std::string kTzen = ",option:OPTR=FFEFF8AA", kTzenHalf = ",option:OPTR=FFEFF855";
constexpr Address kDscsr = 0xE000EE08, kAircr = 0xE000ED0C;
constexpr std::uint32_t kCds = 1u << 16;
constexpr std::uint32_t kHnonsec = 1u << 30;

class TrustZone : public testing::TestWithParam<Way> {
 protected:
  Bench bench{GetParam(), "stm32l552ze", kTzen};
  Target& reset_halted() {
    Target& t = *bench.target;
    t.examine();
    t.assert_reset(true);
    t.deassert_reset(true);
    return t;
  }
  // The core, halted, goes into Non-secure state.
  void leave_secure_state() {
    bench.target->memory().write32(kDscsr, 0);
    bench.target->invalidate_registers();
  }
  bool is_secure() { return (bench.target->memory().read32(kDscsr) & kCds) != 0; }
};
INSTANTIATE_TEST_SUITE_P(Through, TrustZone, testing::Values(kDapDirect, kCmsisDap), test_name);

TEST_P(TrustZone, IsSaidWhereTheCoreHaltsInSecureState) {
  Target& t = reset_halted();
  EXPECT_TRUE(bench.logged("TrustZone is on, secure debug is allowed"));
  EXPECT_THAT(t.describe_halt(), testing::EndsWith(", Secure state"));
}

TEST_P(TrustZone, ANameOfEachStateAndOneOfTheStateInForceMeanTheSameRegister) {
  Target& t = reset_halted();
  t.write_register("msp_s", 0x30001230);
  t.write_register("msp_ns", 0x20004560);
  EXPECT_EQ(bench.reg("msp"), 0x30001230u);
  t.write_register("msp", 0x30001000);
  EXPECT_EQ(bench.reg("msp_s"), 0x30001000u);
  EXPECT_EQ(bench.reg("msp_ns"), 0x20004560u);
  t.write_register("primask_ns", 1);
  EXPECT_EQ(bench.reg("primask"), 0u);
}

TEST_P(TrustZone, AnAlgorithmRunsInTheStateItAsksForAndTheOtherIsGivenBack) {
  Target& t = reset_halted();
  bench.load(0x30000000, kAddR1);
  t.write_register("msp_ns", 0x20004560);
  t.write_register("msp_s", 0x30007000);
  t.write_register("msplim_s", 0x30006000);
  t.write_register("primask_s", 1);
  t.write_register("r7", 77);
  t.write_register("pc", 0x30000000);
  bench.reg("msp");  // now all of them are in the core: what is pending goes there before another name of it
                     // is read
  leave_secure_state();
  ASSERT_FALSE(is_secure());
  Algorithm algorithm{.entry = 0x30000000, .stack_top = 0x30002000, .registers = {{"r1", 8}}, .exit = {}};
  algorithm.secure = true;
  EXPECT_EQ(t.run_algorithm(algorithm, Milliseconds(100), {"r0"}), std::vector<std::uint32_t>{50});
  EXPECT_EQ(bench.reg("msp_ns"), 0x20004560u);
  EXPECT_EQ(bench.reg("msp_s"), 0x30007000u);
  EXPECT_EQ(bench.reg("msplim_s"), 0x30006000u);
  EXPECT_EQ(bench.reg("primask_s"), 1u);
  EXPECT_EQ(bench.reg("r7"), 77u);
}

TEST_P(TrustZone, AResetRequestIsASecureOne) {
  Target& t = reset_halted();
  constexpr std::uint32_t kVectKey = 0x05FA0000, kSysResetReqS = 1u << 3;
  t.memory().write32(kAircr, kVectKey | kSysResetReqS);
  leave_secure_state();
  t.memory().set_csw(kHnonsec, kHnonsec);
  EXPECT_NO_THROW(reset_halted());
  EXPECT_NE(*t.memory().csw() & kHnonsec, 0u) << "what the user chose stays";
}

TEST_P(TrustZone, AccessesAreAsTheUserAsksForThem) {
  Target& t = reset_halted();
  MemPort& memory = t.memory();
  memory.write32(0x30000000, 0x12345678);
  ASSERT_TRUE(memory.set_csw(kHnonsec, kHnonsec));
  const auto seen = [&]() -> std::uint32_t {
    try {
      return memory.read32(0x30000000);
    } catch (const MemoryFault&) {
      return 0;
    }
  };
  EXPECT_EQ(seen(), 0u);
  {
    const SecureAccess access(memory);
    EXPECT_EQ(seen(), 0x12345678u);
  }
  EXPECT_EQ(seen(), 0u);
  memory.set_csw(0, kHnonsec);
  EXPECT_EQ(seen(), 0x12345678u);
}

TEST(TrustZoneOff, NothingIsSaid) {
  Bench bench(kDapDirect, "stm32l552ze");
  bench.target->examine();
  bench.target->assert_reset(true);
  bench.target->deassert_reset(true);
  EXPECT_FALSE(bench.logged("TrustZone"));
  EXPECT_THAT(bench.target->describe_halt(), testing::Not(HasSubstr("ecure state")));
}

TEST(TrustZoneClosed, AHaltThatDoesNotComeIsExplained) {
  Bench bench(kDapDirect, "stm32l552ze", kTzenHalf);
  bench.target->examine();
  EXPECT_TRUE(bench.logged("secure debug is not allowed (DHCSR.S_SDE = 0)"));
  try {
    bench.target->halt(Milliseconds(20));
    FAIL() << "halted in Secure state";
  } catch (const TimeoutError& e) {
    EXPECT_THAT(e.message(), HasSubstr("it stops only once it runs Non-secure code"));
  }
}

}  // namespace
}  // namespace probity::test::trust_zone_test
