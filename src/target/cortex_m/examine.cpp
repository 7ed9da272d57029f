// What core is there: CPUID, FPU, breakpoint and watchpoint units; and halting debug switched on.
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

void CortexM::examine() {
  if (examined_ && still_there()) return;
  with_context(fmt::format("examining {}", name_), [&] {
    identify();
    enable_debug();
    examine_fpu();
    examine_debug_units();
    look_at_security();
  });
  registers_.describe(facts_, has_fpu_, watchpoints_.count());
  examined_ = true;
}

// Examined before, and the same core answers: nothing is said twice, breakpoints and registers stay.
bool CortexM::still_there() {
  return with_context(fmt::format("examining {}", name_), [&] {
    if (env_.memory.read32(CPUID::kAddress) != cpuid_) return false;
    return DHCSR::C_DEBUGEN.is_set(debug_.read_dhcsr());  // lost with the chip's power
  });
}

void CortexM::identify() {
  cpuid_ = env_.memory.read32(CPUID::kAddress);
  env_.log.debug("[{}] cpuid: {:#010x}", name_, cpuid_);
  if (!plausible_cpuid(cpuid_)) {
    throw TargetError(
        fmt::format("no Cortex-M core behind this access port: CPUID (0xe000ed00) reads {:#010x}; "
                    "is -ap-num right, and is the core's power domain on?",
                    cpuid_));
  }
  facts_ = facts_of(cpuid_);
  if (!facts_.known) {
    env_.log.warn("[{}] Cortex-M PARTNO {:#x} is unrecognized (CPUID={:#010x}); treated as {}", name_,
                  CPUID::PARTNO.get(cpuid_), cpuid_, facts_.is_mainline() ? "Armv7-M" : "Armv6-M");
  }
  env_.log.info("[{}] {} {} processor detected", name_, facts_.name, revision_of(cpuid_));
  if (facts_.steps_into_handlers) {
    env_.log.warn("[{}] Silicon bug: single stepping may enter pending exception handler!", name_);
  }
}

// C_HALT follows S_HALT, so that the core goes on running or stays halted.
void CortexM::enable_debug() {
  const std::uint32_t dhcsr = debug_.read_dhcsr();
  if (debug_.take_reset_seen()) env_.log.debug("[{}] reset happened some time ago, ignore", name_);
  if (!DHCSR::C_DEBUGEN.is_set(dhcsr)) {
    debug_.write_dhcsr(DHCSR::S_HALT.is_set(dhcsr) ? DHCSR::C_HALT.mask() : 0);
  }
  // The DWT answers only with TRCENA (DDI 0403E C1.6.5). Vector catches of an earlier debugger are dropped.
  env_.memory.write32(DEMCR::kAddress, demcr());
}

void CortexM::examine_fpu() {
  has_fpu_ = false;
  if (!facts_.is_mainline()) return;
  const std::uint32_t mvfr0 = env_.memory.read32(MVFR0::kAddress);
  has_fpu_ = MVFR0::SinglePrecision.is_set(mvfr0);
  if (!has_fpu_) return;
  env_.log.debug("[{}] {} floating point feature found, {} precision (MVFR0={:#010x}, MVFR1={:#010x})", name_,
                 facts_.name, MVFR0::DoublePrecision.is_set(mvfr0) ? "double" : "single", mvfr0,
                 env_.memory.read32(kMVFR1));
}

void CortexM::examine_debug_units() {
  breakpoints_.examine();
  watchpoints_.examine(facts_);
  env_.log.info("[{}] target has {} breakpoints, {} watchpoints", name_, breakpoints_.count(),
                watchpoints_.count());
}

}  // namespace probity::cortex_m
