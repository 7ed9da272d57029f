// What a vendor's chip has beside Arm's debug architecture and the parts that all chips share: an access port
// of its own, and blocks of registers at places of their own. ChipLine makes them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

// What such a part may do to the chip around it. The chip outlives the part.
class ChipControl {
 public:
  virtual ~ChipControl() = default;
  virtual const TimeSource& chip_time() const = 0;
  // The whole chip stays in reset while `held`, as by its reset pin.
  virtual void hold_system(bool held) = 0;
  // The core stays in reset when the chip next leaves it, until it is let go; the bus can be reached
  // meanwhile.
  virtual void hold_core(bool held) = 0;
  virtual void reset_system() = 0;
  // As DHCSR's C_DEBUGEN and C_HALT.
  virtual void halt_core() = 0;
  virtual bool system_held() const = 0;  // by whomever
  virtual bool core_held() const = 0;    // by hold_core()
  virtual bool core_halted() const = 0;
  virtual bool core_sleeping() const = 0;
  // Whose access to a register this is: the number of the core, or of the one behind the access port.
  virtual unsigned accessing_core() const = 0;
  // The last reset was a rescue port's.
  virtual bool rescued() const = 0;
  // EDBGRQ of one core, and who is told when a core has halted (one listener).
  virtual void request_halt(unsigned core, bool level) = 0;
  virtual void on_core_halted(std::function<void(unsigned core)> listener) = 0;
  // An interrupt line of one core.
  virtual void set_irq(unsigned core, unsigned number, bool level) = 0;
  // A word of the memory map, as a unit that is a bus master sees it.
  virtual BusStatus read_word(std::uint32_t address, std::uint32_t& value) = 0;
  virtual BusStatus write_word(std::uint32_t address, std::uint32_t value) = 0;
};

// An access port that is no MEM-AP: registers by their offset, 0x00-0xF8 (its IDR is AccessPort::idr).
class VendorPort {
 public:
  virtual ~VendorPort() = default;
  virtual std::uint32_t read_register(std::uint32_t offset) = 0;
  virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;
  virtual void system_reset() = 0;
  virtual void power_on_reset() = 0;
};

struct PlacedBlock {
  std::uint32_t base = 0, size = 0;
  std::unique_ptr<RegisterBlock> registers;
  std::function<void()> attend = {};  // may be empty: called when time has passed, now and then
};

}  // namespace probity::vboard
