// Breakpoints and watchpoints through each kind of probe.
#include "bench.hpp"

#include "base/errors.hpp"
#include "target/cortex_m/watchpoint_unit.hpp"

namespace probity::test::breakpoints_test {

namespace {

using cortex_m::dwt_comparators;

// movs r0,#0; adds r0,#1; adds r1,#1; str r0,[r2]; ldr r3,[r2,#4]; b .-8
const std::vector<std::uint16_t> kLoop = {0x2000, 0x3001, 0x3101, 0x6010, 0x6853, 0xE7FA};
constexpr Address kFirstAdd = kRam + 2, kStore = kRam + 6, kLoad = kRam + 8, kBranch = kRam + 10;
constexpr Address kData = kRam + 0x100;

class Breakpoints : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    bench.emplace(GetParam());
    target = bench->target.get();
    target->examine();
    bench->halt_at(kLoop);
    target->write_register("r2", kData);
    bench->states.clear();
  }
  void run_to_halt() {
    target->resume();
    target->wait_halted(Milliseconds(1000));
  }
  std::optional<Bench> bench;
  Target* target = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Ways, Breakpoints, testing::Values(kHla, kDapDirect, kCmsisDap), test_name);

TEST_P(Breakpoints, SoftwareStopsEachTimeAroundAndGoesOn) {
  target->set_breakpoint({kStore, 2, BreakpointKind::software});
  EXPECT_EQ(target->memory().read16(kStore), 0xBE11);
  EXPECT_EQ(target->breakpoint_detail(kStore), 0x6010u);
  for (unsigned round = 1; round <= 3; ++round) {
    run_to_halt();
    EXPECT_EQ(target->halt_reason(), HaltReason::breakpoint);
    EXPECT_EQ(bench->reg("pc"), kStore);
    EXPECT_EQ(bench->reg("r0"), round);
  }
  target->step();
  EXPECT_EQ(bench->reg("pc"), kLoad);
  EXPECT_EQ(target->halt_reason(), HaltReason::single_step);
  EXPECT_EQ(target->memory().read32(kData), 3u);
  EXPECT_EQ(target->memory().read16(kStore), 0xBE11);
  target->clear_breakpoint(kStore);
  EXPECT_EQ(target->memory().read16(kStore), 0x6010);
  EXPECT_TRUE(target->breakpoints().empty());
}

TEST_P(Breakpoints, SoftwareLeavesAloneWhatWasWrittenOverIt) {
  target->set_breakpoint({kStore, 2, BreakpointKind::software});
  target->memory().write16(kStore, 0xBF00);
  target->clear_breakpoint(kStore);
  EXPECT_EQ(target->memory().read16(kStore), 0xBF00);
}

TEST_P(Breakpoints, SoftwareNeedsMemoryThatTakesIt) {
  EXPECT_THROW(target->set_breakpoint({kFlash + 0x200, 2, BreakpointKind::software}), TargetError);
  EXPECT_THROW(target->set_breakpoint({0x60000000, 2, BreakpointKind::software}), TargetError);
  EXPECT_TRUE(target->breakpoints().empty());
}

TEST_P(Breakpoints, ErrorListsWhoHasTheComparators) {
  for (Address i = 0; i < 6; ++i) target->set_breakpoint({kFlash + 0x100 + 4 * i});
  EXPECT_EQ(target->breakpoint_detail(kFlash + 0x108), 2u);
  try {
    target->set_breakpoint({kFlash + 0x200});
    FAIL();
  } catch (const TargetError& e) {
    EXPECT_THAT(e.message(), testing::HasSubstr("[stm32f4x.cpu] Can not find free FPB Comparator!"));
    EXPECT_THAT(e.message(), testing::HasSubstr("0x08000100, 0x08000104"));
  }
  EXPECT_EQ(target->breakpoints().size(), 6u);
}

TEST_P(Breakpoints, StepLeavesABkptInTheCodeBehind) {
  bench->load(kRam, {0x2001, 0xBE00, 0x2002, 0xBEAB, 0x2003, 0xE7FE});
  target->step();
  target->step();  // the BKPT, which this debugger never ran into
  EXPECT_EQ(bench->reg("pc"), kRam + 4);
  EXPECT_EQ(target->halt_reason(), HaltReason::single_step);
  run_to_halt();
  EXPECT_EQ(bench->reg("pc"), kRam + 6);
  EXPECT_EQ(target->halt_reason(), HaltReason::breakpoint);
  target->step();
  EXPECT_EQ(bench->reg("pc"), kRam + 8);
}

TEST_P(Breakpoints, BreakpointOnABkptStopsBeforeAndAtIt) {
  bench->load(kRam, {0x2001, 0xBE00, 0x2002, 0xE7FE});
  target->set_breakpoint({kRam + 2, 2, BreakpointKind::software});
  run_to_halt();
  EXPECT_EQ(bench->reg("pc"), kRam + 2);
  run_to_halt();  // steps off the breakpoint, and so into the BKPT itself
  EXPECT_EQ(bench->reg("pc"), kRam + 2);
  EXPECT_EQ(target->halt_reason(), HaltReason::breakpoint);
}

TEST_P(Breakpoints, MovedPcIsNotSkipped) {
  bench->load(kRam, {0xBE00, 0x2001, 0xBE00, 0xE7FE});
  run_to_halt();
  target->write_register("pc", kRam + 4);
  run_to_halt();
  EXPECT_EQ(bench->reg("pc"), kRam + 4);
}

TEST_P(Breakpoints, WatchpointsTellWhichAndTheCoreGoesOn) {
  target->set_watchpoint({kData, 4, WatchAccess::write, {}, 0xFFFFFFFF});
  target->set_watchpoint({kData + 4, 4, WatchAccess::read, {}, 0xFFFFFFFF});
  run_to_halt();
  EXPECT_EQ(target->halt_reason(), HaltReason::watchpoint);
  EXPECT_GT(bench->reg("pc"), kStore);
  ASSERT_TRUE(target->watchpoint_hit());
  EXPECT_EQ(target->watchpoint_hit()->address, kData);
  EXPECT_EQ(target->watchpoint_hit()->access, WatchAccess::write);
  run_to_halt();
  ASSERT_TRUE(target->watchpoint_hit());
  EXPECT_EQ(target->watchpoint_hit()->address, kData + 4);
  target->clear_watchpoint(kData);
  target->step();
  EXPECT_FALSE(target->watchpoint_hit());
  run_to_halt();
  EXPECT_EQ(target->watchpoint_hit()->address, kData + 4);
  EXPECT_EQ(target->memory().read32(kData), bench->reg("r0"));
}

TEST_P(Breakpoints, StepOverAWatchedAccessSaysSo) {
  target->set_watchpoint({kData, 4, WatchAccess::access, {}, 0xFFFFFFFF});
  for (int i = 0; i < 3; ++i) {
    target->step();
    EXPECT_EQ(target->halt_reason(), HaltReason::single_step);
  }
  target->step();
  EXPECT_EQ(target->halt_reason(), HaltReason::watchpoint);
  EXPECT_TRUE(target->watchpoint_hit());
  target->step();
  EXPECT_EQ(target->halt_reason(), HaltReason::single_step);
  EXPECT_FALSE(target->watchpoint_hit());
}

TEST_P(Breakpoints, WatchpointsRefuseWhatTheUnitCannot) {
  const auto refused = [&](Watchpoint w, std::string_view why) {
    try {
      target->set_watchpoint(w);
      ADD_FAILURE() << why;
    } catch (const TargetError& e) {
      EXPECT_THAT(e.message(), testing::HasSubstr(std::string(why)));
    }
  };
  refused({kData, 3, WatchAccess::read, {}, 0xFFFFFFFF}, "length 3");
  refused({kData + 2, 4, WatchAccess::read, {}, 0xFFFFFFFF}, "unaligned");
  refused({kData, 65536, WatchAccess::read, {}, 0xFFFFFFFF}, "length 65536");
  refused({kData, 4, WatchAccess::read, 5, 0xFF}, "masks");
  for (Address i = 0; i < 4; ++i)
    target->set_watchpoint({kData + 4 * i, 4, WatchAccess::write, {}, 0xFFFFFFFF});
  refused({kData + 32, 4, WatchAccess::read, {}, 0xFFFFFFFF}, "write watchpoint at 0x20000100");
  refused({kData, 2, WatchAccess::write, {}, 0xFFFFFFFF}, "already has watchpoint 0");
  target->set_watchpoint({kData, 4, WatchAccess::write, {}, 0xFFFFFFFF});  // the same again
  EXPECT_EQ(target->watchpoints().size(), 4u);
}

TEST_P(Breakpoints, ResetKeepsThem) {
  target->set_breakpoint({kResetHandler});
  target->set_watchpoint({kData, 4, WatchAccess::write, {}, 0xFFFFFFFF});
  target->cortex_m().set_vector_catch(1u << 10);
  target->assert_reset(true);
  target->deassert_reset(true);
  EXPECT_EQ(target->cortex_m().vector_catch(), 1u << 10);
  EXPECT_EQ(target->memory().read32(0xE0002008) & 1, 1u);
  EXPECT_EQ(target->memory().read32(0xE0001020), kData);
  EXPECT_EQ(target->memory().read32(0xE0001028) & 0xF, 6u);
}

TEST_P(Breakpoints, NothingIsLeftBehind) {
  target->set_breakpoint({kStore, 2, BreakpointKind::software});
  target->set_breakpoint({kResetHandler});
  target->set_watchpoint({kData, 4, WatchAccess::write, {}, 0xFFFFFFFF});
  MemPort& memory = target->memory();
  bench->target.reset();
  EXPECT_EQ(memory.read16(kStore), 0x6010);
  EXPECT_EQ(memory.read32(0xE0002008), 0u);
  EXPECT_EQ(memory.read32(0xE0001028), 0u);
}

TEST_P(Breakpoints, HandlerIsAskedFirstAndMayGoOn) {
  bench->load(kRam, {0x2001, 0xBEAB, 0xBEAB, 0x2002, 0xBE00});
  unsigned calls = 0;
  target->set_halt_handler([&] {
    ++calls;
    const auto pc = static_cast<Address>(target->read_register("pc"));
    if (target->memory().read16(pc) != 0xBEAB) return false;
    EXPECT_EQ(target->halt_reason(), HaltReason::breakpoint);
    target->write_register("r5", calls);
    target->write_register("pc", pc + 2);
    target->resume();
    return true;
  });
  run_to_halt();
  EXPECT_EQ(calls, 3u);
  EXPECT_EQ(bench->reg("pc"), kRam + 8);
  EXPECT_EQ(bench->reg("r5"), 2u);
  EXPECT_THAT(bench->states, testing::ElementsAre(TargetState::running, TargetState::halted));
}

TEST_P(Breakpoints, StepServesACallAndStopsBehindIt) {
  bench->load(kRam, {0xBEAB, 0x2002, 0xBE00});
  unsigned calls = 0;
  target->set_halt_handler([&] {
    ++calls;
    target->write_register("r5", 7);
    target->resume();  // its own pc + 2, as a handler may leave to resume()
    return true;
  });
  target->step();
  EXPECT_EQ(calls, 1u);
  EXPECT_EQ(target->state(), TargetState::halted);
  EXPECT_EQ(target->halt_reason(), HaltReason::single_step);
  EXPECT_EQ(bench->reg("pc"), kRam + 2);
  EXPECT_EQ(bench->reg("r5"), 7u);
}

TEST_P(Breakpoints, HandlerIsNotAskedOfHaltsThatWereAskedFor) {
  unsigned calls = 0;
  target->set_halt_handler([&] { return ++calls, false; });
  target->resume();
  target->halt();
  target->step();
  EXPECT_EQ(calls, 0u);
}

TEST_P(Breakpoints, AlgorithmsAreNotDisturbed) {
  target->set_watchpoint({kData, 4, WatchAccess::access, {}, 0xFFFFFFFF});
  bench->load(kRam + 0x200, {0x6010, 0xBE00});  // str r0,[r2]; bkpt
  target->run_algorithm({kRam + 0x200, kStack, {{"r0", 9}, {"r2", kData}}, {}}, Milliseconds(1000), {});
  EXPECT_EQ(target->memory().read32(kData), 9u);
  run_to_halt();
  EXPECT_EQ(target->halt_reason(), HaltReason::watchpoint);
}

// --- comparators as the manuals have them ---

TEST(DwtComparators, Armv7m) {
  using C = cortex_m::DwtComparator;
  EXPECT_THAT(dwt_comparators({0x20000010, 8, WatchAccess::read, {}, ~0u}, false, 0),
              testing::ElementsAre(C{0x20000010, 3, 5}));
  // FUNCTION 6, DATAVMATCH, DATAVSIZE 1, DATAVADDR0 = DATAVADDR1 = 2
  EXPECT_THAT(dwt_comparators({0x20000010, 2, WatchAccess::write, 0x1234, ~0u}, false, 2),
              testing::ElementsAre(C{0x20000010, 1, 0}, C{0x12341234, 0, 0x00022506}));
}

TEST(DwtComparators, Armv8m) {
  using C = cortex_m::DwtComparator;
  EXPECT_THAT(dwt_comparators({0x20000010, 4, WatchAccess::write, {}, ~0u}, true, 0),
              testing::ElementsAre(C{0x20000010, 0, 0x815}));
  EXPECT_THAT(dwt_comparators({0x20000010, 16, WatchAccess::access, {}, ~0u}, true, 0),
              testing::ElementsAre(C{0x20000010, 0, 0x14}, C{0x2000001F, 0, 0x7}));
  EXPECT_THAT(dwt_comparators({0x20000010, 1, WatchAccess::read, 0x5A, ~0u}, true, 0),
              testing::ElementsAre(C{0x20000010, 0, 0x6}, C{0x5A5A5A5A, 0, 0x1B}));
}

}  // namespace

}  // namespace probity::test::breakpoints_test
