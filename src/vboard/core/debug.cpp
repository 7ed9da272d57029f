// Halting debug: DHCSR, DCRSR, DCRDR, DEMCR, breakpoints and watchpoints (C1.5, C1.6).
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum DhcsrBit : std::uint32_t {
  kDebugEn = 1u << 0,
  kHalt = 1u << 1,
  kStep = 1u << 2,
  kMaskInts = 1u << 3,
  kSnapStall = 1u << 5,
  kRegRdy = 1u << 16,
  kSHalt = 1u << 17,
  kSSleep = 1u << 18,
  kSLockup = 1u << 19,
  kSRetireSt = 1u << 24,
  kSResetSt = 1u << 25
};
constexpr std::uint32_t kDebugKey = 0xA05F;
constexpr std::uint32_t kDemcrWritable = 0x010F07F1;
constexpr std::uint32_t kSSde = 1u << 20;  // DHCSR: Secure state may be debugged
constexpr std::uint32_t kDemcrV6m = kTrcEna | kVcHardErr | kVcCoreReset;  // DDI 0419, C1.6.5
// A transfer through DCRDR takes the core a few cycles; until then S_REGRDY is 0.
constexpr std::uint64_t kTransferCycles = 8;

enum DcrsrRegister : unsigned {
  kPc = 15,
  kXpsr = 16,
  kMsp = 17,
  kPsp = 18,
  kControlAndMasks = 20,
  kMspNs = 24,  // Armv8-M (DDI 0553, D1.2.32), to kControlAndMasksNs but kFpscr
  kPspNs = 25,
  kMspS = 26,  // Security Extension
  kPspS = 27,
  kMspLimS = 28,
  kPspLimS = 29,
  kMspLimNs = 30,
  kPspLimNs = 31,
  kControlAndMasksS = 34,
  kControlAndMasksNs = 35,
  kFpscr = 33,
  kS0 = 64,
  kS31 = 95
};

// Registers of one Security state by name.
bool is_stack(unsigned number) { return number >= kMspNs && number <= kPspLimNs; }
bool is_secure(unsigned number) {
  return (number >= kMspS && number <= kPspLimS) || number == kControlAndMasksS;
}

}  // namespace

void Machine::halt(std::uint32_t dfsr_bits) {
  debug.halted = debug.c_halt = true;
  debug.dfsr |= dfsr_bits;
  debug_events = 0;
  step_armed = sleeping = locked = false;
  outcome = Outcome::redirected;
  refresh();
  on_halted();
}

void Machine::set_halt_request(bool level) {
  halt_request = level;
  poll.forget();
  refresh();
}

// Why the core goes to Debug state between two instructions.
std::uint32_t Machine::halt_cause() const {
  if (debug_events != 0) return debug_events;
  return debug.c_halt ? kDfsrHalted : kDfsrExternal;
}

void Machine::leave_debug_state() {
  if (debug.transfer_pending) finish_transfer();
  debug.halted = false;
  step_armed = debug.c_step;
  exclusive = false;
  poll.forget();
  priorities_changed();
}

void Machine::breakpoint() {
  if (may_halt()) return halt(kDfsrBkpt);
  if (!monitor_ready()) return debug_hard_fault();
  debug.dfsr |= kDfsrBkpt;
  raise(kDebugMonitor, pc, 0);
}

void Machine::watch(std::uint32_t address, unsigned size, bool write, std::uint32_t value) {
  if (dwt.match_data(address, size, write, value)) watchpoint();
}

void Machine::watchpoint() {
  if (may_halt()) {
    debug_events |= kDfsrDwtTrap;
    refresh();
  } else if (monitor_ready()) {
    pend_monitor(kDfsrDwtTrap);
  }
}

bool Machine::monitor_ready() const {
  return monitor_enabled() && nvic.group_priority(kDebugMonitor) < execution_priority();
}

void Machine::pend_monitor(std::uint32_t dfsr_bits) {
  debug.dfsr |= dfsr_bits;
  nvic.pend(kDebugMonitor);
  priorities_changed();
}

std::uint32_t Machine::read_dhcsr(Master master) {
  std::uint32_t value = 0;
  if (debug.c_debugen) value |= kDebugEn;
  if (debug.c_halt) value |= kHalt;
  if (debug.c_step) value |= kStep;
  if (debug.c_maskints) value |= kMaskInts;
  if (debug.c_snapstall) value |= kSnapStall;
  if (!debug.transfer_pending) value |= kRegRdy;
  if (debug.halted) value |= kSHalt;
  if (sleeping) value |= kSSleep;
  if (locked && master == Master::debug) value |= kSLockup;
  if (debug.s_retire_st) value |= kSRetireSt;
  if (debug.s_reset_st) value |= kSResetSt;
  if (has_security && secure_debug) value |= kSSde;
  if (master == Master::debug) {
    debug.s_retire_st = false;
    debug.s_reset_st = held;
  }
  return value;
}

void Machine::write_dhcsr(std::uint32_t value) {
  if (value >> 16 != kDebugKey) return;
  debug.c_debugen = (value & kDebugEn) != 0;
  const bool on = debug.c_debugen;
  debug.c_halt = on && (value & kHalt) != 0;
  debug.c_step = on && (value & kStep) != 0;
  debug.c_maskints = on && (value & kMaskInts) != 0;
  debug.c_snapstall = on && !v6m() && (value & kSnapStall) != 0;
  if (debug.halted && !debug.c_halt) {
    leave_debug_state();
  } else if (!debug.halted && debug.c_halt && may_halt() && !held && !boot_pending &&
             (!stalled || debug.c_snapstall)) {
    halt(kDfsrHalted);
  }
  if (!on) {
    step_armed = false;
    debug_events = 0;
  }
  priorities_changed();
}

// --- core registers through DCRSR and DCRDR
// --------------------------------------------------------------------

void Machine::write_dcrsr(std::uint32_t value) {
  if (!debug.halted) return;  // UNPREDICTABLE (C1.6.3): nothing is transferred
  debug.transfer_pending = true;
  debug.transfer_write = (value & 1u << 16) != 0;
  debug.transfer_register = value & 0x7F;
  debug.transfer_due = now + kTransferCycles;
}

void Machine::finish_transfer() {
  debug.transfer_pending = false;
  if (debug.transfer_write) {
    set_debug_register(debug.transfer_register, debug.dcrdr);
  } else {
    debug.dcrdr = debug_register(debug.transfer_register);
  }
}

std::uint32_t Machine::read_dcrdr() const {
  return debug.transfer_pending ? ~debug.dcrdr ^ 0x5A5A5A5A : debug.dcrdr;
}

std::uint32_t Machine::special_word(bool of_secure) const {
  const bool mine = of_secure == secure;
  const std::uint32_t theirs = (of_secure && sfpa ? 8u : 0u) | (fpca ? 4u : 0u) | (other.spsel ? 2u : 0u) |
                               (other.unprivileged ? 1u : 0u);
  return (mine ? control() : theirs) << 24 | std::uint32_t{mine ? faultmask : other.faultmask} << 16 |
         std::uint32_t{mine ? basepri : other.basepri} << 8 | std::uint32_t{mine ? primask : other.primask};
}

void Machine::set_special_word(bool of_secure, std::uint32_t value) {
  const bool mine = of_secure == secure;
  if (mine) {
    set_control(bits(value, 31, 24));
  } else {
    other.unprivileged = bits(value, 24, 24) != 0;
    other.spsel = bits(value, 25, 25) != 0;
    if (of_secure) sfpa = facts.has_fpu && bits(value, 27, 27) != 0;
  }
  (mine ? primask : other.primask) = bits(value, 0, 0) != 0;
  if (v6m()) return;
  (mine ? faultmask : other.faultmask) = bits(value, 16, 16) != 0;
  (mine ? basepri : other.basepri) = static_cast<std::uint8_t>(bits(value, 15, 8) & nvic.implemented_bits());
}

// MSP_NS to PSPLIM_NS by their number: two of stacks, two of limits a state.
std::uint32_t& Machine::debug_stack_register(unsigned number) {
  const bool of_secure = is_secure(number), process = (number & 1) != 0;
  if (number <= kPspS) return sp_of(of_secure, process);
  if (of_secure == secure) return process ? psplim : msplim;
  return process ? other.psplim : other.msplim;
}

// Secure state's registers are there with Security Extension, and for a debugger who may see them.
bool Machine::has_debug_register(unsigned number) const {
  if (is_secure(number)) return has_security && secure_debug;
  return v8m() || !(is_stack(number) || number == kControlAndMasksNs);
}

std::uint32_t Machine::debug_register(unsigned number) {
  if (!has_debug_register(number)) return 0;
  if (is_stack(number)) return debug_stack_register(number);
  if (number < kPc) return r[number];
  if (facts.has_fpu && number >= kS0 && number <= kS31) return fp[number - kS0];
  switch (number) {
    case kPc:
      return pc;
    case kXpsr:
      return xpsr();
    case kMsp:
      return msp();
    case kPsp:
      return psp();
    case kControlAndMasks:
      return special_word(secure);
    case kControlAndMasksS:
    case kControlAndMasksNs:
      return special_word(number == kControlAndMasksS);
    case kFpscr:
      return facts.has_fpu ? fpscr : 0;
    default:
      return 0;
  }
}

void Machine::set_debug_register(unsigned number, std::uint32_t value) {
  if (!has_debug_register(number)) return;
  if (is_stack(number)) {
    debug_stack_register(number) = value & (number >= kMspLimS ? ~7u : ~3u);
  } else if (number < kPc) {
    r[number] = number == 13 ? value & ~3u : value;
  } else if (facts.has_fpu && number >= kS0 && number <= kS31) {
    fp[number - kS0] = value;
  } else if (number == kPc) {
    pc = value & ~1u;
  } else if (number == kXpsr) {  // IPSR is not the debugger's to change
    set_apsr(value);
    set_epsr(value);
  } else if (number == kMsp) {
    set_msp(value);
  } else if (number == kPsp) {
    set_psp(value);
  } else if (number == kControlAndMasks) {
    set_special_word(secure, value);
  } else if (number == kControlAndMasksS || number == kControlAndMasksNs) {
    set_special_word(number == kControlAndMasksS, value);
  } else if (number == kFpscr && facts.has_fpu) {
    fpscr = value & kFpscrWritable;
  }
}

void Machine::write_demcr(std::uint32_t value) {
  value &= v6m() ? kDemcrV6m : kDemcrWritable | (has_security ? kVcSfErr : 0u);
  debug.demcr = value & ~kMonPend;
  nvic.set_enabled(kDebugMonitor, (value & kMonEn) != 0);
  if ((value & kMonPend) != 0) {
    nvic.pend(kDebugMonitor);
  } else {
    nvic.unpend(kDebugMonitor);
  }
  dwt.set_trace_enabled((value & kTrcEna) != 0, active_cycles());
  trace_configured();
  drop_windows();
  priorities_changed();
}

std::uint32_t Machine::read_demcr() const {
  return debug.demcr | (nvic.pending(kDebugMonitor) ? kMonPend : 0u) |
         (nvic.targets_secure(kDebugMonitor) ? kSdme : 0u);
}

}  // namespace probity::vboard::armv7m
