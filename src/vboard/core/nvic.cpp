#include "vboard/core/nvic.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {

Nvic::Nvic(unsigned irq_count, unsigned priority_bits)
    : irq_count_(std::min(irq_count, kExceptions - kFirstIrq)),
      implemented_(static_cast<std::uint8_t>(0xFF00u >> priority_bits)) {
  reset();
}

void Nvic::reset() {
  pending_.reset();
  active_.reset();
  enabled_.reset();
  priority_.fill(0);
  prigroup_ = 0;
  for (unsigned n : {kNmi, kHardFault, kSvCall, kPendSv, kSysTick}) enabled_[n] = true;
  pending_ |= line_;
}

void Nvic::unpend(unsigned n) { pending_[n] = line_[n] && !active_[n]; }

void Nvic::activate(unsigned n) {
  active_[n] = true;
  pending_[n] = false;
}

void Nvic::deactivate(unsigned n) {
  active_[n] = false;
  if (line_[n]) pending_[n] = true;
}

void Nvic::set_line(unsigned irq, bool level) {
  if (irq >= irq_count_) return;
  const unsigned n = kFirstIrq + irq;
  if (level && !line_[n]) pending_[n] = true;
  line_[n] = level;
}

int Nvic::group_priority(unsigned n) const {
  if (n == kNmi) return -2;
  if (n == kHardFault) return -1;
  return group_of(priority_[n]);
}

int Nvic::active_priority() const {
  int best = kThreadPriority;
  if (active_.none()) return best;
  for (unsigned n = kNmi; n < kFirstIrq + irq_count_; ++n) {
    if (active_[n]) best = std::min(best, group_priority(n));
  }
  return best;
}

unsigned Nvic::next_pending(bool mask_interrupts) const {
  const auto ready = pending_ & enabled_;
  if (ready.none()) return 0;
  unsigned best = 0;
  int best_priority = kThreadPriority;
  for (unsigned n = kNmi; n < kFirstIrq + irq_count_; ++n) {
    if (!ready[n] || (mask_interrupts && n >= kPendSv)) continue;
    const int priority = n <= kHardFault ? group_priority(n) : priority_[n];
    if (priority < best_priority) {
      best = n;
      best_priority = priority;
    }
  }
  return best;
}

bool Nvic::any_interrupt_pending() const { return (pending_ >> kFirstIrq).any(); }

}  // namespace probity::vboard::armv7m
