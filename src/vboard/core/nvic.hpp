// Exceptions by number: pending, active, enabled and priority of each, and who may run next (B1.5.2-B1.5.4,
// B3.4).
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

namespace probity::vboard::armv7m {

enum Exception : unsigned {
  kNmi = 2,
  kHardFault = 3,
  kMemManage = 4,
  kBusFault = 5,
  kUsageFault = 6,
  kSvCall = 11,
  kDebugMonitor = 12,
  kPendSv = 14,
  kSysTick = 15,
  kFirstIrq = 16
};

class Nvic {
 public:
  static constexpr unsigned kExceptions = 256;
  static constexpr int kThreadPriority = 256;  // lower than every exception's

  Nvic(unsigned irq_count, unsigned priority_bits);
  void reset();

  unsigned irq_count() const { return irq_count_; }
  bool pending(unsigned n) const { return pending_[n]; }
  bool active(unsigned n) const { return active_[n]; }
  bool enabled(unsigned n) const { return enabled_[n]; }
  unsigned active_count() const { return static_cast<unsigned>(active_.count()); }
  std::uint8_t priority(unsigned n) const { return priority_[n]; }
  unsigned prigroup() const { return prigroup_; }

  void set_enabled(unsigned n, bool on) { enabled_[n] = on; }
  void set_priority(unsigned n, std::uint8_t value) { priority_[n] = value & implemented_; }
  void set_prigroup(unsigned value) { prigroup_ = value & 7; }
  void pend(unsigned n) { pending_[n] = true; }
  void unpend(unsigned n);  // an interrupt whose line is still high pends again
  void activate(unsigned n);
  void deactivate(unsigned n);
  void set_active(unsigned n, bool on) { active_[n] = on; }  // SHCSR writes
  void clear_active() { active_.reset(); }                   // AIRCR.VECTCLRACTIVE
  void set_line(unsigned irq, bool level);

  // Bits that exist of a priority, also of BASEPRI.
  std::uint8_t implemented_bits() const { return implemented_; }
  // Without the subpriority bits; negative for NMI and HardFault.
  int group_priority(unsigned n) const;
  int group_of(std::uint8_t priority) const { return priority & ~((2 << prigroup_) - 1) & 0xFF; }
  // The priority of what is active, before PRIMASK and its likes.
  int active_priority() const;
  // The enabled pending exception of highest priority, 0 where there is none. `mask_interrupts`: leaves out
  // PendSV, SysTick and external interrupts (DHCSR.C_MASKINTS).
  unsigned next_pending(bool mask_interrupts) const;
  bool any_interrupt_pending() const;  // ICSR.ISRPENDING
  bool any_pending() const { return (pending_ & enabled_).any(); }

 private:
  unsigned irq_count_;
  std::uint8_t implemented_;
  unsigned prigroup_ = 0;
  std::bitset<kExceptions> pending_, active_, enabled_, line_;
  std::array<std::uint8_t, kExceptions> priority_{};
};

}  // namespace probity::vboard::armv7m
