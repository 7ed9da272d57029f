// Poll, halt, resume, step.
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr Milliseconds kStepLimit{1000};
// OpenOCD 0.12.0 gives pending handlers half a second before it leaves the core running.
constexpr Milliseconds kHandlersLimit{500};
constexpr Milliseconds kPollPause{1};
constexpr std::uint32_t kThumbBit = 1u << 24;  // xPSR.T, DDI 0403E B1.4.2

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
    registers_.invalidate();
    set_state(TargetState::reset);
    return state_;
  }
  if (state_ == TargetState::reset) enable_debug();
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
  request_halt();
  return debug_.read_dhcsr();
}

HaltReason CortexM::read_halt_reason() {
  const std::uint32_t dfsr = env_.memory.read32(DFSR::kAddress);
  env_.memory.write32(DFSR::kAddress, DFSR::kAll);
  env_.log.debug("[{}] DFSR {:#x}", name_, dfsr);
  if (DFSR::BKPT.is_set(dfsr)) {
    return DFSR::DWTTRAP.is_set(dfsr) ? HaltReason::watchpoint_and_breakpoint : HaltReason::breakpoint;
  }
  if (DFSR::DWTTRAP.is_set(dfsr)) return HaltReason::watchpoint;
  if (DFSR::VCATCH.is_set(dfsr)) return HaltReason::breakpoint;
  return DFSR::EXTERNAL.is_set(dfsr) ? HaltReason::debug_request : HaltReason::none;
}

void CortexM::enter_halted() {
  registers_.invalidate();
  const HaltReason found = read_halt_reason();
  const HaltReason reason = expected_reason_.value_or(found);
  expected_reason_.reset();
  set_state(TargetState::halted, reason);
}

void CortexM::request_halt() { debug_.write_dhcsr(DHCSR::C_HALT.mask()); }

// OpenOCD's words, and the facts behind them.
void CortexM::not_halted(const Deadline& deadline, std::string_view facts) const {
  throw TimeoutError(fmt::format("timed out while waiting for target halted ([{}] after {} ms: {})", name_,
                                 duration_cast<Milliseconds>(deadline.elapsed()).count(), facts),
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
  registers_.flush();
  registers_.invalidate();
  debug_.write_dhcsr(DHCSR::C_HALT.mask() | mask);
  debug_.write_dhcsr(mask | (step ? DHCSR::C_STEP.mask() : 0));
}

// A core stopped by a BKPT instruction would stop at it again for ever.
void CortexM::skip_breakpoint_instruction() {
  if (reason_ != HaltReason::breakpoint) return;
  const auto pc = static_cast<Address>(read_register("pc"));
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
  if ((xpsr & kThumbBit) == 0) write_register("xPSR", xpsr | kThumbBit);
}

void CortexM::resume(const ResumeOptions& options) {
  require_halted("resume");
  prepare_to_run(options.address);
  if (breakpoints_.is_set(static_cast<Address>(read_register("pc")))) step_masked();
  let_run(options.debug_execution, false);
  if (options.debug_execution) {
    state_ = TargetState::debug_running;
  } else {
    set_state(TargetState::running);
  }
}

void CortexM::step_masked() {
  const auto pc = static_cast<Address>(read_register("pc"));
  const bool breakpoint_here = breakpoints_.is_set(pc);
  if (breakpoint_here) breakpoints_.clear(pc);
  let_run(true, true);
  wait_for_halt(kStepLimit);
  if (breakpoint_here) breakpoints_.set(pc);
}

// Lets handlers that are due run to their end: a breakpoint where the program stands stops the core when it
// is back. False: it did not come back there, and stays running or stopped elsewhere.
bool CortexM::serve_pending_interrupts(Address pc) {
  const std::uint32_t icsr = env_.memory.read32(ICSR::kAddress);
  if (!ICSR::ISRPENDING.is_set(icsr) && !ICSR::PENDSTSET.is_set(icsr) && !ICSR::PENDSVSET.is_set(icsr))
    return true;
  const bool mine = !breakpoints_.is_set(pc);
  if (mine && (!breakpoints_.reaches(pc) || !breakpoints_.has_free())) return true;
  if (mine) breakpoints_.set(pc);
  env_.log.debug("[{}] Starting core to serve pending interrupts", name_);
  let_run(false, false);
  try {
    wait_for_halt(kHandlersLimit);
  } catch (const TimeoutError&) {
    if (mine) breakpoints_.clear(pc);
    env_.log.warn("[{}] Interrupt handlers didn't complete within time, leaving target running", name_);
    state_ = TargetState::running;
    reason_ = HaltReason::none;
    return false;
  }
  if (mine) breakpoints_.clear(pc);
  if (static_cast<Address>(read_register("pc")) == pc) return true;
  enter_halted();
  return false;
}

void CortexM::step(std::optional<Address> address) {
  require_halted("step");
  const RegisterValue before = read_register("pc");
  prepare_to_run(address);
  const auto pc = static_cast<Address>(read_register("pc"));
  const bool behind_bkpt = !address && pc != before;  // moving pc behind a BKPT is the whole step over it
  if (listener_) listener_(TargetState::running, HaltReason::none);
  expected_reason_.reset();
  if (behind_bkpt) {
    registers_.flush();
  } else {
    if (!serve_pending_interrupts(pc)) return;
    step_masked();
  }
  expected_reason_ = HaltReason::single_step;
  enter_halted();
}

}  // namespace probity::cortex_m
