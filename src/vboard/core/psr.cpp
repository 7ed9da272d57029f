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
  kSysmControl = 20
};

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
  if (!in_handler()) select_stack((value & 2) != 0);
  poll.note_change();
}

std::uint32_t Machine::special(unsigned sysm) const {
  if (sysm < 8) {  // APSR, IAPSR, EAPSR, xPSR, -, IPSR, EPSR, IEPSR: EPSR reads as zero
    std::uint32_t value = (sysm & 1) != 0 ? ipsr : 0;
    if ((sysm & 4) == 0) value |= xpsr() & 0xF80F0000;
    return value;
  }
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

void Machine::set_special(unsigned sysm, unsigned mask, std::uint32_t value) {
  poll.note_change();
  if (sysm < 4) {
    const std::uint32_t keep = xpsr();
    const std::uint32_t writable =
        ((mask & 2) != 0 ? 0xF8000000u : 0u) | ((mask & 1) != 0 ? 0x000F0000u : 0u);
    return set_apsr((keep & ~writable) | (value & writable));
  }
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
