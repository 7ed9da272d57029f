// Secure and Non-secure state: what is banked, who may reach which memory, and the ways from one state to the
// other (DDI 0553, B3.15, B8.3, C1.4.7 and the instructions' pseudocode).
#include <array>
#include <utility>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {

std::uint32_t& Machine::sp_of(bool of_secure, bool process) {
  if (of_secure == secure) return process == using_psp ? r[13] : banked_sp;
  return process ? other.psp : other.msp;
}

std::uint32_t Machine::sp_limit_of(bool of_secure, bool process) const {
  if (of_secure == secure) return process ? psplim : msplim;
  return process ? other.psplim : other.msplim;
}

// Secure state, Secure interrupts, all memory Secure: what the core leaves reset with.
void Machine::reset_security() {
  has_security = secure = v8m() && security_extension_wanted;
  scs.vtor = initial_vtor[secure ? 1 : 0];
  other = SecurityBank(mpu);
  other.scs = scs;
  other.scs.vtor = initial_vtor[0];
  sau.reset();
  nvic.reset(has_security);
  nvic.set_monitor_secure(has_security && secure_debug);
  code.select_space(has_security);
  if (has_security) code.drop_all();
}

void Machine::switch_security(bool to_secure) {
  if (to_secure == secure) return;
  const std::uint32_t main = msp(), process = psp();
  std::swap(msplim, other.msplim);
  std::swap(psplim, other.psplim);
  std::swap(spsel, other.spsel);
  std::swap(unprivileged, other.unprivileged);
  std::swap(primask, other.primask);
  std::swap(faultmask, other.faultmask);
  std::swap(basepri, other.basepri);
  std::swap(scs, other.scs);
  std::swap(mpu, other.mpu);
  using_psp = spsel && !in_handler();
  r[13] = using_psp ? other.psp : other.msp;
  banked_sp = using_psp ? other.msp : other.psp;
  other.msp = main;
  other.psp = process;
  secure = to_secure;
  code.select_space(secure);
  drop_windows();
  poll.note_change();
  refresh();
}

void Machine::set_secure_debug(bool allowed) {
  secure_debug = allowed;
  nvic.set_monitor_secure(has_security && allowed);
  priorities_changed();
}

// The SAU was written: what was decoded and where the windows are may belong to somebody else now.
void Machine::attributes_changed() {
  code.drop_all();
  drop_windows();
  poll.note_change();
}

// --- memory

// Secure code's accesses to Non-secure memory go out as Non-secure.
Security Machine::bus_security(std::uint32_t address, bool as_secure) const {
  if (!has_security || !as_secure) return Security::non_secure;
  return memory_security(address).value_or(Security::secure);
}

std::optional<Security> Machine::memory_security(std::uint32_t address) const {
  if (!has_security) return Security::non_secure;
  const Attribution at = attribution(address, false);
  if (at.exempt) return {};
  return at.secure ? Security::secure : Security::non_secure;
}

// True: the SecureFault has been raised.
bool Machine::security_forbids_data(std::uint32_t address, unsigned size) {
  if (!has_security || secure) return false;
  for (const std::uint32_t byte : {address, address + size - 1}) {
    if (!attribution(byte, false).secure) continue;
    shared.sfar = byte;
    secure_fault(kAuViol | kSfarValid);
    return true;
  }
  return false;
}

Security Machine::fetch_security(std::uint32_t address) const {
  if (!has_security) return Security::non_secure;
  const Attribution at = attribution(address, true);
  return at.secure || (at.exempt && secure) ? Security::secure : Security::non_secure;
}

// Non-secure callable memory lets itself be looked at: may_execute_here() finds out whether an SG is there.
bool Machine::security_allows_fetch(std::uint32_t address) {
  const Attribution at = attribution(address, true);
  if (at.exempt || at.secure == secure || at.callable) return true;
  secure_fault(secure ? kInvTran : kInvEp);
  return false;
}

// The instruction was fetched as far as security_allows_fetch(pc) goes: its second half, and what Non-secure
// code finds in Secure memory.
bool Machine::may_execute_here(const Op& op) {
  if (op.size == 4 && !security_allows_fetch(pc + 2)) return false;
  if (secure || op.raw == kSecureGateway) return true;
  if (!attribution(pc, true).secure && !attribution(pc + op.size - 2, true).secure) return true;
  secure_fault(kInvEp);
  return false;
}

// --- from state to state

// SG: the gate into Secure state, where Secure memory is; elsewhere it does nothing.
void Machine::secure_gateway() {
  if (!has_security || secure || !attribution(pc, true).secure) return;
  r[14] &= ~1u;
  sfpa = false;
  it = 0;
  switch_security(true);
}

void Machine::branch_non_secure(std::uint32_t target) {
  if (target >= (kFunctionReturn & ~1u)) return branch_exchange(target);
  if ((target & 1) == 0) {
    sfpa = false;
    switch_security(false);
  }
  branch(target);
}

// The return address and IPSR stay on the Secure stack; Non-secure code gets FNC_RETURN.
void Machine::call_non_secure(std::uint32_t target) {
  const std::uint32_t back = next_pc | 1;
  if ((target & 1) != 0) {
    r[14] = back;
    return branch(target);
  }
  const std::uint32_t sp = r[13] - 8;
  if (stack_overflows(13, sp)) return;
  if (!store(sp, 4, back) || !store(sp + 4, 4, ipsr | (sfpa ? kStackedSfpa : 0))) return;
  r[13] = sp;
  r[14] = kFunctionReturn;
  if (in_handler()) ipsr = 1;  // which exception it is stays a secret
  sfpa = false;
  switch_security(false);
  branch(target);
}

// FunctionReturn(): a branch to FNC_RETURN.
void Machine::return_from_function() {
  const bool process = !in_handler() && spsel_of(true);
  std::uint32_t& sp = sp_of(true, process);
  std::array<std::uint32_t, 2> words{};
  const Popped popped = pop_words(true, !in_handler() && unprivileged_of(true), sp, words);
  if (popped.status == BusStatus::stalled) {
    outcome = Outcome::stalled;
    return;
  }
  if (popped.status != BusStatus::ok) {
    note_fault(true, popped.failed);
    return raise(fault_slot(true, popped.failed), pc, kVcIntErr);
  }
  const unsigned exception = words[1] & 0x1FF;
  if (ipsr > 1 || (ipsr == 1) != (exception != 0)) return usage_fault(kInvPc);
  sp += 8;
  switch_security(true);
  ipsr = exception;
  sfpa = (words[1] & kStackedSfpa) != 0;
  it = 0;
  branch(words[0]);
  thumb = (words[0] & 1) != 0;
  refresh();
}

}  // namespace probity::vboard::armv7m
