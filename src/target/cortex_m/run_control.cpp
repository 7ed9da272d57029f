// Poll, halt, resume. (Steps are in step.cpp.)
#include <array>

#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr bool is_bkpt(std::uint16_t opcode) { return (opcode & 0xFF00) == 0xBE00; }  // DDI 0403E A7.7.17

}  // namespace

void CortexM::require_halted(std::string_view what) const {
  if (state_ == TargetState::halted) return;
  throw TargetError(
      fmt::format("[{}] target not halted ({}): cannot {}; halt it first", name_, name_of(state_), what),
      std::string(name_of(state_)));
}

void CortexM::set_state(TargetState state, HaltReason reason) {
  state_ = state;
  reason_ = reason;
  if (handling_ != Handling::nothing) return;  // the handler's own affair
  if (listener_) listener_(state, reason);
}

TargetState CortexM::poll() {
  if (resetting_) return state_;
  std::uint32_t dhcsr = 0;
  try {
    dhcsr = debug_.read_dhcsr();
  } catch (const Error&) {
    state_ = TargetState::unknown;
    registers_.invalidate();
    throw;
  }
  if (saved_) return state_;  // an algorithm runs: wait_algorithm() judges what has become of it
  if (DHCSR::S_LOCKUP.is_set(dhcsr)) dhcsr = recover_lockup();
  if (debug_.take_reset_seen()) {
    env_.log.info("[{}] external reset detected", name_);
    locked_up_ = false;
    registers_.invalidate();
    set_state(TargetState::reset);
    return state_;
  }
  if (state_ == TargetState::reset) {
    enable_debug();
    restore_debug_units();
  }
  const bool halted = DHCSR::S_HALT.is_set(dhcsr);
  if (halted && state_ != TargetState::halted) {
    enter_halted();
  } else if (!halted && state_ == TargetState::halted) {
    env_.log.warn("[{}] external resume detected", name_);
    registers_.invalidate();
    set_state(TargetState::running);
  } else if (!halted) {
    state_ = TargetState::running;  // known now, or out of reset: nobody resumed it
  }
  return state_;
}

// A double fault locks the core up (DDI 0403E B1.5.15); halting is the one way to look at it without a reset.
std::uint32_t CortexM::recover_lockup() {
  env_.log.error("[{}] clearing lockup after double fault", name_);
  expected_reason_ = HaltReason::debug_request;
  locked_up_ = true;
  request_halt();
  return debug_.read_dhcsr();
}

std::uint32_t CortexM::take_dfsr() {
  std::array batch = {WordAccess::load(DFSR::kAddress), WordAccess::store(DFSR::kAddress, DFSR::kAll)};
  env_.memory.run(batch);
  env_.log.debug("[{}] DFSR {:#x}", name_, batch[0].value);
  last_dfsr_ = batch[0].value;
  return last_dfsr_;
}

HaltReason CortexM::halt_reason_of(std::uint32_t dfsr) {
  watchpoint_hit_ = DFSR::DWTTRAP.is_set(dfsr) ? watchpoints_.take_match() : std::nullopt;
  if (DFSR::BKPT.is_set(dfsr)) {
    return DFSR::DWTTRAP.is_set(dfsr) ? HaltReason::watchpoint_and_breakpoint : HaltReason::breakpoint;
  }
  if (DFSR::DWTTRAP.is_set(dfsr)) return HaltReason::watchpoint;
  if (DFSR::VCATCH.is_set(dfsr)) return HaltReason::exception_catch;
  return DFSR::EXTERNAL.is_set(dfsr) ? HaltReason::debug_request : HaltReason::none;
}

void CortexM::enter_halted() { enter_halted(take_dfsr()); }

void CortexM::enter_halted(std::uint32_t dfsr) {
  registers_.invalidate();
  look_at_security();
  const HaltReason found = halt_reason_of(dfsr);
  const bool by_itself = !expected_reason_;
  HaltReason reason = expected_reason_.value_or(found);
  expected_reason_.reset();
  // A step that ran into a watchpoint or a caught exception is more than a step.
  if (reason == HaltReason::single_step &&
      (watchpoint_hit_ || found == HaltReason::watchpoint || found == HaltReason::exception_catch)) {
    reason = found;
  }
  state_ = TargetState::halted;
  reason_ = reason;
  if (by_itself && handled(Handling::run)) return;
  registers_
      .fetch_general();  // who hears of the halt asks for most of them, and one batch costs as much as one
  set_state(TargetState::halted, reason);
  if (state_ == TargetState::halted && reason_ != HaltReason::single_step) log_fault();
}

// True: the handler dealt with the halt.
bool CortexM::handled(Handling how) {
  if (!halt_handler_ || handling_ != Handling::nothing) return false;
  handling_ = how;
  try {
    const bool done = halt_handler_();
    handling_ = Handling::nothing;
    return done;
  } catch (...) {
    handling_ = Handling::nothing;
    set_state(state_, reason_);  // nobody was told of the halt yet
    throw;
  }
}

void CortexM::request_halt() { debug_.write_dhcsr(DHCSR::C_HALT.mask()); }

// OpenOCD's words, and the facts behind them.
void CortexM::not_halted(const Deadline& deadline, std::string_view facts) const {
  throw TimeoutError(
      fmt::format("timed out while waiting for target halted ([{}] after {} ms: {}{})", name_,
                  duration_cast<Milliseconds>(deadline.elapsed()).count(), facts, secure_debug_hint()),
      "target halted", deadline.elapsed());
}

std::uint32_t CortexM::wait_for_halt(Milliseconds timeout) {
  const Deadline deadline(env_.clock, timeout, "target halted");
  for (unsigned tries = 0;; ++tries) {
    const std::uint32_t dhcsr = debug_.read_dhcsr();
    if (DHCSR::S_HALT.is_set(dhcsr)) return dhcsr;
    if (deadline.passed()) not_halted(deadline, fmt::format("DHCSR={:#010x}", dhcsr));
    if (tries > 1) env_.clock.sleep(kPollPause);
  }
}

void CortexM::halt(Milliseconds timeout) {
  if (resetting_)
    throw TargetError(fmt::format("[{}] can't halt: the target is held in reset", name_), "reset");
  if (saved_)
    throw TargetError(fmt::format("[{}] can't halt: an algorithm is running", name_), "debug-running");
  if (poll() == TargetState::halted) return;
  expected_reason_ = HaltReason::debug_request;
  request_halt();
  if (timeout == Milliseconds(0)) return;
  wait_for_halt(timeout);
  enter_halted();
}

void CortexM::wait_halted(Milliseconds timeout) {
  const Deadline deadline(env_.clock, timeout, "target halted");
  while (poll() != TargetState::halted) {
    if (deadline.passed()) not_halted(deadline, fmt::format("it is {}", name_of(state_)));
    env_.clock.sleep(kPollPause);
  }
}

// Two writes: C_MASKINTS must not change in the one that clears C_HALT (DDI 0403E C1.6.2).
void CortexM::let_run(bool masked, bool step) {
  const std::uint32_t mask = masked ? DHCSR::C_MASKINTS.mask() : 0;
  locked_up_ = false;
  registers_.flush();
  registers_.invalidate();
  debug_.write_dhcsr(DHCSR::C_HALT.mask() | mask);
  debug_.write_dhcsr(mask | (step ? DHCSR::C_STEP.mask() : 0));
}

// A core stopped by a BKPT instruction would stop at it again for ever. Where the user has moved pc, or has a
// breakpoint of his own, the instruction there has not run yet.
void CortexM::skip_breakpoint_instruction() {
  if (reason_ != HaltReason::breakpoint && reason_ != HaltReason::watchpoint_and_breakpoint) return;
  if (register_dirty("pc")) return;
  const auto pc = static_cast<Address>(read_register("pc"));
  if (breakpoint_at(pc)) return;
  try {
    if (is_bkpt(env_.memory.read16(pc))) write_register("pc", pc + 2);
  } catch (const MemoryFault&) {
    // Nothing readable at pc, so no BKPT either.
  }
}

void CortexM::prepare_to_run(std::optional<Address> address) {
  if (address) {
    write_register("pc", *address & ~Address{1});
  } else {
    skip_breakpoint_instruction();
  }
  const RegisterValue xpsr = read_register("xPSR");
  if ((xpsr & xPSR::T.mask()) == 0) write_register("xPSR", xpsr | xPSR::T.mask());
}

void CortexM::resume(const ResumeOptions& options) {
  require_halted("resume");
  prepare_to_run(options.address);
  if (handling_ == Handling::step) return;  // a step over a call that the handler has served: it ends here
  const auto pc = static_cast<Address>(read_register("pc"));
  const bool step_off = options.past_breakpoint && !options.debug_execution && breakpoint_at(pc);
  if (step_off && !step_off_breakpoint(pc)) {
    set_state(TargetState::running);
    return enter_halted();
  }
  watchpoint_hit_.reset();
  let_run(options.debug_execution || masking_ == InterruptMasking::on, false);
  if (options.debug_execution) {
    state_ = TargetState::debug_running;
  } else {
    set_state(TargetState::running);
  }
}

}  // namespace probity::cortex_m
