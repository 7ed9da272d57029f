#include "flash/stm32/h7_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/h7_options.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

using namespace h7;

namespace {

constexpr unsigned kBlank = 0xFFFF;  // of the size register

}  // namespace

H7Bank::H7Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log) {
  if (base_ == kH7Bank2) which_ = ChipBanks::second;
}

void H7Bank::meet(std::span<FlashBank* const> banks) {
  if (which_ == ChipBanks::second) return;
  const bool second_declared = std::ranges::any_of(banks, [&](const FlashBank* other) {
    return other->config().driver == config_.driver && other->config().base == kH7Bank2;
  });
  which_ = second_declared ? ChipBanks::first : ChipBanks::both;
}

void H7Bank::identify_part() {
  const std::uint32_t idcode = target_.memory().read32(kDbgmcuIdcode);
  revision_ = static_cast<std::uint16_t>(kRevId.get(idcode));
  part_ = find_h7_part(static_cast<std::uint16_t>(kDevId.get(idcode)));
  if (part_ == nullptr) {
    throw FlashError(
        fmt::format(
            "Cannot identify target as a STM32H7xx family (DBGMCU_IDCODE=0x{:08x}, device id 0x{:03x}); "
            "is this the right target configuration for the chip?",
            idcode, kDevId.get(idcode)),
        config_.name, kDbgmcuIdcode, "DBGMCU_IDCODE", idcode);
  }
  log_.debug("device id = 0x{:08x}", idcode);
  log_.info("Device: {}", part_->name);
}

// KiB of all of the flash; what the configuration says counts more, as in OpenOCD.
unsigned H7Bank::read_kib() {
  unsigned kib = kBlank;
  try {
    kib = target_.memory().read16(part_->flash_size_register);
    log_.info("flash size probed value {}k", kib);
  } catch (const MemoryFault&) {
    log_.warn("{} cannot read the flash size register", config_.name);
  }
  if (config_.size != 0) {
    log_.info("ignoring flash probed value, using configured bank size");
    return config_.size / 1024;
  }
  if (kib != kBlank && kib != 0 && kib <= part_->max_kib) return kib;
  log_.warn("assuming {}k flash", part_->max_kib);
  return part_->max_kib;
}

H7Bank::Block H7Bank::block_of(const H7Sector& sector) const {
  return {sector.chip_bank, sector.snb / part_->sectors_per_wrp_bit};
}

void H7Bank::fill_sectors(unsigned kib) {
  geometry_ = h7_geometry(*part_, kib, which_);
  base_ = geometry_.base;
  size_ = geometry_.span;
  sectors_.clear();
  blocks_.clear();
  protection_.clear();
  for (const H7Sector& s : geometry_.sectors) {
    sectors_.push_back({s.offset, s.size, {}, {}});
    const bool begins = protection_.empty() || protection_.back() != block_of(s);
    if (begins) protection_.push_back(block_of(s));
    if (part_->sectors_per_wrp_bit == 1) continue;
    if (begins) blocks_.push_back({s.offset, 0, {}, {}});
    blocks_.back().size += s.size;
  }
}

void H7Bank::tell_banks(bool two_banks, unsigned kib) {
  log_.info("STM32H7 flash has {}", two_banks ? "dual banks" : "a single bank");
  for (unsigned bank = 0; bank < (two_banks ? 2U : 1U); ++bank) {
    if (which_ == (bank == 0 ? ChipBanks::second : ChipBanks::first)) continue;
    log_.info("Bank ({}) size is {} kb, base address is 0x{:08x}", bank, two_banks ? kib / 2 : kib,
              bank == 0 ? kH7Bank1 : kH7Bank2);
  }
}

void H7Bank::identify() {
  const Address wanted = config_.base != 0 ? config_.base : kH7Bank1;
  identify_part();
  const unsigned kib = read_kib();
  const bool two_banks = h7_has_two_banks(*part_, kib);
  if (wanted == kH7Bank2 && !two_banks) {
    throw FlashError("this device has a single bank only", config_.name, wanted);
  }
  if (wanted != kH7Bank1 && wanted != kH7Bank2) {
    throw FlashError(fmt::format("STM32H7 flash bank base address config is incorrect. 0x{:08x} but should "
                                 "{}be 0x{:x}{}",
                                 wanted, two_banks ? "rather " : "", kH7Bank1,
                                 two_banks ? fmt::format(" or 0x{:x}", kH7Bank2) : ""),
                     config_.name, wanted);
  }
  tell_banks(two_banks, kib);
  fill_sectors(kib);
  std::vector<H7Place> places;
  for (const H7Sector& s : geometry_.sectors) places.push_back({base_ + s.offset, s.chip_bank, s.snb});
  interface_ = std::make_unique<H7Interface>(target_.memory(), clock_, config_.name, *part_->layout,
                                             std::move(places));
  H7OptionRows rows = h7_option_rows(*part_, two_banks, has_second_core());
  options_ = std::make_unique<H7OptionBytes>(target_.memory(), clock_, config_.name, kH7OptionControl,
                                             std::move(rows.registers), std::move(rows.fields),
                                             2 * part_->layout->bank_erase_limit);
  warn_of_read_protection();
}

// Parts with one and with two cores share an id. Only the latter have boot addresses for the second one.
bool H7Bank::has_second_core() {
  if (!part_->second_core) return false;
  try {
    return target_.memory().read32(kBoot4Cur) != 0;
  } catch (const MemoryFault&) {
    return false;
  }
}

void H7Bank::warn_of_read_protection() {
  const std::uint32_t rdp = OPTSR::RDP.get(target_.memory().read32(kOptsrCur));
  if (rdp == kRdpLevel0) return;
  log_.warn("{}: read-out protection level {} is set (RDP=0x{:02x})", config_.name, rdp == kRdpLevel2 ? 2 : 1,
            rdp);
}

std::optional<Address> H7Bank::watchdog() const { return kIwdg1Kr; }

std::string H7Bank::describe() {
  need_probe();
  const auto known = std::ranges::find(part_->revisions, revision_, &H7Revision::id);
  if (known == part_->revisions.end()) {
    return fmt::format("{} - Rev: unknown (0x{:04x})", part_->name, revision_);
  }
  return fmt::format("{} - Rev: {}", part_->name, known->name);
}

OptionBytes* H7Bank::options() {
  need_probe();
  return options_.get();
}

}  // namespace probity::stm32
