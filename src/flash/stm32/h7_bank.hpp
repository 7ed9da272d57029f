// The main flash of an STM32H7 (driver `stm32h7x`): which chip it is, its one or two chip banks, protection,
// read-out level and option bytes. Declared at 0x08000000 it stands for all of the flash, unless the
// configuration declares a bank at 0x08100000 as well: then for its own chip bank only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flash/stm32/h7_interface.hpp"
#include "flash/stm32/h7_option_bytes.hpp"
#include "flash/stm32/h7_parts.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

class H7Bank final : public MainFlash {
 public:
  H7Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void meet(std::span<FlashBank* const> banks) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;
  OptionBytes* options() override;

  // An option register by its offset, with its address: `stm32h7x option_read`.
  std::pair<Address, std::uint32_t> read_option(std::uint32_t offset);
  // Bits of `mask` of an option register to be programmed: `stm32h7x option_write`.
  void write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);

 protected:
  void identify() override;
  FlashInterface& interface() override { return *interface_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  // One bit of write protection.
  struct Block {
    unsigned chip_bank = 0, bit = 0;
    bool operator==(const Block&) const = default;
  };
  void identify_part();
  unsigned read_kib();
  void fill_sectors(unsigned kib);
  void tell_banks(bool two_banks, unsigned kib);
  bool has_second_core();
  void warn_of_read_protection();
  Block block_of(const H7Sector& sector) const;
  unsigned block_number(unsigned sector) const;
  bool block_protected(std::span<const std::uint32_t> values, const Block& block) const;
  void require_readable(std::span<const std::uint32_t> values) const;
  void require_outside_areas(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const;
  void require_unprotected(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const;
  void set_read_protection(std::uint8_t rdp);

  ChipBanks which_ = ChipBanks::both;
  const H7Part* part_ = nullptr;
  std::uint16_t revision_ = 0;
  H7Geometry geometry_;
  std::vector<Block> protection_;  // of protection_blocks()
  std::unique_ptr<H7Interface> interface_;
  std::unique_ptr<H7OptionBytes> options_;
};

}  // namespace probity::stm32
