// The signals that a GPIO adapter uses, as lines asked of the system.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/gpio/signals.hpp"

namespace probity::gpio {

// Set up together where they are on one chip, so that clock and data change in one call.
class Wires {
 public:
  struct Request {
    std::string signal;
    unsigned chip;
    GpioLineConfig line;
  };
  // AdapterError, DeviceBusy or NoRights, which name the signals. ConfigError: two signals on one line.
  Wires(GpioChips& chips, const std::vector<Request>& requests);

  bool has(const std::string& signal) const { return places_.contains(signal); }
  // Sets signals that are there and outputs, in this order where one call cannot do it.
  struct Level {
    const std::string& signal;
    bool active;
  };
  void set(std::initializer_list<Level> levels);
  bool get(const std::string& signal);
  // Turns a signal into an input, or an output at its last level.
  void turn(const std::string& signal, GpioDirection direction);

 private:
  struct Chip {
    std::vector<GpioLineConfig> config;
    std::unique_ptr<GpioLines> lines;
  };
  struct Place {
    unsigned chip;
    std::size_t index;
    std::uint64_t bit() const { return std::uint64_t{1} << index; }
  };

  std::map<unsigned, Chip> chips_;
  std::map<std::string, Place> places_;
};

}  // namespace probity::gpio
