#include "vboard/core/systick.hpp"

namespace probity::vboard::armv7m {

void SysTick::reset() { *this = SysTick{}; }

// The counter at 0 loads RVR at the next clock, so that a full turn takes RVR + 1 clocks; with RVR 0 it stays
// there.
void SysTick::start(std::uint32_t from, std::uint64_t now) {
  if (from != 0) {
    next_zero_ = now + from * divider();
  } else {
    next_zero_ = reload_ == 0 ? kNever : now + (std::uint64_t{reload_} + 1) * divider();
  }
}

bool SysTick::expire(std::uint64_t now) {
  bool interrupt = false;
  while (enabled() && next_zero_ <= now) {
    count_flag_ = true;
    interrupt = (control_ & 2) != 0;
    start(0, next_zero_);
  }
  return interrupt;
}

std::uint32_t SysTick::read_csr() {
  const std::uint32_t value = peek_csr();
  count_flag_ = false;
  return value;
}

void SysTick::write_csr(std::uint32_t value, std::uint64_t now) {
  const std::uint32_t count = cvr(now);
  const std::uint32_t before = control_;
  control_ = value & 7;
  if (!enabled()) {
    stopped_at_ = count;
  } else if ((before & 5) != (control_ & 5)) {
    start(count, now);
  }
}

void SysTick::write_rvr(std::uint32_t value, std::uint64_t now) {
  const bool at_zero = enabled() && cvr(now) == 0;
  reload_ = value & 0xFFFFFF;
  if (at_zero) start(0, now);
}

std::uint32_t SysTick::cvr(std::uint64_t now) const {
  if (!enabled()) return stopped_at_;
  if (next_zero_ == kNever || next_zero_ <= now) return 0;
  const std::uint64_t left = (next_zero_ - now + divider() - 1) / divider();
  return left > reload_ && left == std::uint64_t{reload_} + 1 ? 0 : static_cast<std::uint32_t>(left);
}

void SysTick::write_cvr(std::uint64_t now) {
  count_flag_ = false;
  stopped_at_ = 0;
  if (enabled()) start(0, now);
}

}  // namespace probity::vboard::armv7m
