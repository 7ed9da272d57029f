#include "vboard/fault_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace probity::vboard::fault_plan_test {
namespace {

TEST(FaultPlan, StrikesAtTheNthEventOfItsCounter) {
  FaultPlan plan = FaultPlan::parse("wait@ap:2x2+usb-short@usb:1");
  EXPECT_EQ(plan.strike("ap"), nullptr);
  ASSERT_NE(plan.strike("ap"), nullptr);
  const Fault* second = plan.strike("ap");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->kind, "wait");
  EXPECT_EQ(plan.strike("ap"), nullptr);
  const Fault* usb = plan.strike("usb");
  ASSERT_NE(usb, nullptr);
  EXPECT_EQ(usb->kind, "usb-short");
  EXPECT_EQ(plan.strike("usb"), nullptr);
}

TEST(FaultPlan, StandingFaultsHaveNoPoint) {
  const FaultPlan plan = FaultPlan::parse("nrst-stretched=20+no-target");
  ASSERT_NE(plan.standing("nrst-stretched"), nullptr);
  EXPECT_EQ(plan.standing("nrst-stretched")->argument, "20");
  EXPECT_NE(plan.standing("no-target"), nullptr);
  EXPECT_EQ(plan.standing("nrst-open"), nullptr);
}

TEST(FaultPlan, AnEmptyPlanNeverStrikes) {
  FaultPlan plan = FaultPlan::parse("");
  EXPECT_EQ(plan.strike("ap"), nullptr);
}

TEST(FaultPlan, KeepsAnArgument) {
  FaultPlan plan = FaultPlan::parse("bit-stuck=0x08000100@flash:1");
  EXPECT_EQ(plan.strike("flash")->argument, "0x08000100");
}

struct BadPlan {
  const char* text;
  const char* named;
};
class FaultPlanErrors : public testing::TestWithParam<BadPlan> {};

TEST_P(FaultPlanErrors, NameThePart) {
  try {
    FaultPlan::parse(GetParam().text);
    FAIL() << "accepted " << GetParam().text;
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.message(), testing::HasSubstr(GetParam().named));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FaultPlanErrors,
                         testing::Values(BadPlan{"wiat@ap:1", "wiat"}, BadPlan{"wait", "@ap"},
                                         BadPlan{"wait@usb:1", "'usb'"}, BadPlan{"wait@ap:0", "'0'"},
                                         BadPlan{"wait@ap:1xq", "'q'"}, BadPlan{"wait@ap", "COUNTER:N"},
                                         BadPlan{"no-target@ap:1", "no-target"},
                                         BadPlan{"bit-stuck@flash:1", "number"},
                                         BadPlan{"wait=3@ap:1", "no argument"},
                                         BadPlan{"voltage=low", "number"}, BadPlan{"no-target+", "'+'"}));

}  // namespace
}  // namespace probity::vboard::fault_plan_test
