// Clocked bits as shift commands of an MPSSE.
#pragma once

#include <optional>
#include <vector>

#include "adapter/bit_link.hpp"
#include "adapter/ftdi/mpsse.hpp"

namespace probity::ftdi {

// The pins as the driver drives them now, and the signal that gives SWDIO to the target, if there is one.
struct PinState {
  Pins pins;
  std::optional<Signal> swdio_oe;
};

class MpsseLink final : public BitLink {
 public:
  // Both must outlive the link. `sample_on_falling`: TDO is read when TCK falls, half a cycle later.
  MpsseLink(Mpsse& mpsse, PinState& state, const bool& sample_on_falling)
      : mpsse_(mpsse), state_(state), sample_on_falling_(sample_on_falling) {}

  void swd_write(const BitVector& bits) override;
  void swd_read(std::size_t cycles, bool sample) override;
  void jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) override;
  BitVector collect() override;
  // Answers that do not fit into the chip are fetched in between.
  std::size_t batch_cycles() const override { return 40'000; }

 private:
  // A shift that was asked for with an answer: its cycles, and which of them are wanted.
  struct Answer {
    std::size_t cycles;
    std::vector<std::pair<std::size_t, std::size_t>> wanted;  // offset, count
  };
  void drive_swdio(bool drive);
  void end_write();
  void end_read();
  void encode_jtag();
  std::size_t encode_tms(std::size_t at);
  void encode_data(std::size_t at, std::size_t count);
  void shift(const BitVector* out, std::size_t count, bool read, std::uint8_t edges);

  Mpsse& mpsse_;
  PinState& state_;
  const bool& sample_on_falling_;
  std::optional<bool> driving_;
  BitVector written_;      // SWD, not yet encoded
  Answer reading_{0, {}};  // the same
  BitVector tms_, tdi_;    // JTAG, not yet encoded
  BitVector sampled_;      // which of those cycles are wanted
  std::optional<bool> tms_level_;
  std::vector<Answer> answers_;
};

}  // namespace probity::ftdi
