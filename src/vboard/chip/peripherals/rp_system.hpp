// What RP2040 has around its cores as far as programs need it to start and tools touch it: SYSINFO, RESETS,
// PSM, the clocks' ready bits, the watchdog's scratch registers; the other peripherals keep what is
// written. Sources: the RP2040 data sheet and the register headers of pico-sdk (hardware_regs).
#pragma once

#include <functional>
#include <vector>

#include "vboard/chip/flash/rp_qspi_pins.hpp"
#include "vboard/chip/peripherals/rp_registers.hpp"

namespace probity::vboard {

// Registers of which some are made up when they are read.
class RpDerived : public RpRegisters {
 public:
  using Row = std::pair<std::uint32_t, std::function<std::uint32_t(const RpDerived&)>>;
  RpDerived(std::vector<Reset> resets, std::vector<Row> rows);
  std::uint32_t peek(std::uint32_t offset) const { return word(offset); }

 private:
  std::uint32_t get(std::uint32_t offset) override;
  std::vector<Row> rows_;
};

// RESETS (2.14): what is in reset is not done. IO_QSPI and PADS_QSPI lose their settings there.
class RpResets final : public RpRegisters {
 public:
  explicit RpResets(RpQspiPins& pins);
  void reset() override;

 private:
  std::uint32_t get(std::uint32_t offset) override;
  void put(std::uint32_t offset, std::uint32_t value) override;
  void hold_pins();
  RpQspiPins& pins_;
};

// WATCHDOG (4.7): TRIGGER resets the chip, and only that keeps the scratch registers. The counter stands
// still.
class RpWatchdog final : public RpRegisters {
 public:
  // `bite`: a system reset, soon.
  explicit RpWatchdog(std::function<void()> bite);
  void reset() override;

 private:
  void put(std::uint32_t offset, std::uint32_t value) override;
  std::function<void()> bite_;
  bool bitten_ = false;
};

// VREG_AND_CHIP_RESET (2.10.6): a restart by the rescue port is flagged until 1 is written.
class RpChipReset final : public RpRegisters {
 public:
  explicit RpChipReset(std::function<bool()> rescued);
  void reset() override;

 private:
  std::uint32_t get(std::uint32_t offset) override;
  void put(std::uint32_t offset, std::uint32_t value) override;
  std::function<bool()> rescued_;
  bool flag_cleared_ = false;
};

}  // namespace probity::vboard
