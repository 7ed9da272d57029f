// The main flash of an STM32H7 (driver `stm32h7x`): which chip it is, and its one or two chip banks. Declared
// at 0x08000000 it stands for all of the flash, unless the configuration declares a bank at 0x08100000 as
// well: then for its own chip bank only.
#pragma once

#include "flash/stm32/h7_parts.hpp"
#include "flash/stm32/wide_word_bank.hpp"

namespace probity::stm32 {

class H7Bank final : public WideWordBank {
 public:
  H7Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void meet(std::span<FlashBank* const> banks) override;
  std::optional<Address> watchdog() const override;

 protected:
  void identify() override;
  // The registers of chip bank 2, where the bank stands for it alone; those that both share are there, too
  // (RM0433, 4.9: "0x01C or 0x11C").
  Address option_base() const override;

 private:
  void require_known_base(bool two_banks) const;
  void tell_banks(bool two_banks, unsigned kib);
  bool has_second_core(const H7Part& part);

  ChipBanks which_ = ChipBanks::both;
};

}  // namespace probity::stm32
