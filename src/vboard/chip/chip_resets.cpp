// What resets the chip, and what is reset by it.
#include "vboard/chip/chip.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

constexpr Microseconds kResetPulse{20};  // RM0090 6.1.1: at least 20 us

}  // namespace

void Chip::reset_peripherals() {
  const auto all = static_cast<std::uint32_t>(memory_.cells.size());
  flash_changed(0, all);  // where it is seen now
  flash_->reset();
  trust_zone_.reset(flash_->trust_zone());
  bus_.place_flash();
  flash_changed(0, all);
  rcc_.reset();
  syscfg_.reset();
  iwdg_.reset();
  if (flash_->watchdog_in_hardware()) iwdg_.start();
  for (const auto& block : others_) block->reset();
  if (vendor_port_) vendor_port_->system_reset();
  qspi_.reset();
  for (unsigned i = 0; i < cores_.size(); ++i) prepare_core(i);
}

// What a core takes over at its reset, which follows. A boot address that is an option is where VTOR starts
// (RM0385 2.4); with TrustZone each state has its own.
void Chip::prepare_core(unsigned number) {
  const ChipLine& line = *facts_.line;
  Core& core = **cores_[number];
  core.set_security_extension(trust_zone_.present());
  core.set_secure_debug(flash_->secure_debug_allowed());
  const OtherCore* other = other_core(number);
  if (const BootHold& hold = boot_hold(number); hold.holds) {
    cores_[number]->kept_in_reset = hold.holds(memory_);
  }
  if (other != nullptr && other->zero_alias) return bus_.set_zero_alias(number, other->zero_alias(memory_));
  if (line.boot_address) core.set_initial_vector_table(Security::non_secure, line.boot_address(memory_));
  if (line.secure_boot_address) {
    core.set_initial_vector_table(Security::secure, line.secure_boot_address(memory_));
  }
}

void Chip::system_reset(ResetCause cause) {
  rescued_ = false;
  reset_peripherals();
  rcc_.note_reset(cause);
  nrst_low_until_ = timeline_.now() + kResetPulse;
  for (unsigned i = 0; i < cores_.size(); ++i) reset_core(i);
}

// What holds the core holds it at the end of the reset.
void Chip::reset_core(unsigned number) {
  ChipCore& core = *cores_[number];
  if (core.kept_in_reset) core->hold_in_reset(true);
  core->system_reset();
  if (!core.kept_in_reset && !held_) core->hold_in_reset(false);
}

void Chip::hold_core(bool held) {
  first().kept_in_reset = held;
  if (!held && !held_ && first()->in_reset()) first()->hold_in_reset(false);
}

void Chip::halt_core() {
  constexpr std::uint32_t kDhcsr = 0xE000EDF0, kKeyHaltEnable = 0xA05F0003;
  first()->write_ppb(Master::debug, Security::non_secure, kDhcsr, 4, kKeyHaltEnable);
}

bool Chip::pulls_nrst() const { return timeline_.now() < nrst_low_until_; }

void Chip::hold_in_reset(bool held) { set_held(held, held_by_port_); }

void Chip::rescue(bool requested) {
  if (requested) rescued_ = true;
  set_held(held_by_pin_, requested);
}

void Chip::set_held(bool by_pin, bool by_port) {
  catch_up();
  held_by_pin_ = by_pin;
  held_by_port_ = by_port;
  const bool held = by_pin || by_port;
  if (held == held_) return;
  held_ = held;
  reset_peripherals();
  if (held) {
    rcc_.note_reset(ResetCause::pin);
    for (const auto& core : cores_) (*core)->hold_in_reset(true);
    return;
  }
  for (const auto& core : cores_) {
    if (!core->kept_in_reset) (*core)->hold_in_reset(false);
  }
}

void Chip::power_cycle() {
  power_lost_now_ = option_reset_now_ = rescued_ = false;
  for (const auto& core : cores_) core->kept_in_reset = false;
  if (vendor_port_) vendor_port_->power_on_reset();
  bus_.power_on_reset();
  dbgmcu_.reset();
  flash_->power_on_reset();
  reset_peripherals();
  rcc_.power_on_reset();
  qspi_.power_cycle();
  power_on_cores();
}

}  // namespace probity::vboard
