// Time is injected: drivers ask a Clock, never the system. On the virtual board a sleep advances virtual
// time.
#pragma once

#include <string>
#include <string_view>

#include "base/interrupt.hpp"
#include "base/units.hpp"

namespace probity {

class Clock {
 public:
  virtual ~Clock() = default;
  // Time since an arbitrary start; never goes back.
  virtual Nanoseconds now() = 0;
  virtual void sleep(Nanoseconds duration) = 0;
  // A point where work may be left, between two commands to the probe: throws Interrupted when the program
  // was told to end. sleep() is one, too.
  virtual void check_interrupt() {}
  // Between hold and release nothing is thrown; see UninterruptedScope.
  virtual void hold_interrupts() {}
  virtual void release_interrupts() {}
};

// For what must be done to its end: giving the target and the probe back.
class UninterruptedScope {
 public:
  explicit UninterruptedScope(Clock& clock) : clock_(clock) { clock_.hold_interrupts(); }
  ~UninterruptedScope() { clock_.release_interrupts(); }
  UninterruptedScope(const UninterruptedScope&) = delete;
  UninterruptedScope& operator=(const UninterruptedScope&) = delete;

 private:
  Clock& clock_;
};

class SystemClock final : public Clock {
 public:
  Nanoseconds now() override;
  void sleep(Nanoseconds duration) override;
};

// Another clock whose sleep ends when a signal comes. Both must outlive it.
class InterruptibleClock final : public Clock {
 public:
  InterruptibleClock(Clock& inner, Interrupt& interrupt) : inner_(inner), interrupt_(interrupt) {}
  Nanoseconds now() override { return inner_.now(); }
  void sleep(Nanoseconds duration) override;
  void check_interrupt() override { interrupt_.check(); }
  void hold_interrupts() override { interrupt_.hold(); }
  void release_interrupts() override { interrupt_.release(); }

 private:
  Clock& inner_;
  Interrupt& interrupt_;
};

// Every wait has a deadline and says what it waited for.
class Deadline {
 public:
  Deadline(Clock& clock, Nanoseconds limit, std::string_view waiting_for);
  bool passed() const { return clock_.now() - start_ >= limit_; }
  Nanoseconds elapsed() const { return clock_.now() - start_; }
  // Throws TimeoutError once the limit has passed; `detail` (what was last measured) is put into the message.
  void check(std::string_view detail = {}) const;

 private:
  Clock& clock_;
  Nanoseconds start_;
  Nanoseconds limit_;
  std::string waiting_for_;
};

}  // namespace probity
