// xPSR, CONTROL, the masks, and the MRS/MSR numbering of special registers (B1.4, B5.1).
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Sysm : unsigned {
  kSysmMsp = 8,
  kSysmPsp = 9,
  kSysmMspLim = 10,  // Armv8-M, as the next
  kSysmPspLim = 11,
  kSysmPrimask = 16,
  kSysmBasepri = 17,
  kSysmBasepriMax = 18,
  kSysmFaultmask = 19,
  kSysmControl = 20,
  kSysmSp = 24,           // of Non-secure state only
  kSysmOfNonSecure = 128  // added: the Non-secure one, for Secure code (DDI 0553, C1.5, table of SYSm)
};
constexpr std::uint32_t kSfpa = 1u << 3;

// N Z C V; Q from Armv7-M on, GE with the DSP extension.
std::uint32_t apsr_bits(Architecture architecture) {
  if (architecture == Architecture::v6m) return 0xF0000000;
  return architecture == Architecture::v7m ? 0xF8000000 : 0xF80F0000;
}

// BASEPRI, FAULTMASK and the stack limits are not everywhere; what is not there reads as zero.
bool has_special(unsigned sysm, Architecture architecture) {
  if (sysm == kSysmMspLim || sysm == kSysmPspLim) return architecture == Architecture::v8m;
  return sysm < kSysmBasepri || sysm > kSysmFaultmask || architecture != Architecture::v6m;
}

}  // namespace

bool Machine::condition_passed(unsigned cond) const {
  bool result = true;
  switch (cond >> 1) {
    case 0:
      result = z;
      break;
    case 1:
      result = c;
      break;
    case 2:
      result = n;
      break;
    case 3:
      result = v;
      break;
    case 4:
      result = c && !z;
      break;
    case 5:
      result = n == v;
      break;
    case 6:
      result = n == v && !z;
      break;
    default:
      return true;
  }
  return result != ((cond & 1) != 0);
}

std::uint32_t Machine::xpsr() const {
  return std::uint32_t{n} << 31 | std::uint32_t{z} << 30 | std::uint32_t{c} << 29 | std::uint32_t{v} << 28 |
         std::uint32_t{q} << 27 | bits(it, 1, 0) << 25 | std::uint32_t{thumb} << 24 |
         std::uint32_t{ge} << 16 | bits(it, 7, 2) << 10 | ipsr;
}

void Machine::set_apsr(std::uint32_t value) {
  value &= apsr_bits(facts.architecture);
  n = bits(value, 31, 31) != 0;
  z = bits(value, 30, 30) != 0;
  c = bits(value, 29, 29) != 0;
  v = bits(value, 28, 28) != 0;
  q = bits(value, 27, 27) != 0;
  ge = static_cast<std::uint8_t>(bits(value, 19, 16));
}

void Machine::set_epsr(std::uint32_t value) {
  thumb = bits(value, 24, 24) != 0;
  if (v6m()) return;  // no IT
  it = static_cast<std::uint8_t>(bits(value, 15, 10) << 2 | bits(value, 26, 25));
}

void Machine::select_stack(bool use_psp) {
  if (use_psp == using_psp) return;
  std::swap(r[13], banked_sp);
  using_psp = use_psp;
}

void Machine::set_control(std::uint32_t value) {
  unprivileged = (value & 1) != 0;
  fpca = facts.has_fpu && (value & 4) != 0;
  if (secure) sfpa = facts.has_fpu && (value & kSfpa) != 0;
  if (!in_handler()) spsel = (value & 2) != 0;
  select_stack();
  poll.note_change();
}

std::uint32_t Machine::special(unsigned sysm) const {
  if (sysm < 8) {  // APSR, IAPSR, EAPSR, xPSR, -, IPSR, EPSR, IEPSR: EPSR reads as zero
    std::uint32_t value = (sysm & 1) != 0 ? ipsr : 0;
    if ((sysm & 4) == 0) value |= xpsr() & 0xF80F0000;
    return value;
  }
  if ((sysm & kSysmOfNonSecure) != 0) return special_ns(sysm - kSysmOfNonSecure);
  if (sysm == kSysmControl) return control();
  if (!privileged() || !has_special(sysm, facts.architecture)) return 0;
  switch (sysm) {
    case kSysmMsp:
      return msp();
    case kSysmPsp:
      return psp();
    case kSysmMspLim:
      return msplim;
    case kSysmPspLim:
      return psplim;
    case kSysmPrimask:
      return primask;
    case kSysmBasepri:
    case kSysmBasepriMax:
      return basepri;
    case kSysmFaultmask:
      return faultmask;
    default:
      return 0;
  }
}

std::uint32_t Machine::special_ns(unsigned sysm) const {
  if (!secure) return 0;
  if (sysm == kSysmControl)
    return (fpca ? 4u : 0u) | (other.spsel ? 2u : 0u) | (other.unprivileged ? 1u : 0u);
  if (!privileged()) return 0;
  switch (sysm) {
    case kSysmMsp:
      return other.msp;
    case kSysmPsp:
      return other.psp;
    case kSysmMspLim:
      return other.msplim;
    case kSysmPspLim:
      return other.psplim;
    case kSysmPrimask:
      return other.primask;
    case kSysmBasepri:
      return other.basepri;
    case kSysmFaultmask:
      return other.faultmask;
    case kSysmSp:
      return other.spsel && !in_handler() ? other.psp : other.msp;
    default:
      return 0;
  }
}

void Machine::set_special_ns(unsigned sysm, std::uint32_t value) {
  if (!secure || !privileged()) return;
  const bool process = other.spsel && !in_handler();
  switch (sysm) {
    case kSysmMsp:
      other.msp = value & ~3u;
      return;
    case kSysmPsp:
      other.psp = value & ~3u;
      return;
    case kSysmMspLim:
      other.msplim = value & ~7u;
      return;
    case kSysmPspLim:
      other.psplim = value & ~7u;
      return;
    case kSysmPrimask:
      other.primask = (value & 1) != 0;
      break;
    case kSysmBasepri:
      other.basepri = static_cast<std::uint8_t>(value & nvic.implemented_bits());
      break;
    case kSysmFaultmask:
      if (execution_priority() > -1) other.faultmask = (value & 1) != 0;
      break;
    case kSysmControl:
      other.unprivileged = (value & 1) != 0;
      other.spsel = (value & 2) != 0;
      fpca = facts.has_fpu && (value & 4) != 0;
      return;
    case kSysmSp:
      if (value < sp_limit_of(false, process)) return usage_fault(kStkOf);
      sp_of(false, process) = value & ~3u;
      return;
    default:
      return;
  }
  priorities_changed();
}

void Machine::set_special(unsigned sysm, unsigned mask, std::uint32_t value) {
  poll.note_change();
  if (sysm < 4) {
    const std::uint32_t keep = xpsr();
    const std::uint32_t writable =
        ((mask & 2) != 0 ? 0xF8000000u : 0u) | ((mask & 1) != 0 ? 0x000F0000u : 0u);
    return set_apsr((keep & ~writable) | (value & writable));
  }
  if ((sysm & kSysmOfNonSecure) != 0) return set_special_ns(sysm - kSysmOfNonSecure, value);
  if (!privileged() || !has_special(sysm, facts.architecture)) return;
  const auto priority = static_cast<std::uint8_t>(value & nvic.implemented_bits());
  switch (sysm) {
    case kSysmMsp:
      return set_msp(value);
    case kSysmPsp:
      return set_psp(value);
    case kSysmMspLim:
      msplim = value & ~7u;
      return;
    case kSysmPspLim:
      psplim = value & ~7u;
      return;
    case kSysmPrimask:
      primask = (value & 1) != 0;
      break;
    case kSysmBasepri:
      basepri = priority;
      break;
    case kSysmBasepriMax:  // only ever raises the priority
      if (priority != 0 && (basepri == 0 || priority < basepri)) basepri = priority;
      break;
    case kSysmFaultmask:
      if (execution_priority() > -1) faultmask = (value & 1) != 0;
      break;
    case kSysmControl:
      return set_control(value);
    default:
      return;
  }
  priorities_changed();
}

}  // namespace probity::vboard::armv7m
