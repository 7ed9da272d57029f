// The main flash of an STM32 L0 or L1 (driver `stm32lx`): which chip it is, its banks, protection and option
// bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/stm32/lx_controller.hpp"
#include "flash/stm32/lx_options.hpp"
#include "flash/stm32/lx_parts.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

class LxBank final : public MainFlash {
 public:
  // A base of 0 is the second bank's, where another bank is declared for the first one (as OpenOCD has it).
  LxBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void meet(std::span<FlashBank* const> banks) override;
  std::uint8_t erased_value() const override { return 0x00; }
  // Sectors are the 4 KiB that a bit of write protection covers.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;
  OptionBytes* options() override;

  // Flash and data EEPROM, all banks: into read-out protection and out of it, by way of a reset each. Works
  // on a read-protected chip, too. Halted afterwards. FlashError at level 2.
  void erase_device();
  // The chip resets itself.
  void load_options();

 protected:
  void identify() override;
  FlashInterface& interface() override { return controller_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  void read_identity();
  unsigned size_in_kib();
  void find_extent(const LxGeometry& chip);
  void fill_sectors(const LxGeometry& chip);
  unsigned protection_bit(unsigned sector) const;
  std::vector<unsigned> forbidden(const std::vector<std::uint32_t>& options) const;
  [[noreturn]] void fail_read_protected(std::uint32_t optr);
  std::string protection_hint(const std::vector<std::uint32_t>& now, const std::vector<unsigned>& sectors);
  void set_rdp(std::uint8_t rdp);
  void load_and_halt();

  LxController controller_;
  LxOptions options_;
  const LxPart* part_ = nullptr;
  std::uint32_t idcode_ = 0;
  std::vector<Address> declared_;  // bases of all banks of this driver, as configured
};

}  // namespace probity::stm32
