// Exceptions: pending, active, enabled and priority of each, and who may run next (B1.5.2-B1.5.4, B3.4). With
// the Security Extension (DDI 0553, B3.9, B3.13) some are there twice, and every one targets a Security
// state. What is there once, and the Non-secure one of a pair, goes by its number; the Secure one of a pair
// by its number + kSecureBank: both are called a slot here. Without the extension a slot is the number.
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
  kSecureFault = 7,
  kSvCall = 11,
  kDebugMonitor = 12,
  kPendSv = 14,
  kSysTick = 15,
  kFirstIrq = 16
};
constexpr unsigned kSecureBank = 256;
constexpr unsigned number_of(unsigned slot) { return slot % kSecureBank; }

// DHCSR.C_MASKINTS: PendSV, SysTick and external interrupts stay pending; those of Secure state only where
// the debugger may meddle with it.
enum class Masked : std::uint8_t { none, non_secure, all };

class Nvic {
 public:
  static constexpr unsigned kExceptions = 256, kSlots = kSecureBank + kFirstIrq;
  static constexpr int kThreadPriority = 256;  // lower than every exception's

  Nvic(unsigned irq_count, unsigned priority_bits);
  void reset(bool security_extension);

  unsigned irq_count() const { return irq_count_; }
  bool pending(unsigned slot) const { return pending_[slot]; }
  bool active(unsigned slot) const { return active_[slot]; }
  bool enabled(unsigned slot) const { return enabled_[slot]; }
  unsigned active_count() const { return static_cast<unsigned>(active_.count()); }
  std::uint8_t priority(unsigned slot) const { return priority_[slot]; }
  unsigned prigroup(bool secure) const { return prigroup_[secure ? 1 : 0]; }

  // The slot of `exception` for a Security state; that of what there is once whatever the state.
  unsigned slot(unsigned exception, bool secure) const;
  // HardFault for what targeted that state: the Secure one takes both unless BFHFNMINS gives them one each.
  unsigned hard_fault(bool secure) const {
    return security_ && (secure || !bfhfnmins_) ? kSecureBank + kHardFault : unsigned{kHardFault};
  }
  bool targets_secure(unsigned slot) const;
  bool bfhfnmins() const { return bfhfnmins_; }
  bool pris() const { return pris_; }
  void set_bfhfnmins(bool on) { bfhfnmins_ = on; }                    // AIRCR, as the next
  void set_pris(bool on) { pris_ = on; }                              // Secure exceptions go first
  void set_monitor_secure(bool secure) { monitor_secure_ = secure; }  // DEMCR.SDME
  void set_non_secure(unsigned n, bool on) { non_secure_[n] = on; }   // NVIC_ITNS
  bool non_secure(unsigned n) const { return non_secure_[n]; }

  void set_enabled(unsigned slot, bool on) { enabled_[slot] = on; }
  void set_priority(unsigned slot, std::uint8_t value) { priority_[slot] = value & implemented_; }
  void set_prigroup(bool secure, unsigned value) { prigroup_[secure ? 1 : 0] = value & 7; }
  void pend(unsigned slot) { pending_[slot] = true; }
  void unpend(unsigned slot);  // an interrupt whose line is still high pends again
  void activate(unsigned slot);
  void deactivate(unsigned slot);
  void set_active(unsigned slot, bool on) { active_[slot] = on; }  // SHCSR writes
  void clear_active() { active_.reset(); }                         // AIRCR.VECTCLRACTIVE
  void set_line(unsigned irq, bool level);

  // Bits that exist of a priority, also of BASEPRI.
  std::uint8_t implemented_bits() const { return implemented_; }
  // Without the subpriority bits; negative for NMI and HardFault.
  int group_priority(unsigned slot) const;
  int group_of(std::uint8_t priority, bool secure) const;
  // The highest a Non-secure priority can be: 0, or half way down with PRIS.
  int highest_non_secure() const { return pris_ ? kRestricted : 0; }
  // The priority of what is active, before PRIMASK and its likes.
  int active_priority() const;
  // The enabled pending exception of highest priority, 0 where there is none.
  unsigned next_pending(Masked masked) const;
  bool any_interrupt_pending() const;  // ICSR.ISRPENDING

 private:
  static constexpr int kRestricted = 0x80;
  int fixed_priority(unsigned slot) const;
  bool masks(Masked masked, unsigned slot) const;

  unsigned irq_count_;
  std::uint8_t implemented_;
  bool security_ = false, bfhfnmins_ = false, pris_ = false, monitor_secure_ = false;
  std::array<unsigned, 2> prigroup_{};
  std::bitset<kSlots> pending_, active_, enabled_;
  std::bitset<kExceptions> line_, non_secure_;
  std::array<std::uint8_t, kSlots> priority_{};
};

}  // namespace probity::vboard::armv7m
