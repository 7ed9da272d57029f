#include "flash/stm32/lx_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/lx_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint32_t kLargest = 512 * 1024;  // what four registers of write protection reach

}  // namespace

LxBank::LxBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log),
      controller_(target.memory(), clock, config_.name),
      options_(target, clock, controller_, [this] { probed_ = false; }) {
  base_ = config_.base;
  padded_value_ = erased_value();
}

void LxBank::meet(std::span<FlashBank* const> banks) {
  declared_.clear();
  for (const FlashBank* bank : banks) {
    if (bank->config().driver == config_.driver) declared_.push_back(bank->config().base);
  }
}

void LxBank::read_identity() {
  const std::optional<Address> where = lx_idcode_address(target_.cpuid());
  if (!where) {
    throw FlashError(
        fmt::format(
            "Cannot identify target as an STM32 L0 or L1 family device: none has a {} (CPUID=0x{:08x})",
            target_.core_name(), target_.cpuid()),
        config_.name, lx::kDbgmcuIdcodeM3);
  }
  idcode_ = target_.memory().read32(*where);
  part_ = find_lx_part(static_cast<std::uint16_t>(lx::kDevId.get(idcode_)));
  if (part_ == nullptr) {
    throw FlashError(
        fmt::format(
            "Cannot identify target as an STM32 L0 or L1 family device. (DBGMCU_IDCODE=0x{:08x}, device "
            "id 0x{:03x}); is this the right target configuration for the chip?",
            idcode_, lx::kDevId.get(idcode_)),
        config_.name, *where, "DBGMCU_IDCODE", idcode_);
  }
  log_.info("Device: {}", part_->name);
}

unsigned LxBank::size_in_kib() {
  const std::uint16_t raw = target_.memory().read16(part_->flash_size_register);
  const std::optional<unsigned> kib = lx_kib(*part_, raw);
  if (!kib) {
    log_.warn("STM32L flash size failed, probe inaccurate - assuming {}k flash", part_->max_kib);
    return part_->max_kib;
  }
  if (*kib > part_->max_kib) {
    log_.warn("STM32L probed flash size assumed incorrect since FLASH_SIZE={}k > {}k, - assuming {}k flash",
              *kib, part_->max_kib, part_->max_kib);
    return part_->max_kib;
  }
  return *kib;
}

// Base and size of the bank. Alone it covers all of the chip; of two each has its own half.
void LxBank::find_extent(const LxGeometry& chip) {
  const Address second = lx::kMainFlash + chip.second.offset;
  const bool dual = chip.second.size != 0;
  const bool is_second = dual && (config_.base == second || (config_.base == 0 && declared_.size() > 1));
  if (config_.base != 0 && config_.base != lx::kMainFlash && !is_second) {
    throw ConfigError(fmt::format(
        "STM32L flash bank base address config is incorrect. 0x{:08x} but should rather be 0x{:x}{}",
        config_.base, lx::kMainFlash, dual ? fmt::format(" or 0x{:x}", second) : ""));
  }
  const bool is_first = dual && !is_second && declared_.size() > 1;
  const std::uint32_t begin = is_second ? chip.second.offset : 0;
  base_ = lx::kMainFlash + begin;
  size_ = (is_first ? chip.first.end() : chip.end()) - begin;
  if (is_first || is_second) {
    log_.info("STM32L flash has dual banks. Bank ({}) size is {}kb, base address is 0x{:x}",
              is_second ? 1 : 0, size_ / 1024, base_);
  } else {
    log_.info("STM32L flash size is {}kb, base address is 0x{:x}",
              (chip.first.size + chip.second.size) / 1024, base_);
  }
  if (config_.size == 0) return;
  if (begin + std::uint64_t{config_.size} > kLargest) {
    throw ConfigError(fmt::format("flash bank {}: 0x{:x} bytes from 0x{:08x}: no STM32 L0 or L1 has so much",
                                  config_.name, config_.size, base_));
  }
  size_ = config_.size;
  log_.info("ignoring flash probed value, using configured bank size: {}kbytes", size_ / 1024);
}

// Sectors where the chip has flash; those that the configuration adds lie behind.
void LxBank::fill_sectors(const LxGeometry& chip) {
  sectors_.clear();
  std::vector<Address> addresses;
  const std::uint32_t begin = base_ - lx::kMainFlash;
  for (std::uint32_t offset = 0; offset < size_; offset += lx::kSectorSize) {
    const std::uint32_t at = begin + offset;
    if (at >= chip.first.end() && at < chip.second.offset) continue;
    sectors_.push_back({offset, lx::kSectorSize, {}, {}});
    addresses.push_back(base_ + offset);
  }
  controller_.cover(*part_->layout, std::move(addresses));
}

void LxBank::identify() {
  read_identity();
  const LxGeometry chip = lx_geometry(*part_, size_in_kib());
  find_extent(chip);
  fill_sectors(chip);
  options_.configure(*part_, std::max(chip.end(), base_ - lx::kMainFlash + size_));
}

std::string LxBank::describe() {
  need_probe();
  const auto revision = static_cast<std::uint16_t>(lx::kRevId.get(idcode_));
  const std::string_view name = revision_name(*part_, revision);
  if (name.empty()) return fmt::format("{} - Rev: unknown (0x{:04x})", part_->name, revision);
  return fmt::format("{} - Rev: {}", part_->name, name);
}

std::optional<Address> LxBank::watchdog() const { return lx::kIwdgKr; }

OptionBytes* LxBank::options() {
  need_probe();
  return &options_;
}

}  // namespace probity::stm32
