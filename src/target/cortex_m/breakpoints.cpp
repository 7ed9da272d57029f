// Breakpoints, watchpoints and vector catches as the user sets them, and what a reset or a step makes of
// them.
#include <algorithm>

#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {
std::string_view word_of(BreakpointKind kind) {
  return kind == BreakpointKind::hardware ? "hardware" : "software";
}
}  // namespace

bool CortexM::breakpoint_at(Address address) const {
  return breakpoints_.is_set(address) || software_breakpoints_.is_set(address);
}

void CortexM::set_unit_breakpoint(Address address, BreakpointKind kind) {
  if (kind == BreakpointKind::hardware) {
    breakpoints_.set(address);
  } else {
    software_breakpoints_.set(address);
  }
}

void CortexM::clear_unit_breakpoint(Address address) {
  breakpoints_.clear(address);
  software_breakpoints_.clear(address);
}

void CortexM::set_breakpoint(const Breakpoint& breakpoint) {
  const Address address = breakpoint.address & ~Address{1};
  const auto there = std::ranges::find(user_breakpoints_, address, &Breakpoint::address);
  if (there != user_breakpoints_.end()) {
    if (there->kind == breakpoint.kind) return;
    throw TargetError(
        fmt::format("there is a {} breakpoint at {:#010x} already", word_of(there->kind), address));
  }
  if (breakpoint.kind == BreakpointKind::software) require_halted("set a software breakpoint");
  try {
    set_unit_breakpoint(address, breakpoint.kind);
  } catch (const TargetError& e) {
    throw TargetError(fmt::format("[{}] {}", name_, e.message()));
  }
  user_breakpoints_.push_back({address, breakpoint.length, breakpoint.kind});
}

void CortexM::clear_breakpoint(Address address) {
  const auto there = std::ranges::find(user_breakpoints_, address & ~Address{1}, &Breakpoint::address);
  if (there == user_breakpoints_.end()) return;
  clear_unit_breakpoint(there->address);
  user_breakpoints_.erase(there);
}

unsigned CortexM::breakpoint_detail(Address address) const {
  if (const auto comparator = breakpoints_.comparator_of(address)) return *comparator;
  return software_breakpoints_.replaced(address).value_or(0);
}

void CortexM::set_watchpoint(const Watchpoint& watchpoint) {
  require_halted("set a watchpoint");
  watchpoints_.set(watchpoint);
}

void CortexM::clear_watchpoint(Address address) { watchpoints_.clear(address); }

// The FPB and the DWT lose their comparators at a power-on reset only, but not every chip's SYSRESETREQ and
// nRST keep to that; OpenOCD 0.12.0 writes them again too. What is patched into RAM is the firmware's to
// keep.
void CortexM::restore_debug_units() {
  breakpoints_.restore();
  watchpoints_.restore();
}

void CortexM::remove_debug_units() {
  for (const Watchpoint& w : watchpoints_.watchpoints()) watchpoints_.clear(w.address);
  while (!user_breakpoints_.empty()) clear_breakpoint(user_breakpoints_.back().address);
}

// DEMCR as it has to be: trace on (the DWT answers only then), and what the user wants to stop at.
std::uint32_t CortexM::demcr(std::uint32_t catches) const {
  return DEMCR::TRCENA.mask() | vector_catch_ | catches;
}

std::uint32_t CortexM::vector_catch() { return env_.memory.read32(DEMCR::kAddress) & DEMCR::kVectorCatches; }

void CortexM::set_vector_catch(std::uint32_t catches) {
  vector_catch_ = catches & DEMCR::kVectorCatches;
  const std::uint32_t others = env_.memory.read32(DEMCR::kAddress) & ~DEMCR::kVectorCatches;
  env_.memory.write32(DEMCR::kAddress, others | vector_catch_);
}

// Which interrupts the next run lets through is decided then (let_run): while the core is halted none runs.
void CortexM::set_interrupt_masking(InterruptMasking masking) {
  require_halted("change the interrupt mask");
  masking_ = masking;
}

}  // namespace probity::cortex_m
