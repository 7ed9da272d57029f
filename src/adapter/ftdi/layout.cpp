#include "adapter/ftdi/layout.hpp"

#include <fmt/format.h>

#include <sstream>

#include "base/errors.hpp"

namespace probity::ftdi {

namespace {

std::uint16_t with(std::uint16_t pins, std::uint16_t mask, bool level) {
  return static_cast<std::uint16_t>(level ? pins | mask : pins & ~mask);
}

}  // namespace

std::string text_of(const Signal& s) {
  return fmt::format("{:d} {:d} {:d} {:d} {:d} {:d}", s.data, s.input, s.oe, s.invert_data, s.invert_input,
                     s.invert_oe);
}

std::map<std::string, Signal> signals_of(const AdapterSettings& settings) {
  std::map<std::string, Signal> signals;
  for (const auto& [key, text] : settings.options) {
    if (!key.starts_with(kSignalOption)) continue;
    Signal s;
    std::istringstream words(text);
    words >> s.data >> s.input >> s.oe >> s.invert_data >> s.invert_input >> s.invert_oe;
    signals[key.substr(kSignalOption.size())] = s;
  }
  return signals;
}

// As seen of OpenOCD 0.12.0: "low" is data 0 with the driver on, "released" is data 0 with the driver off.
void Pins::set(const std::string& name, const Signal& signal, Level level) {
  if (signal.data == 0 && signal.oe == 0) {
    throw AdapterError(fmt::format("interface doesn't provide signal '{}'", name));
  }
  if (level == Level::high && signal.data == 0) {
    throw AdapterError(fmt::format("interface can't drive '{}' high", name));
  }
  if (level == Level::released && signal.oe == 0) {
    throw AdapterError(fmt::format("interface can't tri-state '{}'", name));
  }
  output_ = with(output_, signal.data, (level == Level::high) != signal.invert_data);
  const bool enable = (level != Level::released) != signal.invert_oe;
  std::uint16_t& enabled_by = signal.oe == signal.data ? direction_ : output_;
  enabled_by = with(enabled_by, signal.oe, enable);
}

std::uint16_t level_of(const std::string& name, const Signal& signal, std::uint16_t reading) {
  if (signal.input == 0) throw AdapterError(fmt::format("interface doesn't provide signal '{}'", name));
  const unsigned level = signal.invert_input ? ~unsigned{reading} : unsigned{reading};
  return static_cast<std::uint16_t>(level & signal.input);
}

}  // namespace probity::ftdi
