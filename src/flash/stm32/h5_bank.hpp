// The main flash of an STM32H5 (driver `stm32h5x`): which chip it is, protection, product state, TrustZone
// and option bytes. It works through the non-secure registers and addresses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flash/stm32/h5_parts.hpp"
#include "flash/stm32/h7_interface.hpp"
#include "flash/stm32/h7_option_bytes.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

class H5Bank final : public MainFlash {
 public:
  using MainFlash::MainFlash;

  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  // Always FlashError: what closes an H5 needs a word more than this call has. The message says which.
  void lock() override;
  // Nothing to do in product state OPEN, FlashError in any other: out of those leads debug authentication
  // alone.
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;
  OptionBytes* options() override;

  // An option register by its offset, with its address; bits of one to be programmed.
  std::pair<Address, std::uint32_t> read_option(std::uint32_t offset);
  void write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);

 protected:
  void identify() override;
  FlashInterface& interface() override { return *interface_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  // One bit of write protection; the chip bank is the physical one.
  struct Block {
    unsigned chip_bank = 0, bit = 0;
    bool operator==(const Block&) const = default;
  };
  unsigned read_kib();
  void fill_sectors(unsigned kib);
  void tell_state();
  Block block_of(const H5Sector& sector) const;
  unsigned block_number(unsigned sector) const;
  bool block_protected(std::span<const std::uint32_t> values, const Block& block) const;
  void require_open(std::span<const std::uint32_t> values) const;
  void require_no_area(std::span<const std::uint32_t> values, const FlashStep& step) const;
  void require_unprotected(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const;

  const H5Part* part_ = nullptr;
  std::uint16_t revision_ = 0;
  std::vector<H5Sector> places_;
  std::vector<Block> protection_;  // of protection_blocks()
  std::unique_ptr<H7Interface> interface_;
  std::unique_ptr<H7OptionBytes> options_;
};

}  // namespace probity::stm32
