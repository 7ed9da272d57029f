// One instruction at a time, and what may happen in it: interrupts that are due, breakpoints under the pc,
// BKPT, WFI, lock-up.
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr Milliseconds kStepLimit{1000};
// OpenOCD 0.12.0 gives pending handlers half a second before it leaves the core running.
constexpr Milliseconds kHandlersLimit{500};
constexpr unsigned kLooksBeforePause = 2;
constexpr std::uint32_t kStops = DFSR::BKPT.mask() | DFSR::DWTTRAP.mask() | DFSR::VCATCH.mask();
// OpenOCD 0.12.0 tells of STM32F1 and F2: with a breakpoint on the lower halfword of a word, one on the upper
// does not stop a core that is let run there.
constexpr Address kUpperHalf = 2;

}  // namespace

// WFI waits even when stepped, and a fault within HardFault locks the core up: in both a halt request ends
// it.
void CortexM::wait_step_over() {
  const Deadline deadline(env_.clock, kStepLimit, "a single step");
  for (unsigned looks = 0;; ++looks) {
    const std::uint32_t dhcsr = debug_.read_dhcsr();
    if (DHCSR::S_LOCKUP.is_set(dhcsr)) {
      recover_lockup();
      break;
    }
    if (DHCSR::S_HALT.is_set(dhcsr)) return;
    const bool asleep = DHCSR::S_SLEEP.is_set(dhcsr) && looks > kLooksBeforePause;
    if (asleep || deadline.passed()) {
      env_.log.debug("[{}] the step does not end (DHCSR={:#010x}), halting", name_, dhcsr);
      request_halt();
      break;
    }
    if (looks >= kLooksBeforePause) env_.clock.sleep(kPollPause);
  }
  wait_for_halt(kHaltLimit);
}

// The breakpoint at `pc` is taken away for as long as the instruction under it needs.
void CortexM::step_instruction(Address pc, bool masked) {
  const bool hardware = breakpoints_.is_set(pc), software = software_breakpoints_.is_set(pc);
  const auto put_back = [&] {
    if (hardware) breakpoints_.set(pc);
    if (software) software_breakpoints_.set(pc);
  };
  clear_unit_breakpoint(pc);
  try {
    let_run(masked, true);
    wait_step_over();
  } catch (...) {
    try {
      put_back();
    } catch (const Error& e) {
      env_.log.debug("[{}] the breakpoint at {:#010x} is lost: {}", name_, pc, e.what());
    }
    throw;
  }
  put_back();
}

// Before the core runs on. False: that one instruction was enough to stop it.
bool CortexM::step_off_breakpoint(Address pc) {
  step_instruction(pc, true);
  return !expected_reason_ && (env_.memory.read32(DFSR::kAddress) & kStops) == 0;
}

// A breakpoint at `pc` for a moment; nothing where there is no way to have one.
std::optional<BreakpointKind> CortexM::plant_breakpoint(Address pc) {
  if (breakpoints_.reaches(pc)) {
    if (!breakpoints_.has_free()) return {};
    breakpoints_.set(pc);
    return BreakpointKind::hardware;
  }
  try {
    software_breakpoints_.set(pc);
    return BreakpointKind::software;
  } catch (const TargetError&) {
    return {};
  }
}

// Lets handlers that are due run to their end: a breakpoint where the program stands stops the core when it
// is back. False: it did not come back there, and stays running or stopped elsewhere.
bool CortexM::serve_pending_interrupts(Address pc) {
  const std::uint32_t icsr = env_.memory.read32(ICSR::kAddress);
  if (!ICSR::ISRPENDING.is_set(icsr) && !ICSR::PENDSTSET.is_set(icsr) && !ICSR::PENDSVSET.is_set(icsr))
    return true;
  if ((pc & kUpperHalf) != 0 && breakpoints_.is_set(pc & ~kUpperHalf)) return true;
  const bool mine = !breakpoint_at(pc);
  if (mine && !plant_breakpoint(pc)) return true;
  env_.log.debug("[{}] Starting core to serve pending interrupts", name_);
  let_run(false, false);
  try {
    wait_for_halt(kHandlersLimit);
  } catch (const TimeoutError&) {
    if (mine) clear_unit_breakpoint(pc);
    env_.log.warn("[{}] Interrupt handlers didn't complete within time, leaving target running", name_);
    state_ = TargetState::running;
    reason_ = HaltReason::none;
    return false;
  }
  if (mine) clear_unit_breakpoint(pc);
  const std::uint32_t dfsr = take_dfsr();
  if ((dfsr & kStops) == DFSR::BKPT.mask() && static_cast<Address>(read_register("pc")) == pc) return true;
  enter_halted(dfsr);
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
  watchpoint_hit_.reset();
  if (behind_bkpt) {
    registers_.flush();
  } else {
    if (masking_ == InterruptMasking::automatic && !serve_pending_interrupts(pc)) return;
    step_instruction(pc, masking_ != InterruptMasking::off);
  }
  const std::uint32_t dfsr = take_dfsr();
  if (!behind_bkpt && DFSR::BKPT.is_set(dfsr)) step_over_bkpt(pc);
  if (!expected_reason_) expected_reason_ = HaltReason::single_step;
  enter_halted(dfsr);
}

// A BKPT that was stepped stops the core where it is. It is left behind, and a semihosting call served.
void CortexM::step_over_bkpt(Address pc) {
  registers_.invalidate();
  if (static_cast<Address>(read_register("pc")) != pc) return;
  state_ = TargetState::halted;
  reason_ = HaltReason::breakpoint;
  if (!handled(Handling::step)) write_register("pc", pc + 2);
  registers_.flush();
}

}  // namespace probity::cortex_m
