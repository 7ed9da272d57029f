// RawCommand: what an Adapter also is whose firmware takes commands of bytes, so that a user can send one of
// his own (`st-link cmd`, `cmsis-dap cmd`). dynamic_cast of another adapter gives null.
#pragma once

#include <cstddef>

#include "base/units.hpp"

namespace probity {

class RawCommand {
 public:
  virtual ~RawCommand() = default;

  // The probe's answer to `command`: `answer` bytes where the probe must be told, else what comes. UsageError
  // where the command is too long, AdapterError or TimeoutError when the probe fails.
  virtual Bytes raw_command(ByteView command, std::size_t answer) = 0;
};

}  // namespace probity
