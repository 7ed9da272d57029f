// WireLink: a J-Link's pins as a BitLink. What is queued goes out when it is asked for, in messages as long
// as the probe's memory has room for.
#pragma once

#include <vector>

#include "adapter/bit_link.hpp"
#include "adapter/jlink/probe.hpp"

namespace probity::jlink {

class WireLink final : public BitLink {
 public:
  // `probe` must outlive the link, and have this wire selected.
  WireLink(Probe& probe, WireKind wire, Log& log);

  void swd_write(const BitVector& bits) override;
  void swd_read(std::size_t cycles, bool sample) override;
  void jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) override;
  BitVector collect() override;
  std::size_t batch_cycles() const override { return capacity_ - kSpare; }

  // Which message clocks JTAG: 2 or 3. SWD always takes 3.
  void set_jtag_version(unsigned version);
  void set_speed(Hertz speed) { speed_ = speed; }  // for how long a message may take
  // Asks how much memory is free: SWO capture takes some. AdapterError where it is too little for anything.
  void measure_memory();

 private:
  // Of a message, for what goes with a batch: idle cycles, other instructions on JTAG.
  static constexpr std::size_t kSpare = 256;
  struct Range {
    std::size_t begin, count;
  };
  void put(const BitVector& first, const BitVector& second);
  void flush();
  BitVector exchange(const BitVector& first, const BitVector& second);

  Probe& probe_;
  WireKind wire_;
  Log& log_;
  Command version_ = Command::io_v3;
  Hertz speed_ = kilohertz(100);
  std::size_t capacity_ = 0;   // bits in one message
  BitVector first_, second_;   // queued, see WireIo
  std::vector<Range> wanted_;  // of what comes back for them
  BitVector sampled_;
  bool level_ = false;  // of SWDIO when the last message was through
};

}  // namespace probity::jlink
