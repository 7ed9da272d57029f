// The main flash of an STM32H5 (driver `stm32h5x`): which chip it is and how its chip banks lie. It works
// through the non-secure registers and addresses.
#pragma once

#include "flash/stm32/h5_parts.hpp"
#include "flash/stm32/wide_word_bank.hpp"

namespace probity::stm32 {

class H5Bank final : public WideWordBank {
 public:
  using WideWordBank::WideWordBank;

  std::optional<Address> watchdog() const override;

 protected:
  void identify() override;
  Address option_base() const override;
};

}  // namespace probity::stm32
