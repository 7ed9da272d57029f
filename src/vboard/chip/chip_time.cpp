// The chip in time: its cores' turns, and what the passing of time brings about.
#include "vboard/chip/chip.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

// While several cores execute, or one may let another go, none is further ahead than so many cycles of the
// first.
constexpr std::uint64_t kTurnCycles = 256;
// From lock-up to the reset that it makes, where it makes one: at once on the chips; the board gives it a
// while, in which the reset itself goes on.
constexpr Microseconds kLockupToReset{1000};
constexpr std::uint32_t kDebugUnit = 0x400;  // bytes of DBGMCU

}  // namespace

Nanoseconds Chip::now() const {
  if (cores_.size() == 1) return first().now();
  if (!cores_.empty()) latest_ = std::max(latest_, cores_[turn_]->now());
  return latest_;
}

bool Chip::is_behind(Nanoseconds target) const {
  return std::any_of(cores_.begin(), cores_.end(), [&](const auto& core) { return core->now() < target; });
}

void Chip::catch_up() {
  const Nanoseconds target = timeline_.now();
  while (is_behind(target)) run_slice(target);
  attend();
}

// Up to `target`, or to the next thing that happens by itself.
void Chip::run_slice(Nanoseconds target) {
  if (const auto flash = flash_->busy_until()) target = std::min(target, *flash);
  if (const auto watchdog = iwdg_.expiry()) target = std::min(target, *watchdog);
  if (lockup_reset_at_) target = std::min(target, *lockup_reset_at_);
  if (const auto qspi = qspi_.next_interrupt()) target = std::min(target, *qspi);
  if (cores_.size() == 1) {
    stats_.core_cycles += first().run_until(target);
    return attend();
  }
  target = end_of_turns(target);
  for (turn_ = 0; turn_ < cores_.size(); ++turn_) {
    if (cores_[turn_]->now() >= target) continue;
    const std::uint64_t used = cores_[turn_]->run_until(target);
    if (turn_ == 0) stats_.core_cycles += used;
  }
  turn_ = 0;
  release_cores();
  attend();
}

// Of several cores: where the one that is behind most is to get to.
Nanoseconds Chip::end_of_turns(Nanoseconds target) const {
  Nanoseconds earliest = Nanoseconds::max();
  unsigned active = 0;
  for (const auto& core : cores_) {
    earliest = std::min(earliest, core->now());
    if (core->executes() || core->kept_in_reset) ++active;
  }
  if (active > 1) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    target = std::min(target, earliest + Nanoseconds(kTurnCycles * kPerSecond / first().clock().value));
  }
  return std::max(target, earliest + Nanoseconds(1));  // what is due already may say so
}

// Cores that wait for a bit which the others set.
void Chip::release_cores() {
  for (unsigned i = 0; i < cores_.size(); ++i) {
    const BootHold& hold = boot_hold(i);
    if (!cores_[i]->kept_in_reset || hold.address == 0) continue;
    std::uint32_t value = 0;
    bus_.view_as(0);
    const BusStatus status = bus_.read(Master::debug, Security::secure, hold.address, 4, value);
    if (status != BusStatus::ok || !hold.release.is_set(value)) continue;
    cores_[i]->kept_in_reset = false;
    if (!held_) (*cores_[i])->hold_in_reset(false);
  }
}

// Stop mode: with SLEEPDEEP set WFI and WFE stop the clocks of core and bus, unless DBG_STOP has been set
// before. (Which low-power mode it is, PWR's registers would say: Standby is taken for Stop. Oscillators and
// their switch after wake-up are left as they are.)
void Chip::note_sleep() {
  for (const auto& core : cores_) {
    if (!(*core)->deeply_asleep()) (*core)->keep_clocks_in_deep_sleep(dbgmcu_.keeps_clocks_in_stop());
  }
}

// DBGMCU on a bus of its own (H5, H7), which the debug port clocks and no reset stops.
bool Chip::on_debug_bus(std::optional<unsigned> core, std::uint32_t address) const {
  const std::uint32_t dbgmcu = facts_.line->generation->places.dbgmcu_debug;
  return !core && dbgmcu != 0 && address - dbgmcu < kDebugUnit;
}

// Without clocks no transfer of an access port ends: it waits for the chip to wake or be reset, or for
// DAPABORT.
bool Chip::reachable(std::optional<unsigned> core, std::uint32_t address) const {
  const bool awake = core ? !(*cores_[*core])->deeply_asleep()
                          : std::any_of(cores_.begin(), cores_.end(),
                                        [](const auto& any) { return !(*any)->deeply_asleep(); });
  return awake || on_debug_bus(core, address);
}

// What the passing of time has brought about.
void Chip::attend() {
  note_sleep();
  flash_->settle();
  qspi_.attend();
  if (power_lost_now_) {
    power_cycle();
    power_lost_();
  }
  if (option_reset_now_) {
    option_reset_now_ = false;
    system_reset(ResetCause::option_bytes);
  }
  if (iwdg_.catch_up()) system_reset(ResetCause::independent_watchdog);
  if (facts_.line->generation->lockup_resets) watch_lockup();
  for (const auto& attend_block : attending_) attend_block();
}

void Chip::watch_lockup() {
  if (!first()->locked_up() || first()->halted()) return lockup_reset_at_.reset();
  if (!lockup_reset_at_) lockup_reset_at_ = now() + kLockupToReset;
  if (now() < *lockup_reset_at_) return;
  lockup_reset_at_.reset();
  system_reset(ResetCause::software);
}

// TRACECLKIN is HCLK (RM0090 38.17.10), the core's clock.
void Chip::shifted_out(const armv7m::ShiftedByte& byte) {
  constexpr unsigned kSwoPin = 3;
  if (byte.code == armv7m::TraceCode::parallel || !dbgmcu_.gives_swo()) return;
  if (port_b_ != nullptr && !port_b_->is_debug_pin(kSwoPin)) return;
  swo_({.start = first().time_of(byte.start),
        .nanoseconds_per_bit = 1e9 * byte.cycles_per_bit / first().clock().value,
        .manchester = byte.code == armv7m::TraceCode::manchester,
        .value = byte.value});
}

}  // namespace probity::vboard
