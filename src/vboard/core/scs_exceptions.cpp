// Registers of the NVIC and the system control block that show or change exceptions (B3.2.4-B3.2.13, B3.4).
#include <span>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum NvicArray : std::uint32_t {
  kIser = 0x100,
  kIcer = 0x180,
  kIspr = 0x200,
  kIcpr = 0x280,
  kIabr = 0x300,
  kItns = 0x380,  // Security Extension (scs_security.cpp)
  kIpr = 0x400,
  kShpr1 = 0xD18,
  kStir = 0xF00
};
constexpr std::uint32_t kVectKey = 0x05FA;

// SHCSR: the bit of each flag (B3.2.13).
struct ShcsrFlag {
  unsigned bit;
  Exception exception;
};
constexpr ShcsrFlag kShcsrActive[] = {{0, kMemManage},    {1, kBusFault}, {3, kUsageFault}, {7, kSvCall},
                                      {8, kDebugMonitor}, {10, kPendSv},  {11, kSysTick}};
constexpr ShcsrFlag kShcsrPending[] = {{12, kUsageFault}, {13, kMemManage}, {14, kBusFault}, {15, kSvCall}};
constexpr std::uint32_t kShcsrV6m = 1u << 15;  // SVCALLPENDED (DDI 0419, C1.6.1)
// SHPR2 and SHPR3 of Armv6-M: SVCall; SysTick, PendSV.
constexpr std::uint32_t kShpr2V6m = 0xFF000000, kShpr3V6m = 0xFFFF0000;
constexpr ShcsrFlag kShcsrEnabled[] = {{16, kMemManage}, {17, kBusFault}, {18, kUsageFault}};
// DDI 0553, D1.2.243: HARDFAULTACT, NMIACT, HARDFAULTPENDED; SECUREFAULTACT, SECUREFAULTENA,
// SECUREFAULTPENDED.
enum ShcsrBitV8 : unsigned {
  kHardFaultActive = 2,
  kNmiActive = 5,
  kHardFaultPending = 21,
  kSecureFaultActive = 4,
  kSecureFaultEnabled = 19,
  kSecureFaultPending = 20
};
enum AircrBit : std::uint32_t {
  kVectReset = 1u << 0,
  kVectClrActive = 1u << 1,
  kSysResetReq = 1u << 2,
  kSysResetReqS = 1u << 3,
  kBfhfnmins = 1u << 13,
  kPris = 1u << 14
};

}  // namespace

// What targets Secure state reads as zero for the other one, and its writes are ignored (DDI 0553, B3.12).
bool Machine::sees_slot(View view, unsigned slot) const {
  return !has_security || view.trusted || !nvic.targets_secure(slot);
}

std::uint32_t Machine::read_nvic(View view, std::uint32_t offset) const {
  std::uint32_t value = 0;
  if (offset >= kIpr) {  // four priorities a word
    const unsigned first = offset >= kShpr1 ? offset - kShpr1 + kMemManage : kFirstIrq + offset - kIpr;
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned e = first + i, slot = e < kFirstIrq ? slot_of(view, e) : e;
      if (e < Nvic::kExceptions && sees_slot(view, slot))
        value |= std::uint32_t{nvic.priority(slot)} << (8 * i);
    }
    return value;
  }
  if (offset >= kItns) return 0;
  const unsigned first = kFirstIrq + 8 * (offset & 0x7C);
  for (unsigned i = 0; i < 32 && first + i < kFirstIrq + nvic.irq_count(); ++i) {
    const unsigned e = first + i;
    if (!sees_slot(view, e)) continue;
    const bool set = offset >= kIabr ? nvic.active(e) : offset >= kIspr ? nvic.pending(e) : nvic.enabled(e);
    value |= std::uint32_t{set} << i;
  }
  return value;
}

void Machine::write_nvic(View view, std::uint32_t offset, std::uint32_t value) {
  if (offset == kStir) {
    const unsigned irq = bits(value, 8, 0);
    if (irq < nvic.irq_count() && sees_slot(view, kFirstIrq + irq)) nvic.pend(kFirstIrq + irq);
    return priorities_changed();
  }
  if (offset >= kIpr) {
    const bool system = offset >= kShpr1;
    const unsigned first = system ? offset - kShpr1 + kMemManage : kFirstIrq + offset - kIpr;
    if (system && v6m()) value &= offset == kShpr1 + 4 ? kShpr2V6m : kShpr3V6m;
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned e = first + i, slot = system ? slot_of(view, e) : e;
      if ((system || e < kFirstIrq + nvic.irq_count()) && sees_slot(view, slot))
        nvic.set_priority(slot, static_cast<std::uint8_t>(bits(value, 8 * i + 7, 8 * i)));
    }
    return priorities_changed();
  }
  write_nvic_bits(view, offset, value);
}

void Machine::write_nvic_bits(View view, std::uint32_t offset, std::uint32_t value) {
  const unsigned first = kFirstIrq + 8 * (offset & 0x7C);
  for (unsigned i = 0; i < 32 && first + i < kFirstIrq + nvic.irq_count(); ++i) {
    if ((value >> i & 1) == 0 || !sees_slot(view, first + i)) continue;
    if (offset < kIcer) {
      nvic.set_enabled(first + i, true);
    } else if (offset < kIspr) {
      nvic.set_enabled(first + i, false);
    } else if (offset < kIcpr) {
      nvic.pend(first + i);
    } else if (offset < kIabr) {
      nvic.unpend(first + i);
    }
  }
  priorities_changed();
}

std::uint32_t Machine::read_icsr(View view) const {
  std::uint32_t value = ipsr;
  if (!v6m() && nvic.active_count() <= 1) value |= 1u << 11;  // RETTOBASE
  const unsigned next = nvic.next_pending(Masked::none);
  value |= (sees_slot(view, next) ? number_of(next) : 1u) << 12;  // VECTPENDING; a Secure one has no name
  if (nvic.any_interrupt_pending()) value |= 1u << 22;
  if (nvic.pending(slot_of(view, kSysTick))) value |= 1u << 26;
  if (nvic.pending(slot_of(view, kPendSv))) value |= 1u << 28;
  if (nvic.pending(kNmi) && sees_bus_faults(view)) value |= 1u << 31;
  return value;
}

void Machine::write_icsr(View view, std::uint32_t value) {
  const unsigned timer = slot_of(view, kSysTick), pendsv = slot_of(view, kPendSv);
  if ((value & 1u << 25) != 0) nvic.unpend(timer);
  if ((value & 1u << 26) != 0) nvic.pend(timer);
  if ((value & 1u << 27) != 0) nvic.unpend(pendsv);
  if ((value & 1u << 28) != 0) nvic.pend(pendsv);
  if ((value & 1u << 31) != 0 && sees_bus_faults(view)) nvic.pend(kNmi);
  priorities_changed();
}

std::uint32_t Machine::read_shcsr(View view) const {
  std::uint32_t value = 0;
  const auto flag = [&](unsigned bit, unsigned slot, bool set) {
    if (sees_slot(view, slot)) value |= std::uint32_t{set} << bit;
  };
  for (const auto& [bit, e] : kShcsrActive) flag(bit, slot_of(view, e), nvic.active(slot_of(view, e)));
  for (const auto& [bit, e] : kShcsrPending) flag(bit, slot_of(view, e), nvic.pending(slot_of(view, e)));
  for (const auto& [bit, e] : kShcsrEnabled) flag(bit, slot_of(view, e), nvic.enabled(slot_of(view, e)));
  if (v8m()) {
    const unsigned hard = slot_of(view, kHardFault);
    flag(kHardFaultActive, hard, nvic.active(hard));
    flag(kHardFaultPending, hard, nvic.pending(hard));
    flag(kNmiActive, kNmi, nvic.active(kNmi));
  }
  if (has_security) {
    flag(kSecureFaultActive, kSecureFault, nvic.active(kSecureFault));
    flag(kSecureFaultEnabled, kSecureFault, nvic.enabled(kSecureFault));
    flag(kSecureFaultPending, kSecureFault, nvic.pending(kSecureFault));
  }
  return v6m() ? value & kShcsrV6m : value;
}

void Machine::write_shcsr(View view, std::uint32_t value) {
  if (v6m()) {
    if ((value & kShcsrV6m) != 0) {
      nvic.pend(kSvCall);
    } else {
      nvic.unpend(kSvCall);
    }
    return priorities_changed();
  }
  const auto set_pending = [&](unsigned slot, bool on) {
    if (on) {
      nvic.pend(slot);
    } else {
      nvic.unpend(slot);
    }
  };
  const auto each = [&](std::span<const ShcsrFlag> flags, auto&& set) {
    for (const auto& [bit, e] : flags) {
      if (sees_slot(view, slot_of(view, e))) set(slot_of(view, e), (value >> bit & 1) != 0);
    }
  };
  each(kShcsrActive, [&](unsigned slot, bool on) { nvic.set_active(slot, on); });
  each(kShcsrPending, set_pending);
  each(kShcsrEnabled, [&](unsigned slot, bool on) { nvic.set_enabled(slot, on); });
  if (has_security && view.trusted) {
    nvic.set_active(kSecureFault, (value >> kSecureFaultActive & 1) != 0);
    nvic.set_enabled(kSecureFault, (value >> kSecureFaultEnabled & 1) != 0);
    set_pending(kSecureFault, (value >> kSecureFaultPending & 1) != 0);
  }
  priorities_changed();
}

std::uint32_t Machine::read_aircr(View view) const {
  std::uint32_t value = 0xFA050000 | nvic.prigroup(view.secure) << 8 | (nvic.bfhfnmins() ? kBfhfnmins : 0u);
  if (view.trusted) value |= (nvic.pris() ? kPris : 0u) | (shared.sysresetreqs ? kSysResetReqS : 0u);
  return value;
}

// PRIS, BFHFNMINS and SYSRESETREQS are Secure state's (DDI 0553, D1.2.3).
void Machine::write_aircr(View view, std::uint32_t value) {
  if (value >> 16 != kVectKey) return;
  if (!v6m()) nvic.set_prigroup(view.secure, bits(value, 10, 8));
  if (has_security && view.trusted) {
    nvic.set_bfhfnmins((value & kBfhfnmins) != 0);
    nvic.set_pris((value & kPris) != 0);
    shared.sysresetreqs = (value & kSysResetReqS) != 0;
  }
  const bool may_reset = !has_security || view.trusted || !shared.sysresetreqs;
  const bool system_reset_request = (value & kSysResetReq) != 0 && may_reset;
  // VECTRESET and VECTCLRACTIVE are for a halted core only (B3.2.6): a debugger's. Armv6-M, Armv8-M and the
  // Cortex-M7 have no VECTRESET.
  const bool vectreset = (value & kVectReset) != 0 && !v6m() && !v8m() && bits(facts.cpuid, 15, 4) != 0xC27;
  if ((value & kVectClrActive) != 0 && debug.halted) {
    nvic.clear_active();
    ipsr = 0;
  }
  priorities_changed();
  if (!system_reset_request && !vectreset) return;
  if (on_reset_request) return on_reset_request(!system_reset_request);
  system_reset();
}

}  // namespace probity::vboard::armv7m
