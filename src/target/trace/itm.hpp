// The target's ITM: which stimulus ports the program may speak through.
#pragma once

#include <array>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"

namespace probity {

class ItmPorts {
 public:
  static constexpr unsigned kCount = 256;  // what ITM_TERn could name; real ones have 32

  void set(unsigned port, bool on);
  void set_all(bool on);
  // ITM_TER0 …
  const std::array<std::uint32_t, kCount / 32>& words() const { return words_; }

 private:
  std::array<std::uint32_t, kCount / 32> words_{1};  // port 0 from the start, as OpenOCD 0.12.0
};

// Turns the ITM on with these ports. TimeoutError where it does not come to rest before; else as MemPort.
void enable_itm(MemPort& memory, Clock& clock, const ItmPorts& ports);

}  // namespace probity
