// When the DWT has packets to send (C1.8): periodic PC samples and cycle-count events from the tap on CYCCNT,
// exception trace, synchronisation. Data trace is not there. All times are the cycles that CYCCNT counts.
#pragma once

#include <cstdint>

#include "vboard/core/itm.hpp"

namespace probity::vboard::armv7m {

enum class ExceptionStep : std::uint8_t { entered = 1, exited = 2, returned = 3 };

class DwtPackets {
 public:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  // DWT_CTRL, or CYCCNT, was written, or tracing was turned on or off (`control` 0). `count` is CYCCNT at
  // `time`.
  void configure(std::uint32_t control, std::uint32_t count, std::uint64_t time);
  // The next time at which run() has something to do.
  std::uint64_t due() const;
  // `pc` is nothing but 0 where the core sleeps. `now` is the time that the ITM goes by.
  void run(Itm& itm, std::uint64_t time, std::uint64_t now, bool sleeping, std::uint32_t pc);
  void exception(Itm& itm, ExceptionStep step, unsigned number, std::uint64_t now) const;

 private:
  bool ticks() const;
  std::uint64_t tap_period() const;

  std::uint32_t control_ = 0, postcount_ = 0;
  std::uint64_t next_tick_ = kNever, next_sync_ = kNever;
};

}  // namespace probity::vboard::armv7m
