// Reset and clock control (RM0090 6/7.3, RM0368 6.3, RM0385 5.3): oscillators with their start-up times, the
// system clock switch, reset flags; every other register is storage.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

// RCC_CSR flags (RM0090 7.3.21).
enum class ResetCause : unsigned { pin = 26, power_on = 27, software = 28, independent_watchdog = 29 };

class Rcc final : public RegisterBlock {
 public:
  // `clock_changed` runs right before the system clock changes and may read the time.
  Rcc(const TimeSource& time, std::function<void()> clock_changed);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  // Clocks as after reset; the reset flags stay.
  void reset() override;
  void power_on_reset();
  void note_reset(ResetCause cause);

  Hertz core_clock() const { return core_clock_; }
  // When the next ready bit rises.
  std::optional<Nanoseconds> next_ready() const;

 private:
  static constexpr std::size_t kRegisters = 0x94 / 4;
  std::uint32_t clock_control() const;
  void switch_clock(unsigned source);
  Hertz pll_output() const;

  const TimeSource& time_;
  std::function<void()> clock_changed_;
  std::array<std::uint32_t, kRegisters> registers_{};
  std::array<Nanoseconds, 32> ready_at_{};  // by the ON bit of RCC_CR
  unsigned source_ = 0;                     // SWS
  Hertz core_clock_{16'000'000};
};

}  // namespace probity::vboard
