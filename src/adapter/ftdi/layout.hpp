// How a probe's maker wired the sixteen GPIO pins of a channel, as `ftdi layout_init` and `ftdi
// layout_signal` describe it: bits 0-7 are ADBUS (TCK, TDI, TDO, TMS, GPIOL0-3), 8-15 ACBUS.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "adapter/adapter.hpp"

namespace probity::ftdi {

// A named signal: pins that carry its level, that enable its driver, and that read it. Where the first two
// are the same, the pin itself is let go.
struct Signal {
  std::uint16_t data = 0, input = 0, oe = 0;
  bool invert_data = false, invert_input = false, invert_oe = false;

  bool operator==(const Signal&) const = default;
};

enum class Level { low, high, released };

// In AdapterSettings::options: "ftdi layout_signal NAME" → text_of(signal).
constexpr std::string_view kSignalOption = "ftdi layout_signal ";
std::string text_of(const Signal& signal);
std::map<std::string, Signal> signals_of(const AdapterSettings& settings);

// What the pins are driven to.
class Pins {
 public:
  Pins(std::uint16_t output, std::uint16_t direction) : output_(output), direction_(direction) {}

  // AdapterError where the signal's wiring cannot do that; `name` is for the message.
  void set(const std::string& name, const Signal& signal, Level level);
  std::uint16_t output() const { return output_; }
  std::uint16_t direction() const { return direction_; }  // 1: output

  bool operator==(const Pins&) const = default;

 private:
  std::uint16_t output_, direction_;
};

// The signal's pins in a reading of all sixteen; an inverted one is turned round. AdapterError where the
// signal has no input.
std::uint16_t level_of(const std::string& name, const Signal& signal, std::uint16_t reading);

}  // namespace probity::ftdi
