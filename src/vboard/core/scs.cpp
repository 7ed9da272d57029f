// The System Control Space at 0xE000E000: SysTick, NVIC, system control block, MPU, FPU and debug registers
// (B3.2-B3.5, C1.6). NVIC and SCB registers whose content is spread over the exceptions are in
// scs_exceptions.cpp.
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
  kAfsr = 0xD3C,
  kIdBegin = 0xD40,
  kIdEnd = 0xD74,
  kClidr = 0xD78,
  kCtr = 0xD7C,
  kCcsidr = 0xD80,
  kCsselr = 0xD84,
  kCpacr = 0xD88,
  kDhcsr = 0xDF0,
  kDcrsr = 0xDF4,
  kDcrdr = 0xDF8,
  kDemcr = 0xDFC,
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
constexpr std::uint32_t kPartM0 = 0xC20;  // CPUID.PARTNO; it has no VTOR

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
std::uint32_t Machine::ccr() const {
  return scs.ccr | (v6m() ? kUnalignTrp : 0u) | (v8m() ? kNonBaseThrdEna : 0u);
}

// Registers that change by themselves or are changed by reading.
bool Machine::read_counting(std::uint32_t offset, std::uint32_t& value) {
  if (offset == kSystCsr) {
    if ((systick.peek_csr() & 1u << 16) != 0) poll.note_change();
    value = systick.read_csr();
  } else if (offset == kSystCvr) {
    poll.note_change();
    value = systick.cvr(active_cycles());
  } else {
    return false;
  }
  return true;
}

std::uint32_t Machine::read_scs(Master master, std::uint32_t offset) {
  std::uint32_t value = 0;
  if (!has_scs_register(offset)) return 0;
  if (read_counting(offset, value)) return value;
  if ((offset >= kNvicBegin && offset < kNvicEnd) || (offset >= kShpr1 && offset <= kShpr3))
    return read_nvic(offset);
  if (offset >= kIdBegin && offset < kIdEnd) return id_registers(facts.cpuid)[(offset - kIdBegin) / 4];
  if (mpu.owns(offset)) return mpu.read(offset);
  switch (offset) {
    case kIctr:
      return facts.irq_count == 0 ? 0 : (facts.irq_count - 1) / 32;
    case kActlr:
      return scs.actlr;
    case kSystRvr:
      return systick.rvr();
    case kSystCalib:
      return 0xC0000000;  // NOREF, SKEW: no calibration value
    case kCpuid:
      return facts.cpuid;
    case kIcsr:
      return read_icsr();
    case kVtor:
      return scs.vtor;
    case kAircr:
      return 0xFA050000 | nvic.prigroup() << 8;
    case kScr:
      return scs.scr;
    case kCcr:
      return ccr();
    case kShcsr:
      return read_shcsr();
    case kCfsr:
      return scs.cfsr;
    case kHfsr:
      return scs.hfsr;
    case kMmfar:
      return scs.mmfar;
    case kBfar:
      return scs.bfar;
    case kAfsr:
      return scs.afsr;
    default:
      return read_scs_extras(master, offset);
  }
}

// Caches, MPU, FPU and debug.
std::uint32_t Machine::read_scs_extras(Master master, std::uint32_t offset) {
  switch (offset) {
    case kClidr:
      return facts.has_caches ? 0x09000003 : 0;
    case kCtr:
      return facts.has_caches ? 0x8303C003 : 0x8000C000;
    case kCcsidr:
      return facts.has_caches ? ccsidr(facts.cache_kib, (scs.csselr & 1) != 0) : 0;
    case kCsselr:
      return scs.csselr;
    case kCpacr:
      return scs.cpacr;
    case kDfsr:
      return debug.dfsr;
    case kDhcsr:
      return read_dhcsr(master);
    case kDcrdr:
      return read_dcrdr();
    case kDemcr:
      return read_demcr();
    case kFpccr:
      return scs.fpccr;
    case kFpcar:
      return scs.fpcar;
    case kFpdscr:
      return scs.fpdscr;
    case kMvfr0:
      return facts.has_fpu ? facts.mvfr0 : 0;
    case kMvfr1:
      return facts.has_fpu ? facts.mvfr1 : 0;
    case kMvfr2:
      return facts.has_fpu ? facts.mvfr2 : 0;
    case kDauthstatus:  // Non-secure debug, invasive or not, is there and allowed; Secure is not there
      return v8m() ? 0x0F : 0;
    default:
      return 0;
  }
}

void Machine::write_scs(Master master, std::uint32_t offset, std::uint32_t value) {
  if (!has_scs_register(offset)) return;
  if ((offset >= kNvicBegin && offset < kNvicEnd) || (offset >= kShpr1 && offset <= kShpr3) ||
      offset == kStir) {
    return write_nvic(offset, value);
  }
  if (mpu.owns(offset)) {
    mpu.write(offset, value);
    poll.note_change();
    return drop_windows();
  }
  switch (offset) {
    case kActlr:
      scs.actlr = value;
      return;
    case kSystCsr:
      systick.write_csr(value, active_cycles());
      return reschedule();
    case kSystRvr:
      systick.write_rvr(value, active_cycles());
      return reschedule();
    case kSystCvr:
      systick.write_cvr(active_cycles());
      return reschedule();
    case kIcsr:
      return write_icsr(value);
    case kVtor:
      scs.vtor = value & 0xFFFFFF80;
      return;
    case kAircr:
      return write_aircr(value);
    case kScr:
      scs.scr = value & (kSleepOnExit | kSleepDeep | kSevOnPend);
      return;
    case kCcr:
      return write_ccr(value);
    case kShcsr:
      return write_shcsr(value);
    case kCfsr:
      scs.cfsr &= ~value;
      return;
    case kHfsr:
      scs.hfsr &= ~value;
      return;
    case kMmfar:
      scs.mmfar = value;
      return;
    case kBfar:
      scs.bfar = value;
      return;
    default:
      return write_scs_extras(master, offset, value);
  }
}

void Machine::write_ccr(std::uint32_t value) {
  if (v6m()) return;
  const std::uint32_t fixed = scs.ccr & (0x40000u | (v8m() ? kStkAlign : 0u));
  scs.ccr = fixed | (value & (kNonBaseThrdEna | kUserSetMPend | kUnalignTrp | kDiv0Trp | kBfhfnmign |
                              kStkAlign | (facts.has_caches ? 0x30000u : 0u)));  // DC, IC
  drop_windows();
}

void Machine::write_scs_extras(Master master, std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case kCsselr:
      scs.csselr = facts.has_caches ? value & 1 : 0;
      return;
    case kCpacr:
      scs.cpacr = facts.has_fpu ? value & 0x00F00000 : 0;
      return;
    case kDfsr:
      debug.dfsr &= ~value;
      return;
    case kDhcsr:  // the core's own writes are ignored
      if (master == Master::debug) write_dhcsr(value);
      return;
    case kDcrsr:
      if (master == Master::debug) write_dcrsr(value);
      return;
    case kDcrdr:
      debug.dcrdr = value;
      return;
    case kDemcr:
      return write_demcr(value);
    case kFpccr:
      if (facts.has_fpu)
        scs.fpccr = value & (kAspEn | kLspEn | kMonRdy | kBfRdy | kMmRdy | kHfRdy | kFpccrThread |
                             kFpccrUser | kLspAct);
      return;
    case kFpcar:
      if (facts.has_fpu) scs.fpcar = value & ~7u;
      return;
    case kFpdscr:
      if (facts.has_fpu) scs.fpdscr = value & 0x07C00000;
      return;
    default:
      return;
  }
}

}  // namespace probity::vboard::armv7m
