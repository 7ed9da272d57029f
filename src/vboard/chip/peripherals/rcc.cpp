#include "vboard/chip/peripherals/rcc.hpp"

#include <algorithm>

namespace probity::vboard {

Rcc::Rcc(const RccFacts& facts, const TimeSource& time, std::function<void()> clock_changed)
    : facts_(facts),
      time_(time),
      clock_changed_(std::move(clock_changed)),
      registers_(facts.size / 4),
      ready_at_(facts.oscillators.size()) {
  power_on_reset();
}

void Rcc::power_on_reset() {
  at(facts_.flags_offset) = 0;
  if (facts_.backup_offset != 0) at(facts_.backup_offset) = 0;
  note_reset(ResetCause::power_on);
  reset();
}

std::uint32_t Rcc::flags() const {
  return facts_.power_flag.mask() | facts_.pin_flag.mask() | facts_.software_flag.mask() |
         facts_.watchdog_flag.mask() | facts_.option_flag.mask();
}

void Rcc::reset() {
  const std::uint32_t seen = at(facts_.flags_offset) & flags();
  const std::uint32_t backup = at(facts_.backup_offset);
  std::fill(registers_.begin(), registers_.end(), 0u);
  std::fill(ready_at_.begin(), ready_at_.end(), Nanoseconds(0));
  for (const RccRegisterValue& row : facts_.reset_values) at(row.offset) = row.value;
  at(facts_.flags_offset) = (at(facts_.flags_offset) & ~flags()) | seen;
  if (facts_.backup_offset != 0) at(facts_.backup_offset) = backup;
  set_core_clock();
}

// A pin reset accompanies every internal one: the chip pulls its own NRST low (RM0090 6.1.1).
void Rcc::note_reset(ResetCause cause) {
  const Field flag = cause == ResetCause::power_on               ? facts_.power_flag
                     : cause == ResetCause::software             ? facts_.software_flag
                     : cause == ResetCause::independent_watchdog ? facts_.watchdog_flag
                     : cause == ResetCause::option_bytes         ? facts_.option_flag
                                                                 : facts_.pin_flag;
  at(facts_.flags_offset) |= flag.mask() | facts_.pin_flag.mask();
}

void Rcc::update_ready() {
  for (std::size_t row = 0; row < facts_.oscillators.size(); ++row) {
    const RccOscillator& o = facts_.oscillators[row];
    const bool ready = o.enable.is_set(at(o.enable_offset)) && time_.now() >= ready_at_[row] &&
                       (o.source == nullptr || o.source->runs(registers_)) &&
                       (facts_.source_runs == nullptr || facts_.source_runs(row, registers_));
    at(o.ready_offset) = o.ready.set(at(o.ready_offset), ready);
  }
}

std::optional<Nanoseconds> Rcc::next_ready() const {
  std::optional<Nanoseconds> next;
  for (const Nanoseconds at : ready_at_) {
    if (at > time_.now() && (!next || at < *next)) next = at;
  }
  return next;
}

BusStatus Rcc::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (offset >= facts_.size) return BusStatus::error;
  update_ready();
  value = at(offset) & ~cleared_(offset);
  return BusStatus::ok;
}

BusStatus Rcc::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset >= facts_.size) return BusStatus::error;
  update_ready();
  const std::uint32_t before = at(offset);
  std::uint32_t after = lanes.merge(before, value);
  if (offset == facts_.flags_offset) {
    const std::uint32_t seen = facts_.clear_flags.is_set(after) ? 0 : before & flags();
    after = (after & ~(flags() | facts_.clear_flags.mask())) | seen;
  }
  // SWS and the ready bits are hardware's.
  if (offset == facts_.switch_offset) after = facts_.sws.set(after, facts_.sws.get(before));
  at(offset) = after;
  start_oscillators(offset, before);
  if (offset == facts_.switch_offset) switch_clock(facts_.sw.get(after));
  set_core_clock();
  written_();
  return BusStatus::ok;
}

// The clock in use cannot be stopped.
void Rcc::start_oscillators(std::uint32_t offset, std::uint32_t before) {
  const unsigned in_use = facts_.sws.get(at(facts_.switch_offset));
  for (std::size_t row = 0; row < facts_.oscillators.size(); ++row) {
    const RccOscillator& o = facts_.oscillators[row];
    if (o.enable_offset != offset) continue;
    if (o.sw == in_use) at(offset) |= o.enable.mask() & before;
    if (o.enable.is_set(at(offset)) && !o.enable.is_set(before)) ready_at_[row] = time_.now() + o.start_up;
  }
  update_ready();
}

// A source that is not ready is not switched to, nor one that does not exist.
void Rcc::switch_clock(unsigned source) {
  const auto row = std::find_if(facts_.oscillators.begin(), facts_.oscillators.end(),
                                [&](const RccOscillator& o) { return o.sw == source; });
  if (row == facts_.oscillators.end() || !row->ready.is_set(at(row->ready_offset))) return;
  at(facts_.switch_offset) = facts_.sws.set(at(facts_.switch_offset), source);
}

void Rcc::set_core_clock() {
  const Hertz clock = facts_.core_clock(registers_);
  if (clock.value == core_clock_.value) return;
  clock_changed_();
  core_clock_ = clock;
}

}  // namespace probity::vboard
