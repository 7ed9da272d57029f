// Access to the FPU and the state it keeps for whom: CPACR, CONTROL.FPCA, extended exception frames and their
// lazy preservation (B1.5), after the pseudocode functions named.
#include <algorithm>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr std::uint32_t kFpdscrBits = 0x07C00000;  // AHP, DN, FZ, RMode: what a new context begins with

}  // namespace

// CheckVFPEnabled. CP11 has to say the same as CP10; 0b10 is reserved.
bool Machine::fpu_enabled() const {
  const std::uint32_t access = bits(scs.cpacr, 21, 20);
  return access == 3 || (access == 1 && privileged());
}

// ExecuteFPCheck, where not everything is as it mostly is.
bool Machine::open_fpu(unsigned needs, const Op& op) {
  if (!fpu_enabled() || (fp_features & needs) != needs) {
    execute_undefined(*this, op);
    return false;
  }
  if ((scs.fpccr & kLspAct) != 0 && !preserve_fp_state()) return false;
  if ((scs.fpccr & kAspEn) != 0 && !fpca) {
    fpscr = (fpscr & ~kFpdscrBits) | scs.fpdscr;
    fpca = true;
  }
  poll.note_change();
  return true;
}

// PreserveFPState: what exception entry put off. A fault leaves LSPACT set; it is taken at the instruction
// that wanted the FPU.
bool Machine::preserve_fp_state() {
  const bool as_user = (scs.fpccr & kFpccrUser) != 0;
  std::uint32_t address = scs.fpcar;
  for (const std::uint32_t word : fp_frame()) {
    if (mpu_forbids(address, MpuAccess::write, as_user)) {
      memory_fault(kMLspErr);
      return false;
    }
    const BusStatus status = write_data(address, 4, word);
    address += 4;
    if (status == BusStatus::ok) continue;
    if (status == BusStatus::stalled) {
      outcome = Outcome::stalled;
    } else {
      bus_fault(kLspErr);
    }
    return false;
  }
  scs.fpccr &= ~kLspAct;
  return true;
}

std::array<std::uint32_t, Machine::kFpFrameWords> Machine::fp_frame() const {
  std::array<std::uint32_t, kFpFrameWords> frame;
  std::copy_n(fp.begin(), 16, frame.begin());
  frame[16] = fpscr;
  return frame;
}

void Machine::set_fp_frame(std::span<const std::uint32_t, kFpFrameWords> frame) {
  std::copy_n(frame.begin(), 16, fp.begin());
  fpscr = frame[16] & kFpscrWritable;
}

// UpdateFPCCR: where to preserve the state, and under which circumstances that was decided.
void Machine::defer_fp_state(std::uint32_t frame_at) {
  const int priority = execution_priority();
  const auto ready = [&](unsigned exception) {
    return nvic.enabled(exception) && nvic.group_priority(exception) < priority;
  };
  scs.fpcar = frame_at & ~7u;
  scs.fpccr = (scs.fpccr & (kAspEn | kLspEn)) | kLspAct | (privileged() ? 0u : kFpccrUser) |
              (in_handler() ? 0u : kFpccrThread) | (priority > -1 ? kHfRdy : 0u) |
              (ready(kMemManage) ? kMmRdy : 0u) | (ready(kBusFault) ? kBfRdy : 0u) |
              (ready(kDebugMonitor) ? kMonRdy : 0u);
}

}  // namespace probity::vboard::armv7m
