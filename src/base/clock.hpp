// Time is injected: drivers ask a Clock, never the system. On the virtual board a sleep advances virtual
// time.
#pragma once

#include <string>
#include <string_view>

#include "base/units.hpp"

namespace probity {

class Clock {
 public:
  virtual ~Clock() = default;
  // Time since an arbitrary start; never goes back.
  virtual Nanoseconds now() = 0;
  virtual void sleep(Nanoseconds duration) = 0;
};

class SystemClock final : public Clock {
 public:
  Nanoseconds now() override;
  void sleep(Nanoseconds duration) override;
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
