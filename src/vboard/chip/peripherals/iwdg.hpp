// The independent watchdog (RM0090 21, RM0385 25): counts LSI, whatever the core does.
#pragma once

#include <functional>
#include <optional>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class Iwdg final : public RegisterBlock {
 public:
  // `frozen`: DBGMCU stops it now (halted core).
  Iwdg(std::uint32_t lsi_hertz, const TimeSource& time, std::function<bool()> frozen);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  bool write_repeats(std::uint32_t offset, std::uint32_t value) const override;
  void reset() override;
  void start();

  // Counts up to now; true when the counter ran out on the way. To be called at least whenever `frozen` may
  // have changed.
  bool catch_up();
  // When it runs out; nothing while it is stopped.
  std::optional<Nanoseconds> expiry();

 private:
  Nanoseconds tick() const;
  const std::uint32_t lsi_hertz_;
  const TimeSource& time_;
  std::function<bool()> frozen_;
  bool running_ = false, writable_ = false;
  std::uint32_t prescaler_ = 0, reload_ = 0xFFF, counter_ = 0xFFF;
  bool expired_ = false;
  Nanoseconds counted_to_{0}, into_tick_{0};
};

}  // namespace probity::vboard
