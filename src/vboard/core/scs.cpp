// The System Control Space at 0xE000E000: SysTick, NVIC, system control block, MPU, FPU and debug registers
// (B3.2-B3.5, C1.6). NVIC and SCB registers whose content is spread over the exceptions are in
// scs_exceptions.cpp, those of the Security Extension in scs_security.cpp.
#include <algorithm>
#include <array>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum ScsRegister : std::uint32_t {
  kIctr = 0x004,
  kActlr = 0x008,
  kSystCsr = 0x010,
  kSystRvr = 0x014,
  kSystCvr = 0x018,
  kSystCalib = 0x01C,
  kNvicBegin = 0x100,
  kNvicEnd = 0x4F0,
  kCpuid = 0xD00,
  kIcsr = 0xD04,
  kVtor = 0xD08,
  kAircr = 0xD0C,
  kScr = 0xD10,
  kCcr = 0xD14,
  kShpr1 = 0xD18,
  kShpr3 = 0xD20,
  kShcsr = 0xD24,
  kCfsr = 0xD28,
  kHfsr = 0xD2C,
  kDfsr = 0xD30,
  kMmfar = 0xD34,
  kBfar = 0xD38,
  kIdBegin = 0xD40,
  kIdEnd = 0xD74,
  kIdPfr1 = 0xD44,
  kClidr = 0xD78,
  kCtr = 0xD7C,
  kCcsidr = 0xD80,
  kCsselr = 0xD84,
  kCpacr = 0xD88,
  kDhcsr = 0xDF0,
  kDcrsr = 0xDF4,
  kDcrdr = 0xDF8,
  kDemcr = 0xDFC,
  kDscsr = 0xE08,
  kStir = 0xF00,
  kFpccr = 0xF34,
  kFpcar = 0xF38,
  kFpdscr = 0xF3C,
  kMvfr0 = 0xF40,
  kMvfr1 = 0xF44,
  kMvfr2 = 0xF48,
  kDauthstatus = 0xFB8
};

// The registers of Armv6-M (DDI 0419, B3.2, B3.4, C1.6): ranges [begin, end). The rest is reserved: read as
// zero, writes ignored.
struct Range {
  std::uint32_t begin, end;
};
constexpr Range kScsV6m[] = {{kActlr, kActlr + 4}, {kSystCsr, kSystCalib + 4},
                             {0x100, 0x104},  // ISER, ICER, ISPR, ICPR: 32 interrupts
                             {0x180, 0x184},       {0x200, 0x204},
                             {0x280, 0x284},       {0x400, 0x420},            // IPR
                             {kCpuid, kCcr + 4},   {kShpr1 + 4, kShcsr + 4},  // SHPR2, SHPR3
                             {kDfsr, kDfsr + 4},   {Mpu::kBegin, Mpu::kBegin + 0x14},
                             {kDhcsr, kDemcr + 4}};
constexpr std::uint32_t kPfr1Security = 1u << 4;  // ID_PFR1.Security
constexpr std::uint32_t kPartM0 = 0xC20;          // CPUID.PARTNO; it has no VTOR

// ID_PFR0 … ID_ISAR4. Cortex-M3 TRM (r2p0) table 4-1, Cortex-M4 TRM (r0p1) table 4-1, Cortex-M7 TRM (r1p1)
// table 3-1.
using IdRegisters = std::array<std::uint32_t, 13>;
constexpr IdRegisters kIdM3{0x00000030, 0x00000200, 0x00100000, 0,          0x00000030, 0,         0x00000000,
                            0,          0x01141110, 0x02111000, 0x21112231, 0x01111110, 0x01310102};
constexpr IdRegisters kIdM4{0x00000030, 0x00000200, 0x00100000, 0,          0x00100030, 0,         0x01000000,
                            0,          0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310102};
constexpr IdRegisters kIdM7{0x00000030, 0x00000200, 0x00100000, 0,          0x00100030, 0,         0x01000000,
                            0,          0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132};

// Cortex-M33 TRM (100230) 4.1; ID_PFR1.Security is 0 without the Security Extension.
constexpr IdRegisters kIdM33{0x00000030, 0x00000200, 0x00200000, 0,          0x00101F40, 0, 0x01000000, 0,
                             0x01101110, 0x02212000, 0x20232232, 0x01111131, 0x01310132};

const IdRegisters& id_registers(std::uint32_t cpuid) {
  const std::uint32_t part = bits(cpuid, 15, 4);
  if (part == 0xD21) return kIdM33;
  return part == 0xC23 ? kIdM3 : part == 0xC27 ? kIdM7 : kIdM4;
}

// Cortex-M7 TRM 3.3.4: 32-byte lines, 2 ways of I, 4 ways of D. LineSize[2:0] = 1, Associativity - 1 in bits
// 12:3, sets - 1 in bits 27:13.
std::uint32_t ccsidr(unsigned cache_kib, bool instruction) {
  const std::uint32_t ways = instruction ? 2 : 4, sets = cache_kib * 1024 / 32 / ways;
  return 0xF0000000 | (sets - 1) << 13 | (ways - 1) << 3 | 1;
}

}  // namespace

bool Machine::has_scs_register(std::uint32_t offset) const {
  if (!v6m()) return true;
  if (offset == kVtor && bits(facts.cpuid, 15, 4) == kPartM0) return false;
  return std::any_of(std::begin(kScsV6m), std::end(kScsV6m),
                     [&](const Range& range) { return offset >= range.begin && offset < range.end; });
}

// On Armv6-M unaligned accesses always fault; on Armv8-M Thread mode is always open to returns (DDI 0553,
// D1.2.9).
std::uint32_t Machine::ccr(const ScsState& of) const {
  return of.ccr | (v6m() ? kUnalignTrp : 0u) | (v8m() ? kNonBaseThrdEna : 0u);
}

// Registers that change by themselves or are changed by reading.
bool Machine::read_counting(View view, std::uint32_t offset, std::uint32_t& value) {
  SysTick& timer = systick[view.secure ? 1 : 0];
  if (offset == kSystCsr) {
    if ((timer.peek_csr() & 1u << 16) != 0) poll.note_change();
    value = timer.read_csr();
  } else if (offset == kSystCvr) {
    poll.note_change();
    value = timer.cvr(active_cycles());
  } else {
    return false;
  }
  return true;
}

std::uint32_t Machine::read_scs(View view, std::uint32_t offset) {
  std::uint32_t value = 0;
  if (!has_scs_register(offset)) return 0;
  if (read_counting(view, offset, value)) return value;
  if (owns_secure_register(offset)) return view.trusted ? read_secure_register(offset) : 0;
  if ((offset >= kNvicBegin && offset < kNvicEnd) || (offset >= kShpr1 && offset <= kShpr3))
    return read_nvic(view, offset);
  if (offset >= kIdBegin && offset < kIdEnd)
    return id_registers(facts.cpuid)[(offset - kIdBegin) / 4] |
           (has_security && offset == kIdPfr1 ? kPfr1Security : 0);
  if (mpu.owns(offset)) return mpu_of(view.secure).read(offset);
  ScsState& bank = scs_of(view.secure);
  const SysTick& timer = systick[view.secure ? 1 : 0];
  switch (offset) {
    case kIctr:
      return facts.irq_count == 0 ? 0 : (facts.irq_count - 1) / 32;
    case kActlr:
      return bank.actlr;
    case kSystRvr:
      return timer.rvr();
    case kSystCalib:
      return 0xC0000000;  // NOREF, SKEW: no calibration value
    case kCpuid:
      return facts.cpuid;
    case kIcsr:
      return read_icsr(view);
    case kVtor:
      return bank.vtor;
    case kAircr:
      return read_aircr(view);
    case kScr:
      return read_scr(view);
    case kCcr:
      return ccr(bank);
    case kShcsr:
      return read_shcsr(view);
    case kCfsr:
      return bank.cfsr | (sees_bus_faults(view) ? shared.bfsr : 0);
    case kHfsr:
      return sees_bus_faults(view) ? shared.hfsr : 0;
    case kMmfar:
      return bank.mmfar;
    case kBfar:
      return sees_bus_faults(view) ? shared.bfar : 0;
    default:
      return read_scs_extras(view, offset);
  }
}

// Caches, MPU, FPU and debug.
std::uint32_t Machine::read_scs_extras(View view, std::uint32_t offset) {
  const ScsState& bank = scs_of(view.secure);
  switch (offset) {
    case kClidr:
      return facts.has_caches ? 0x09000003 : 0;
    case kCtr:
      return facts.has_caches ? 0x8303C003 : 0x8000C000;
    case kCcsidr:
      return facts.has_caches ? ccsidr(facts.cache_kib, (bank.csselr & 1) != 0) : 0;
    case kCsselr:
      return bank.csselr;
    case kCpacr:
      return bank.cpacr;
    case kDfsr:
      return debug.dfsr;
    case kDhcsr:
      return read_dhcsr(view.master);
    case kDcrdr:
      return read_dcrdr();
    case kDemcr:
      return read_demcr();
    case kFpccr:
      return read_fpccr(view);
    case kFpcar:
      return bank.fpcar;
    case kFpdscr:
      return bank.fpdscr;
    case kMvfr0:
      return facts.has_fpu ? facts.mvfr0 : 0;
    case kMvfr1:
      return facts.has_fpu ? facts.mvfr1 : 0;
    case kMvfr2:
      return facts.has_fpu ? facts.mvfr2 : 0;
    case kDscsr:
      return read_dscsr();
    case kDauthstatus:
      return read_dauthstatus();
    default:
      return 0;
  }
}

bool Machine::write_systick(View view, std::uint32_t offset, std::uint32_t value) {
  SysTick& timer = systick[view.secure ? 1 : 0];
  if (offset == kSystCsr) {
    timer.write_csr(value, active_cycles());
  } else if (offset == kSystRvr) {
    timer.write_rvr(value, active_cycles());
  } else if (offset == kSystCvr) {
    timer.write_cvr(active_cycles());
  } else {
    return false;
  }
  reschedule();
  return true;
}

void Machine::write_scs(View view, std::uint32_t offset, std::uint32_t value) {
  if (!has_scs_register(offset)) return;
  if (owns_secure_register(offset)) return view.trusted ? write_secure_register(offset, value) : void();
  if ((offset >= kNvicBegin && offset < kNvicEnd) || (offset >= kShpr1 && offset <= kShpr3) ||
      offset == kStir) {
    return write_nvic(view, offset, value);
  }
  if (mpu.owns(offset)) {
    mpu_of(view.secure).write(offset, value);
    poll.note_change();
    return drop_windows();
  }
  if (write_systick(view, offset, value)) return;
  ScsState& bank = scs_of(view.secure);
  switch (offset) {
    case kActlr:
      bank.actlr = value;
      return;
    case kIcsr:
      return write_icsr(view, value);
    case kVtor:
      bank.vtor = value & 0xFFFFFF80;
      return;
    case kAircr:
      return write_aircr(view, value);
    case kScr:
      return write_scr(view, value);
    case kCcr:
      return write_ccr(view, value);
    case kShcsr:
      return write_shcsr(view, value);
    case kCfsr:
      bank.cfsr &= ~value;
      if (sees_bus_faults(view)) shared.bfsr &= ~value;
      return;
    case kHfsr:
      if (sees_bus_faults(view)) shared.hfsr &= ~value;
      return;
    case kMmfar:
      bank.mmfar = value;
      return;
    case kBfar:
      if (sees_bus_faults(view)) shared.bfar = value;
      return;
    default:
      return write_scs_extras(view, offset, value);
  }
}

void Machine::write_ccr(View view, std::uint32_t value) {
  if (v6m()) return;
  ScsState& bank = scs_of(view.secure);
  const std::uint32_t fixed = bank.ccr & (0x40000u | (v8m() ? kStkAlign : 0u));
  bank.ccr = fixed | (value & (kNonBaseThrdEna | kUserSetMPend | kUnalignTrp | kDiv0Trp | kBfhfnmign |
                               kStkAlign | (facts.has_caches ? 0x30000u : 0u)));  // DC, IC
  drop_windows();
}

void Machine::write_scs_extras(View view, std::uint32_t offset, std::uint32_t value) {
  ScsState& bank = scs_of(view.secure);
  switch (offset) {
    case kCsselr:
      bank.csselr = facts.has_caches ? value & 1 : 0;
      return;
    case kCpacr:
      bank.cpacr = facts.has_fpu ? value & 0x00F00000 : 0;
      return;
    case kDfsr:
      debug.dfsr &= ~value;
      return;
    case kDhcsr:  // the core's own writes are ignored
      if (view.master == Master::debug) write_dhcsr(value);
      return;
    case kDcrsr:
      if (view.master == Master::debug) write_dcrsr(value);
      return;
    case kDcrdr:
      debug.dcrdr = value;
      return;
    case kDemcr:
      return write_demcr(value);
    case kDscsr:
      if (view.master == Master::debug) write_dscsr(value);
      return;
    case kFpccr:
      if (facts.has_fpu) write_fpccr(view, value);
      return;
    case kFpcar:
      if (facts.has_fpu) bank.fpcar = value & ~7u;
      return;
    case kFpdscr:
      if (facts.has_fpu) bank.fpdscr = value & 0x07C00000;
      return;
    default:
      return;
  }
}

}  // namespace probity::vboard::armv7m
