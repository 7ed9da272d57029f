// What a peripheral is to the bus: 32-bit registers with byte lanes.
#pragma once

#include <cstdint>
#include <optional>

#include "base/units.hpp"
#include "vboard/core/system_bus.hpp"

namespace probity::vboard {

// The byte lanes of one access within its 32-bit word.
struct Lanes {
  unsigned shift = 0;      // bits
  std::uint32_t mask = 0;  // of the lanes, in place
  static constexpr Lanes of(std::uint32_t address, unsigned size) {
    const unsigned shift = 8 * (address & 3);
    const std::uint32_t width = size == 4 ? 0xFFFFFFFFu : (1u << 8 * size) - 1u;
    return {shift, width << shift};
  }
  constexpr std::uint32_t extract(std::uint32_t word) const { return (word & mask) >> shift; }
  constexpr std::uint32_t place(std::uint32_t value) const { return (value << shift) & mask; }
  // `word` with the lanes taken from `placed`.
  constexpr std::uint32_t merge(std::uint32_t word, std::uint32_t placed) const {
    return (word & ~mask) | (placed & mask);
  }
};

// What becomes of an access by its security: it is made; it reads 0 and writes nothing; a bus error.
enum class Passage : std::uint8_t { open, ignored, refused };

class RegisterBlock {
 public:
  virtual ~RegisterBlock() = default;
  // `offset` is a multiple of 4 within the block. A write's `value` is already in its lanes; bits outside are
  // 0.
  virtual BusStatus read_register(std::uint32_t offset, std::uint32_t& value) = 0;
  // The same for a register of which it matters how many bytes are read (a FIFO's).
  virtual BusStatus read_lanes(std::uint32_t offset, Lanes /*lanes*/, std::uint32_t& value) {
    return read_register(offset, value);
  }
  virtual BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) = 0;
  // The same, told who asks: for what is there for Secure accesses alone. Default: it makes no difference.
  virtual BusStatus read_as(Security /*security*/, std::uint32_t offset, Lanes lanes, std::uint32_t& value) {
    return read_lanes(offset, lanes, value);
  }
  virtual BusStatus write_as(Security /*security*/, std::uint32_t offset, std::uint32_t value, Lanes lanes) {
    return write_register(offset, value, lanes);
  }
  // SystemBus::write_repeats() of a register.
  virtual bool write_repeats(std::uint32_t /*offset*/, std::uint32_t /*value*/) const { return false; }
  // All of its bytes, where it is memory that never changes (a ROM); nothing: it is registers.
  virtual std::optional<ByteView> memory() const { return {}; }
  virtual void reset() = 0;
};

// The core's and the flash controller's own time: within a slice of execution it runs ahead of nothing.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual Nanoseconds now() const = 0;
};

}  // namespace probity::vboard
