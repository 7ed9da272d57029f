// The CTRL-AP of nRF52: the access port that erases a chip whose AHB-AP UICR.APPROTECT has closed (nRF52832
// PS v1.4 16.1). RAM, which ERASEALL erases too, is left alone here.
#pragma once

#include "vboard/chip/flash/nvmc_flash.hpp"
#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

inline constexpr std::uint32_t kCtrlApIdr = 0x02880000;

class CtrlAp final : public VendorPort {
 public:
  // Both must outlive it.
  CtrlAp(NvmcFlash& flash, ChipControl& chip) : flash_(flash), chip_(chip) {}
  std::uint32_t read_register(std::uint32_t offset) override;
  void write_register(std::uint32_t offset, std::uint32_t value) override;
  void system_reset() override {}
  void power_on_reset() override { reset_ = erase_ = 0; }

 private:
  NvmcFlash& flash_;
  ChipControl& chip_;
  std::uint32_t reset_ = 0, erase_ = 0;
};

}  // namespace probity::vboard
