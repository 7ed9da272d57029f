// The MDM-AP of Kinetis: the access port that shows whether the chip is secured, erases it then, and holds
// system or core in reset (KL25P80M48SF0RM 9.4, K20P64M72SF1RM 9.5).
#pragma once

#include "vboard/chip/flash/secured_flash.hpp"
#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

// Its version, IDR bits 7:4: K has 0, KL and KE have 2. At 0 a secured chip takes no reset request.
inline constexpr std::uint32_t kMdmApK = 0x001C0000, kMdmApKl = 0x001C0020;

class MdmAp final : public VendorPort {
 public:
  // Both must outlive it.
  MdmAp(std::uint32_t idr, SecuredFlash& flash, ChipControl& chip) : idr_(idr), flash_(flash), chip_(chip) {}
  std::uint32_t read_register(std::uint32_t offset) override;
  void write_register(std::uint32_t offset, std::uint32_t value) override;
  void system_reset() override;
  void power_on_reset() override;

 private:
  std::uint32_t status();
  void write_control(std::uint32_t value);

  const std::uint32_t idr_;
  SecuredFlash& flash_;
  ChipControl& chip_;
  std::uint32_t control_ = 0;
  bool erase_acknowledged_ = false;
};

}  // namespace probity::vboard
