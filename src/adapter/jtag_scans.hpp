// Scans that a script makes itself, through the pins of a JTAG wire: one TAP of the declared chain gets what
// is meant for it, the others are in BYPASS. All begin and end in Run-Test/Idle, where the debug port's
// transfers begin. UsageError names a wrong word; AdapterError or TimeoutError when the probe fails.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "adapter/jtag_pins.hpp"

namespace probity::jtag_scans {

// `end` is a stable state's name ("IRPAUSE"), empty for Run-Test/Idle. A pause on the way changes no
// register, so none is made; RESET is.
void shift_instruction(JtagPins& pins, std::span<const JtagTap> taps, const std::string& tap,
                       std::uint64_t instruction, const std::string& end);

struct Field {
  std::size_t bits;
  std::string value;  // a number; of more than 64 bits only in hexadecimal
};
// What came out of each field, in hexadecimal, whole bytes.
std::vector<std::string> shift_data(JtagPins& pins, std::span<const JtagTap> taps, const std::string& tap,
                                    std::span<const Field> fields, const std::string& end);

void run_idle(JtagPins& pins, std::size_t cycles);
// Through these states, and on to Run-Test/Idle.
void move_along(JtagPins& pins, std::span<const std::string> states);

}  // namespace probity::jtag_scans
