// Clocked bits on GPIO lines, each as it is asked for.
#pragma once

#include <optional>

#include "adapter/bit_link.hpp"
#include "adapter/gpio/wires.hpp"

namespace probity::gpio {

class WireLink final : public BitLink {
 public:
  // `wires` has tck, tms, tdi and tdo, or swclk and swdio; it must outlive the link.
  explicit WireLink(Wires& wires) : wires_(wires) {}

  void swd_write(const BitVector& bits) override;
  void swd_read(std::size_t cycles, bool sample) override;
  void jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) override;
  BitVector collect() override;
  // Nothing is saved by queueing, and every cycle behind a WAIT costs its time.
  std::size_t batch_cycles() const override { return 2'000; }

 private:
  void drive_swdio(bool drive);
  void light(bool on);

  Wires& wires_;
  BitVector sampled_;
  std::optional<bool> driving_;
  bool lit_ = false;
};

}  // namespace probity::gpio
