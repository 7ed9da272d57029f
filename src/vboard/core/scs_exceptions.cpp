// Registers of the NVIC and the system control block that show or change exceptions (B3.2.4-B3.2.13, B3.4).
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum NvicArray : std::uint32_t {
  kIser = 0x100,
  kIcer = 0x180,
  kIspr = 0x200,
  kIcpr = 0x280,
  kIabr = 0x300,
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

}  // namespace

std::uint32_t Machine::read_nvic(std::uint32_t offset) const {
  std::uint32_t value = 0;
  if (offset >= kIpr) {  // four priorities a word
    const unsigned first = offset >= kShpr1 ? offset - kShpr1 + kMemManage : kFirstIrq + offset - kIpr;
    for (unsigned i = 0; i < 4; ++i) {
      if (first + i < Nvic::kExceptions) value |= std::uint32_t{nvic.priority(first + i)} << (8 * i);
    }
    return value;
  }
  const unsigned first = kFirstIrq + 8 * (offset & 0x7C);
  for (unsigned i = 0; i < 32 && first + i < kFirstIrq + nvic.irq_count(); ++i) {
    const unsigned e = first + i;
    const bool set = offset >= kIabr ? nvic.active(e) : offset >= kIspr ? nvic.pending(e) : nvic.enabled(e);
    value |= std::uint32_t{set} << i;
  }
  return value;
}

void Machine::write_nvic(std::uint32_t offset, std::uint32_t value) {
  if (offset == kStir) {
    if (bits(value, 8, 0) < nvic.irq_count()) nvic.pend(kFirstIrq + bits(value, 8, 0));
    return priorities_changed();
  }
  if (offset >= kIpr) {
    const bool system = offset >= kShpr1;
    const unsigned first = system ? offset - kShpr1 + kMemManage : kFirstIrq + offset - kIpr;
    if (system && v6m()) value &= offset == kShpr1 + 4 ? kShpr2V6m : kShpr3V6m;
    for (unsigned i = 0; i < 4; ++i) {
      if (system || first + i < kFirstIrq + nvic.irq_count()) {
        nvic.set_priority(first + i, static_cast<std::uint8_t>(bits(value, 8 * i + 7, 8 * i)));
      }
    }
    return priorities_changed();
  }
  const unsigned first = kFirstIrq + 8 * (offset & 0x7C);
  for (unsigned i = 0; i < 32 && first + i < kFirstIrq + nvic.irq_count(); ++i) {
    if ((value >> i & 1) == 0) continue;
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

std::uint32_t Machine::read_icsr() const {
  std::uint32_t value = ipsr;
  if (!v6m() && nvic.active_count() <= 1) value |= 1u << 11;  // RETTOBASE
  value |= nvic.next_pending(false) << 12;                    // VECTPENDING
  if (nvic.any_interrupt_pending()) value |= 1u << 22;
  if (nvic.pending(kSysTick)) value |= 1u << 26;
  if (nvic.pending(kPendSv)) value |= 1u << 28;
  if (nvic.pending(kNmi)) value |= 1u << 31;
  return value;
}

void Machine::write_icsr(std::uint32_t value) {
  if ((value & 1u << 25) != 0) nvic.unpend(kSysTick);
  if ((value & 1u << 26) != 0) nvic.pend(kSysTick);
  if ((value & 1u << 27) != 0) nvic.unpend(kPendSv);
  if ((value & 1u << 28) != 0) nvic.pend(kPendSv);
  if ((value & 1u << 31) != 0) nvic.pend(kNmi);
  priorities_changed();
}

std::uint32_t Machine::read_shcsr() const {
  std::uint32_t value = 0;
  for (const auto& [bit, e] : kShcsrActive) value |= std::uint32_t{nvic.active(e)} << bit;
  for (const auto& [bit, e] : kShcsrPending) value |= std::uint32_t{nvic.pending(e)} << bit;
  for (const auto& [bit, e] : kShcsrEnabled) value |= std::uint32_t{nvic.enabled(e)} << bit;
  if (v8m()) {  // DDI 0553, D1.2.243
    value |= std::uint32_t{nvic.active(kHardFault)} << 2 | std::uint32_t{nvic.active(kNmi)} << 5 |
             std::uint32_t{nvic.pending(kHardFault)} << 21;
  }
  return v6m() ? value & kShcsrV6m : value;
}

void Machine::write_shcsr(std::uint32_t value) {
  if (v6m()) {
    if ((value & kShcsrV6m) != 0) {
      nvic.pend(kSvCall);
    } else {
      nvic.unpend(kSvCall);
    }
    return priorities_changed();
  }
  for (const auto& [bit, e] : kShcsrActive) nvic.set_active(e, (value >> bit & 1) != 0);
  for (const auto& [bit, e] : kShcsrPending) {
    if ((value >> bit & 1) != 0) {
      nvic.pend(e);
    } else {
      nvic.unpend(e);
    }
  }
  for (const auto& [bit, e] : kShcsrEnabled) nvic.set_enabled(e, (value >> bit & 1) != 0);
  priorities_changed();
}

void Machine::write_aircr(std::uint32_t value) {
  if (value >> 16 != kVectKey) return;
  if (!v6m()) nvic.set_prigroup(bits(value, 10, 8));
  const bool system_reset_request = (value & 4) != 0;
  // VECTRESET and VECTCLRACTIVE are for a halted core only (B3.2.6): a debugger's. Armv6-M, Armv8-M and the
  // Cortex-M7 have no VECTRESET.
  const bool vectreset = (value & 1) != 0 && !v6m() && !v8m() && bits(facts.cpuid, 15, 4) != 0xC27;
  if ((value & 2) != 0 && debug.halted) {
    nvic.clear_active();
    ipsr = 0;
  }
  priorities_changed();
  if (!system_reset_request && !vectreset) return;
  if (on_reset_request) return on_reset_request(!system_reset_request);
  system_reset();
}

}  // namespace probity::vboard::armv7m
