#include "vboard/chip/chip_core.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

// While the core executes, a slice is no longer than this, so that a change of clock or a reset inside it
// does not carry it far past the moment it was to reach.
constexpr std::uint64_t kSliceCycles = 20'000;
constexpr std::uint64_t kSecond = 1'000'000'000;

}  // namespace

ChipCore::ChipCore(unsigned number, const CoreFacts& facts, ChipBus& bus, bool shared,
                   std::function<Hertz()> clock, Nanoseconds start)
    : number_(number),
      bus_(bus),
      clock_(std::move(clock)),
      anchor_time_(start),
      core_(facts, shared ? static_cast<SystemBus&>(*this) : bus) {}

// --- time ------------------------------------------------------------------------------------------------

Nanoseconds ChipCore::now() const {
  return anchor_time_ + Nanoseconds((core_.cycle() - anchor_cycle_) * kSecond / clock_().value);
}

std::uint64_t ChipCore::cycle_at(Nanoseconds time) const {
  if (time <= anchor_time_) return anchor_cycle_;
  const auto nanoseconds = static_cast<std::uint64_t>((time - anchor_time_).count());
  const std::uint64_t hertz = clock_().value;
  const std::uint64_t whole = nanoseconds / kSecond, rest = nanoseconds % kSecond;
  return anchor_cycle_ + whole * hertz + (rest * hertz + kSecond - 1) / kSecond;
}

Nanoseconds ChipCore::time_of(std::uint64_t cycle) const {
  const auto cycles = static_cast<std::int64_t>(cycle - anchor_cycle_);
  return anchor_time_ +
         Nanoseconds(cycles * static_cast<std::int64_t>(kSecond) / static_cast<std::int64_t>(clock_().value));
}

void ChipCore::set_anchor() {
  core_.drain_trace();
  anchor_time_ = now();
  anchor_cycle_ = core_.cycle();
}

bool ChipCore::executes() const {
  return !core_.halted() && !core_.in_reset() && !core_.locked_up() && !core_.deeply_asleep();
}

std::uint64_t ChipCore::run_until(Nanoseconds target) {
  const std::uint64_t hertz = clock_().value;
  const std::uint64_t end = std::max(cycle_at(target), core_.cycle() + 1);  // what is due already may say so
  std::uint64_t cycles = std::min(end - core_.cycle(), hertz);
  if (executes()) cycles = std::min(cycles, kSliceCycles);
  const std::uint64_t used = core_.run(cycles);
  core_.drain_trace();
  if (core_.cycle() - anchor_cycle_ >= hertz) {  // keeps the arithmetic small; a whole second is exact
    anchor_cycle_ += hertz;
    anchor_time_ += Nanoseconds(kSecond);
  }
  return used;
}

// --- the bus, of a core that shares it -------------------------------------------------------------------

BusStatus ChipCore::read(Master master, Security security, std::uint32_t address, unsigned size,
                         std::uint32_t& value) {
  bus_.view_as(number_);
  return bus_.read(master, security, address, size, value);
}

BusStatus ChipCore::write(Master master, Security security, std::uint32_t address, unsigned size,
                          std::uint32_t value) {
  bus_.view_as(number_);
  return bus_.write(master, security, address, size, value);
}

bool ChipCore::write_repeats(std::uint32_t address, std::uint32_t value) {
  bus_.view_as(number_);
  return bus_.write_repeats(address, value);
}

const std::uint8_t* ChipCore::fetch_window(Security security, std::uint32_t address,
                                           std::uint32_t& window_begin, std::uint32_t& window_size) {
  bus_.view_as(number_);
  return bus_.fetch_window(security, address, window_begin, window_size);
}

}  // namespace probity::vboard
