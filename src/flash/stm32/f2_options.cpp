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

std::string listed(const std::vector<unsigned>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") +
            (last == i ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[last]));
    i = last + 1;
  }
  return text;
}

}  // namespace

F2Controller::Options F2Bank::option_registers() {
  F2Controller::Options options;
  options.optcr = target_.memory().read32(kFlashOptcr);
  if (part_->has_boot_addresses || part_->protection == F2Protection::bank2_in_optcr1) {
    options.optcr1 = target_.memory().read32(kFlashOptcr1);
  }
  if (part_->has_optcr2) options.optcr2 = target_.memory().read32(kFlashOptcr2);
  return options;
}

bool F2Bank::block_protected(const F2Controller::Options& options, unsigned block) const {
  const F2Block& place = geometry_.blocks.at(block);
  const std::uint32_t word = place.optcr == 0 ? options.optcr : options.optcr1.value_or(0);
  const bool set = Field{"nWRP", place.bit}.is_set(word);
  // With SPRMOD a set bit means PCROP: neither readable as data nor writable (RM0090).
  return part_->has_sprmod && OPTCR::SPRMOD.is_set(options.optcr) ? set : !set;
}

void F2Bank::require_readable(const F2Controller::Options& options) const {
  const std::uint32_t rdp = OPTCR::RDP.get(options.optcr);
  if (rdp == kRdpLevel0) return;
  const std::string what =
      rdp == kRdpLevel2 ? "read-out protection level 2: the chip can never be reprogrammed through a debugger"
                        : fmt::format(
                              "read-out protection level 1: flash cannot be read, erased or written with a "
                              "debugger connected; remove it, which erases the whole flash, with: stm32f2x "
                              "unlock {} and then a power cycle",
                              config_.name);
  throw FlashError(fmt::format("RDP=0x{:02x} (FLASH_OPTCR=0x{:08x}): {}", rdp, options.optcr, what),
                   config_.name, kFlashOptcr, "FLASH_OPTCR", options.optcr);
}

std::string F2Bank::protection_hint(const F2Controller::Options& options,
                                    const std::vector<unsigned>& blocks) const {
  if (part_->has_sprmod && OPTCR::SPRMOD.is_set(options.optcr)) {
    return "PCROP (OPTCR.SPRMOD) is on; it goes away with read-out protection: stm32f2x lock, then stm32f2x "
           "unlock";
  }
  const std::string_view unit = blocks_.empty() ? "sector" : "protection block";
  const bool gap = blocks.back() - blocks.front() + 1 != blocks.size();
  return fmt::format("{}{} {} {} write-protected; clear it with: flash protect {} {} {} off", unit,
                     blocks.size() == 1 ? "" : "s", listed(blocks), blocks.size() == 1 ? "is" : "are",
                     config_.name, blocks.front(), gap ? "last" : std::to_string(blocks.back()));
}

void F2Bank::require_unprotected(const F2Controller::Options& options,
                                 const std::vector<F2Step>& steps) const {
  std::vector<unsigned> blocks;
  for (const F2Step& step : steps) {
    const unsigned block = geometry_.sectors[step.sector].block;
    if (block_protected(options, block) && (blocks.empty() || blocks.back() != block))
      blocks.push_back(block);
  }
  if (blocks.empty()) return;
  throw FlashError(fmt::format("FLASH_OPTCR=0x{:08x}: {}; nothing was changed", options.optcr,
                               protection_hint(options, blocks)),
                   config_.name, base_ + protection_blocks()[blocks.front()].offset, "FLASH_OPTCR",
                   options.optcr);
}

void F2Bank::check_protection() {
  need_probe();
  const F2Controller::Options options = option_registers();
  for (std::size_t i = 0; i < sectors_.size(); ++i) {
    sectors_[i].is_protected = block_protected(options, geometry_.sectors[i].block);
  }
  for (unsigned i = 0; i < blocks_.size(); ++i) blocks_[i].is_protected = block_protected(options, i);
}

void F2Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, protection_blocks(), blocks_.empty() ? "sector" : "block");
  F2Controller::Options options = option_registers();
  if (part_->has_sprmod && OPTCR::SPRMOD.is_set(options.optcr)) {
    throw FlashError("PCROP protection is in use (OPTCR.SPRMOD): write protection cannot be changed",
                     config_.name, kFlashOptcr, "FLASH_OPTCR", options.optcr);
  }
  for (unsigned b = range.first; b <= range.last; ++b) {
    const F2Block& place = geometry_.blocks[b];
    std::uint32_t& word = place.optcr == 0 ? options.optcr : *options.optcr1;
    word = Field{"nWRP", place.bit}.set(word, on ? 0 : 1);
  }
  controller_.write_options(options, size_);
  check_protection();
}

void F2Bank::mass_erase() {
  require_halted();
  need_probe();
  const F2Controller::Options options = option_registers();
  require_readable(options);
  std::vector<F2Step> all(sectors_.size());
  for (unsigned s = 0; s < all.size(); ++s) all[s] = {s, true, {}};
  require_unprotected(options, all);
  const OpenFlash open(controller_);
  controller_.mass_erase(size_, geometry_.dual_bank, width());
  for (Sector& sector : sectors_) sector.erased.reset();
}

void F2Bank::lock() {
  require_halted();
  need_probe();
  F2Controller::Options options = option_registers();
  options.optcr = OPTCR::RDP.set(options.optcr, kRdpForLevel1);
  controller_.write_options(options, size_);
}

void F2Bank::unlock() {
  require_halted();
  need_probe();
  F2Controller::Options options = option_registers();
  if (OPTCR::RDP.get(options.optcr) == kRdpLevel2) require_readable(options);
  options.optcr = OPTCR::RDP.set(options.optcr, kRdpLevel0);
  controller_.write_options(options, size_);
}

F2UserOptions F2Bank::read_options() {
  need_probe();
  const F2Controller::Options options = option_registers();
  F2UserOptions shown;
  shown.extra = part_->extra_options != 0;
  shown.user_options =
      (options.optcr & OPTCR::USER.mask()) | kShownExtra.of(kExtra.get(options.optcr & part_->extra_options));
  if (part_->has_boot_addresses) {
    shown.boot_add0 = static_cast<std::uint16_t>(kBootAdd0.get(*options.optcr1));
    shown.boot_add1 = static_cast<std::uint16_t>(kBootAdd1.get(*options.optcr1));
  }
  shown.optcr2 = options.optcr2;
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
  F2Controller::Options options = option_registers();
  const std::uint32_t kept = options.optcr & ~(OPTCR::USER.mask() | part_->extra_options);
  options.optcr = kept | (user_options & OPTCR::USER.mask()) | kExtra.of(kShownExtra.get(user_options));
  if (boot_add0 && boot_add1) options.optcr1 = kBootAdd0.of(*boot_add0) | kBootAdd1.of(*boot_add1);
  controller_.write_options(options, size_);
  probed_ = false;  // the number of banks may be another one now
}

void F2Bank::write_optcr2(std::uint32_t value) {
  require_halted();
  need_probe();
  if (!part_->has_optcr2) throw UsageError("no optcr2 register");
  F2Controller::Options options = option_registers();
  options.optcr2 = value;
  controller_.write_options(options, size_);
}

}  // namespace probity::stm32
