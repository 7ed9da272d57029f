// The Security Extension's share of the processor's state (DDI 0553, B3.15 and D1.2).
#pragma once

#include <cstdint>

#include "vboard/core/mpu.hpp"
#include "vboard/core/scs_state.hpp"

namespace probity::vboard::armv7m {

// SFSR (D1.2.235).
enum SfsrBit : std::uint32_t {
  kInvEp = 1u << 0,    // into Secure memory, but not by an SG that is Non-secure callable
  kInvIs = 1u << 1,    // integrity signature
  kInvEr = 1u << 2,    // EXC_RETURN asks for what Non-secure state may not
  kAuViol = 1u << 3,   // Non-secure access to Secure memory
  kInvTran = 1u << 4,  // out of Secure memory by a branch that does not say so
  kSfLspErr = 1u << 5,
  kSfarValid = 1u << 6,
  kLsErr = 1u << 7
};

// Armv8-M EXC_RETURN (D1.2.95).
enum ExcReturnBit : std::uint32_t {
  kExcEs = 1u << 0,     // taken to Secure state
  kExcSpsel = 1u << 2,  // CONTROL.SPSEL of the state it was taken to
  kExcThread = 1u << 3,
  kExcNoFpFrame = 1u << 4,
  kExcDcrs = 1u << 5,  // 0: R4-R11 are on the stack already, whatever ES says
  kExcSecure = 1u << 6
};

constexpr std::uint32_t kStackedSfpa = 1u << 20;                       // RETPSR
constexpr std::uint32_t kFunctionReturn = 0xFEFFFFFF;                  // FNC_RETURN
constexpr std::uint32_t kSecureGateway = 0xE97FE97F;                   // SG
constexpr std::uint32_t kSignature = 0xFEFA125A;                       // bit 0: no floating-point frame
constexpr std::uint32_t kCalleeFrameBytes = 0x28, kCalleeFrameAt = 8;  // signature, reserved, R4-R11

// The banked registers of the Security state that is not the current one.
struct SecurityBank {
  explicit SecurityBank(const Mpu& unit) : mpu(unit) {}
  std::uint32_t msp = 0, psp = 0, msplim = 0, psplim = 0;
  bool spsel = false, unprivileged = false, primask = false, faultmask = false;
  std::uint8_t basepri = 0;
  ScsState scs;
  Mpu mpu;
};

}  // namespace probity::vboard::armv7m
