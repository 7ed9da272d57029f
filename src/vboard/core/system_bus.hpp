// What the core and the debug access port see of the chip's bus.
#pragma once

#include <cstdint>

namespace probity::vboard {

enum class Master : std::uint8_t { fetch, data, debug };
enum class BusStatus : std::uint8_t {
  ok,
  error,
  stalled
};  // stalled: try again later (flash busy); time has to pass

// `size` is 1, 2 or 4 and divides `address`. A read fills `value`, zero-extended.
class SystemBus {
 public:
  virtual ~SystemBus() = default;
  virtual BusStatus read(Master master, std::uint32_t address, unsigned size, std::uint32_t& value) = 0;
  virtual BusStatus write(Master master, std::uint32_t address, unsigned size, std::uint32_t value) = 0;
  // Fast path for plain memory: a pointer to at least 4 readable bytes at `address` that stays valid until
  // memory_epoch() changes, or null (peripherals, busy flash). The core may cache decoded instructions on it.
  virtual const std::uint8_t* fetch_window(std::uint32_t address, std::uint32_t& window_begin,
                                           std::uint32_t& window_size) = 0;
};

}  // namespace probity::vboard
