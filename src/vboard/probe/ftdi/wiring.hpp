// How the sixteen GPIO pins of an FTDI chip's channel reach the debug connector: the circuit between them as
// data, one row a product.
#pragma once

#include <cstdint>

#include "vboard/probe/pins.hpp"

namespace probity::vboard::ftdi {

// Of the low byte (ADBUS), when it is an MPSSE.
constexpr std::uint16_t kTck = 0x01, kTdi = 0x02, kTdo = 0x04, kTms = 0x08;

// A reset wire's driver. The wire is pulled low while `enable` says so and no pin of `level` is high; with
// neither, there is none.
struct ResetDriver {
  std::uint16_t level = 0;   // the pin whose level the wire follows; 0: low
  std::uint16_t enable = 0;  // the pin that turns the driver on; 0: the level's pin is the driver
  bool enable_low = false;   // it does so when it is low
};

struct Wiring {
  std::uint16_t buffer_enable = 0;  // a pin that has to be driven low, or nothing reaches the connector
  ResetDriver nrst, ntrst;
  bool swd_resistor = false;  // TDI on SWDIO through a resistor, TDO on SWDIO; else TMS is wired to SWDIO/TMS
  // A switch that puts SWD on TDI and TDO: when these pins are low, and these high; TDI is driven onto SWDIO
  // while that one is low.
  std::uint16_t swd_when_low = 0, swd_when_high = 0, swdio_drive_low = 0;
};

// The pins' levels and directions (1: output) and what they do at the connector.
class Connector {
 public:
  // Both must outlive it.
  Connector(const Wiring& wiring, Pins& pins) : wiring_(wiring), pins_(pins) {}

  void set(std::uint16_t levels, std::uint16_t directions);
  void set_tdi(bool level) { set_level(kTdi, level); }
  void set_tms(bool level) { set_level(kTms, level); }
  bool tdi() const { return (levels_ & kTdi) != 0; }

  struct Sample {
    bool rising, falling;  // TDO before the edges of TCK
  };
  // One TCK pulse.
  Sample cycle();
  // The pins as they are: what is driven, TDO, and the pull-ups of all others.
  std::uint16_t levels() const;

 private:
  bool is_driven(std::uint16_t pin) const { return (directions_ & pin) != 0; }
  bool is_high(std::uint16_t pin) const { return !is_driven(pin) || (levels_ & pin) != 0; }
  void set_level(std::uint16_t pin, bool level);
  bool pulls_low(const ResetDriver& driver) const;
  bool reaches_target() const;
  bool uses_swd() const;
  bool drives_swdio() const;
  bool tdo() const;

  const Wiring& wiring_;
  Pins& pins_;
  std::uint16_t levels_ = 0, directions_ = 0;
};

}  // namespace probity::vboard::ftdi
