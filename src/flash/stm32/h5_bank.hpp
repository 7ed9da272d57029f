// The main flash of an STM32H5 (driver `stm32h5x`): which chip it is, how its chip banks lie, and which side
// of TrustZone it is changed from.
#pragma once

#include "flash/stm32/h5_parts.hpp"
#include "flash/stm32/wide_word_bank.hpp"

namespace probity::stm32 {

class H5Bank final : public WideWordBank {
 public:
  using WideWordBank::WideWordBank;

  std::optional<Address> watchdog() const override;
  std::string describe() override;

 protected:
  void identify() override;
  Address option_base() const override;

 private:
  Security look_at_security(const H5Part& part);
  std::string secure_areas();

  Security security_ = Security::off;
  H5Part part_{};
};

}  // namespace probity::stm32
