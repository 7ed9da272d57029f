#include "base/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/errors.hpp"

namespace probity {

Nanoseconds SystemClock::now() { return std::chrono::steady_clock::now().time_since_epoch(); }

void SystemClock::sleep(Nanoseconds duration) { std::this_thread::sleep_for(duration); }

void InterruptibleClock::sleep(Nanoseconds duration) {
  // In slices, because a sleep goes on after a signal handler has run.
  constexpr Nanoseconds kSlice = Milliseconds(20);
  interrupt_.check();
  for (Nanoseconds left = duration; left > Nanoseconds(0); left -= kSlice) {
    inner_.sleep(std::min(left, kSlice));
    interrupt_.check();
  }
}

Deadline::Deadline(Clock& clock, Nanoseconds limit, std::string_view waiting_for)
    : clock_(clock), start_(clock.now()), limit_(limit), waiting_for_(waiting_for) {}

void Deadline::check(std::string_view detail) const {
  const Nanoseconds waited = elapsed();
  if (waited < limit_) return;
  const auto milliseconds = duration_cast<Milliseconds>(waited).count();
  throw TimeoutError(fmt::format("timed out after {} ms waiting for {}{}{}", milliseconds, waiting_for_,
                                 detail.empty() ? "" : ": ", detail),
                     waiting_for_, waited);
}

}  // namespace probity
