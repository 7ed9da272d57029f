// RP2040's flash: a SPI NOR on its own six pins, behind the SSI and the XIP cache. Nothing but commands over
// these pins programs or erases it. Its status registers are as delivered at every start; its cells are the
// chip's flash file.
#pragma once

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/rp_xip.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class RpFlash final : public FlashController {
 public:
  // `part` must have the size of the cells. `clock`: clk_sys.
  RpFlash(const NorPart& part, NonVolatile& memory, FlashSurroundings surroundings, Hertz clock);

  const FlashSurroundings& surroundings() const { return around_; }
  RpQspiPins& pins() { return pins_; }
  RpSsi& ssi() { return ssi_; }
  RpXip& xip() { return xip_; }

  // It has no registers of its own; the blocks are SSI, XIP_CTRL, IO_QSPI, PADS_QSPI.
  BusStatus read_register(std::uint32_t, std::uint32_t&) override { return BusStatus::error; }
  BusStatus write_register(std::uint32_t, std::uint32_t, Lanes) override { return BusStatus::error; }
  // The flash has no reset pin: it goes on, in the mode it is in.
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return 0; }
  bool watchdog_in_hardware() const override { return false; }

 private:
  FlashSurroundings around_;
  NorFlash nor_;
  RpQspiPins pins_;
  RpSsi ssi_;
  RpXip xip_;
};

}  // namespace probity::vboard
