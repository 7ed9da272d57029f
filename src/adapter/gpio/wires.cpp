#include "adapter/gpio/wires.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity::gpio {

namespace {
constexpr std::string_view kUser = "probity";
}

Wires::Wires(GpioChips& chips, const std::vector<Request>& requests) {
  std::map<unsigned, std::string> names;
  for (const Request& request : requests) {
    Chip& chip = chips_[request.chip];
    const auto same = std::ranges::find(chip.config, request.line.offset, &GpioLineConfig::offset);
    if (same != chip.config.end()) {
      throw ConfigError(fmt::format("line {} of GPIO chip {} is given to two signals, one of them {}",
                                    request.line.offset, request.chip, request.signal));
    }
    places_[request.signal] = {request.chip, chip.config.size()};
    chip.config.push_back(request.line);
    names[request.chip] += " " + request.signal;
  }
  for (auto& [number, chip] : chips_) {
    with_context(fmt::format("Cannot open LinuxGPIOD chip {} for{}", number, names[number]),
                 [&] { chip.lines = chips.request(number, std::string(kUser), chip.config); });
  }
}

void Wires::set(std::initializer_list<Level> levels) {
  for (auto level = levels.begin(); level != levels.end();) {
    const unsigned number = places_.at(level->signal).chip;
    Chip& chip = chips_.at(number);
    std::uint64_t mask = 0, values = 0;
    for (; level != levels.end() && places_.at(level->signal).chip == number; ++level) {
      const Place& place = places_.at(level->signal);
      chip.config[place.index].value = level->active;
      mask |= place.bit();
      if (level->active) values |= place.bit();
    }
    chip.lines->set(mask, values);
  }
}

bool Wires::get(const std::string& signal) {
  const Place& place = places_.at(signal);
  return chips_.at(place.chip).lines->get(place.bit()) != 0;
}

void Wires::turn(const std::string& signal, GpioDirection direction) {
  const Place& place = places_.at(signal);
  Chip& chip = chips_.at(place.chip);
  chip.config[place.index].direction = direction;
  chip.lines->configure(chip.config);
}

}  // namespace probity::gpio
