// The device service unit of Microchip's SAM D, L, C and R with Cortex-M0+ (SAM D21 data sheet DS40001882
// chapter 13): DID, the extension of the core's reset, chip erase, CRC of a range, and the chip's ROM table.
// Its first 256 bytes are seen once more at +0x100, which a secured chip leaves to the debugger. Not there:
// memory built-in self-test, and that chip erase clears the RAM.
#pragma once

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/register_block.hpp"
#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

inline constexpr std::uint32_t kDsu = 0x41002000, kDsuSize = 0x2000, kDsuRomTable = 0x41003000;

class Dsu final : public RegisterBlock {
 public:
  // The references must outlive it.
  Dsu(std::uint32_t did, FlashController& flash, ChipControl& chip) : did_(did), flash_(flash), chip_(chip) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;

 private:
  bool secured() const { return !flash_.debugger_reaches(kDsu); }
  void write_control(std::uint32_t control);
  void write_status(std::uint32_t cleared);
  void start_crc();

  const std::uint32_t did_;
  FlashController& flash_;
  ChipControl& chip_;
  std::uint32_t status_ = 0, addr_ = 0, length_ = 0, data_ = 0, dcc_[2] = {};
};

}  // namespace probity::vboard
