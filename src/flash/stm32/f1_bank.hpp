// The main flash of an STM32 F0, F1, F3 or one of their clones (driver `stm32f1x`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/stm32/f1_controller.hpp"
#include "flash/stm32/f1_options.hpp"
#include "flash/stm32/f1_parts.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

// What `stm32f1x options_write` changes, the rest stays.
struct F1UserChange {
  std::uint8_t set = 0, clear = 0;    // bits of the USER byte
  std::optional<std::uint16_t> data;  // Data1:Data0
};

class F1Bank final : public MainFlash {
 public:
  F1Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void meet(std::span<FlashBank* const> banks) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;
  OptionBytes* options() override;

  // Probes first.
  const F1Part& part();
  F1OptionRegisters options_in_force();
  void write_user_options(const F1UserChange& change);
  // UsageError where the chip has no such command; it resets itself.
  void load_options();

 protected:
  void identify() override;
  FlashInterface& interface() override { return controller_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  void read_identity();
  unsigned size_in_kib();
  void fill_sectors();
  // The bit of FLASH_WRPR that protects the bank's first page.
  unsigned first_bit() const;
  unsigned block_of(unsigned sector) const;
  void require_first_bank() const;
  void require_readable(const F1OptionRegisters& now) const;
  std::string protection_hint(const std::vector<unsigned>& blocks);
  // The command after which changed option bytes are in force.
  std::string comes_into_force() const;
  std::string first_bank_name() const;  // for option commands, which the second bank does not take

  F1Controller controller_;
  F1Options options_;
  const F1Part* part_ = nullptr;
  std::uint32_t idcode_ = 0;
  bool second_declared_ = false;  // 0x08080000 has a bank of its own
};

}  // namespace probity::stm32
