// Option bytes of an STM32 F2/F4/F7: write protection, read-out protection, user options.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/f2_bank.hpp"
#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr Field kExtra{"", 28, 4};      // OPTCR bits that `user_options` shows as bits 11:8
constexpr Field kShownExtra{"", 8, 4};  // … there
constexpr Field kBootAdd0{"BOOT_ADD0", 0, 16}, kBootAdd1{"BOOT_ADD1", 16, 16};  // of FLASH_OPTCR1, RM0385

}  // namespace

bool F2Bank::has_nwrp_bit(const OptionWords& words, unsigned block) const {
  const F2Block& place = geometry_.blocks.at(block);
  return Field{"nWRP", place.bit}.is_set(words.at(place.optcr));
}

bool F2Bank::has_sprmod(const OptionWords& words) const {
  return part_->has_sprmod && OPTCR::SPRMOD.is_set(words[0]);
}

// With SPRMOD a set bit of nWRP means PCROP (RM0090).
bool F2Bank::has_pcrop(const OptionWords& words, unsigned block) const {
  if (has_sprmod(words)) return has_nwrp_bit(words, block);
  return part_->has_optcr2 && Field{"PCROP", block}.is_set(words[2]);
}

bool F2Bank::block_protected(const OptionWords& words, unsigned block) const {
  return has_pcrop(words, block) || (!has_sprmod(words) && !has_nwrp_bit(words, block));
}

void F2Bank::require_readable(const OptionWords& words) const {
  const std::uint32_t rdp = OPTCR::RDP.get(words[0]);
  if (rdp == kRdpLevel0) return;
  const std::string what =
      rdp == kRdpLevel2 ? "read-out protection level 2: the chip can never be reprogrammed through a debugger"
                        : fmt::format(
                              "read-out protection level 1: flash cannot be read, erased or written with a "
                              "debugger connected; remove it, which erases the whole flash, with: stm32f2x "
                              "unlock {} and then a power cycle",
                              config_.name);
  throw FlashError(fmt::format("RDP=0x{:02x} (FLASH_OPTCR=0x{:08x}): {}", rdp, words[0], what), config_.name,
                   kFlashOptcr, "FLASH_OPTCR", words[0]);
}

std::string F2Bank::protection_hint(const OptionWords& words, const std::vector<unsigned>& blocks) const {
  if (std::any_of(blocks.begin(), blocks.end(), [&](unsigned b) { return has_pcrop(words, b); })) {
    return fmt::format(
        "PCROP ({}) is on; it goes away with read-out protection: stm32f2x lock, then stm32f2x unlock",
        part_->has_optcr2 ? "OPTCR2" : "OPTCR.SPRMOD");
  }
  return fmt::format("{}; clear it with: {}", write_protected_words(blocks), unprotect_command(blocks));
}

void F2Bank::require_unprotected(const OptionWords& words, std::span<const FlashStep> steps) const {
  std::vector<unsigned> blocks;
  for (const FlashStep& step : steps) {
    const unsigned block = geometry_.sectors[step.sector].block;
    if (block_protected(words, block) && (blocks.empty() || blocks.back() != block)) blocks.push_back(block);
  }
  if (blocks.empty()) return;
  throw FlashError(
      fmt::format("FLASH_OPTCR=0x{:08x}: {}; nothing was changed", words[0], protection_hint(words, blocks)),
      config_.name, base_ + protection_blocks()[blocks.front()].offset, "FLASH_OPTCR", words[0]);
}

void F2Bank::require_allowed(std::span<const FlashStep> steps) {
  const OptionWords words = options_->read();
  require_readable(words);
  require_unprotected(words, steps);
}

std::string F2Bank::hint(const FlashError& error, unsigned sector) {
  if (error.register_name != "FLASH_SR" || !SR::WRPERR.is_set(error.raw)) return {};
  return protection_hint(options_->read(), {geometry_.sectors[sector].block});
}

void F2Bank::check_protection() {
  need_probe();
  const OptionWords words = options_->read();
  for (std::size_t i = 0; i < sectors_.size(); ++i) {
    sectors_[i].is_protected = block_protected(words, geometry_.sectors[i].block);
  }
  for (unsigned i = 0; i < blocks_.size(); ++i) blocks_[i].is_protected = block_protected(words, i);
}

void F2Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, protection_blocks(), blocks_.empty() ? "sector" : "block");
  OptionWords words = options_->read();
  if (has_sprmod(words)) {
    throw FlashError("PCROP protection is in use (OPTCR.SPRMOD): write protection cannot be changed",
                     config_.name, kFlashOptcr, "FLASH_OPTCR", words[0]);
  }
  for (unsigned b = range.first; b <= range.last; ++b) {
    const F2Block& place = geometry_.blocks[b];
    std::uint32_t& word = words.at(place.optcr);
    word = Field{"nWRP", place.bit}.set(word, on ? 0 : 1);
  }
  controller_.write_options(words);
  check_protection();
}

void F2Bank::lock() {
  require_halted();
  need_probe();
  OptionWords words = options_->read();
  words[0] = OPTCR::RDP.set(words[0], kRdpForLevel1);
  controller_.write_options(words);
}

// PCROP goes only with the step from level 1 to 0, where the options ask for it at the same time
// (RM0090 3.7.5, RM0431 3.4; OpenOCD 0.12.0 does so on F72x).
void F2Bank::drop_pcrop(OptionWords& words) const {
  if (has_sprmod(words)) {
    words[0] = OPTCR::SPRMOD.set(words[0], 0);
    for (const F2Block& place : geometry_.blocks) {
      words.at(place.optcr) = Field{"nWRP", place.bit}.set(words.at(place.optcr), 1);
    }
  }
  if (part_->has_optcr2) words[2] = OPTCR2::PCROP_RDP.mask();
}

void F2Bank::unlock() {
  require_halted();
  need_probe();
  OptionWords words = options_->read();
  if (OPTCR::RDP.get(words[0]) == kRdpLevel2) require_readable(words);
  if (OPTCR::RDP.get(words[0]) != kRdpLevel0) drop_pcrop(words);
  words[0] = OPTCR::RDP.set(words[0], kRdpLevel0);
  controller_.write_options(words);
}

F2UserOptions F2Bank::read_options() {
  need_probe();
  const OptionWords words = options_->read();
  F2UserOptions shown;
  shown.extra = part_->extra_options != 0;
  shown.user_options =
      (words[0] & OPTCR::USER.mask()) | kShownExtra.of(kExtra.get(words[0] & part_->extra_options));
  if (part_->has_boot_addresses) {
    shown.boot_add0 = static_cast<std::uint16_t>(kBootAdd0.get(words[1]));
    shown.boot_add1 = static_cast<std::uint16_t>(kBootAdd1.get(words[1]));
  }
  if (part_->has_optcr2) shown.optcr2 = words[2];
  return shown;
}

void F2Bank::write_options(std::uint32_t user_options, std::optional<std::uint16_t> boot_add0,
                           std::optional<std::uint16_t> boot_add1) {
  require_halted();
  need_probe();
  const std::uint32_t allowed = OPTCR::USER.mask() | kShownExtra.of(kExtra.get(part_->extra_options));
  if ((user_options & ~allowed) != 0) {
    throw UsageError(fmt::format("stm32f2x invalid user_options 0x{:x}: this chip has the bits 0x{:03x}",
                                 user_options, allowed));
  }
  if (part_->has_boot_addresses != (boot_add0 && boot_add1)) {
    throw UsageError(part_->has_boot_addresses
                         ? "stm32f2x options_write <bank> <user_options> <boot_addr0> <boot_addr1>"
                         : "stm32f2x options_write <bank> <user_options>");
  }
  OptionWords words = options_->read();
  const std::uint32_t kept = words[0] & ~(OPTCR::USER.mask() | part_->extra_options);
  words[0] = kept | (user_options & OPTCR::USER.mask()) | kExtra.of(kShownExtra.get(user_options));
  if (boot_add0 && boot_add1) words[1] = kBootAdd0.of(*boot_add0) | kBootAdd1.of(*boot_add1);
  controller_.write_options(words);
  probed_ = false;  // the number of banks may be another one now
}

void F2Bank::write_optcr2(std::uint32_t value) {
  require_halted();
  need_probe();
  if (!part_->has_optcr2) throw UsageError("no optcr2 register");
  OptionWords words = options_->read();
  words[2] = value;
  controller_.write_options(words);
}

}  // namespace probity::stm32
