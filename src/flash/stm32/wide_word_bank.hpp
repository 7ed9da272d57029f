// The main flash of an STM32 with wide flash words: what H7, H7R/S and H5 do alike around protection, option
// bytes and description. A generation derives from it and says which chip it is and where its sectors are;
// the rest is in its rows (wide_word_part.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flash/stm32/h7_interface.hpp"
#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

class WideWordBank : public MainFlash {
 public:
  using MainFlash::MainFlash;

  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::string describe() override;
  OptionBytes* options() override;

  // An option register by its offset, with its address: `DRIVER option_read`.
  std::pair<Address, std::uint32_t> read_option(std::uint32_t offset);
  // Bits of `mask` of an option register to be programmed: `DRIVER option_write`.
  void write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);

 protected:
  FlashInterface& interface() override { return *interface_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;
  // What the offsets of read_option() and write_option() count from.
  virtual Address option_base() const = 0;

  // The steps of identify() after identify_wide_word(). KiB of all of the flash; what the configuration says
  // counts more, as in OpenOCD 0.12.0.
  unsigned read_kib(const WideWordPart& part);
  // `span`: bytes to the end of the last sector. base_ is right already.
  void set_up(const WideWordIdentity& identity, std::uint32_t span, std::vector<H7Sector> sectors,
              H7OptionRows rows);

 private:
  // One bit of write protection.
  struct Block {
    unsigned chip_bank = 0, bit = 0;
    bool operator==(const Block&) const = default;
  };
  Block block_of(const H7Sector& sector) const;
  unsigned block_number(unsigned sector) const;
  bool block_protected(std::span<const std::uint32_t> values, const Block& block) const;
  const WriteProtection& names_of(const Block& block) const;
  void fill_sectors(std::uint32_t span);
  void require_unprotected(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const;
  void forget_what_is_erased();

  WideWordIdentity identity_;
  std::vector<H7Sector> places_;   // of sectors_
  std::vector<Block> protection_;  // of protection_blocks()
  std::unique_ptr<H7Interface> interface_;
  std::unique_ptr<H7OptionBytes> options_;
  std::unique_ptr<ChipProtection> chip_protection_;
};

}  // namespace probity::stm32
