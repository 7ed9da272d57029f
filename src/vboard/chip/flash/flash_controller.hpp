// FlashController: what every flash interface is to the chip around it; one class per generation
// (f2_flash.hpp …). Strict: what the manual calls an error is one, and nothing else than the manual's
// sequence works.
#pragma once

#include <functional>
#include <optional>

#include "vboard/chip/register_block.hpp"
#include "vboard/fault_plan.hpp"
#include "vboard/stats.hpp"

namespace probity::vboard {

// What a controller is told of the chip around it.
struct FlashSurroundings {
  const TimeSource& time;
  Stats& stats;
  FaultPlan& faults;
  unsigned millivolts;
  // What can be read at [offset, offset + size) of the flash, or whether it can be read, has changed.
  std::function<void(std::uint32_t offset, std::uint32_t size)> changed;
  std::function<void(bool level)> interrupt_changed;
  // The supply broke down in the middle of an operation.
  std::function<void()> brownout;
  // Option bytes are to be loaded by a reset (OBL_LAUNCH): the chip resets, then calls reset().
  std::function<void()> option_reset;
};

class FlashController : public RegisterBlock {
 public:
  // reset() (RegisterBlock): system reset; a running operation is cut short, registers as after reset, option
  // bytes in force.

  // Power-on also forgets that a debugger was there (RDP level 1).
  virtual void power_on_reset() = 0;
  // A debugger's memory access was seen: with RDP level 1 the flash closes until the next power-on.
  virtual void debugger_attached() = 0;

  // Main flash, by offset into NonVolatile::cells; `size` 1, 2 or 4 (a 64-bit bus access is two of 4). Error:
  // read protection, or an access the interface refuses. Stalled: BSY in that bank. Where TrustZone is in
  // force, cells of the other world read 0, and are not programmed.
  virtual BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                               std::uint32_t& value) = 0;
  virtual BusStatus write_cells(Security security, std::uint32_t offset, unsigned size,
                                std::uint32_t value) = 0;
  // One-time programmable area, by offset into NonVolatile::otp (its lock bytes follow, where it has them).
  // Default: there is none, an error.
  virtual BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value);
  virtual BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value);
  // A write to what ST has programmed: its boot loader (`system`), or words that can only be read (unique id,
  // flash size). Default: an error.
  virtual BusStatus write_factory(bool system, unsigned size);
  // The cells around `offset` that can be read as one piece (its sector), or nothing while reads stall or
  // fault.
  virtual std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) = 0;
  // Memory-mapped option bytes (0x1FFFF800 of F1, 0x1FF80000 of L0 …), by offset: what is read there, and
  // written where the generation programs them there. Default: an error.
  virtual BusStatus read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value);
  virtual BusStatus write_option_area(std::uint32_t offset, unsigned size, std::uint32_t value);

  // Applies an operation whose time has come; call before looking at the cells from outside.
  virtual void settle() = 0;
  // When the running operation ends; nothing when none runs or BSY is stuck.
  virtual std::optional<Nanoseconds> busy_until() const = 0;
  virtual unsigned rdp_level() const = 0;
  virtual bool watchdog_in_hardware() const = 0;  // IWDG_SW clear
  // The chip is secured: no MEM-AP reaches anything, the debug port and a vendor's port are there.
  virtual bool memory_ports_closed() const { return false; }
  // What every register of a MEM-AP reads as then; nothing: the port's registers are as always.
  virtual std::optional<std::uint32_t> closed_port_value() const { return {}; }
  // What a unit that serves the debugger erases beside the controller's own commands; `done` runs when it is.
  // False: there is no such unit, or it is refused, and `done` will not run.
  virtual bool erase_chip(std::function<void()> /*done*/) { return false; }
  // False where protection closes the debugger's way to this address, an error then, but not the debug port.
  virtual bool debugger_reaches(std::uint32_t /*address*/) const { return true; }
  // TZEN, as the options in force have it; and whether debuggers reach the Secure world then.
  virtual bool trust_zone() const { return false; }
  virtual bool secure_debug_allowed() const { return true; }
};

}  // namespace probity::vboard
