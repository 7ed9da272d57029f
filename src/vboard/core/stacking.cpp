// Exception frames on their way to and from the stack (B1.5.6, B1.5.7; DDI 0553, B3.18-B3.21), and
// EXC_RETURN.
#include <algorithm>
#include <array>

#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr std::uint32_t kFrameBytes = 0x20, kFpFrameBytes = 0x48, kSecretFpFrameBytes = 0x88;
constexpr std::uint32_t kAlignedByEntry = 1u << 9;  // stacked xPSR
enum ExcReturn : std::uint32_t {
  kToHandler = 0xFFFFFFF1,
  kToThreadMain = 0xFFFFFFF9,
  kToThreadProcess = 0xFFFFFFFD
};
// Armv8-M (DDI 0553, D1.2.95): PREFIX, RES1, DCRS. Without Security Extension S and ES are 0.
constexpr std::uint32_t kReturnV8 = 0xFFFFFFA0;

}  // namespace

// SP moves even when nothing gets to memory. The FPU's part is written now or, with LSPEN, when somebody
// wants the FPU (B1.5.7).
std::uint32_t Machine::push_frame(std::uint32_t return_address) {
  const bool align = fpca || (scs.ccr & kStkAlign) != 0;
  const bool moved = align && (r[13] & 4) != 0, secret = secret_fp_state(secure);
  const std::array<std::uint32_t, 8> frame{
      r[0],           r[1],
      r[2],           r[3],
      r[12],          r[14],
      return_address, xpsr() | (moved ? kAlignedByEntry : 0) | (secure && sfpa ? kStackedSfpa : 0)};
  const std::uint32_t fp_bytes = secret ? kSecretFpFrameBytes : kFpFrameBytes;
  r[13] -= kFrameBytes + (fpca ? fp_bytes : 0);
  if (align) r[13] &= ~4u;
  if (r[13] < stack_limit()) {  // nothing is stacked below it (DDI 0553, B3.21)
    r[13] = stack_limit();
    return kStkOf;
  }
  std::uint32_t failed = push_words(secure, !privileged(), r[13], frame);
  if (!fpca) return failed;
  if ((scs.fpccr & kLspEn) != 0) {
    defer_fp_state(r[13] + kFrameBytes);
  } else {
    const FpFrame state = fp_frame();
    failed |= push_words(secure, !privileged(), r[13] + kFrameBytes,
                         std::span(state).first(fp_frame_words(secret)));
    if (secret) clear_fp_state(32);
  }
  return failed;
}

// Below the frame of Secure code, before Non-secure code runs: what it must find again, and a signature that
// no Non-secure code can have faked.
std::uint32_t Machine::push_callee_frame(std::uint32_t exc_return) {
  const bool thread = (exc_return & kExcThread) != 0, process = thread && spsel_of(true);
  const bool user = thread && unprivileged_of(true);
  std::uint32_t& sp = sp_of(true, process);
  const std::uint32_t limit = sp_limit_of(true, process);
  if (sp < limit + kCalleeFrameBytes) {
    sp = limit;
    return kStkOf;
  }
  sp -= kCalleeFrameBytes;
  const std::array<std::uint32_t, 1> signature{kSignature | ((exc_return & kExcNoFpFrame) != 0 ? 1u : 0u)};
  return push_words(true, user, sp, signature) |
         push_words(true, user, sp + kCalleeFrameAt, std::span(r).subspan(4, 8));
}

std::uint32_t Machine::push_words(bool as_secure, bool user, std::uint32_t at,
                                  std::span<const std::uint32_t> words) {
  std::uint32_t failed = 0;
  for (const std::uint32_t word : words) {
    if (has_security && !as_secure && attribution(at, false).secure) {
      failed |= kStackSecurity;
    } else if (mpu_forbids(at, MpuAccess::write, user, as_secure)) {
      failed |= kMStkErr;
    } else if (write_data(as_secure, at, 4, word) != BusStatus::ok) {
      failed |= kStkErr;
    }
    at += 4;
  }
  return failed;
}

// Stops at the first word that cannot be had.
Machine::Popped Machine::pop_words(bool as_secure, bool user, std::uint32_t at,
                                   std::span<std::uint32_t> words) {
  for (std::uint32_t& word : words) {
    if (has_security && !as_secure && attribution(at, false).secure)
      return {BusStatus::error, kStackSecurity};
    if (mpu_forbids(at, MpuAccess::read, user, as_secure)) return {BusStatus::error, kMUnstkErr};
    const BusStatus status = read_data(as_secure, at, 4, word);
    if (status != BusStatus::ok) return {status, kUnstkErr};
    at += 4;
  }
  return {};
}

// ES and SPSEL of Armv8-M depend on where the exception goes: complete_return().
std::uint32_t Machine::exc_return() const {
  const std::uint32_t fp_frame_kept = fpca ? kExcNoFpFrame : 0u;
  if (!v8m())
    return (in_handler() ? kToHandler : using_psp ? kToThreadProcess : kToThreadMain) & ~fp_frame_kept;
  return (kReturnV8 | kExcNoFpFrame | (in_handler() ? 0u : kExcThread) | (secure ? kExcSecure : 0u)) &
         ~fp_frame_kept;
}

// Also for an exception that is taken instead of returning, with the EXC_RETURN of the return that failed:
// there the callee registers are on the stack already if the one before was Non-secure. `callee_pushed`: just
// now.
std::uint32_t Machine::complete_return(std::uint32_t exc_return, bool to_secure, bool callee_pushed) {
  if (!v8m()) return exc_return;
  if (has_security && (exc_return & kExcSecure) != 0) {
    if (to_secure) {
      if (callee_pushed) exc_return &= ~kExcDcrs;
    } else {
      if (!callee_pushed && (exc_return & kExcDcrs) != 0) push_callee_frame(exc_return);
      exc_return |= kExcDcrs;
    }
  }
  exc_return &= ~(kExcEs | kExcSpsel);
  if (to_secure) exc_return |= kExcEs;
  if (spsel_of(to_secure)) exc_return |= kExcSpsel;
  return exc_return;
}

}  // namespace probity::vboard::armv7m
