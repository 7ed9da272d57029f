// Priorities, faults, exception entry, lock-up and sleep (B1.5; with Security states DDI 0553, B3.9-B3.20).
#include <algorithm>
#include <array>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr unsigned kEntryCycles = 12;              // Cortex-M4 TRM 3.9, zero wait states
constexpr std::uint32_t kReturnBase = 0xF0000000;  // from here up in Handler mode: EXC_RETURN
constexpr std::uint32_t kReturnBaseV8 = 0xFF000000;
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
  if (basepri != 0) priority = std::min(priority, nvic.group_of(basepri, secure));
  if (primask && !ignore_primask) priority = std::min(priority, secure ? 0 : nvic.highest_non_secure());
  if (!has_security) return faultmask ? std::min(priority, -1) : priority;

  if (other.basepri != 0) priority = std::min(priority, nvic.group_of(other.basepri, !secure));
  if (other.primask && !ignore_primask) priority = std::min(priority, secure ? nvic.highest_non_secure() : 0);
  const bool mine_secure = secure ? faultmask : other.faultmask;
  if (secure ? other.faultmask : faultmask)
    priority = std::min(priority, nvic.bfhfnmins() ? -1 : nvic.highest_non_secure());
  if (mine_secure) priority = std::min(priority, nvic.bfhfnmins() ? -3 : -1);
  return priority;
}

void Machine::priorities_changed() {
  const unsigned next = nvic.next_pending(interrupts_masked());
  exception_ready_ = next != 0 && nvic.group_priority(next) < execution_priority();
  refresh();
}

// --- faults
// ----------------------------------------------------------------------------------------------------

void Machine::note_fault(bool of_secure, std::uint32_t bits) {
  scs_of(of_secure).cfsr |= bits & ~(kBusFaultBits | kStackSecurity);
  shared.bfsr |= bits & kBusFaultBits;
  if ((bits & kStackSecurity) != 0) shared.sfsr |= kAuViol;
}

void Machine::usage_fault(std::uint32_t cfsr_bits) {
  note_fault(secure, cfsr_bits);
  raise(nvic.slot(kUsageFault, secure), pc, usage_fault_catch(cfsr_bits));
}

void Machine::bus_fault(std::uint32_t cfsr_bits) {
  note_fault(secure, cfsr_bits);
  raise(kBusFault, pc, kVcBusErr);
}

void Machine::data_bus_fault(std::uint32_t address) {
  shared.bfar = address;
  bus_fault(kPrecisErr | kBfarValid);
}

void Machine::memory_fault(std::uint32_t cfsr_bits) {
  note_fault(secure, cfsr_bits);
  raise(nvic.slot(kMemManage, secure), pc, kVcMmErr);
}

void Machine::secure_fault(std::uint32_t sfsr_bits) {
  shared.sfsr |= sfsr_bits;
  raise(kSecureFault, pc, kVcSfErr);
}

void Machine::debug_hard_fault() {
  shared.hfsr |= kDebugEvt;
  debug.dfsr |= kDfsrBkpt;
  raise(nvic.hard_fault(secure), pc, kVcHardErr);
}

void Machine::supervisor_call() {
  if (it != 0) advance_it();
  raise(nvic.slot(kSvCall, secure), next_pc, 0);
}

// A synchronous exception; one that may not preempt escalates, and one at HardFault's priority locks up
// (B1.5.14).
void Machine::raise(unsigned slot, std::uint32_t return_address, std::uint32_t catch_bit) {
  const int current = execution_priority();
  if (number_of(slot) != kHardFault && (!nvic.enabled(slot) || nvic.group_priority(slot) >= current)) {
    shared.hfsr |= kForced;
    slot = nvic.hard_fault(nvic.targets_secure(slot));
    catch_bit = kVcHardErr;
  }
  if (number_of(slot) == kHardFault && current <= nvic.group_priority(slot)) return lock_up();
  enter_exception(slot, return_address, catch_bit);
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

// From the table of the state that the exception targets; Non-secure state's must not be in Secure memory.
Machine::Vector Machine::read_vector(unsigned slot) {
  Vector vector{BusStatus::ok, 0};
  const bool to_secure = nvic.targets_secure(slot);
  const std::uint32_t at = scs_of(to_secure).vtor + 4 * number_of(slot);
  if (has_security && !to_secure && attribution(at, false).secure) return {BusStatus::error, 0};
  vector.status = bus.read(Master::data, bus_security(at, to_secure), at, 4, vector.value);
  return vector;
}

// Whose fault a failure to stack or unstack is; the worst of several.
unsigned Machine::fault_slot(bool of_secure, std::uint32_t bits) const {
  if ((bits & kStackSecurity) != 0) return kSecureFault;
  if ((bits & kStkOf) != 0) return nvic.slot(kUsageFault, of_secure);
  return (bits & (kMStkErr | kMUnstkErr)) != 0 ? nvic.slot(kMemManage, of_secure) : unsigned{kBusFault};
}

// A fault while stacking for `slot` comes first where it has the higher priority; on the way into HardFault
// or NMI it is only recorded (B1.5.14).
unsigned Machine::derive(unsigned slot, std::uint32_t failed, bool from_secure) {
  note_fault(from_secure, failed);
  const unsigned fault = fault_slot(from_secure, failed);
  const bool enabled = nvic.enabled(fault), first = number_of(slot) <= kHardFault;
  const unsigned derived = enabled ? fault : nvic.hard_fault(nvic.targets_secure(fault));
  if (!enabled && !first) shared.hfsr |= kForced;
  if (!first && nvic.group_priority(derived) < nvic.group_priority(slot)) {
    nvic.pend(slot);
    return derived;
  }
  if (enabled) nvic.pend(fault);
  return slot;
}

// Vector first: a stalled table read (flash busy) must leave everything as it was.
void Machine::enter_exception(unsigned slot, std::uint32_t return_address, std::uint32_t catch_bit) {
  Vector vector = read_vector(slot);
  if (vector.status == BusStatus::stalled) {
    outcome = Outcome::stalled;
    return;
  }
  const std::uint32_t back = exc_return();
  std::uint32_t failed = push_frame(return_address);
  const bool callee = secure && !nvic.targets_secure(slot);
  if (callee) failed |= push_callee_frame(back);
  unsigned target = slot;
  if (failed != 0) {
    target = derive(slot, failed, secure);
    if (target != slot) {
      catch_bit = kVcIntErr;
      vector = read_vector(target);
    }
  }
  if (vector.status != BusStatus::ok && number_of(target) > kHardFault) {
    shared.hfsr |= kVectTbl;
    target = nvic.hard_fault(nvic.targets_secure(target));
    catch_bit = kVcIntErr;
    vector = read_vector(target);
  }
  if (vector.status != BusStatus::ok) {
    shared.hfsr |= kVectTbl;
    return lock_up();
  }
  start_handler(target, vector.value, complete_return(back, nvic.targets_secure(target), callee), catch_bit);
}

// What Non-secure code must not see of Secure state's registers (DDI 0553, B3.19).
void Machine::hide_registers(bool callee_saved) {
  std::fill_n(r.begin(), 4, 0);
  if (callee_saved) std::fill_n(r.begin() + 4, 8, 0);
  r[12] = 0;
  set_apsr(0);
}

void Machine::start_handler(unsigned slot, std::uint32_t vector, std::uint32_t exc_return,
                            std::uint32_t catch_bit) {
  const bool from_secure = secure, to_secure = nvic.targets_secure(slot);
  const unsigned exception = number_of(slot);
  nvic.activate(slot);
  ipsr = exception;
  select_stack();
  if (has_security) {
    switch_security(to_secure);
    const bool callee = (exc_return & kExcSecure) != 0;
    if (!to_secure && (from_secure || callee)) hide_registers(callee);
  }
  spsel = fpca = sfpa = false;
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
  if (may_halt() && (debug.demcr & catch_bit) != 0) halt(kDfsrVcatch);
}

void Machine::branch_exchange(std::uint32_t target) {
  if (target >= kReturnBase) [[unlikely]] {
    if (has_security && (target | 1) == kFunctionReturn) return return_from_function();
    if (in_handler() && (!v8m() || target >= kReturnBaseV8)) return exception_return(target);
  }
  branch(target);
  if ((target & 1) == 0) {
    thumb = false;
    refresh();
  }
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
      return on_send_event();
    default:  // NOP, YIELD, DBG, reserved hints
      return;
  }
}

}  // namespace probity::vboard::armv7m
