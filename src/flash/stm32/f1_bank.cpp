#include "flash/stm32/f1_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity::stm32 {

F1Bank::F1Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log),
      controller_(target.memory(), clock, config_.name),
      options_(controller_, target, clock) {
  base_ = config_.base == f1::kSecondBank ? f1::kSecondBank : f1::kMainFlash;
}

void F1Bank::meet(std::span<FlashBank* const> banks) {
  second_declared_ = std::ranges::any_of(
      banks, [](const FlashBank* bank) { return bank->config().base == f1::kSecondBank; });
}

void F1Bank::read_identity() {
  const std::optional<Address> where = f1_idcode_address(target_.cpuid());
  if (!where) {
    throw FlashError(
        fmt::format("Cannot identify target as a stm32x: no STM32F0/1/3 has a {} (CPUID=0x{:08x})",
                    target_.core_name(), target_.cpuid()),
        config_.name, f1::kDbgmcuIdcode);
  }
  idcode_ = target_.memory().read32(*where);
  log_.info("device id = 0x{:08x}", idcode_);
  part_ = find_f1_part(idcode_);
  if (part_ != nullptr) return;
  throw FlashError(
      fmt::format("Cannot identify target as a STM32 family: no STM32F0/1/3 or clone that is known has "
                  "DBGMCU_IDCODE=0x{:08x} (device id 0x{:03x}); is this the right target configuration "
                  "for the chip?",
                  idcode_, f1::kDevId.get(idcode_)),
      config_.name, *where, "DBGMCU_IDCODE", idcode_);
}

unsigned F1Bank::size_in_kib() {
  if (config_.size == 0) return read_size_kib(part_->flash_size_register, part_->max_kib);
  log_.info("ignoring flash probed value, using configured bank size");
  log_.info("flash size = {} KiB", config_.size / 1024);
  const bool second = config_.base == f1::kSecondBank;
  return (config_.size + (second ? f1::kSecondBank - f1::kMainFlash : 0)) / 1024;
}

void F1Bank::fill_sectors() {
  sectors_.clear();
  blocks_.clear();
  for (std::uint32_t offset = 0; offset < size_; offset += part_->page_size) {
    sectors_.push_back({offset, part_->page_size, {}, {}});
  }
  for (unsigned s = 0; s < sectors_.size(); ++s) {
    if (block_of(s) == blocks_.size()) blocks_.push_back({sectors_[s].offset, 0, {}, {}});
    blocks_.back().size += sectors_[s].size;
  }
}

void F1Bank::identify() {
  read_identity();
  options_.belong_to(*part_);
  const unsigned kib = size_in_kib();
  const bool alone = !second_declared_ || config_.size != 0;
  const std::optional<F1Extent> extent = f1_extent(*part_, kib, config_.base, !alone);
  if (!extent) {
    throw FlashError(
        fmt::format("{} with {} KiB has no flash at 0x{:08x}", part_->name, kib, f1::kSecondBank),
        config_.name, f1::kSecondBank);
  }
  base_ = extent->base;
  size_ = extent->size;
  controller_.cover(*extent, part_->page_size, part_->dual_bank);
  fill_sectors();
}

const F1Part& F1Bank::part() {
  need_probe();
  return *part_;
}

std::optional<Address> F1Bank::watchdog() const { return f1::kIwdgKr; }

std::string F1Bank::describe() {
  need_probe();
  const auto revision = static_cast<std::uint16_t>(f1::kRevId.get(idcode_));
  const std::string_view name = revision_name(*part_, revision);
  if (name.empty()) return fmt::format("{} - Rev: unknown (0x{:04x})", part_->name, revision);
  return fmt::format("{} - Rev: {}", part_->name, name);
}

}  // namespace probity::stm32
