// Reset and clock control as a family's RccFacts say: oscillators with their start-up times, the system clock
// switch, reset flags; every other register is storage.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "vboard/chip/peripherals/rcc_facts.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

enum class ResetCause { pin, power_on, software, independent_watchdog, option_bytes };

class Rcc final : public RegisterBlock {
 public:
  // `facts` must outlive it. `clock_changed` runs right before the system clock changes and may read the
  // time.
  Rcc(const RccFacts& facts, const TimeSource& time, std::function<void()> clock_changed);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  // Clocks as after reset; the reset flags stay.
  void reset() override;
  void power_on_reset();
  void note_reset(ResetCause cause);

  std::uint32_t size() const { return facts_.size; }
  Hertz core_clock() const { return core_clock_; }
  // A register as it is stored.
  std::uint32_t peek(std::uint32_t offset) const { return registers_[offset / 4]; }
  // `written` runs after each write: a peripheral's clock or reset may have changed.
  void on_written(std::function<void()> written) { written_ = std::move(written); }
  // What of a register reads 0 at the moment, whatever it stores: ready bits of clocks that cores have
  // stopped.
  void on_read(std::function<std::uint32_t(std::uint32_t offset)> cleared) { cleared_ = std::move(cleared); }
  // When the next ready bit rises.
  std::optional<Nanoseconds> next_ready() const;

 private:
  std::uint32_t& at(std::uint32_t offset) { return registers_[offset / 4]; }
  std::uint32_t flags() const;
  void update_ready();
  void start_oscillators(std::uint32_t offset, std::uint32_t before);
  void switch_clock(unsigned source);
  void set_core_clock();

  const RccFacts& facts_;
  const TimeSource& time_;
  std::function<void()> clock_changed_;
  std::vector<std::uint32_t> registers_;
  std::function<void()> written_ = [] {};
  std::function<std::uint32_t(std::uint32_t offset)> cleared_ = [](std::uint32_t) { return 0u; };
  std::vector<Nanoseconds> ready_at_;  // by row of facts_.oscillators
  Hertz core_clock_{1};
};

}  // namespace probity::vboard
