#include "vboard/core/nvic.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {
namespace {

bool banked(unsigned exception) {
  return exception == kMemManage || exception == kUsageFault || exception == kSvCall ||
         exception == kPendSv || exception == kSysTick;
}

}  // namespace

Nvic::Nvic(unsigned irq_count, unsigned priority_bits)
    : irq_count_(std::min(irq_count, kExceptions - kFirstIrq)),
      implemented_(static_cast<std::uint8_t>(0xFF00u >> priority_bits)) {
  reset(false);
}

void Nvic::reset(bool security_extension) {
  security_ = security_extension;
  bfhfnmins_ = pris_ = false;
  non_secure_.reset();
  pending_.reset();
  active_.reset();
  enabled_.reset();
  priority_.fill(0);
  prigroup_.fill(0);
  for (unsigned n : {kNmi, kHardFault, kSvCall, kPendSv, kSysTick}) {
    enabled_[n] = true;
    enabled_[kSecureBank + n] = true;
  }
  for (unsigned n = kFirstIrq; n < kExceptions; ++n) pending_[n] = line_[n];
}

unsigned Nvic::slot(unsigned exception, bool secure) const {
  if (!security_) return exception;
  if (exception == kHardFault) return hard_fault(secure);
  return secure && banked(exception) ? kSecureBank + exception : exception;
}

bool Nvic::targets_secure(unsigned slot) const {
  if (!security_) return false;
  if (slot >= kSecureBank || slot == kSecureFault) return true;
  if (slot == kNmi || slot == kBusFault) return !bfhfnmins_;
  if (slot == kDebugMonitor) return monitor_secure_;
  return slot >= kFirstIrq && !non_secure_[slot];
}

void Nvic::unpend(unsigned slot) { pending_[slot] = slot < kExceptions && line_[slot] && !active_[slot]; }

void Nvic::activate(unsigned slot) {
  active_[slot] = true;
  pending_[slot] = false;
}

void Nvic::deactivate(unsigned slot) {
  active_[slot] = false;
  if (slot < kExceptions && line_[slot]) pending_[slot] = true;
}

void Nvic::set_line(unsigned irq, bool level) {
  if (irq >= irq_count_) return;
  const unsigned n = kFirstIrq + irq;
  if (level && !line_[n]) pending_[n] = true;
  line_[n] = level;
}

// Of NMI and HardFault; 0 of those whose priority can be configured.
int Nvic::fixed_priority(unsigned slot) const {
  if (slot == kNmi) return -2;
  if (slot == kHardFault) return -1;
  if (slot == kSecureBank + kHardFault) return bfhfnmins_ ? -3 : -1;
  return 0;
}

int Nvic::group_of(std::uint8_t priority, bool secure) const {
  const int group = priority & ~((2 << prigroup(secure)) - 1) & 0xFF;
  return pris_ && !secure ? kRestricted + group / 2 : group;
}

int Nvic::group_priority(unsigned slot) const {
  const int fixed = fixed_priority(slot);
  return fixed != 0 ? fixed : group_of(priority_[slot], targets_secure(slot));
}

int Nvic::active_priority() const {
  int best = kThreadPriority;
  if (active_.none()) return best;
  for (unsigned n = kNmi; n < kFirstIrq + irq_count_; ++n) {
    if (active_[n]) best = std::min(best, group_priority(n));
  }
  for (unsigned n = kSecureBank + kHardFault; security_ && n < kSlots; ++n) {
    if (active_[n]) best = std::min(best, group_priority(n));
  }
  return best;
}

bool Nvic::masks(Masked masked, unsigned slot) const {
  if (masked == Masked::none || number_of(slot) < kPendSv) return false;
  return masked == Masked::all || !targets_secure(slot);
}

// Of equals the lower number goes first, of a pair the Secure one.
unsigned Nvic::next_pending(Masked masked) const {
  const auto ready = pending_ & enabled_;
  if (ready.none()) return 0;
  unsigned best = 0;
  int best_priority = kThreadPriority;
  const auto consider = [&](unsigned slot) {
    if (!ready[slot] || masks(masked, slot)) return;
    const int fixed = fixed_priority(slot), own = priority_[slot];
    const int priority = fixed != 0 ? fixed : pris_ && !targets_secure(slot) ? kRestricted + own / 2 : own;
    if (priority >= best_priority) return;
    best = slot;
    best_priority = priority;
  };
  for (unsigned n = kNmi; n < kFirstIrq + irq_count_; ++n) {
    if (security_ && n < kFirstIrq) consider(kSecureBank + n);
    consider(n);
  }
  return best;
}

bool Nvic::any_interrupt_pending() const {
  for (unsigned n = kFirstIrq; n < kFirstIrq + irq_count_; ++n) {
    if (pending_[n]) return true;
  }
  return false;
}

}  // namespace probity::vboard::armv7m
