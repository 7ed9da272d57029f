#include "vboard/debug_port/dormant.hpp"

#include <array>

namespace probity::vboard {

namespace {

// B5.3.4: at least 8 cycles high, the selection alert of 128 bits, 4 cycles low, and the activation code of
// SW-DP; all with the least significant bit first.
constexpr unsigned kOnesBeforeAlert = 8, kAlertBits = 128, kGap = 4, kCodeBits = 8;
constexpr std::array<std::uint64_t, 2> kAlert{0x86852D956209F392, 0x19BC0EA2E3DDAFE9};
constexpr std::uint64_t kSwdCode = 0x1A;

}  // namespace

bool DormantWatch::expected() const {
  if (position_ < kAlertBits) return (kAlert[position_ / 64] >> position_ % 64 & 1) != 0;
  const unsigned behind = position_ - kAlertBits;
  return behind >= kGap && (kSwdCode >> (behind - kGap) & 1) != 0;
}

bool DormantWatch::wakes(bool level) {
  const bool may_begin = position_ != 0 || ones_ >= kOnesBeforeAlert;
  position_ = may_begin && level == expected() ? position_ + 1 : 0;
  ones_ = level ? ones_ + 1 : 0;
  if (position_ < kAlertBits + kGap + kCodeBits) return false;
  restart();
  return true;
}

}  // namespace probity::vboard
