// System control registers that are plain state (B3.2), and the bits of the fault status registers. With the
// Security Extension ScsState is there once for each Security state, SharedScs once for both.
#pragma once

#include <cstdint>

namespace probity::vboard::armv7m {

// CFSR: MMFSR in bits 7:0, BFSR in 15:8, UFSR in 31:16 (B3.2.15).
enum CfsrBit : std::uint32_t {
  kIaccViol = 1u << 0,
  kDaccViol = 1u << 1,
  kMUnstkErr = 1u << 3,
  kMStkErr = 1u << 4,
  kMLspErr = 1u << 5,
  kMmarValid = 1u << 7,
  kIBusErr = 1u << 8,
  kPrecisErr = 1u << 9,
  kImprecisErr = 1u << 10,
  kUnstkErr = 1u << 11,
  kStkErr = 1u << 12,
  kLspErr = 1u << 13,
  kBfarValid = 1u << 15,
  kUndefInstr = 1u << 16,
  kInvState = 1u << 17,
  kInvPc = 1u << 18,
  kNoCp = 1u << 19,
  kStkOf = 1u << 20,  // Armv8-M
  kUnaligned = 1u << 24,
  kDivByZero = 1u << 25
};
// BFSR is there once, MMFSR and UFSR once for each Security state.
constexpr std::uint32_t kBusFaultBits = 0xFF00;
// Of what went wrong while stacking, beside CFSR's bits: a security violation, which SFSR tells.
constexpr std::uint32_t kStackSecurity = 1u << 31;
enum HfsrBit : std::uint32_t { kVectTbl = 1u << 1, kForced = 1u << 30, kDebugEvt = 1u << 31 };
enum CcrBit : std::uint32_t {
  kNonBaseThrdEna = 1u << 0,
  kUserSetMPend = 1u << 1,
  kUnalignTrp = 1u << 3,
  kDiv0Trp = 1u << 4,
  kBfhfnmign = 1u << 8,
  kStkAlign = 1u << 9
};
enum ScrBit : std::uint32_t {
  kSleepOnExit = 1u << 1,
  kSleepDeep = 1u << 2,
  kSleepDeepS = 1u << 3,  // SLEEPDEEP is Secure state's alone; as SLEEPDEEP the same for both states
  kSevOnPend = 1u << 4
};

// FPCCR (B3.2).
enum FpccrBit : std::uint32_t {
  kLspAct = 1u << 0,
  kFpccrUser = 1u << 1,
  kFpccrThread = 1u << 3,
  kHfRdy = 1u << 4,
  kMmRdy = 1u << 5,
  kBfRdy = 1u << 6,
  kFpccrS = 1u << 2,  // Armv8-M: the state put off is Secure
  kSfRdy = 1u << 7,
  kMonRdy = 1u << 8,
  kFpTs = 1u << 26,  // Secure code's registers are secret, all 32 of them
  kClrOnRetS = 1u << 27,
  kClrOnRet = 1u << 28,
  kLspEnS = 1u << 29,
  kLspEn = 1u << 30,
  kAspEn = 1u << 31
};
// The same for both Security states (DDI 0553, D1.2.110).
constexpr std::uint32_t kFpccrShared =
    kFpccrS | kHfRdy | kBfRdy | kSfRdy | kMonRdy | kFpTs | kClrOnRetS | kClrOnRet | kLspEnS | kLspEn;

struct ScsState {
  std::uint32_t vtor = 0, scr = 0, ccr = kStkAlign, actlr = 0;
  std::uint32_t cfsr = 0, mmfar = 0;  // cfsr without BFSR
  std::uint32_t cpacr = 0, fpccr = 0, fpcar = 0, fpdscr = 0;
  std::uint32_t csselr = 0;
};

struct SharedScs {
  std::uint32_t bfsr = 0, hfsr = 0, bfar = 0;  // bfsr where CFSR has it
  // Security Extension
  std::uint32_t sfsr = 0, sfar = 0, nsacr = 0;
  bool sysresetreqs = false;  // AIRCR: only Secure state may ask for a reset
};

}  // namespace probity::vboard::armv7m
