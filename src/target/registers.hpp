// Core registers by name, with OpenOCD's numbering (`reg` prints it) and what is cached of them while halted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

struct CoreRegister {
  std::string name;  // "r0" … "r12", "sp", "lr", "pc", "xpsr", "msp", "psp", "primask", … "d0" …, "fpscr"
  unsigned number = 0;  // as `reg NUMBER`
  unsigned bits = 32;
  bool exists = true;                       // FPU registers without an FPU do not
  bool hidden = false;                      // not listed by plain `reg` (s0-s31, DWT)
  std::string group = "arm v7m registers";  // the heading it is listed under
};

// Value of a register that may be wider than 32 bits (d0-d15), little end first.
using RegisterValue = std::uint64_t;

}  // namespace probity
