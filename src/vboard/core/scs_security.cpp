// Registers that only Secure state has, those that the two states see differently, and what a debugger asks
// about them (DDI 0553, D1.2).
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum SecureRegister : std::uint32_t {
  kItnsBegin = 0x380,
  kItnsEnd = 0x3C0,
  kNsacr = 0xD8C,
  kSfsr = 0xDE4,
  kSfar = 0xDE8
};
constexpr std::uint32_t kNsacrWritable = 3u << 10;  // CP10, CP11
// Of FPCCR only Secure state's; and of those of both, what is RAZ/WI for Non-secure state while BFHFNMINS is
// 0.
constexpr std::uint32_t kFpccrSecure = kFpccrS | kSfRdy | kFpTs | kClrOnRetS | kLspEnS;
constexpr std::uint32_t kFpccrFaults = kHfRdy | kBfRdy;
constexpr std::uint32_t kFpccrAll =
    kAspEn | kLspEn | kMonRdy | kBfRdy | kMmRdy | kHfRdy | kFpccrThread | kFpccrUser | kLspAct;
constexpr std::uint32_t kSbrSelEn = 1u << 0, kSbrSel = 1u << 1, kCds = 1u << 16, kCdsKey = 1u << 17;

}  // namespace

bool Machine::owns_secure_register(std::uint32_t offset) const {
  return has_security && (sau.owns(offset) || offset == kNsacr || offset == kSfsr || offset == kSfar ||
                          (offset >= kItnsBegin && offset < kItnsEnd));
}

std::uint32_t Machine::read_secure_register(std::uint32_t offset) const {
  if (sau.owns(offset)) return sau.read(offset);
  if (offset == kNsacr) return shared.nsacr;
  if (offset == kSfsr) return shared.sfsr;
  if (offset == kSfar) return shared.sfar;
  std::uint32_t value = 0;
  const unsigned first = 8 * (offset - kItnsBegin);
  for (unsigned i = 0; i < 32 && first + i < nvic.irq_count(); ++i)
    value |= std::uint32_t{nvic.non_secure(kFirstIrq + first + i)} << i;
  return value;
}

void Machine::write_secure_register(std::uint32_t offset, std::uint32_t value) {
  if (sau.owns(offset)) {
    sau.write(offset, value);
    return attributes_changed();
  }
  if (offset == kNsacr) {
    shared.nsacr = facts.has_fpu ? value & kNsacrWritable : 0;
  } else if (offset == kSfsr) {
    shared.sfsr &= ~value;
  } else if (offset == kSfar) {
    shared.sfar = value;
  } else {
    const unsigned first = 8 * (offset - kItnsBegin);
    for (unsigned i = 0; i < 32 && first + i < nvic.irq_count(); ++i)
      nvic.set_non_secure(kFirstIrq + first + i, (value >> i & 1) != 0);
    priorities_changed();
  }
}

// SLEEPDEEP is there once and, with SLEEPDEEPS, Secure state's alone (D1.2.231).
std::uint32_t Machine::read_scr(View view) const {
  const std::uint32_t value = scs_of(view.secure).scr;
  if (!has_security || view.trusted) return value;
  return (value & kSleepDeepS) != 0 ? value & ~(kSleepDeep | kSleepDeepS) : value;
}

void Machine::write_scr(View view, std::uint32_t value) {
  std::uint32_t& scr = scs_of(view.secure).scr;
  value &= kSleepOnExit | kSleepDeep | kSevOnPend | (view.trusted ? kSleepDeepS : 0u);
  if (has_security && !view.trusted) {
    value |= scr & kSleepDeepS;
    if ((scr & kSleepDeepS) != 0) value = (value & ~kSleepDeep) | (scr & kSleepDeep);
  }
  scr = value;
  if (!has_security) return;
  std::uint32_t& theirs = scs_of(!view.secure).scr;
  theirs = (theirs & ~(kSleepDeep | kSleepDeepS)) | (value & (kSleepDeep | kSleepDeepS));
}

std::uint32_t Machine::read_fpccr(View view) const {
  std::uint32_t hidden = 0;
  if (has_security && !view.trusted) hidden = kFpccrSecure | (nvic.bfhfnmins() ? 0 : kFpccrFaults);
  return scs_of(view.secure).fpccr & ~hidden;
}

// LSPENS and CLRONRETS keep their fields from Non-secure state (D1.2.110).
void Machine::write_fpccr(View view, std::uint32_t value) {
  std::uint32_t& fpccr = scs_of(view.secure).fpccr;
  std::uint32_t writable = kFpccrAll | (has_security ? kClrOnRet : 0u);
  if (view.trusted) writable |= kFpccrSecure;
  if (has_security && !view.trusted) {
    if ((fpccr & kLspEnS) != 0) writable &= ~kLspEn;
    if ((fpccr & kClrOnRetS) != 0) writable &= ~kClrOnRet;
    if (!nvic.bfhfnmins()) writable &= ~kFpccrFaults;
  }
  fpccr = (fpccr & ~writable) | (value & writable);
  share_fpccr(view.secure);
}

// --- debug

std::uint32_t Machine::read_dscsr() const {
  if (!has_security) return 0;
  const std::uint32_t cds = secure ? kCds : 0;
  if (!secure_debug) return cds;
  return cds | (debug.sbrsel ? kSbrSel : 0u) | (debug.sbrselen ? kSbrSelEn : 0u);
}

// CDS takes the halted core from one state into the other, where CDSKEY is written as 0.
void Machine::write_dscsr(std::uint32_t value) {
  if (!has_security || !secure_debug) return;
  debug.sbrsel = (value & kSbrSel) != 0;
  debug.sbrselen = (value & kSbrSelEn) != 0;
  if (debug.halted && (value & kCdsKey) == 0) switch_security((value & kCds) != 0);
}

// Non-secure debug, invasive or not, is there and allowed; Secure debug with the extension (D1.2.16).
std::uint32_t Machine::read_dauthstatus() const {
  if (!v8m()) return 0;
  if (!has_security) return 0x0F;
  return secure_debug ? 0xFF : 0xAF;
}

}  // namespace probity::vboard::armv7m
