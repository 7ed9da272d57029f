// The wish to end (Ctrl-C, kill, a closed terminal): from the signal handler to the next point where work can
// be left cleanly, between two commands to the probe. Drivers reach it through their Clock (base/clock.hpp).
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>

namespace probity {

// Ends everything that runs, up to run(). Not an Error on purpose: code that answers a failure by trying
// another way, and Tcl's `catch`, must not take it for one.
struct Interrupted final : std::exception {
  explicit Interrupted(int number) : signal(number) {}
  const char* what() const noexcept override { return "interrupted by a signal"; }
  int signal;
};

// One thread throws and holds; raise() may come from a signal handler at any time.
class Interrupt {
 public:
  // False: one came long before, and nothing has come of it; the way out takes a second or two, as long as
  // transfers to a probe that does not answer. Whoever insists is to have his way.
  bool raise(int signal) noexcept;
  // The first signal that came; 0: none.
  int signal() const noexcept { return signal_; }
  // A signal came and check() has not told yet.
  bool pending() const noexcept { return pending_; }
  // Throws Interrupted when a signal came. After that it returns until rearm(): what is done on the way out
  // is done to its end, however often the user presses Ctrl-C.
  void check();
  // The way out is over, and something else is begun: only a signal from now on counts.
  void rearm();

  // The run ended because of the signal, not by itself: the program's parent is to see that.
  void confirm() noexcept { confirmed_ = true; }
  bool confirmed() const noexcept { return confirmed_; }

  // While it is not null, raise() also sets the signal's bit there: an interpreter looks at its own mask
  // between two of its commands, and would not notice otherwise.
  void mirror(long long* mask) noexcept { mirror_ = mask; }

  // While holds are out, check() returns; it tells afterwards.
  void hold() noexcept { ++holds_; }
  void release() noexcept { --holds_; }

 private:
  std::atomic<int> signal_{0};
  std::atomic<bool> pending_{false};
  std::atomic<std::int64_t> since_{0};  // seconds of the monotonic clock when the pending one came; 0: none
  std::atomic<long long*> mirror_{nullptr};
  bool leaving_ = false;
  bool confirmed_ = false;
  int holds_ = 0;
};

// "SIGINT"
std::string name_of_signal(int signal);

// While it lives, SIGINT, SIGTERM, SIGHUP and SIGQUIT go to `interrupt`, and a pipe or socket whose reader is
// gone gives an error instead of ending the program. A signal that was ignored when the program started
// (nohup, a shell's background job) stays ignored, except SIGTERM. Only one may exist at a time.
class SignalHandlers {
 public:
  explicit SignalHandlers(Interrupt& interrupt);
  ~SignalHandlers();
  SignalHandlers(const SignalHandlers&) = delete;
  SignalHandlers& operator=(const SignalHandlers&) = delete;
};

// Ends the program as the signal would have, so that the parent (a shell, make) sees the signal, as with
// OpenOCD 0.12.0.
[[noreturn]] void end_by_signal(int signal);

}  // namespace probity
