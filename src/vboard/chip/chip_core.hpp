// One core of a chip: its own time, and its own view of the bus where it shares that with others.
#pragma once

#include <cstdint>
#include <functional>

#include "base/units.hpp"
#include "vboard/chip/chip_bus.hpp"
#include "vboard/core/core.hpp"

namespace probity::vboard {

class ChipCore final : private SystemBus {
 public:
  // `shared`: other cores are on the bus, and see what this one stores. `clock` is never 0; `bus` must
  // outlive the core, which is at cycle 0 at `start`.
  ChipCore(unsigned number, const CoreFacts& facts, ChipBus& bus, bool shared, std::function<Hertz()> clock,
           Nanoseconds start);

  Core& operator*() { return core_; }
  Core* operator->() { return &core_; }
  const Core* operator->() const { return &core_; }

  bool kept_in_reset = false;  // the chip does not let it go at the end of a reset

  Nanoseconds now() const;
  // The first cycle at or after `time`.
  std::uint64_t cycle_at(Nanoseconds time) const;
  // A moment of the trace, which may be some cycles before or after now.
  Nanoseconds time_of(std::uint64_t cycle) const;
  Hertz clock() const { return clock_(); }
  // Right before the clock changes.
  void set_anchor();

  // Neither halted nor asleep for long, nor in reset: what it does can be seen by others.
  bool executes() const;
  // Runs for one slice, up to `target` and at least for a cycle; returns the cycles used.
  std::uint64_t run_until(Nanoseconds target);

 private:
  BusStatus read(Master master, Security security, std::uint32_t address, unsigned size,
                 std::uint32_t& value) override;
  BusStatus write(Master master, Security security, std::uint32_t address, unsigned size,
                  std::uint32_t value) override;
  bool write_repeats(std::uint32_t address, std::uint32_t value) override;
  const std::uint8_t* fetch_window(Security security, std::uint32_t address, std::uint32_t& window_begin,
                                   std::uint32_t& window_size) override;
  IdauRegion idau(std::uint32_t address) override { return bus_.idau(address); }
  std::uint64_t next_event_cycle() override { return bus_.next_event_cycle(); }

  const unsigned number_;
  ChipBus& bus_;
  const std::function<Hertz()> clock_;
  // At core cycle anchor_cycle_ it was anchor_time_; from there on clocked by `clock_`.
  std::uint64_t anchor_cycle_ = 0;
  Nanoseconds anchor_time_;
  Core core_;
};

}  // namespace probity::vboard
