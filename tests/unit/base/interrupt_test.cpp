// The way from a signal to a point where work can be left.
#include "base/interrupt.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <functional>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace probity::interrupt_test {
namespace {

class StoppedClock final : public Clock {
 public:
  Nanoseconds now() override { return now_; }
  void sleep(Nanoseconds duration) override {
    now_ += duration;
    if (during_sleep) during_sleep();
  }
  std::function<void()> during_sleep;

 private:
  Nanoseconds now_{0};
};

TEST(Interrupt, IsTold) {
  Interrupt interrupt;
  EXPECT_NO_THROW(interrupt.check());
  interrupt.raise(SIGTERM);
  interrupt.raise(SIGINT);
  EXPECT_EQ(interrupt.signal(), SIGTERM);
  EXPECT_TRUE(interrupt.pending());
  EXPECT_THROW(interrupt.check(), Interrupted);
}

TEST(Interrupt, IsToldOnceOnTheWayOut) {
  Interrupt interrupt;
  interrupt.raise(SIGINT);
  EXPECT_THROW(interrupt.check(), Interrupted);
  interrupt.raise(SIGINT);
  EXPECT_NO_THROW(interrupt.check());
  interrupt.rearm();
  EXPECT_NO_THROW(interrupt.check());  // those before do not count
  interrupt.raise(SIGINT);
  EXPECT_THROW(interrupt.check(), Interrupted);
}

TEST(Interrupt, WaitsForWhatMustBeDoneToItsEnd) {
  Interrupt interrupt;
  StoppedClock inner;
  InterruptibleClock clock(inner, interrupt);
  interrupt.raise(SIGHUP);
  {
    const UninterruptedScope outer(clock);
    const UninterruptedScope within(clock);
    EXPECT_NO_THROW(clock.sleep(Milliseconds(5)));
    EXPECT_NO_THROW(clock.check_interrupt());
  }
  EXPECT_THROW(clock.check_interrupt(), Interrupted);
}

TEST(Interrupt, EndsASleepSoon) {
  Interrupt interrupt;
  StoppedClock inner;
  InterruptibleClock clock(inner, interrupt);
  clock.sleep(Milliseconds(70));
  EXPECT_EQ(inner.now(), Milliseconds(70));
  inner.during_sleep = [&] { interrupt.raise(SIGINT); };
  EXPECT_THROW(clock.sleep(Milliseconds(60000)), Interrupted);
  EXPECT_LE(inner.now(), Milliseconds(100));
}

TEST(Interrupt, IsNoErrorThatAnotherWayCouldBeTriedFor) {
  Interrupt interrupt;
  interrupt.raise(SIGINT);
  const auto try_another_way = [&] {
    try {
      interrupt.check();
    } catch (const Error&) {
    }
  };
  EXPECT_THROW(try_another_way(), Interrupted);
}

TEST(Interrupt, IsShownToAnInterpreter) {
  Interrupt interrupt;
  long long mask = 0;
  interrupt.mirror(&mask);
  interrupt.raise(SIGTERM);
  EXPECT_EQ(mask, 1LL << SIGTERM);
  interrupt.mirror(nullptr);
  interrupt.raise(SIGINT);
  EXPECT_EQ(mask, 1LL << SIGTERM);
}

TEST(SignalHandlers, HandOverRealSignals) {
  Interrupt interrupt;
  {
    const SignalHandlers handlers(interrupt);
    ::raise(SIGHUP);
    ::raise(SIGPIPE);  // nothing happens
  }
  EXPECT_EQ(interrupt.signal(), SIGHUP);
}

TEST(SignalHandlers, KeepWhatWasIgnored) {
  signal(SIGHUP, SIG_IGN);  // as nohup does
  Interrupt interrupt;
  {
    const SignalHandlers handlers(interrupt);
    ::raise(SIGHUP);
  }
  signal(SIGHUP, SIG_DFL);
  EXPECT_EQ(interrupt.signal(), 0);
}

TEST(SignalHandlersDeathTest, EndLooksLikeTheSignal) {
  testing::FLAGS_gtest_death_test_style = "fast";
  EXPECT_EXIT(end_by_signal(SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace probity::interrupt_test
