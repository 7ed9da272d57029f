// The six pins of RP2040's flash, as IO_QSPI and PADS_QSPI have them, and the flash behind them (RP2040 data
// sheet 2.19.6.2, 2.19.6.4). Until FUNCSEL gives the pins to the SSI nothing reaches the flash.
#pragma once

#include <array>

#include "vboard/chip/nor/nor_flash.hpp"
#include "vboard/chip/peripherals/rp_registers.hpp"

namespace probity::vboard {

class RpQspiPins {
 public:
  // `flash` must outlive them.
  explicit RpQspiPins(NorFlash& flash);

  RegisterBlock& io_qspi() { return io_; }
  RegisterBlock& pads_qspi() { return pads_; }
  // By RESETS.
  void hold_io(bool held);
  void hold_pads(bool held);
  void reset();

  // The chip select as the SSI drives it.
  void select(bool selected);
  // One clock of SCK, in which the SSI drives the lines of `mask` with `value`: what all four lines are
  // meanwhile.
  std::uint8_t clock(std::uint8_t mask, std::uint8_t value);

 private:
  enum Pin : unsigned { sclk, ss, sd0 };
  // A block whose every write may move a pin.
  class Block final : public RpRegisters {
   public:
    Block(RpQspiPins& pins, std::vector<Reset> resets) : RpRegisters(std::move(resets)), pins_(pins) {}
    std::uint32_t peek(std::uint32_t offset) const { return word(offset); }

   private:
    void put(std::uint32_t offset, std::uint32_t value) override;
    RpQspiPins& pins_;
  };
  std::uint32_t control(unsigned pin) const;
  std::uint32_t pad(unsigned pin) const;
  bool drives(unsigned pin) const;
  bool driven_level(unsigned pin, bool wanted) const;
  bool pulled_up(unsigned pin) const;
  void pins_moved();

  NorFlash& flash_;
  Block io_, pads_;
  bool wanted_ = false, selected_ = false;
};

}  // namespace probity::vboard
