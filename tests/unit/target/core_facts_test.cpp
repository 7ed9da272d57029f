#include "target/cortex_m/core_facts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "target/cortex_m/breakpoint_unit.hpp"
#include "target/cortex_m/register_table.hpp"
#include "target/target.hpp"

namespace probity::cortex_m::core_facts_test {
namespace {

// CPUID values: each core's technical reference manual.
TEST(CoreFacts, NameAndRevision) {
  EXPECT_EQ(facts_of(0x410FC241).name, "Cortex-M4");
  EXPECT_EQ(revision_of(0x410FC241), "r0p1");
  EXPECT_EQ(facts_of(0x411FC270).name, "Cortex-M7");
  EXPECT_EQ(revision_of(0x411FC270), "r1p0");
  EXPECT_EQ(facts_of(0x410CC601).name, "Cortex-M0+");
  EXPECT_EQ(facts_of(0x410FD214).name, "Cortex-M33");
}

TEST(CoreFacts, Architecture) {
  EXPECT_FALSE(facts_of(0x410CC200).is_mainline());
  EXPECT_TRUE(facts_of(0x412FC231).is_mainline());
  EXPECT_TRUE(facts_of(0x410FD214).is_v8m());
  EXPECT_TRUE(facts_of(0x412FC231).has_vectreset);
  EXPECT_FALSE(facts_of(0x411FC270).has_vectreset);
}

TEST(CoreFacts, AnUnknownPartGetsWhatItsArchitectureFieldSays) {
  const CoreFacts mainline = facts_of(0x4D0F1230), baseline = facts_of(0x4D0C1230);
  EXPECT_FALSE(mainline.known);
  EXPECT_TRUE(mainline.is_mainline());
  EXPECT_FALSE(baseline.is_mainline());
}

TEST(CoreFacts, TheSteppingErratumIsOfTheFirstCortexM7s) {
  EXPECT_TRUE(facts_of(0x410FC271).steps_into_handlers);
  EXPECT_FALSE(facts_of(0x411FC270).steps_into_handlers);
  EXPECT_FALSE(facts_of(0x410FC241).steps_into_handlers);
}

TEST(CoreFacts, WhatABusWithoutCoreAnswersIsNoCpuid) {
  EXPECT_FALSE(plausible_cpuid(0));
  EXPECT_FALSE(plausible_cpuid(0xFFFFFFFF));
  EXPECT_FALSE(plausible_cpuid(0x12345678));
  EXPECT_TRUE(plausible_cpuid(0x410FC241));
}

// DDI 0403E C1.11.5: REPLACE 1 is the lower halfword, 2 the upper; the unit reaches the Code region only.
TEST(BreakpointUnit, ComparatorValues) {
  EXPECT_EQ(comparator_value(0, 0x08000100), 0x48000101u);
  EXPECT_EQ(comparator_value(0, 0x08000102), 0x88000101u);
  EXPECT_EQ(comparator_value(0, 0x20000000), std::nullopt);
  EXPECT_EQ(comparator_value(1, 0x20000002), 0x20000003u);
}

TEST(RegisterTable, NumbersAndNamesAreUnique) {
  std::set<unsigned> numbers;
  std::set<std::string_view> names;
  for (const RegisterRow& row : register_rows(4)) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    if (row.address == 0) {
      EXPECT_LT(row.selector + (row.bits == 64 ? 1 : 0), regsel::kCount) << row.name;
    }
  }
}

TEST(RegisterTable, BaselineCoresHaveNoBasepri) {
  EXPECT_FALSE(has(Needs::mainline, facts_of(0x410CC200), false));
  EXPECT_FALSE(has(Needs::fpu, facts_of(0x412FC231), false));
  EXPECT_TRUE(has(Needs::v8m, facts_of(0x410FD214), false));
}

TEST(Names, AreOpenOcds) {
  EXPECT_EQ(name_of(TargetState::debug_running), "debug-running");
  EXPECT_EQ(name_of(HaltReason::watchpoint_and_breakpoint), "watchpoint-and-breakpoint");
  EXPECT_EQ(name_of(HaltReason::none), "undefined");
}

}  // namespace
}  // namespace probity::cortex_m::core_facts_test
