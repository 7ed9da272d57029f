// The flash interface of F4/F7 (RM0090 3.9, RM0385 3.7, RM0410 3.7), strict: what the manual calls an error
// is one, and nothing else than the manual's sequence works. Operations take the data sheet's typical time on
// the chip's clock; their effect on the cells is complete when BSY falls.
#pragma once

#include <functional>
#include <optional>

#include "vboard/chip/geometry.hpp"
#include "vboard/chip/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/register_block.hpp"
#include "vboard/fault_plan.hpp"
#include "vboard/stats.hpp"

namespace probity::vboard {

class FlashController final : public RegisterBlock {
 public:
  struct Surroundings {
    const TimeSource& time;
    Stats& stats;
    FaultPlan& faults;
    unsigned millivolts;
    // What can be read at [offset, offset + size) of the flash, or whether it can be read, has changed.
    std::function<void(std::uint32_t offset, std::uint32_t size)> changed;
    std::function<void(bool level)> interrupt_changed;
    // The supply broke down in the middle of an operation.
    std::function<void()> brownout;
  };
  FlashController(const ChipFacts& facts, NonVolatile& memory, Surroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  // System reset: a running operation is cut short, registers as after reset, option bytes in force.
  void reset() override;
  // Power-on also forgets that a debugger was there (RDP level 1).
  void power_on_reset();
  // A debugger's memory access was seen: with RDP level 1 the flash closes until the next power-on.
  void debugger_attached();

  // Main flash, by offset from its start; `size` 1, 2 or 4. Error: read protection. Stalled: BSY in that
  // bank.
  BusStatus read_cells(Master master, std::uint32_t offset, unsigned size, std::uint32_t& value);
  BusStatus write_cells(std::uint32_t offset, unsigned size, std::uint32_t value);
  // OTP area, its lock bytes following the data.
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value);
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value);
  // The cells from `offset` to the end of its sector, or nothing while reads stall or fault.
  std::optional<ByteView> window(std::uint32_t offset, std::uint32_t& sector_offset);

  // Applies an operation whose time has come; call before looking at the cells from outside.
  void settle();
  // When the running operation ends; nothing when none runs or BSY is stuck.
  std::optional<Nanoseconds> busy_until() const;
  unsigned rdp_level() const { return rdp_level_; }
  bool watchdog_in_hardware() const;  // WDG_SW (IWDG_SW) clear
  const FlashGeometry& geometry() const { return geometry_; }

 private:
  enum class Kind { program, program_otp, erase, options };
  struct Operation {
    Kind kind = Kind::program;
    std::vector<FlashSector> sectors;  // to erase, or the one being programmed
    std::uint32_t offset = 0, size = 0, value = 0;
    Nanoseconds end{0};
    bool bsy_stuck = false;
    std::optional<std::uint32_t> stuck_cell;  // offset of a cell that keeps its low bit
  };

  bool busy();
  bool stalls(std::uint32_t offset);
  bool closed() const { return rdp_level_ != 0 && debugger_; }
  std::uint32_t status();
  void refuse(std::uint32_t flags);
  void update_interrupt();

  BusStatus write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  BusStatus write_control(std::uint32_t value, Lanes lanes);
  void start_erase();
  std::optional<std::vector<FlashSector>> selected_sectors() const;
  bool program_allowed(std::uint32_t offset, unsigned size);
  bool parallelism_allowed() const;
  const FlashSector& sector_at(std::uint32_t offset) const;
  bool not_write_protect_bit(const FlashSector& sector) const;
  bool write_protected(const FlashSector& sector) const;
  bool readout_protected(const FlashSector& sector) const;
  Nanoseconds sector_erase_time(const FlashSector& sector) const;
  Nanoseconds mass_erase_time(const std::vector<FlashSector>& sectors) const;

  // flash_operations.cpp
  void start(Operation operation, Nanoseconds duration);
  void announce(const Operation& operation);
  void apply(const Operation& operation);
  void apply_half(const Operation& operation);
  void cut_short();

  // flash_options.cpp
  void load_options();
  void put_options_in_force();
  BusStatus write_option_control(std::uint32_t value, Lanes lanes);
  void start_options();
  void apply_options();

  const ChipFacts& facts_;
  NonVolatile& memory_;
  Surroundings around_;
  FlashGeometry geometry_;
  std::optional<Operation> operation_;
  bool bsy_stuck_ = false;

  KeyLock key_{0x45670123, 0xCDEF89AB};         // FLASH_KEYR
  KeyLock option_key_{0x08192A3B, 0x4C5D6E7F};  // FLASH_OPTKEYR
  std::uint32_t acr_ = 0, sr_ = 0, cr_ = 0, optcr_ = 0, optcr1_ = 0;
  unsigned rdp_level_ = 0;
  bool debugger_ = false;
};

}  // namespace probity::vboard
