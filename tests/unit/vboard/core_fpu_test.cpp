// Access to the FPU, floating-point contexts across exceptions, lazy preservation, the debugger's view.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_fpu_test {
namespace {

constexpr std::uint32_t kCpacr = 0xE000ED88, kFpccr = 0xE000EF34, kFpcar = 0xE000EF38, kFpdscr = 0xE000EF3C,
                        kCfsr = 0xE000ED28, kShcsr = 0xE000ED24;
constexpr std::uint32_t kFull = 0x00F00000, kPrivileged = 0x00500000;
constexpr std::uint32_t kAspen = 1u << 31, kLspen = 1u << 30, kLspact = 1;
constexpr std::uint32_t kNocp = 1u << 19, kUndef = 1u << 16;
constexpr std::uint16_t kBranchSelf = 0xE7FE, kBxLr = 0x4770, kSvc = 0xDF00, kNop = 0xBF00;
constexpr std::uint32_t kCode = kFlash + 0x100, kStack = kRam + kRamSize;

// vadd.f32 s0, s1, s2; vadd.f64 d0, d1, d2; vrinta.f32 s0, s1
#define VADD_F32 0xEE30, 0x0A81
#define VADD_F64 0xEE31, 0x0B02
#define VRINTA_F32 0xFEB8, 0x0A60

struct FpuBench : Bench {
  explicit FpuBench(std::initializer_list<std::uint16_t> code, const CoreFacts& facts = {}) : Bench(facts) {
    for (unsigned e = 2; e < 16; ++e) {
      vector(e, kFlash + handler(e) + 1);
      program(handler(e), {kBranchSelf});
    }
    start(code);
    write(kShcsr, 7u << 16);  // MemManage, BusFault, UsageFault
    write(kCpacr, kFull);
  }
  static std::uint32_t handler(unsigned e) { return 0x200 + 16 * e; }
  void set(unsigned first, std::initializer_list<std::uint32_t> values) {
    Core::Registers all = core.registers();
    std::copy(values.begin(), values.end(), all.s + first);
    core.set_registers(all);
  }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
  std::uint32_t control() const { return core.registers().control; }
  std::uint32_t word(std::uint32_t address) const { return load_le32(bus.ram, address - kRam); }
};

TEST(CoreFpu, NeedsCpacrAndTheVersionThatHasTheInstruction) {
  struct Case {
    std::uint32_t cpacr;
    std::initializer_list<std::uint16_t> code;
    bool doubles, v5;
    std::uint32_t cfsr;
  };
  const Case cases[] = {{0, {VADD_F32, kBranchSelf}, true, true, kNocp},
                        {kPrivileged, {VADD_F32, kBranchSelf}, false, false, 0},
                        {kFull, {VADD_F32, kBranchSelf}, false, false, 0},
                        {kFull, {VADD_F64, kBranchSelf}, false, true, kUndef},
                        {kFull, {VADD_F64, kBranchSelf}, true, true, 0},
                        {kFull, {VRINTA_F32, kBranchSelf}, false, false, kUndef},
                        {kFull, {VRINTA_F32, kBranchSelf}, false, true, 0},
                        {0, {VADD_F64, kBranchSelf}, false, false, kNocp},
                        {kFull, {0xEE30, 0x0981, kBranchSelf}, true, true, kNocp}};  // coprocessor 9
  for (const Case& c : cases) {
    CoreFacts facts;
    if (c.doubles) facts.mvfr0 = 0x10110221;
    if (c.v5) facts.mvfr2 = 0x40;
    FpuBench b(c.code, facts);
    b.write(kCpacr, c.cpacr);
    b.core.run(30);
    EXPECT_EQ(b.read(kCfsr), c.cfsr) << std::hex << c.cpacr << ' ' << *c.code.begin();
    EXPECT_EQ(b.control() & 4, 0u + (c.cfsr == 0 ? 4 : 0));
  }
}

TEST(CoreFpu, NoFpuIsNocpWhateverIsWrittenToCpacr) {
  CoreFacts facts;
  facts.has_fpu = false;
  FpuBench b({VADD_F32, kBranchSelf}, facts);
  EXPECT_EQ(b.read(kCpacr), 0u);
  b.core.run(30);
  EXPECT_EQ(b.read(kCfsr), kNocp);
}

TEST(CoreFpu, PrivilegedOnlyAccessFaultsUnprivilegedCode) {
  FpuBench b({0x2001, 0xF380, 0x8814, VADD_F32, kBranchSelf});  // movs r0, #1; msr control, r0
  b.write(kCpacr, kPrivileged);
  b.core.run(40);
  EXPECT_EQ(b.exception(), 6u);
  EXPECT_EQ(b.read(kCfsr), kNocp);
}

TEST(CoreFpu, ANewContextBeginsWithFpdscr) {
  FpuBench b({VADD_F32, kBranchSelf});
  b.write(kFpdscr, 0xFFFFFFFF);
  EXPECT_EQ(b.read(kFpdscr), 0x07C00000u);
  b.core.run(20);
  EXPECT_EQ(b.core.registers().fpscr & 0x07C00000, 0x07C00000u);
  EXPECT_EQ(b.control(), 4u);
}

TEST(CoreFpu, WithoutAspenNoContextIsMarked) {
  FpuBench b({VADD_F32, kSvc, kBranchSelf});
  b.write(kFpccr, 0);
  b.core.run(30);
  EXPECT_EQ(b.exception(), 11u);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFF9u);
}

TEST(CoreFpu, BasicFrameWhereNoContextIsActive) {
  FpuBench b({kSvc, kBranchSelf});
  b.core.run(20);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFF9u);
  EXPECT_EQ(b.core.registers().r[13], kStack - 0x20);
}

TEST(CoreFpu, LazyFrameIsReservedAndFilledByTheFirstUse) {
  FpuBench b({VADD_F32, kSvc, kBranchSelf});
  b.program(b.handler(11), {kNop, VADD_F32, kBxLr});
  b.set(1, {0x3F800000, 0x40000000});  // 1 + 2
  b.set(15, {0x15151515, 0x16161616});
  b.core.run(14);
  ASSERT_EQ(b.exception(), 11u);
  EXPECT_EQ(b.core.registers().r[14], 0xFFFFFFE9u);
  EXPECT_EQ(b.core.registers().r[13], kStack - 0x68);
  EXPECT_EQ(b.control(), 0u);
  // The state is lazily kept: thread, privileged, every fault could have been taken.
  EXPECT_EQ(b.read(kFpccr), kAspen | kLspen | kLspact | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6);
  EXPECT_EQ(b.read(kFpcar), kStack - 0x68 + 0x20);
  EXPECT_EQ(b.word(kStack - 0x68 + 0x20), 0u) << "nothing has been written yet";
  b.set(1, {0x40800000});  // the registers still are the thread's
  b.core.run(2);
  EXPECT_EQ(b.read(kFpccr) & kLspact, 0u);
  EXPECT_EQ(b.control(), 4u);
  EXPECT_EQ(b.word(kStack - 0x68 + 0x20), 0x40400000u) << "s0 = 3.0 was preserved";
  EXPECT_EQ(b.word(kStack - 0x68 + 0x20 + 15 * 4), 0x15151515u);
  EXPECT_EQ(b.core.registers().s[0], 0x40C00000u) << "4.0 + 2.0 in the handler";
  b.core.run(40);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.core.registers().s[0], 0x40400000u);
  EXPECT_EQ(b.core.registers().s[15], 0x15151515u);
  EXPECT_EQ(b.core.registers().s[16], 0x16161616u);
  EXPECT_EQ(b.core.registers().r[13], kStack);
  EXPECT_EQ(b.control(), 4u);
}

TEST(CoreFpu, HandlerWithoutFloatLeavesTheRegistersAlone) {
  FpuBench b({VADD_F32, kSvc, kBranchSelf});
  b.program(b.handler(11), {kBxLr});
  b.set(1, {0x3F800000, 0x40000000});
  b.core.run(60);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.read(kFpccr) & kLspact, 0u);
  EXPECT_EQ(b.core.registers().s[0], 0x40400000u);
  EXPECT_EQ(b.word(kStack - 0x68 + 0x20), 0u) << "never written";
  EXPECT_EQ(b.core.registers().r[13], kStack);
  EXPECT_EQ(b.control(), 4u);
}

TEST(CoreFpu, WithoutLspenTheFrameIsWrittenAtOnce) {
  FpuBench b({0xB081, VADD_F32, kSvc, kBranchSelf});  // sub sp, #4: the frame is aligned to 8
  b.write(kFpccr, kAspen);
  b.set(1, {0x3F800000, 0x40000000});
  b.core.run(17);
  ASSERT_EQ(b.exception(), 11u);
  EXPECT_EQ(b.core.registers().r[13], kStack - 0x70);
  EXPECT_EQ(b.word(kStack - 0x70 + 0x20), 0x40400000u);
  EXPECT_EQ(b.read(kFpccr), kAspen);
}

TEST(CoreFpu, PreservationToAForbiddenAddressIsALazyFault) {
  FpuBench b({VADD_F32, kSvc, kBranchSelf});
  b.program(b.handler(11), {VADD_F32, kBranchSelf});
  b.core.run(14);
  ASSERT_EQ(b.exception(), 11u);
  b.write(kFpcar, 0x60000000);
  b.write(0xE000ED18, 0);
  b.write(0xE000ED1C, 0xFF000000);  // SVCall below BusFault
  b.core.run(20);
  EXPECT_EQ(b.exception(), 5u);
  EXPECT_EQ(b.read(kCfsr) & 0xFF00, 1u << 13) << "LSPERR";
}

TEST(CoreFpu, DebuggerReadsAndWritesRegistersAlsoWhileTheyAreLazilyKept) {
  FpuBench b({VADD_F32, kSvc, kBranchSelf});
  b.program(b.handler(11), {kNop, VADD_F32, kBranchSelf});
  b.set(1, {0x3F800000, 0x40000000});
  b.enable_debug();
  b.core.run(14);
  b.halt();
  ASSERT_EQ(b.read(kFpccr) & kLspact, kLspact);
  EXPECT_EQ(b.debug_register(64), 0x40400000u);
  b.set_debug_register(64 + 3, 0x12345678);
  b.set_debug_register(33, 0xFFFFFFFF);
  EXPECT_EQ(b.debug_register(33), 0xF7C0009Fu);
  EXPECT_EQ(b.read(kFpccr) & kLspact, kLspact) << "looking does not preserve";
  EXPECT_EQ(b.debug_register(20) >> 24, 0u) << "CONTROL.FPCA of the handler";
  b.resume();
  b.core.run(4);
  EXPECT_EQ(b.word(kStack - 0x68 + 0x20 + 12), 0x12345678u);
  EXPECT_EQ(b.word(kStack - 0x68 + 0x60), 0xF7C0009Fu);
  b.halt();
  EXPECT_EQ(b.debug_register(20) >> 24, 4u);
  b.set_debug_register(20, 0);
  EXPECT_EQ(b.control(), 0u);
}

TEST(CoreFpu, APollingLoopThatComputesIsNotSkipped) {
  FpuBench b({0xEE30, 0x0A20, 0xE7FC});  // vadd.f32 s0, s0, s1; b back to it
  b.set(1, {0x3F800000});
  b.core.run(4 * 1000);
  EXPECT_GE(b.core.registers().s[0], 0x44798000u);  // 998.0
  EXPECT_LE(b.core.registers().s[0], 0x447A8000u);  // 1002.0
}

}  // namespace
}  // namespace probity::vboard::test::core_fpu_test
