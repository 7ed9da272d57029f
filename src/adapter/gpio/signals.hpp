// The signals of a GPIO adapter and the lines that the configuration gives them (`adapter gpio`).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapter/adapter.hpp"
#include "transport/gpio.hpp"

namespace probity::gpio {

enum class SignalKind { input, output, bidirectional };
enum class InitialState { none, inactive, active, input };

// One signal a row, in the order in which `adapter gpio` lists them.
struct SignalFacts {
  std::string_view name;
  SignalKind kind;
  bool active_low;  // as long as nothing else is said
  bool takes_drive;
  InitialState initial;  // none: it takes no other
};
std::span<const SignalFacts> signals();
// Null where there is no signal of that name.
const SignalFacts* signal_named(std::string_view name);

struct Wire {
  int number = -1;  // the line's offset; -1: not connected
  int chip = -1;    // -1: not said
  bool active_low = false;
  GpioDrive drive = GpioDrive::push_pull;
  GpioPull pull = GpioPull::none;
  InitialState initial = InitialState::inactive;

  bool connected() const { return number >= 0; }
};

// In AdapterSettings::options, "adapter gpio NAME".
Wire wire_of(const AdapterSettings& settings, const SignalFacts& signal);
void keep_wire(AdapterSettings& settings, const SignalFacts& signal, const Wire& wire);
// "adapter gpio tck (output): num 11, chip 0, active-high, push-pull, pull-none, init-state inactive"
std::string describe(const SignalFacts& signal, const Wire& wire);

}  // namespace probity::gpio
