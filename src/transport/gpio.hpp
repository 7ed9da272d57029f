// The GPIO seam: lines of a GPIO chip by their offsets. Behind it is Linux' character device (linux_gpio.cpp)
// or the virtual board (vboard/gpio_header.hpp).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

enum class GpioDirection : std::uint8_t { input, output };
enum class GpioDrive : std::uint8_t { push_pull, open_drain, open_source };
enum class GpioPull : std::uint8_t { none, up, down };

struct GpioLineConfig {
  unsigned offset = 0;
  GpioDirection direction = GpioDirection::input;
  GpioDrive drive = GpioDrive::push_pull;  // of an output
  GpioPull pull = GpioPull::none;
  bool active_low = false;
  bool value = false;  // of an output: true is active

  bool operator==(const GpioLineConfig&) const = default;
};

// Some lines of one chip, in the order in which they were asked for: bit i of a mask is the i-th. All throw
// AdapterError. Released on destruction, which leaves the pins as they are.
class GpioLines {
 public:
  virtual ~GpioLines() = default;
  // Sets the outputs in `mask` to their bit of `values`, all in one call; true is active.
  virtual void set(std::uint64_t mask, std::uint64_t values) = 0;
  // The inputs in `mask`; other bits are 0.
  virtual std::uint64_t get(std::uint64_t mask) = 0;
  // Sets up all lines anew, with the offsets they were asked for with.
  virtual void configure(std::span<const GpioLineConfig> lines) = 0;
};

class GpioChips {
 public:
  virtual ~GpioChips() = default;
  // Lines of chip `chip` ("/dev/gpiochip0" is 0), at most 64, set up as said; `user` is what the system shows
  // as their owner. AdapterError: no such chip or line; DeviceBusy: another program has one; NoRights.
  virtual std::unique_ptr<GpioLines> request(unsigned chip, const std::string& user,
                                             std::span<const GpioLineConfig> lines) = 0;
};

std::unique_ptr<GpioChips> make_linux_gpio();  // linux_gpio.cpp

}  // namespace probity
