// Access to the FPU and the state it keeps for whom: CPACR, CONTROL.FPCA and SFPA, extended exception frames
// and their lazy preservation (B1.5; with Security States DDI 0553, B3.21), after the pseudocode functions
// named.
#include <algorithm>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr std::uint32_t kFpdscrBits = 0x07C00000;  // AHP, DN, FZ, RMode: what a new context begins with

}  // namespace

// CheckVFPEnabled. CP11 has to say the same as CP10; 0b10 is reserved.
bool Machine::fp_enabled_for(bool of_secure, bool as_privileged) const {
  const std::uint32_t access = bits(scs_of(of_secure).cpacr, 21, 20);
  return access == 3 || (access == 1 && as_privileged);
}

bool Machine::fpu_enabled() const {
  return fp_enabled_for(secure, privileged()) &&
         (!has_security || secure || (shared.nsacr & kNsacrCp10) != 0);
}

// ExecuteFPCheck, where not everything is as it mostly is.
bool Machine::open_fpu(unsigned needs, const Op& op) {
  if (has_security && !secure && fp_enabled_for(false, privileged()) && (shared.nsacr & kNsacrCp10) == 0) {
    note_fault(true, kNoCp);  // kept from Non-secure code by Secure code: its fault
    raise(nvic.slot(kUsageFault, true), pc, kVcNocpErr);
    return false;
  }
  if (!fpu_enabled() || (fp_features & needs) != needs) {
    execute_undefined(*this, op);
    return false;
  }
  const bool lazy = ((scs.fpccr | (has_security ? other.scs.fpccr : 0)) & kLspAct) != 0;
  if (lazy && !preserve_fp_state()) return false;
  if ((scs.fpccr & kAspEn) != 0 && (!fpca || (secure && !sfpa))) {
    fpscr = (fpscr & ~kFpdscrBits) | scs.fpdscr;
    fpca = true;
    sfpa = secure;
  }
  poll.note_change();
  return true;
}

// PreserveFPState: what exception entry (or VLSTM) put off. A fault leaves LSPACT set; it is taken at the
// instruction that wanted the FPU.
bool Machine::preserve_fp_state() {
  const bool of_secure = has_security && (scs.fpccr & kFpccrS) != 0;
  ScsState& owner = scs_of(of_secure);
  const bool as_user = (owner.fpccr & kFpccrUser) != 0, secret = secret_fp_state(of_secure);
  const FpFrame frame = fp_frame();
  const auto words = std::span(frame).first(fp_frame_words(secret));
  std::uint32_t address = owner.fpcar;
  for (const std::uint32_t word : words) {
    if (has_security && !of_secure && attribution(address, false).secure) {
      secure_fault(kSfLspErr);
      return false;
    }
    if (mpu_forbids(address, MpuAccess::write, as_user, of_secure)) {
      note_fault(of_secure, kMLspErr);
      raise(nvic.slot(kMemManage, of_secure), pc, kVcMmErr);
      return false;
    }
    const BusStatus status = write_data(of_secure, address, 4, word);
    address += 4;
    if (status == BusStatus::ok) continue;
    if (status == BusStatus::stalled) {
      outcome = Outcome::stalled;
    } else {
      bus_fault(kLspErr);
    }
    return false;
  }
  owner.fpccr &= ~kLspAct;
  if (secret) clear_fp_state(32);
  return true;
}

Machine::FpFrame Machine::fp_frame() const {
  FpFrame frame{};
  std::copy_n(fp.begin(), 16, frame.begin());
  frame[16] = fpscr;
  std::copy_n(fp.begin() + 16, 16, frame.begin() + 18);
  return frame;
}

void Machine::set_fp_frame(std::span<const std::uint32_t> frame) {
  std::copy_n(frame.begin(), 16, fp.begin());
  fpscr = frame[16] & kFpscrWritable;
  if (frame.size() > 18) std::copy_n(frame.begin() + 18, 16, fp.begin() + 16);
}

void Machine::clear_fp_state(unsigned registers) {
  std::fill_n(fp.begin(), registers, 0);
  fpscr = 0;
}

// UpdateFPCCR: where to preserve the state, and under which circumstances that was decided.
void Machine::defer_fp_state(std::uint32_t frame_at) {
  const int priority = execution_priority();
  const auto ready = [&](unsigned exception) {
    const unsigned slot = nvic.slot(exception, secure);
    return nvic.enabled(slot) && nvic.group_priority(slot) < priority;
  };
  scs.fpcar = frame_at & ~7u;
  const std::uint32_t kept = kAspEn | kLspEn | kFpTs | kClrOnRetS | kClrOnRet | kLspEnS;
  scs.fpccr = (scs.fpccr & kept) | kLspAct | (privileged() ? 0u : kFpccrUser) |
              (in_handler() ? 0u : kFpccrThread) | (priority > -1 ? kHfRdy : 0u) |
              (ready(kMemManage) ? kMmRdy : 0u) | (ready(kBusFault) ? kBfRdy : 0u) |
              (ready(kDebugMonitor) ? kMonRdy : 0u) | (secure ? kFpccrS : 0u) |
              (has_security && ready(kSecureFault) ? kSfRdy : 0u);
  share_fpccr(secure);
}

// What is there once: as the state that has just written it has it.
void Machine::share_fpccr(bool from_secure) {
  if (!has_security) return;
  std::uint32_t& theirs = scs_of(!from_secure).fpccr;
  theirs = (theirs & ~kFpccrShared) | (scs_of(from_secure).fpccr & kFpccrShared);
}

// --- VLSTM, VLLDM: Secure code's state around a call of Non-secure code (DDI 0553, C2.4.442, C2.4.444)

bool Machine::may_move_fp_state(std::uint32_t address, const Op& op) {
  if (!fp_enabled_for(true, privileged())) {
    execute_undefined(*this, op);
    return false;
  }
  if ((address & 7) == 0) return true;
  usage_fault(kUnaligned);
  return false;
}

void Machine::lazy_store_multiple(std::uint32_t address, const Op& op) {
  if (!secure) return execute_undefined(*this, op);
  if (!facts.has_fpu || !sfpa || !may_move_fp_state(address, op)) return;
  if ((scs.fpccr & kLspAct) != 0) return secure_fault(kLsErr);
  if ((scs.fpccr & kLspEn) != 0) {
    defer_fp_state(address);
  } else {
    const bool secret = secret_fp_state(true);
    const FpFrame frame = fp_frame();
    for (unsigned i = 0; i < fp_frame_words(secret); ++i) {
      if (!store(address + 4 * i, 4, frame[i])) return;
    }
    if (secret) clear_fp_state(32);
  }
  fpca = false;
  poll.note_change();
}

void Machine::lazy_load_multiple(std::uint32_t address, const Op& op) {
  if (!secure) return execute_undefined(*this, op);
  if (!facts.has_fpu || !sfpa || !may_move_fp_state(address, op)) return;
  if ((scs.fpccr & kLspAct) != 0) {
    scs.fpccr &= ~kLspAct;
  } else {
    FpFrame frame{};
    const unsigned words = fp_frame_words(secret_fp_state(true));
    for (unsigned i = 0; i < words; ++i) {
      if (!load(address + 4 * i, 4, frame[i])) return;
    }
    set_fp_frame(std::span(frame).first(words));
  }
  fpca = true;
  poll.note_change();
}

}  // namespace probity::vboard::armv7m
