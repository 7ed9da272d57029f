// Tasks: who has a turn when.
#include "session/tasks.hpp"

#include <gtest/gtest.h>

namespace probity::tasks_test {
namespace {

struct HandClock final : Clock {
  Nanoseconds now() override { return time; }
  void sleep(Nanoseconds duration) override { time += duration; }
  Nanoseconds time{0};
};

struct TasksTest : ::testing::Test {
  HandClock clock;
  std::vector<std::string> reports;
  Tasks tasks{clock, [this](const Error& e) { reports.push_back(e.describe()); }};
  void pass(Milliseconds time) {
    clock.sleep(time);
    tasks.run_due();
  }
};

TEST_F(TasksTest, EachHasATurnEveryPeriod) {
  int fast = 0, slow = 0;
  tasks.add(Milliseconds(10), [&] { ++fast; });
  tasks.add(Milliseconds(30), [&] { ++slow; });
  tasks.run_due();
  EXPECT_EQ(fast + slow, 0);
  for (int i = 0; i < 6; ++i) pass(Milliseconds(10));
  EXPECT_EQ(fast, 6);
  EXPECT_EQ(slow, 2);
}

TEST_F(TasksTest, NextDueIsTheNearest) {
  EXPECT_FALSE(tasks.next_due());
  const Tasks::Id slow = tasks.add(Milliseconds(30), [] {});
  EXPECT_EQ(tasks.next_due(), Nanoseconds(Milliseconds(30)));
  tasks.set_period(slow, Milliseconds(5));
  EXPECT_EQ(tasks.next_due(), Nanoseconds(Milliseconds(5)));
  clock.sleep(Milliseconds(50));
  EXPECT_EQ(tasks.next_due(), Nanoseconds(0));
}

TEST_F(TasksTest, AFailureIsReportedAndTheTaskStays) {
  int turns = 0;
  tasks.add(Milliseconds(10), [&] {
    ++turns;
    throw Error("no luck");
  });
  pass(Milliseconds(10));
  pass(Milliseconds(10));
  EXPECT_EQ(turns, 2);
  EXPECT_EQ(reports, (std::vector<std::string>{"no luck", "no luck"}));
}

TEST_F(TasksTest, ATaskMayRemoveItselfAndHasNoTurnInsideItsOwn) {
  int turns = 0;
  Tasks::Id id = 0;
  id = tasks.add(Milliseconds(10), [&] {
    ++turns;
    pass(Milliseconds(20));
    tasks.remove(id);
  });
  pass(Milliseconds(10));
  pass(Milliseconds(10));
  EXPECT_EQ(turns, 1);
  EXPECT_FALSE(tasks.next_due());
}

}  // namespace
}  // namespace probity::tasks_test
