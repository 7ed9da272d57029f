#include "base/interrupt.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace probity {

namespace {

// A signal handler gets nothing but a number, so this one pointer has to be where it can find it.
std::atomic<Interrupt*> receiver{nullptr};
static_assert(std::atomic<Interrupt*>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
              std::atomic<bool>::is_always_lock_free && std::atomic<long long*>::is_always_lock_free);

constexpr std::int64_t kPatience = 5;  // seconds

constexpr std::array kEnding = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// A handler that does nothing, unlike SIG_IGN, is not inherited by programs that a script starts.
void ignore(int) {}

void install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

// Ends the program at once.
void give_way(int signal) {
  install(signal, SIG_DFL);
  ::raise(signal);  // waits until the handler has returned, where it is called from one
}

void hand_over(int signal) {
  Interrupt* interrupt = receiver.load();
  if (interrupt != nullptr && !interrupt->raise(signal)) give_way(signal);
}
bool was_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

bool Interrupt::raise(int signal) noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  std::int64_t since = 0;
  if (!since_.compare_exchange_strong(since, now.tv_sec) && now.tv_sec - since >= kPatience) return false;
  int none = 0;
  signal_.compare_exchange_strong(none, signal);
  pending_ = true;
  if (long long* mask = mirror_.load()) *mask |= 1LL << signal;
  return true;
}

void Interrupt::check() {
  if (!pending_ || leaving_ || holds_ > 0) return;
  leaving_ = true;
  throw Interrupted(signal_);
}

void Interrupt::rearm() {
  leaving_ = false;
  pending_ = false;
  since_ = 0;
}

std::string name_of_signal(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    case SIGQUIT:
      return "SIGQUIT";
    default:
      return "signal " + std::to_string(signal);
  }
}

SignalHandlers::SignalHandlers(Interrupt& interrupt) {
  receiver = &interrupt;
  for (const int signal : kEnding) {
    if (signal == SIGTERM || !was_ignored(signal)) install(signal, hand_over);
  }
  if (!was_ignored(SIGPIPE)) install(SIGPIPE, ignore);
}

SignalHandlers::~SignalHandlers() { receiver = nullptr; }

void end_by_signal(int signal) {
  give_way(signal);
  _exit(EXIT_FAILURE);  // the signal is blocked
}

}  // namespace probity
