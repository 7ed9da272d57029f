// The halting-debug registers' state: DHCSR, DCRSR/DCRDR, DEMCR, DFSR (C1.6). None of it is reset by a system
// reset but what the manual names.
#pragma once

#include <cstdint>

namespace probity::vboard::armv7m {

enum DfsrBit : std::uint32_t {
  kDfsrHalted = 1,
  kDfsrBkpt = 2,
  kDfsrDwtTrap = 4,
  kDfsrVcatch = 8,
  kDfsrExternal = 16
};

enum DemcrBit : std::uint32_t {
  kVcCoreReset = 1u << 0,
  kVcMmErr = 1u << 4,
  kVcNocpErr = 1u << 5,
  kVcChkErr = 1u << 6,
  kVcStatErr = 1u << 7,
  kVcBusErr = 1u << 8,
  kVcIntErr = 1u << 9,
  kVcHardErr = 1u << 10,
  kVcSfErr = 1u << 11,  // Security Extension, as SDME
  kMonEn = 1u << 16,
  kMonPend = 1u << 17,
  kMonStep = 1u << 18,
  kSdme = 1u << 20,
  kTrcEna = 1u << 24
};

struct DebugState {
  bool c_debugen = false, c_halt = false, c_step = false, c_maskints = false, c_snapstall = false;
  bool halted = false;
  bool s_reset_st = true, s_retire_st = false;  // sticky, cleared by reading DHCSR
  std::uint32_t demcr = 0, dfsr = 0;
  bool sbrsel = false, sbrselen = false;  // DSCSR: whose registers the debugger sees

  // A DCRSR transfer takes until cycle `transfer_due`; S_REGRDY reads 0 and DCRDR is garbage until then.
  bool transfer_pending = false, transfer_write = false;
  unsigned transfer_register = 0;
  std::uint64_t transfer_due = 0;
  std::uint32_t dcrdr = 0;
};

}  // namespace probity::vboard::armv7m
