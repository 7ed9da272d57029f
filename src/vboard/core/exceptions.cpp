// Exception entry, return, faults and lock-up (B1.5).
#include <array>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr unsigned kEntryCycles = 12, kReturnCycles = 10;  // Cortex-M4 TRM 3.9, zero wait states
constexpr std::uint32_t kFrameBytes = 0x20, kExtendedFrameBytes = 0x68;
constexpr std::uint32_t kNoFpFrame = 1u << 4;       // of EXC_RETURN
constexpr std::uint32_t kAlignedByEntry = 1u << 9;  // stacked xPSR
enum ExcReturn : std::uint32_t {
  kToHandler = 0xFFFFFFF1,
  kToThreadMain = 0xFFFFFFF9,
  kToThreadProcess = 0xFFFFFFFD
};
constexpr std::uint32_t kReturnBase = 0xF0000000;  // from here up in Handler mode: EXC_RETURN
// Armv8-M (DDI 0553, D1.2.95): PREFIX, S, DCRS, ES. In Non-secure state S and ES are 0 and DCRS is 1.
constexpr std::uint32_t kToNonSecure = 0xFFFFFFA0, kReturnBaseV8 = 0xFF000000;
constexpr std::uint32_t kThreadMode = 1u << 3, kProcessStack = 1u << 2, kSecurityBits = 0x61, kDcrs = 1u << 5;
// B1.5.15; DDI 0553, B3.33
constexpr std::uint32_t kLockupAddress = 0xFFFFFFFE, kLockupAddressV8 = 0xEFFFFFFE;

// Which DEMCR bit catches the entry into a fault handler.
std::uint32_t usage_fault_catch(std::uint32_t cfsr_bits) {
  if ((cfsr_bits & kNoCp) != 0) return kVcNocpErr;
  return (cfsr_bits & (kUnaligned | kDivByZero)) != 0 ? kVcChkErr : kVcStatErr;
}

}  // namespace

int Machine::execution_priority(bool ignore_primask) const {
  int priority = nvic.active_priority();
  if (basepri != 0) priority = std::min(priority, nvic.group_of(basepri));
  if (primask && !ignore_primask) priority = std::min(priority, 0);
  if (faultmask) priority = std::min(priority, -1);
  return priority;
}

void Machine::priorities_changed() {
  const unsigned next = nvic.next_pending(interrupts_masked());
  exception_ready_ = next != 0 && nvic.group_priority(next) < execution_priority();
  refresh();
}

// --- faults
// ----------------------------------------------------------------------------------------------------

void Machine::usage_fault(std::uint32_t cfsr_bits) {
  scs.cfsr |= cfsr_bits;
  raise(kUsageFault, pc, usage_fault_catch(cfsr_bits));
}

void Machine::bus_fault(std::uint32_t cfsr_bits) {
  scs.cfsr |= cfsr_bits;
  raise(kBusFault, pc, kVcBusErr);
}

void Machine::data_bus_fault(std::uint32_t address) {
  scs.bfar = address;
  bus_fault(kPrecisErr | kBfarValid);
}

void Machine::memory_fault(std::uint32_t cfsr_bits) {
  scs.cfsr |= cfsr_bits;
  raise(kMemManage, pc, kVcMmErr);
}

void Machine::debug_hard_fault() {
  scs.hfsr |= kDebugEvt;
  debug.dfsr |= kDfsrBkpt;
  raise(kHardFault, pc, kVcHardErr);
}

void Machine::supervisor_call() {
  if (it != 0) advance_it();
  raise(kSvCall, next_pc, 0);
}

// A synchronous exception; one that may not preempt escalates, and one at HardFault's priority locks up
// (B1.5.14).
void Machine::raise(unsigned exception, std::uint32_t return_address, std::uint32_t catch_bit) {
  const int current = execution_priority();
  if (exception != kHardFault && (!nvic.enabled(exception) || nvic.group_priority(exception) >= current)) {
    scs.hfsr |= kForced;
    exception = kHardFault;
    catch_bit = kVcHardErr;
  }
  if (exception == kHardFault && current <= -1) return lock_up();
  enter_exception(exception, return_address, catch_bit);
}

void Machine::lock_up() {
  locked = true;
  pc = v8m() ? kLockupAddressV8 : kLockupAddress;
  it = 0;
  outcome = Outcome::redirected;
  refresh();
}

// --- entry
// -----------------------------------------------------------------------------------------------------

Machine::Vector Machine::read_vector(unsigned exception) {
  Vector vector{BusStatus::ok, 0};
  vector.status = bus.read(Master::data, scs.vtor + 4 * exception, 4, vector.value);
  return vector;
}

// The CFSR bits of a frame that did not get to memory; SP moved all the same. The FPU's part is written now
// or, with LSPEN, when somebody wants the FPU (B1.5.7).
std::uint32_t Machine::push_frame(std::uint32_t return_address) {
  const bool align = fpca || (scs.ccr & kStkAlign) != 0;
  const bool moved = align && (r[13] & 4) != 0;
  const std::array<std::uint32_t, 8> frame{
      r[0], r[1], r[2], r[3], r[12], r[14], return_address, xpsr() | (moved ? kAlignedByEntry : 0)};
  r[13] -= fpca ? kExtendedFrameBytes : kFrameBytes;
  if (align) r[13] &= ~4u;
  if (r[13] < stack_limit()) {  // nothing is stacked below it (DDI 0553, B3.21)
    r[13] = stack_limit();
    return kStkOf;
  }
  std::uint32_t failed = push_words(r[13], frame);
  if (!fpca) return failed;
  if ((scs.fpccr & kLspEn) != 0) {
    defer_fp_state(r[13] + kFrameBytes);
  } else {
    failed |= push_words(r[13] + kFrameBytes, fp_frame());
  }
  return failed;
}

std::uint32_t Machine::push_words(std::uint32_t at, std::span<const std::uint32_t> words) {
  std::uint32_t failed = 0;
  for (const std::uint32_t word : words) {
    if (mpu_forbids(at, MpuAccess::write, !privileged())) {
      failed |= kMStkErr;
    } else if (write_data(at, 4, word) != BusStatus::ok) {
      failed |= kStkErr;
    }
    at += 4;
  }
  return failed;
}

std::uint32_t Machine::exc_return() const {
  const std::uint32_t fp_frame_kept = fpca ? kNoFpFrame : 0u;
  if (!v8m())
    return (in_handler() ? kToHandler : using_psp ? kToThreadProcess : kToThreadMain) & ~fp_frame_kept;
  return (kToNonSecure | kNoFpFrame | (in_handler() ? 0 : kThreadMode) | (using_psp ? kProcessStack : 0)) &
         ~fp_frame_kept;
}

// Vector first: a stalled table read (flash busy) must leave everything as it was.
void Machine::enter_exception(unsigned exception, std::uint32_t return_address, std::uint32_t catch_bit) {
  Vector vector = read_vector(exception);
  if (vector.status == BusStatus::stalled) {
    outcome = Outcome::stalled;
    return;
  }
  const std::uint32_t back = exc_return();
  const std::uint32_t stacking_failed = push_frame(return_address);
  unsigned target = exception;
  if (stacking_failed != 0) {
    scs.cfsr |= stacking_failed;
    // A derived fault comes first where it has the higher priority; on the way into HardFault or NMI it is
    // only recorded (B1.5.14).
    const unsigned fault = (stacking_failed & kStkOf) != 0     ? kUsageFault
                           : (stacking_failed & kMStkErr) != 0 ? kMemManage
                                                               : kBusFault;
    const bool enabled = nvic.enabled(fault);
    const unsigned derived = enabled ? fault : kHardFault;
    if (!enabled && exception > kHardFault) scs.hfsr |= kForced;
    if (exception > kHardFault && nvic.group_priority(derived) < nvic.group_priority(exception)) {
      nvic.pend(exception);
      target = derived;
      catch_bit = kVcIntErr;
      vector = read_vector(target);
    } else if (enabled) {
      nvic.pend(fault);
    }
  }
  if (vector.status != BusStatus::ok && target > kHardFault) {
    scs.hfsr |= kVectTbl;
    target = kHardFault;
    catch_bit = kVcIntErr;
    vector = read_vector(target);
  }
  if (vector.status != BusStatus::ok) {
    scs.hfsr |= kVectTbl;
    return lock_up();
  }
  start_handler(target, vector.value, back, catch_bit);
}

void Machine::start_handler(unsigned exception, std::uint32_t vector, std::uint32_t exc_return,
                            std::uint32_t catch_bit) {
  select_stack(false);
  nvic.activate(exception);
  ipsr = exception;
  fpca = false;
  it = 0;
  pc = vector & ~1u;
  thumb = (vector & 1) != 0;
  r[14] = exc_return;
  exclusive = false;
  event = true;
  sleeping = locked = false;
  outcome = Outcome::redirected;
  now += kEntryCycles;
  trace.advance(now);
  trace.dwt.exception(trace.itm, ExceptionStep::entered, exception, now);
  poll.forget();
  priorities_changed();
  if (exception == kHardFault) catch_bit |= kVcHardErr;
  if (debug.c_debugen && (debug.demcr & catch_bit) != 0) halt(kDfsrVcatch);
}

// --- return
// ----------------------------------------------------------------------------------------------------

void Machine::branch_exchange(std::uint32_t target) {
  if (in_handler() && target >= (v8m() ? kReturnBaseV8 : kReturnBase)) return exception_return(target);
  branch(target);
  if ((target & 1) == 0) {
    thumb = false;
    refresh();
  }
}

// A fault found while returning is taken without stacking again: the old frame serves (B1.5.8).
void Machine::bad_return(std::uint32_t exc_return, unsigned fault, std::uint32_t cfsr_bits) {
  nvic.deactivate(ipsr);
  if (ipsr != kNmi) faultmask = false;
  scs.cfsr |= cfsr_bits;
  const int current = execution_priority();
  if (!nvic.enabled(fault) || nvic.group_priority(fault) >= current) {
    scs.hfsr |= kForced;
    fault = kHardFault;
    if (current <= -1) return lock_up();
  }
  const Vector vector = read_vector(fault);
  if (vector.status != BusStatus::ok) {
    scs.hfsr |= kVectTbl;
    return lock_up();
  }
  start_handler(fault, vector.value, exc_return, kVcIntErr);
}

// Armv8-M lets Thread mode be returned to while other exceptions are active (its CCR.NONBASETHRDENA is RES1);
// what it says of security must fit a core that has none (R_XLCP).
bool Machine::valid_return(std::uint32_t exc_return) const {
  const bool nested = nvic.active_count() > 1;
  if (!nvic.active(ipsr)) return false;
  if (v8m()) {
    return (exc_return & kSecurityBits) == kDcrs && ((exc_return & kThreadMode) != 0 || nested) &&
           ((exc_return & kNoFpFrame) != 0 || facts.has_fpu);
  }
  const std::uint32_t kind = (facts.has_fpu ? exc_return | kNoFpFrame : exc_return) & 0x1F;
  const bool to_thread = kind == (kToThreadMain & 0x1F) || kind == (kToThreadProcess & 0x1F);
  if (to_thread) return !nested || (scs.ccr & kNonBaseThrdEna) != 0;
  return kind == (kToHandler & 0x1F) && nested;
}

void Machine::exception_return(std::uint32_t exc_return) {
  if (!valid_return(exc_return)) return bad_return(kReturnBase | exc_return, kUsageFault, kInvPc);

  const bool to_thread = (exc_return & kThreadMode) != 0;
  const std::uint32_t frame_at = (exc_return & kProcessStack) != 0 && to_thread ? psp() : msp();
  const bool as_thread_user = to_thread && unprivileged;
  Frame frame{};
  FpFrame fp_state{};
  if (!pop_words(exc_return, frame_at, frame, as_thread_user)) return;
  if ((exc_return & kNoFpFrame) == 0 && (scs.fpccr & kLspAct) == 0) {
    if (!fpu_enabled()) return bad_return(exc_return, kUsageFault, kNoCp);
    if (!pop_words(exc_return, frame_at + kFrameBytes, fp_state, as_thread_user)) return;
    set_fp_frame(fp_state);
  }
  finish_return(exc_return, frame, frame_at);
}

bool Machine::pop_words(std::uint32_t exc_return, std::uint32_t at, std::span<std::uint32_t> words,
                        bool user) {
  for (std::uint32_t& word : words) {
    if (mpu_forbids(at, MpuAccess::read, user)) {
      bad_return(exc_return, kMemManage, kMUnstkErr);
      return false;
    }
    const BusStatus status = read_data(at, 4, word);
    if (status == BusStatus::stalled) outcome = Outcome::stalled;
    if (status == BusStatus::error) bad_return(exc_return, kBusFault, kUnstkErr);
    if (status != BusStatus::ok) return false;
    at += 4;
  }
  return true;
}

// What exception entry put off and nobody has asked for since is still in the registers: no lazy state left.
void Machine::finish_return(std::uint32_t exc_return, const Frame& frame, std::uint32_t frame_at) {
  const bool to_thread = (exc_return & kThreadMode) != 0;
  const bool process = to_thread && (exc_return & kProcessStack) != 0;
  const unsigned left = ipsr;
  nvic.deactivate(ipsr);
  if (ipsr != kNmi) faultmask = false;
  const bool extended = (exc_return & kNoFpFrame) == 0;
  if (extended) scs.fpccr &= ~kLspAct;
  fpca = extended;
  std::uint32_t sp = frame_at + (extended ? kExtendedFrameBytes : kFrameBytes);
  if ((extended || (scs.ccr & kStkAlign) != 0) && (frame[7] & kAlignedByEntry) != 0) sp |= 4;
  (process ? banked_sp : r[13]) = sp;
  select_stack(process);
  std::copy_n(frame.begin(), 4, r.begin());
  r[12] = frame[4];
  r[14] = frame[5];
  pc = frame[6] & ~1u;
  ipsr = frame[7] & 0x1FF;
  set_apsr(frame[7]);
  set_epsr(frame[7]);
  event = true;
  exclusive = false;
  outcome = Outcome::redirected;
  now += kReturnCycles;
  trace.advance(now);
  trace.dwt.exception(trace.itm, ExceptionStep::exited, left, now);
  trace.dwt.exception(trace.itm, ExceptionStep::returned, ipsr, now);
  poll.forget();
  priorities_changed();
  if (to_thread != (ipsr == 0)) {
    scs.cfsr |= kInvPc;
    ipsr = 0;
    return raise(kUsageFault, pc, kVcIntErr);
  }
  if (to_thread && (scs.scr & kSleepOnExit) != 0) wait_for_interrupt();
}

// --- sleep
// -----------------------------------------------------------------------------------------------------

void Machine::wait_for_interrupt() {
  poll.note_change();
  sleeping = true;
  sleeping_for_event = false;
  wake_up();
  refresh();
}

void Machine::wait_for_event() {
  poll.note_change();
  sleeping = true;
  sleeping_for_event = true;
  wake_up();
  refresh();
}

void Machine::hint(unsigned code) {
  switch (code) {
    case 2:
      return wait_for_event();
    case 3:
      return wait_for_interrupt();
    case 4:  // SEV
      event = true;
      poll.note_change();
      return;
    default:  // NOP, YIELD, DBG, reserved hints
      return;
  }
}

}  // namespace probity::vboard::armv7m
