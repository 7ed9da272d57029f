// SysTick (B3.3), computed from the core's cycle count instead of being counted.
#pragma once

#include <cstdint>

namespace probity::vboard::armv7m {

// `now` is the number of cycles the core was not halted by a debugger: SysTick stands still in Debug state.
class SysTick {
 public:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  void reset();
  // The cycle at which the counter next reaches 0.
  std::uint64_t next_zero() const { return enabled() ? next_zero_ : kNever; }
  // To be called when `now` has reached next_zero(). True: the exception is to be pended.
  bool expire(std::uint64_t now);

  std::uint32_t read_csr();  // clears COUNTFLAG
  std::uint32_t peek_csr() const { return control_ | (count_flag_ ? 1u << 16 : 0u); }
  void write_csr(std::uint32_t value, std::uint64_t now);
  std::uint32_t rvr() const { return reload_; }
  void write_rvr(std::uint32_t value, std::uint64_t now);
  std::uint32_t cvr(std::uint64_t now) const;
  void write_cvr(std::uint64_t now);  // any value clears the counter and COUNTFLAG

 private:
  bool enabled() const { return (control_ & 1) != 0; }
  // CLKSOURCE 0 is the external reference clock: HCLK/8 on STM32.
  std::uint64_t divider() const { return (control_ & 4) != 0 ? 1 : 8; }
  void start(std::uint32_t from, std::uint64_t now);

  std::uint32_t control_ = 0, reload_ = 0, stopped_at_ = 0;
  bool count_flag_ = false;
  std::uint64_t next_zero_ = kNever;
};

}  // namespace probity::vboard::armv7m
