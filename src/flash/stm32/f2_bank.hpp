// The main flash of an STM32 F2/F4/F7 (driver `stm32f2x`): which chip it is, protection, read-out level and
// option bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/stm32/f2_identity.hpp"
#include "flash/stm32/f2_interface.hpp"
#include "flash/stm32/f2_option_bytes.hpp"
#include "flash/stm32/f2_parts.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

// What `stm32f2x options_read` prints.
struct F2UserOptions {
  std::uint32_t user_options = 0;  // OPTCR bits 7:2, and bits 31:28 as 11:8 where the part has them
  bool extra = false;              // it has them
  std::optional<std::uint16_t> boot_add0, boot_add1;
  std::optional<std::uint32_t> optcr2;
};

class F2Bank final : public MainFlash {
 public:
  F2Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;
  OptionBytes* options() override;

  F2UserOptions read_options();
  // UsageError for bits that the part does not have, or boot addresses where it has none (or lacks them).
  void write_options(std::uint32_t user_options, std::optional<std::uint16_t> boot_add0,
                     std::optional<std::uint16_t> boot_add1);
  // UsageError where the part has no FLASH_OPTCR2.
  void write_optcr2(std::uint32_t value);

 protected:
  void identify() override;
  FlashInterface& interface() override { return controller_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  // FLASH_OPTCR, and OPTCR1 and OPTCR2 where the part has them.
  using OptionWords = std::vector<std::uint32_t>;
  void fill_sectors(unsigned kib);
  bool block_protected(const OptionWords& words, unsigned block) const;
  bool has_nwrp_bit(const OptionWords& words, unsigned block) const;
  bool has_sprmod(const OptionWords& words) const;
  // Proprietary code: neither readable as data nor writable.
  bool has_pcrop(const OptionWords& words, unsigned block) const;
  void drop_pcrop(OptionWords& words) const;
  void require_readable(const OptionWords& words) const;
  void require_unprotected(const OptionWords& words, std::span<const FlashStep> steps) const;
  std::string protection_hint(const OptionWords& words, const std::vector<unsigned>& blocks) const;

  F2Interface controller_;
  const F2Part* part_ = nullptr;
  F2Identity identity_;
  F2Geometry geometry_;
  std::optional<F2OptionBytes> options_;
};

}  // namespace probity::stm32
