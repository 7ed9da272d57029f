// Reset through nRST or AIRCR. The proof that a reset happened is DHCSR.S_RESET_ST seen set and then clear.
#include <algorithm>
#include <utility>

#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

// Enough for the RC of a usual reset circuit (10 kΩ, 100 nF); `adapter srst pulse_width` asks for more.
constexpr Milliseconds kMinimumPulse{10};
constexpr Milliseconds kTimeToSeeReset{200};
// Some boards hold nRST low for long (supervisors, big capacitors).
constexpr Milliseconds kTimeToLeaveReset{5000};
constexpr Milliseconds kTimeToCatch{100};
constexpr Milliseconds kTimeToHalt{1000};
constexpr unsigned kLooksBeforeRelease = 2;  // a reset that ends by itself has ended by then, mostly

}  // namespace

// Debug on, vector catch as wanted, and a halted core stays halted until the reset takes it.
void CortexM::arm_reset(bool halt) {
  const std::uint32_t dhcsr = debug_.read_dhcsr();
  debug_.write_dhcsr(DHCSR::S_HALT.is_set(dhcsr) ? DHCSR::C_HALT.mask() : 0);
  const std::uint32_t catches =
      DEMCR::VC_CORERESET.mask() | DEMCR::VC_HARDERR.mask() | DEMCR::VC_BUSERR.mask();
  env_.memory.write32(DEMCR::kAddress, demcr(halt ? catches : 0));
  env_.memory.write32(DFSR::kAddress, DFSR::kAll);
}

bool CortexM::try_arm_reset(bool halt) {
  try {
    arm_reset(halt);
    return true;
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    env_.log.debug("[{}] the core cannot be prepared for the reset: {}", name_, e.what());
    return false;
  }
}

void CortexM::assert_reset(bool halt) {
  locked_up_ = false;
  saved_.reset();
  expected_reason_.reset();
  if (uses_srst()) {
    pull_srst(halt);
  } else {
    request_soft_reset(halt, env_.reset.soft_reset.value_or(SoftReset::sysresetreq));
  }
  resetting_ = true;
  registers_.invalidate();
  set_state(TargetState::reset);
}

void CortexM::pull_srst(bool halt) {
  const bool reachable_in_reset = env_.reset.srst_nogate || env_.reset.connect_assert_srst;
  bool armed = try_arm_reset(halt);
  debug_.take_reset_seen();
  env_.adapter.set_reset({true, {}});
  srst_pulled_ = true;
  env_.clock.sleep(std::max(env_.reset.srst_pulse_width, kMinimumPulse));
  // A core that sleeps or has switched its debug pins off listens only now.
  if (!armed && reachable_in_reset) {
    dhcsr_or_reconnect();
    armed = try_arm_reset(halt);
  } else if (armed && reachable_in_reset) {
    dhcsr_or_reconnect();  // sees S_RESET_ST while the line is low
  }
  if (!armed && halt) {
    env_.log.error("[{}] Debug AP not available, will not halt after reset!", name_);
  }
}

void CortexM::request_soft_reset(bool halt, SoftReset how) {
  if (!try_arm_reset(halt)) {
    env_.dap.connect();
    arm_reset(halt);
  }
  if (how == SoftReset::vectreset && !facts_.has_vectreset) {
    env_.log.warn("[{}] VECTRESET is not supported on this Cortex-M core, using SYSRESETREQ instead.", name_);
    env_.log.warn("[{}] Set 'cortex_m reset_config sysresetreq'.", name_);
    how = SoftReset::sysresetreq;
  }
  std::uint32_t request = AIRCR::SYSRESETREQ.mask();
  if (how == SoftReset::vectreset) {
    env_.log.warn(
        "[{}] Only resetting the Cortex-M core, use a reset-init event handler to reset any peripherals or "
        "configure "
        "hardware srst support.",
        name_);
    request = AIRCR::VECTRESET.mask();
    request_halt();  // defined in Debug state only (DDI 0403E B3.2.6)
    wait_for_halt(kTimeToHalt);
  }
  debug_.take_reset_seen();
  try {
    // Firmware may have kept the request to the Secure state (AIRCR.SYSRESETREQS).
    select_secure_bank(true);
    const SecureAccess access(env_.memory);
    env_.memory.write32(AIRCR::kAddress, AIRCR::kVectKey | request);
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    env_.log.debug("[{}] Ignoring AP write error right after reset: {}", name_, e.what());
  }
}

std::optional<std::uint32_t> CortexM::dhcsr_or_reconnect() {
  try {
    return debug_.read_dhcsr();
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error&) {
  }
  try {
    env_.dap.connect();
    return debug_.read_dhcsr();
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    env_.log.debug("[{}] DP initialisation failed: {}", name_, e.what());
    return {};
  }
}

// True: the reset was seen to begin and to end. False: nothing was reset within kTimeToSeeReset.
bool CortexM::wait_reset_over() {
  const Deadline see(env_.clock, kTimeToSeeReset, "reset (DHCSR.S_RESET_ST)");
  const Deadline leave(env_.clock, kTimeToLeaveReset,
                       "the end of reset (DHCSR.S_RESET_ST clear); is nRST still low?");
  bool seen = std::exchange(reset_seen_by_another_, false), answered = false;
  for (unsigned tries = 0;; ++tries) {
    const auto dhcsr = dhcsr_or_reconnect();
    seen |= debug_.take_reset_seen();
    answered |= dhcsr.has_value();
    if (seen && dhcsr && !DHCSR::S_RESET_ST.is_set(*dhcsr)) return true;
    if (seen && dhcsr && tries >= kLooksBeforeRelease) reset_release_();
    if (!seen && answered && see.passed()) return false;
    leave.check(dhcsr ? fmt::format("DHCSR={:#010x}", *dhcsr) : "the debug port does not answer");
    if (tries > 1) env_.clock.sleep(kPollPause);
  }
}

void CortexM::deassert_reset(bool halt) {
  const bool wire = std::exchange(srst_pulled_, false);
  if (wire) {
    env_.adapter.set_reset({false, {}});
    env_.clock.sleep(env_.reset.srst_delay);
  }
  if (!resetting_) return;
  resetting_ = false;
  bool happened = wait_reset_over();
  if (!happened && wire) {
    env_.log.warn(
        "[{}] nRST was pulled but the core was not reset (DHCSR.S_RESET_ST stays 0): the wire is probably "
        "not "
        "connected; using SYSRESETREQ instead",
        name_);
    request_soft_reset(halt, SoftReset::sysresetreq);
    happened = wait_reset_over();
  }
  if (!happened) {
    throw TargetError(
        fmt::format("[{}] the reset request had no effect (DHCSR.S_RESET_ST stays 0); try "
                    "'cortex_m reset_config sysresetreq' or connect nRST and use 'reset_config srst_only'",
                    name_),
        std::string(name_of(state_)));
  }
  finish_reset(halt);
}

void CortexM::finish_reset(bool halt) {
  look_at_security();
  std::uint32_t dhcsr = debug_.read_dhcsr();
  if (!DHCSR::C_DEBUGEN.is_set(dhcsr)) debug_.write_dhcsr(halt ? DHCSR::C_HALT.mask() : 0);
  if (halt) {
    try {
      wait_for_halt(kTimeToCatch);
    } catch (const TimeoutError&) {
      env_.log.warn("[{}] the core did not stop at its reset vector ({}); halting it now", name_,
                    secure_debug_hint().empty() ? "vector catch was lost" : "secure debug is not allowed");
      request_halt();
      wait_for_halt(kTimeToHalt);
    }
    expected_reason_ = HaltReason::debug_request;
  }
  select_secure_bank(false);
  env_.memory.write32(DEMCR::kAddress, demcr());
  restore_debug_units();
  debug_.take_reset_seen();
  if (halt) return enter_halted();
  // Stopped by the user's own catch of the reset (`cortex_m vector_catch reset`): poll() finds it.
  const bool caught = vector_catch_ != 0 && DFSR::VCATCH.is_set(env_.memory.read32(DFSR::kAddress));
  if (DHCSR::S_HALT.is_set(dhcsr) && !caught) let_run(masking_ == InterruptMasking::on, false);
  state_ = TargetState::running;
}

void CortexM::soft_reset_halt() {
  env_.log.warn("[{}] soft_reset_halt is discouraged, please use 'reset halt' instead.", name_);
  saved_.reset();
  request_soft_reset(true, SoftReset::vectreset);
  registers_.invalidate();
  set_state(TargetState::reset);
  resetting_ = true;
  deassert_reset(true);
}

}  // namespace probity::cortex_m
