#include "adapter/gpio/signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace probity::gpio {

namespace {

using enum SignalKind;

// As seen of OpenOCD 0.12.0 (`adapter gpio` without a word more, and what it refuses).
constexpr std::array kSignals = {
    SignalFacts{"tdo", input, false, false, InitialState::input},
    SignalFacts{"tdi", output, false, true, InitialState::inactive},
    SignalFacts{"tms", output, false, true, InitialState::active},
    SignalFacts{"tck", output, false, true, InitialState::inactive},
    SignalFacts{"trst", output, true, false, InitialState::inactive},
    SignalFacts{"swdio", bidirectional, false, true, InitialState::inactive},
    SignalFacts{"swdio_dir", output, false, true, InitialState::none},
    SignalFacts{"swclk", output, false, true, InitialState::inactive},
    SignalFacts{"srst", output, true, false, InitialState::inactive},
    SignalFacts{"led", output, false, true, InitialState::inactive},
};

constexpr std::array<std::string_view, 3> kKinds = {"input", "output", "bidirectional"};
constexpr std::array<std::string_view, 3> kDrives = {"push-pull", "open-drain", "open-source"};
constexpr std::array<std::string_view, 3> kPulls = {"none", "up", "down"};
constexpr std::array<std::string_view, 4> kStates = {"", "inactive", "active", "input"};

template <typename Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
  return words[static_cast<std::size_t>(value)];
}

std::string key_of(const SignalFacts& signal) { return fmt::format("adapter gpio {}", signal.name); }

}  // namespace

std::span<const SignalFacts> signals() { return kSignals; }

const SignalFacts* signal_named(std::string_view name) {
  const auto found = std::ranges::find(kSignals, name, &SignalFacts::name);
  return found == kSignals.end() ? nullptr : &*found;
}

Wire wire_of(const AdapterSettings& settings, const SignalFacts& signal) {
  Wire wire{.active_low = signal.active_low, .initial = signal.initial};
  const auto found = settings.options.find(key_of(signal));
  if (found == settings.options.end()) return wire;
  std::istringstream words(found->second);
  int drive = 0, pull = 0, initial = 0;
  words >> wire.number >> wire.chip >> wire.active_low >> drive >> pull >> initial;
  wire.drive = static_cast<GpioDrive>(drive);
  wire.pull = static_cast<GpioPull>(pull);
  wire.initial = static_cast<InitialState>(initial);
  return wire;
}

void keep_wire(AdapterSettings& settings, const SignalFacts& signal, const Wire& w) {
  settings.options[key_of(signal)] =
      fmt::format("{} {} {:d} {:d} {:d} {:d}", w.number, w.chip, w.active_low, static_cast<int>(w.drive),
                  static_cast<int>(w.pull), static_cast<int>(w.initial));
}

std::string describe(const SignalFacts& signal, const Wire& wire) {
  std::string text =
      fmt::format("adapter gpio {} ({}): num {}, chip {}, active-{}", signal.name, word(kKinds, signal.kind),
                  wire.number, wire.chip, wire.active_low ? "low" : "high");
  if (signal.takes_drive) text += fmt::format(", {}", word(kDrives, wire.drive));
  text += fmt::format(", pull-{}", word(kPulls, wire.pull));
  if (signal.initial != InitialState::none)
    text += fmt::format(", init-state {}", word(kStates, wire.initial));
  return text;
}

}  // namespace probity::gpio
