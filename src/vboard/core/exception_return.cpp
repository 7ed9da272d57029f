// Exception return (B1.5.8; with Security States DDI 0553, B3.22): checks, unstacking, and the fault that is
// taken in its place.
#include <algorithm>
#include <array>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr unsigned kReturnCycles = 10;  // Cortex-M4 TRM 3.9, zero wait states
constexpr std::uint32_t kFrameBytes = 0x20, kFpFrameBytes = 0x48, kSecretFpFrameBytes = 0x88;
constexpr std::uint32_t kAlignedByEntry = 1u << 9;  // stacked xPSR
constexpr std::uint32_t kReturnBase = 0xF0000000, kExceptionField = 0x1FF;
// Of Armv7-M the kinds of return (table B1-8).
constexpr std::uint32_t kKind = 0x1F, kKindHandler = 0x11, kKindMain = 0x19, kKindProcess = 0x1D;

}  // namespace

// A return under way. Nothing of the core has changed until finish_return().
struct Machine::Returning {
  std::uint32_t exc_return;
  bool thread, process;         // where to, and on which stack its frame is
  bool to_secure, from_secure;  // from: the exception's state (ES)
  bool user;                    // the stack is read as
  bool extended;                // there is an FPU frame
  std::uint32_t at;             // the next word to be read
  std::array<std::uint32_t, 8> frame{}, callee{};
  FpFrame fp{};
  bool callee_there = false, fp_there = false;
};

// DeActivate(), and FAULTMASK. With Security States a HardFault or NMI that runs ends whatever IPSR says, and
// what is there for one state only must be ended for that (DDI 0553, R_PLHM, R_KBNF).
void Machine::deactivate(bool of_secure) {
  if (!has_security) {
    nvic.deactivate(ipsr);
    if (ipsr != kNmi) faultmask = false;
    return;
  }
  const int running = nvic.active_priority();
  if (running >= 0) {
    (of_secure == secure ? faultmask : other.faultmask) = false;
    const unsigned slot = nvic.slot(ipsr, of_secure);
    if (nvic.targets_secure(slot) == of_secure) nvic.deactivate(slot);
  } else if (running == -2) {
    nvic.deactivate(kNmi);
  } else {
    nvic.deactivate(nvic.hard_fault(running == -3 || !nvic.bfhfnmins()));
  }
}

// A fault found while returning is taken without stacking again: the old frame serves (B1.5.8).
void Machine::bad_return(std::uint32_t exc_return, unsigned slot, std::uint32_t bits) {
  const bool from_secure = has_security && (exc_return & kExcEs) != 0;
  deactivate(from_secure);
  if (slot == kSecureFault) {
    shared.sfsr |= bits;
  } else {
    note_fault(nvic.targets_secure(slot), bits);
  }
  if (has_security) spsel_of(from_secure) = (exc_return & kExcSpsel) != 0;
  const int current = execution_priority();
  if (!nvic.enabled(slot) || nvic.group_priority(slot) >= current) {
    shared.hfsr |= kForced;
    slot = nvic.hard_fault(nvic.targets_secure(slot));
    if (current <= nvic.group_priority(slot)) return lock_up();
  }
  const Vector vector = read_vector(slot);
  if (vector.status != BusStatus::ok) {
    shared.hfsr |= kVectTbl;
    return lock_up();
  }
  const bool callee_on_stack = has_security && !from_secure;
  const std::uint32_t back =
      has_security ? complete_return(exc_return, nvic.targets_secure(slot), callee_on_stack) : exc_return;
  start_handler(slot, vector.value, back, kVcIntErr);
}

// Armv8-M lets Thread mode be returned to while other exceptions are active (its CCR.NONBASETHRDENA is RES1);
// what it says of security must fit a core that has none (R_XLCP).
bool Machine::valid_return(std::uint32_t exc_return) const {
  const bool nested = nvic.active_count() > 1;
  const bool from_secure = has_security && (exc_return & kExcEs) != 0;
  const unsigned slot = nvic.slot(ipsr, from_secure);
  if (!nvic.active(slot) || nvic.targets_secure(slot) != from_secure) return false;
  if (v8m()) {
    const bool plain = (exc_return & (kExcSecure | kExcDcrs | kExcEs)) == kExcDcrs;
    return (has_security || plain) && ((exc_return & kExcThread) != 0 || nested || has_security) &&
           ((exc_return & kExcNoFpFrame) != 0 || facts.has_fpu);
  }
  const std::uint32_t kind = (facts.has_fpu ? exc_return | kExcNoFpFrame : exc_return) & kKind;
  if (kind == kKindMain || kind == kKindProcess) return !nested || (scs.ccr & kNonBaseThrdEna) != 0;
  return kind == kKindHandler && nested;
}

void Machine::exception_return(std::uint32_t exc_return) {
  // Non-secure code may not claim to end a Secure exception (R_SMFL, R_HXSR).
  if (has_security && !secure && ((exc_return & kExcEs) != 0 || (exc_return & kExcDcrs) == 0))
    return bad_return(exc_return & ~kExcEs, kSecureFault, kInvEr);
  if (!valid_return(exc_return))
    return bad_return(kReturnBase | exc_return, nvic.slot(kUsageFault, secure), kInvPc);

  Returning way{};
  way.exc_return = exc_return;
  way.thread = (exc_return & kExcThread) != 0;
  way.to_secure = has_security && (exc_return & kExcSecure) != 0;
  way.from_secure = has_security && (exc_return & kExcEs) != 0;
  way.extended = (exc_return & kExcNoFpFrame) == 0;
  const bool spsel_there =
      way.to_secure == way.from_secure ? (exc_return & kExcSpsel) != 0 : spsel_of(way.to_secure);
  way.process = way.thread && spsel_there;
  way.user = way.thread && unprivileged_of(way.to_secure);
  way.at = sp_of(way.to_secure, way.process);
  if (unstack(way)) finish_return(way);
}

bool Machine::pop(Returning& way, std::span<std::uint32_t> words) {
  const Popped popped = pop_words(way.to_secure, way.user, way.at, words);
  if (popped.status == BusStatus::stalled) {
    outcome = Outcome::stalled;
  } else if (popped.status != BusStatus::ok) {
    const bool violation = popped.failed == kStackSecurity;
    bad_return(way.exc_return, fault_slot(way.to_secure, popped.failed), violation ? kAuViol : popped.failed);
  }
  way.at += 4 * static_cast<std::uint32_t>(words.size());
  return popped.status == BusStatus::ok;
}

bool Machine::unstack(Returning& way) {
  if (!unstack_callee(way) || !pop(way, way.frame)) return false;
  const bool to_handler = (way.frame[7] & kExceptionField) != 0;
  if (v8m() && to_handler == way.thread) {  // Armv7-M finds this out afterwards
    bad_return(way.exc_return, nvic.slot(kUsageFault, way.to_secure), kInvPc);
    return false;
  }
  return unstack_fp(way);
}

bool Machine::unstack_callee(Returning& way) {
  const bool needed = !way.from_secure || (way.exc_return & kExcDcrs) == 0;
  if (!way.to_secure || !needed) return true;
  const std::uint32_t begin = way.at;
  std::array<std::uint32_t, 1> signature{};
  if (!pop(way, signature)) return false;
  if (signature[0] != (kSignature | (way.extended ? 0u : 1u))) {
    bad_return(way.exc_return, kSecureFault, kInvIs);
    return false;
  }
  way.at = begin + kCalleeFrameAt;
  if (!pop(way, way.callee)) return false;
  way.callee_there = true;
  return true;
}

// What exception entry put off and nobody has asked for since is still in the registers: no lazy state left.
bool Machine::unstack_fp(Returning& way) {
  if (has_security && fpca && (scs.fpccr & kClrOnRet) != 0 && (scs_of(true).fpccr & kLspAct) != 0) {
    bad_return(way.exc_return, kSecureFault, kLsErr);
    return false;
  }
  if (!way.extended) return true;
  const bool lazy = (scs_of(way.to_secure).fpccr & kLspAct) != 0;
  if (has_security && !way.to_secure && (scs_of(true).fpccr & kLspAct) != 0) {
    bad_return(way.exc_return, kSecureFault, kLsErr);
    return false;
  }
  const bool secret = secret_fp_state(way.to_secure);
  if (lazy) {
    way.at += secret ? kSecretFpFrameBytes : kFpFrameBytes;
    return true;
  }
  const bool by_nsacr = has_security && !way.to_secure && (shared.nsacr & kNsacrCp10) == 0;
  if (by_nsacr || !fp_enabled_for(way.to_secure, !way.user)) {
    bad_return(way.exc_return, nvic.slot(kUsageFault, way.to_secure || by_nsacr), kNoCp);
    return false;
  }
  if (!pop(way, std::span(way.fp).first(fp_frame_words(secret)))) return false;
  way.fp_there = true;
  if (!secret) way.at += 4;  // a reserved word
  return true;
}

void Machine::finish_return(const Returning& way) {
  const unsigned left = ipsr;
  deactivate(way.from_secure);
  if (has_security && fpca && (scs.fpccr & kClrOnRet) != 0) clear_fp_state(16);
  if (way.fp_there) {
    set_fp_frame(std::span(way.fp).first(fp_frame_words(secret_fp_state(way.to_secure))));
  }
  if (way.extended) scs_of(way.to_secure).fpccr &= ~kLspAct;
  fpca = way.extended;
  std::uint32_t sp = way.at;
  const bool aligned = way.extended || (scs.ccr & kStkAlign) != 0;
  if (aligned && (way.frame[7] & kAlignedByEntry) != 0) sp |= 4;
  sp_of(way.to_secure, way.process) = sp;
  if (has_security) {
    spsel_of(way.from_secure) = (way.exc_return & kExcSpsel) != 0;
    switch_security(way.to_secure);
    sfpa = way.to_secure && (way.frame[7] & kStackedSfpa) != 0;
    if (way.callee_there) std::copy_n(way.callee.begin(), 8, r.begin() + 4);
  } else {
    spsel = way.process;
  }
  std::copy_n(way.frame.begin(), 4, r.begin());
  r[12] = way.frame[4];
  r[14] = way.frame[5];
  pc = way.frame[6] & ~1u;
  select_stack(way.process);
  ipsr = way.frame[7] & kExceptionField;
  set_apsr(way.frame[7]);
  set_epsr(way.frame[7]);
  event = true;
  exclusive = false;
  outcome = Outcome::redirected;
  now += kReturnCycles;
  trace.advance(now);
  trace.dwt.exception(trace.itm, ExceptionStep::exited, left, now);
  trace.dwt.exception(trace.itm, ExceptionStep::returned, ipsr, now);
  poll.forget();
  priorities_changed();
  if (way.thread != (ipsr == 0)) {
    note_fault(secure, kInvPc);
    ipsr = 0;
    return raise(nvic.slot(kUsageFault, secure), pc, kVcIntErr);
  }
  if (way.thread && (scs_of(way.from_secure).scr & kSleepOnExit) != 0) wait_for_interrupt();
}

}  // namespace probity::vboard::armv7m
