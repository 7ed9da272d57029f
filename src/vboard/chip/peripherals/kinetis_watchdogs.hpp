// The watchdogs of Kinetis: WDOG of K (K20P64M72SF1RM 23), which must be unlocked within a few bus clocks and
// set within a few more, so that a debugger needs a program on the chip for it; COP of KL (KL25P80M48SF0RM
// 3.4.10 and 12.2.14), whose control register can be written once. Both run from reset on, and stand still
// while the core is halted. Not there: windows, tests, the interrupt before the reset.
#pragma once

#include <optional>

#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

inline constexpr std::uint32_t kKinetisWdog = 0x40052000, kKinetisCop = 0x40048100;

// Time that passed while the core was not halted.
class RunningTime {
 public:
  explicit RunningTime(ChipControl& chip) : chip_(chip) { restart(); }
  void restart();
  // To be called at least whenever the core may have been halted or set going.
  Nanoseconds elapsed();

 private:
  ChipControl& chip_;
  Nanoseconds counted_to_{0}, elapsed_{0};
};

class KinetisWdog final : public RegisterBlock {
 public:
  // `bus_hertz`: of the clock that counts and in which its windows are measured.
  KinetisWdog(ChipControl& chip, std::uint32_t bus_hertz);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void attend();

 private:
  std::uint16_t& at(std::uint32_t offset) { return registers_[offset / 2]; }
  void write_half(std::uint32_t offset, std::uint16_t value);
  void take_key(std::uint16_t value, std::uint16_t first, std::uint16_t second, bool unlocks);
  bool open() const;
  Nanoseconds bus_clocks(std::uint64_t clocks) const;
  Nanoseconds timeout();

  ChipControl& chip_;
  const std::uint32_t bus_hertz_;
  std::uint16_t registers_[12] = {};
  RunningTime time_;
  std::optional<Nanoseconds> first_key_at_;
  bool first_unlocks_ = false;  // the key that waits for its second half
  Nanoseconds open_until_{0};
};

class KinetisCop final : public RegisterBlock {
 public:
  explicit KinetisCop(ChipControl& chip) : chip_(chip), time_(chip) { reset(); }
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void attend();

 private:
  ChipControl& chip_;
  RunningTime time_;
  std::uint32_t control_ = 0;
  bool written_ = false, half_served_ = false;
};

}  // namespace probity::vboard
