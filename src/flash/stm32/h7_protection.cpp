// Write and read-out protection, PCROP and secure areas of an STM32H7.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "flash/stm32/h7_bank.hpp"
#include "flash/stm32/h7_options.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

using namespace h7;

unsigned H7Bank::block_number(unsigned sector) const {
  const auto found = std::ranges::find(protection_, block_of(geometry_.sectors[sector]));
  return static_cast<unsigned>(found - protection_.begin());
}

bool H7Bank::block_protected(std::span<const std::uint32_t> values, const Block& block) const {
  const std::uint32_t wrp = options_->get(values, h7_bank_options(block.chip_bank).wrp);
  return !Field{"WRPSN", block.bit}.is_set(wrp);
}

void H7Bank::require_readable(std::span<const std::uint32_t> values) const {
  const std::uint32_t rdp = options_->get(values, "RDP");
  if (rdp == kRdpLevel0) return;
  const std::string what =
      rdp == kRdpLevel2
          ? "read-out protection level 2: the chip can never be reprogrammed through a debugger"
          : fmt::format(
                "read-out protection level 1: flash cannot be read, erased or written with a "
                "debugger connected; remove it, which erases the whole flash, with: stm32h7x unlock {}",
                config_.name);
  throw FlashError(fmt::format("RDP=0x{:02x} (FLASH_OPTSR_CUR=0x{:08x}): {}", rdp, values[0], what),
                   config_.name, kOptsrCur, "FLASH_OPTSR_CUR", values[0]);
}

// PCROP and secure areas: neither may be erased or written.
void H7Bank::require_outside_areas(std::span<const std::uint32_t> values,
                                   std::span<const FlashStep> steps) const {
  const bool secure = options_->get(values, "SECURITY") != 0;
  for (const FlashStep& step : steps) {
    const H7Sector& sector = geometry_.sectors[step.sector];
    const H7BankOptions& names = h7_bank_options(sector.chip_bank);
    const auto require = [&](std::string_view reg, std::string_view start, std::string_view end,
                             std::string_view what, std::string_view gone_with) {
      const std::uint32_t first = options_->get(values, start), last = options_->get(values, end);
      if (last < first) return;
      const std::uint32_t begin = sector.snb * sector.size / kAreaUnit;
      const std::uint32_t sector_last = begin + sector.size / kAreaUnit - 1;
      const bool all = first == last;  // RM0433 4.5.4, 4.5.5
      if (!all && (sector_last < first || begin > last)) return;
      throw FlashError(
          fmt::format(
              "{} ({}=0x{:x}, {}=0x{:x}): sector {} at 0x{:08x} belongs to it; nothing was changed; it goes "
              "away with read-out protection where {} is 1: stm32h7x lock {}, then stm32h7x unlock {}, "
              "which erases the whole flash",
              what, start, first, end, last, step.sector, base_ + sector.offset, gone_with, config_.name,
              config_.name),
          config_.name, base_ + sector.offset, std::string(reg), last << 16 | first);
    };
    require(names.prar_name, names.area_start, names.area_end, "PCROP area", "DMEP");
    if (secure) require(names.scar_name, names.secure_start, names.secure_end, "secure area", "DMES");
  }
}

void H7Bank::require_unprotected(std::span<const std::uint32_t> values,
                                 std::span<const FlashStep> steps) const {
  std::vector<unsigned> blocks;
  for (const FlashStep& step : steps) {
    const unsigned block = block_number(step.sector);
    if (!block_protected(values, protection_[block])) continue;
    if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
  }
  if (blocks.empty()) return;
  const H7BankOptions& names = h7_bank_options(protection_[blocks.front()].chip_bank);
  const std::uint32_t wrp = options_->get(values, names.wrp);
  throw FlashError(fmt::format("{}=0x{:08x}: {}; clear it with: {}; nothing was changed", names.wpsn_name,
                               wrp, write_protected_words(blocks), unprotect_command(blocks)),
                   config_.name, base_ + protection_blocks()[blocks.front()].offset,
                   std::string(names.wpsn_name), wrp);
}

void H7Bank::require_allowed(std::span<const FlashStep> steps) {
  const std::vector<std::uint32_t> values = options_->read();
  require_readable(values);
  require_outside_areas(values, steps);
  require_unprotected(values, steps);
}

// What require_allowed() saw was right then; a program that runs on the other core may have changed it since.
std::string H7Bank::hint(const FlashError& error, unsigned sector) {
  if (!error.register_name.starts_with("FLASH_SR") || !SR::WRPERR.is_set(error.raw)) return {};
  const unsigned block = block_number(sector);
  return fmt::format("if it is write protection, it is cleared with: flash protect {} {} {} off",
                     config_.name, block, block);
}

void H7Bank::check_protection() {
  need_probe();
  const std::vector<std::uint32_t> values = options_->read();
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    sectors_[i].is_protected = block_protected(values, protection_[block_number(i)]);
  }
  for (unsigned i = 0; i < blocks_.size(); ++i) {
    blocks_[i].is_protected = block_protected(values, protection_[i]);
  }
}

void H7Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, protection_blocks(), blocks_.empty() ? "sector" : "block");
  std::vector<std::uint32_t> values = options_->read();
  for (unsigned b = range.first; b <= range.last; ++b) {
    const std::string_view wrp = h7_bank_options(protection_[b].chip_bank).wrp;
    const Field bit{"WRPSN", protection_[b].bit};
    options_->set(values, wrp, bit.set(options_->get(values, wrp), on ? 0 : 1));
  }
  options_->write(values);
  check_protection();
}

void H7Bank::set_read_protection(std::uint8_t rdp) {
  require_halted();
  need_probe();
  std::vector<std::uint32_t> values = options_->read();
  const std::uint32_t now = options_->get(values, "RDP");
  if (now == kRdpLevel2) require_readable(values);
  if (now == rdp) {
    log_.info("the requested RDP value is already programmed");
    return;
  }
  log_.info("{} the entire flash device", rdp == kRdpLevel0 ? "unlocking" : "locking");
  options_->set(values, "RDP", rdp);
  options_->write(values);
  for (Sector& sector : sectors_) sector.erased.reset();
}

void H7Bank::lock() { set_read_protection(kRdpForLevel1); }

void H7Bank::unlock() { set_read_protection(kRdpLevel0); }

std::pair<Address, std::uint32_t> H7Bank::read_option(std::uint32_t offset) {
  need_probe();
  // The registers of chip bank 2, where the bank stands for it alone; those that both share are there, too
  // (RM0433, 4.9: "0x01C or 0x11C").
  const Address address = kRegisters + (which_ == ChipBanks::second ? kBankStep : 0) + offset;
  return {address, target_.memory().read32(address)};
}

void H7Bank::write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask) {
  require_halted();
  const auto [address, before] = read_option(offset);
  options_->write_one(address, (before & ~mask) | (value & mask));
  probed_ = false;  // the banks may be other ones now
}

}  // namespace probity::stm32
