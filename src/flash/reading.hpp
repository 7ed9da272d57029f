// Some chips show a debugger less of their flash than they let it program.
#pragma once

#include <memory>

namespace probity {

// While it lives all flash of the chip can be read, by the debugger and by code that it runs. (TrustZone: to
// Secure accesses pages of the Non-secure world read 0.)
class FlashReading {
 public:
  FlashReading() = default;
  virtual ~FlashReading() = default;
  FlashReading(const FlashReading&) = delete;
  FlashReading& operator=(const FlashReading&) = delete;
};

}  // namespace probity
