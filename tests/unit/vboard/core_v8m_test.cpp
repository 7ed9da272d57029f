// Armv8-M mainline without Security Extension (DDI 0553), as a Cortex-M33: what differs from Armv7-M.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_v8m_test {
namespace {

constexpr std::uint16_t kBranchSelf = 0xE7FE, kBxLr = 0x4770, kSvc = 0xDF00;
constexpr std::uint32_t kCode = kFlash + 0x100, kHandlers = 0x200;
constexpr std::uint32_t kCfsr = 0xE000ED28, kShcsr = 0xE000ED24;
constexpr std::uint32_t kInvPc = 1u << 18, kStkOf = 1u << 20, kUndefined = 1u << 16;

struct M33Bench : Bench {
  explicit M33Bench(std::initializer_list<std::uint16_t> code) : Bench(cortex_m33()) {
    for (unsigned e = 2; e < 20; ++e) {
      vector(e, kFlash + kHandlers + 16 * e + 1);
      program(kHandlers + 16 * e, {kBranchSelf});
    }
    start(code);
    write(kShcsr, 7u << 16);
  }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
  void set_limit(std::uint32_t value) {  // MSPLIM
    halt();
    set_debug_register(30, value);
    resume();
  }
  void set(unsigned index, std::uint32_t value) {
    Core::Registers all = core.registers();
    all.r[index] = value;
    core.set_registers(all);
  }
};

TEST(CoreV8m, ExceptionReturnValues) {
  M33Bench b({kSvc, 0xF380, 0x8809, 0x2202, 0xF382, 0x8814, kSvc, kBranchSelf});  // PSP = r0, SPSEL
  b.program(kHandlers + 16 * 11, {0x4674, kBxLr});                                // mov r4, lr
  b.set(0, 0x20001000);
  b.core.run(16);
  EXPECT_EQ(b.core.registers().r[4], 0xFFFFFFB8u);  // Thread, MSP, Non-secure
  b.core.run(200);
  EXPECT_EQ(b.exception(), 0u);
  EXPECT_EQ(b.core.registers().r[4], 0xFFFFFFBCu);
  EXPECT_EQ(b.core.registers().psp, 0x20001000u);
}

TEST(CoreV8m, ReturnsThatSpeakOfSecureStateAreInvalid) {
  for (const std::uint32_t bad : {0xFFFFFFF9u, 0xFFFFFFFDu, 0xFFFFFFB9u, 0xFFFFFF98u, 0xFFFFFFB0u}) {
    M33Bench b({kSvc, kBranchSelf});
    b.program(kHandlers + 16 * 11, {0x4700});  // bx r0
    b.set(0, bad);
    b.core.run(100);
    EXPECT_EQ(b.exception(), 6u) << std::hex << bad;
    EXPECT_EQ(b.read(kCfsr), kInvPc) << std::hex << bad;
  }
}

TEST(CoreV8m, StackLimits) {
  const std::uint32_t limit = kRam + kRamSize - 16;
  // push {r1-r5}; sub sp, #32; sub.w sp, sp, #0x100; subw; stmdb sp!; str r1, [sp, #-20]!
  for (const auto& code : {std::initializer_list<std::uint16_t>{0xB43E, kBranchSelf},
                           {0xB088, kBranchSelf},
                           {0xF5AD, 0x7D80, kBranchSelf},
                           {0xF2AD, 0x0D20, kBranchSelf},
                           {0xE92D, 0x003E, kBranchSelf},
                           {0xF84D, 0x1D14, kBranchSelf}}) {
    M33Bench b(code);
    b.set_limit(limit);
    b.core.run(5);
    EXPECT_EQ(b.read(kCfsr) & kStkOf, kStkOf) << std::hex << *code.begin();
    EXPECT_EQ(load_le32(b.bus.ram, kRamSize - 20), 0u);  // nothing below the limit
  }
  M33Bench b({0xB402, kBranchSelf});  // push {r1}: just above it
  b.set_limit(limit);
  b.core.run(50);
  EXPECT_EQ(b.read(kCfsr), 0u);
}

TEST(CoreV8m, AnEntryThatOverflowsTheStackStacksNothing) {
  M33Bench b({0xF380, 0x880B, 0xF381, 0x8809, 0x2202, 0xF382, 0x8814, kSvc, kBranchSelf});
  b.set(0, 0x20001000);             // PSPLIM
  b.set(1, 0x20001010);             // PSP: no room for a frame
  b.write(0xE000ED1C, 0x80000000);  // SVCall comes after UsageFault
  b.core.run(200);
  EXPECT_EQ(b.exception(), 6u);
  EXPECT_EQ(b.read(kCfsr), kStkOf);
  EXPECT_EQ(b.core.registers().psp, 0x20001000u);
  EXPECT_EQ(load_le32(b.bus.ram, 0xFF0), 0u);
}

TEST(CoreV8m, InstructionsOfSecureStateAreUndefinedAndTtTellsAccess) {
  for (const auto& [first, second] : {std::pair<std::uint16_t, std::uint16_t>{0x4704, 0xBF00},  // bxns r0
                                      {0x4784, 0xBF00},                                         // blxns r0
                                      {0xE840, 0xF180}}) {                                      // tta r1, r0
    M33Bench b({first, second, kBranchSelf});
    b.core.run(50);
    EXPECT_EQ(b.read(kCfsr), kUndefined) << std::hex << first;
  }
  M33Bench b({0xE97F, 0xE97F, 0xE840, 0xF100, kBranchSelf});  // sg; tt r1, r0
  b.set(0, kRam);
  b.core.run(50);
  EXPECT_EQ(b.read(kCfsr), 0u);
  EXPECT_EQ(b.core.registers().r[1], 3u << 18);  // readable, writable, in no region
}

TEST(CoreV8m, OrderedAccessesMustBeAligned) {
  for (const std::uint16_t second : {0x1FAF, 0x1F9F}) {  // lda r1, [r0]; ldah
    M33Bench b({0xE8D0, second, kBranchSelf});
    b.set(0, kRam + 1);
    b.core.run(50);
    EXPECT_EQ(b.read(kCfsr), 1u << 24);  // UNALIGNED
  }
}

TEST(CoreV8m, DebugRegistersOfNonSecureState) {
  M33Bench b({kBranchSelf});
  b.halt();
  b.set_debug_register(31, 0x20000107);
  EXPECT_EQ(b.debug_register(31), 0x20000100u);  // PSPLIM_NS
  b.set_debug_register(25, 0x20000200);
  EXPECT_EQ(b.debug_register(18), 0x20000200u);
  b.set_debug_register(20, 0x02000001);
  EXPECT_EQ(b.debug_register(35), 0x02000001u);
  EXPECT_EQ(b.debug_register(26), 0u);       // MSP_S
  EXPECT_EQ(b.read(kDhcsr) & 1u << 20, 0u);  // S_SDE
  EXPECT_EQ(b.read(0xE000EE08), 0u);         // DSCSR
  EXPECT_EQ(b.read(0xE000EFB8), 0x0Fu);      // DAUTHSTATUS
  EXPECT_EQ(b.read(0xE000EDD0), 0u);         // SAU_CTRL
  EXPECT_EQ(b.read(0xE000ED44), 0x200u);     // ID_PFR1
  EXPECT_EQ(b.read(0xE000ED14), 0x201u);     // CCR
  b.write(0xE000ED0C, 0x05FA0001);           // no VECTRESET
  EXPECT_TRUE(b.core.halted());
  EXPECT_EQ(b.read(0xE0001FBC), 0x47701A02u);  // DWT's DEVARCH
  EXPECT_EQ(b.read(0xE0002FE0), 0x21u);
  EXPECT_EQ(b.read(0xE0002004), 0u);  // no FP_REMAP
}

// ldr r1, [r0]; str r2, [r0]; ldrb r1, [r0, #1]; b .
struct WatchBench : M33Bench {
  WatchBench() : M33Bench({0x6801, 0x6002, 0x7841, kBranchSelf}) {
    set(0, kRam + 0x100);
    set(2, 0x44332211);
    halt();
    write(kDemcr, 1u << 24);
  }
  void comparator(unsigned n, std::uint32_t comp, std::uint32_t function) {
    write(0xE0001020 + 16 * n, comp);
    write(0xE0001028 + 16 * n, function);
  }
  // Where it stops, as an offset into the code; -1: nowhere.
  int stops_at() {
    set_debug_register(15, kCode);
    resume();
    core.run(60);
    const int at = core.halted() ? static_cast<int>(pc() - kCode) : -1;
    halt();
    return at;
  }
};

constexpr std::uint32_t kAccess = 4, kWrite = 5, kRead = 6, kLimit = 7, kValue = 8, kLinked = 11,
                        kStop = 1u << 4, kHalf = 1u << 10, kWord = 2u << 10;

TEST(CoreV8m, WatchpointsOfTheDwt) {
  const std::uint32_t at = kRam + 0x100;
  WatchBench b;
  EXPECT_EQ(b.read(0xE0001028), 0x58000000u);
  EXPECT_EQ(b.read(0xE0001038), 0xF0000000u);
  EXPECT_EQ(b.read(0xE0001048), 0x50000000u);
  b.comparator(0, at, kRead | kStop | kWord);
  EXPECT_EQ(b.stops_at(), 2);
  EXPECT_EQ(b.read(0xE0001028), 0x58000000u | 1u << 24 | kRead | kStop | kWord);
  EXPECT_EQ(b.read(0xE0001028) & 1u << 24, 0u);  // cleared by reading
  b.comparator(0, at, kWrite | kStop | kWord);
  EXPECT_EQ(b.stops_at(), 4);
  b.comparator(0, at, kWrite | kWord);  // ACTION: none
  EXPECT_EQ(b.stops_at(), -1);
  EXPECT_EQ(b.read(0xE0001028) & 1u << 24, 1u << 24);
  b.comparator(0, at + 1, kAccess | kStop);  // a byte
  EXPECT_EQ(b.stops_at(), 2);
  b.comparator(0, at + 2, kAccess | kStop | kWord);  // unaligned: UNPREDICTABLE
  EXPECT_EQ(b.stops_at(), -1);
  b.comparator(0, at - 8, kAccess | kStop | kWord);
  EXPECT_EQ(b.stops_at(), -1);
}

TEST(CoreV8m, WatchpointsOfTwoComparators) {
  const std::uint32_t at = kRam + 0x100;
  WatchBench b;
  b.comparator(0, at - 32, kAccess | kStop);
  b.comparator(1, at - 1, kLimit);
  EXPECT_EQ(b.stops_at(), -1);
  b.comparator(1, at, kLimit);
  EXPECT_EQ(b.stops_at(), 2);
  b.comparator(1, 0, 0);
  b.comparator(0, at, kWrite | kWord);
  b.comparator(1, 0x44332210, kLinked | kStop | kWord);
  EXPECT_EQ(b.stops_at(), -1);
  b.comparator(1, 0x44332211, kLinked | kStop | kWord);
  EXPECT_EQ(b.stops_at(), 4);
  b.comparator(1, 0x22112211, kLinked | kStop | kHalf);  // sizes differ
  EXPECT_EQ(b.stops_at(), -1);
  b.comparator(0, 0, 0);
  b.comparator(2, 0x44332211, kValue | kStop | kWord);  // not one of comparator 2's abilities
  EXPECT_EQ(b.stops_at(), -1);
  b.comparator(3, 0x44332211, kValue | kStop | kWord);
  EXPECT_NE(b.stops_at(), -1);
  b.comparator(3, 0, 0);
  b.comparator(1, kCode + 4, 2 | kStop);  // instruction address
  EXPECT_EQ(b.stops_at(), 6);
}

TEST(CoreV8m, ProtectionByBaseAndLimit) {
  constexpr std::uint32_t kRnr = 0xE000ED98, kRbar = 0xE000ED9C, kRlar = 0xE000EDA0, kCtrl = 0xE000ED94;
  struct Row {
    std::uint32_t base, limit;
    bool forbids_read, forbids_write;
  };
  for (const Row& row : {Row{kRam | 2, kRam + 0xE0, false, false}, Row{kRam | 6, kRam + 0xE0, false, true},
                         Row{kRam + 0x20, kRam + 0xE0, true, true}, Row{kRam | 2, kRam, false, false}}) {
    for (const bool store : {false, true}) {
      M33Bench b({static_cast<std::uint16_t>(store ? 0x6001 : 0x6801), kBranchSelf});
      b.set(0, kRam + 0x10);
      b.write(kRnr, 3);
      b.write(kRbar, 0x08000002 | 4);
      b.write(kRlar, 0x0800FFE1);
      b.write(kRnr, 0);
      b.write(kRbar, row.base);
      b.write(kRlar, row.limit | 1);
      EXPECT_EQ(b.read(kRbar), row.base);
      b.write(kCtrl, 1);
      b.core.run(20);
      EXPECT_EQ(b.exception() != 0, store ? row.forbids_write : row.forbids_read) << std::hex << row.base;
    }
  }
  M33Bench b({0x6801, kBranchSelf});  // two regions on one place: a fault
  b.set(0, kRam);
  b.write(kRbar, kRam | 2);
  b.write(kRlar, kRam | 0x1F);
  b.write(kRbar + 8, kRam | 2);
  b.write(kRlar + 8, kRam | 0x1F);
  b.write(kCtrl, 5);
  b.core.run(20);
  EXPECT_NE(b.exception(), 0u);
  b.write(0xE000EDC4, 0x44);
  EXPECT_EQ(b.read(0xE000EDC4), 0x44u);  // MAIR1
}

}  // namespace
}  // namespace probity::vboard::test::core_v8m_test
