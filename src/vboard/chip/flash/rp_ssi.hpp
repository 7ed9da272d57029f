// RP2040's SSI, Synopsys' DW_apb_ssi (RP2040 data sheet 4.10): serial and dual and quad frames from its FIFO,
// and the reads of the XIP window. Frames go over the pins when their word is written, and take their time:
// what comes back is in the receive FIFO no sooner.
//
// Left out: DMA, interrupts, DDR, microwire and the other frame formats of a plain serial port; SCPOL and
// SCPH (the flash takes both). A frame that is received only (TMOD 3) begins with the first word, not when
// the FIFO is empty.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "vboard/chip/flash/rp_qspi_pins.hpp"

namespace probity::vboard {

class RpSsi final : public RpRegisters {
 public:
  // All must outlive it. `clock`: clk_sys.
  RpSsi(RpQspiPins& pins, const TimeSource& time, std::function<Hertz()> clock);

  void reset() override;
  // The word at `offset` of the flash, by the frame that SPI_CTRLR0 describes; nothing: the SSI is not set up
  // for that, which is a bus error. (The data sheet does not say what it is.)
  std::optional<std::uint32_t> xip_read(std::uint32_t offset);
  // Lifts the chip select where the last frame's time is over.
  void settle();
  // When something next changes by itself.
  std::optional<Nanoseconds> next_event() const;

 private:
  struct Received {
    Nanoseconds at{0};
    std::uint32_t value = 0;
  };
  std::uint32_t get(std::uint32_t offset) override;
  void put(std::uint32_t offset, std::uint32_t value) override;
  bool enabled() const;
  unsigned frame_bits() const;
  unsigned format_lines() const;
  std::uint32_t status();
  std::uint32_t received_count() const;
  std::uint32_t waiting_count() const;
  std::uint32_t pop();
  void stop();
  void run();
  bool run_standard();
  bool run_enhanced();
  void begin();
  void spend(unsigned clocks);
  std::uint32_t shift(std::uint64_t value, unsigned bits, unsigned lines, bool out);
  void idle(unsigned clocks);
  std::uint32_t exchange(std::uint32_t value, unsigned bits);
  void keep(std::uint32_t value);
  void receive_frames();

  RpQspiPins& pins_;
  const TimeSource& time_;
  std::function<Hertz()> clock_;
  std::deque<std::uint32_t> waiting_;  // for SER, BAUDR, or the rest of a command
  std::deque<Nanoseconds> started_;    // frames under way: when each begins to leave the FIFO
  std::deque<Received> received_;
  Nanoseconds free_at_{0};
  bool selected_ = false;
};

}  // namespace probity::vboard
