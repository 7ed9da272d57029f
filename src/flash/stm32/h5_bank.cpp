#include "flash/stm32/h5_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

constexpr Address kFlashBase = 0x08000000;
constexpr unsigned kBlank = 0xFFFF;  // of the size register

}  // namespace

unsigned H5Bank::read_kib() {
  if (config_.size != 0) {
    log_.info("ignoring flash probed value, using configured bank size");
    return config_.size / 1024;
  }
  unsigned kib = kBlank;
  try {
    kib = target_.memory().read16(kFlashSize);
  } catch (const MemoryFault&) {
    log_.warn("{} cannot read the flash size register", config_.name);
  }
  if (kib != 0 && kib <= part_->max_kib) {
    log_.info("flash size = {} KiB", kib);
    return kib;
  }
  log_.warn("assuming {}k flash", part_->max_kib);
  return part_->max_kib;
}

H5Bank::Block H5Bank::block_of(const H5Sector& sector) const {
  return {sector.chip_bank, sector.snb / part_->sectors_per_wrp_bit};
}

void H5Bank::fill_sectors(unsigned kib) {
  places_ = h5_geometry(kib, kSwapBank.is_set(target_.memory().read32(kOptcr)));
  size_ = kib * 1024;
  sectors_.clear();
  blocks_.clear();
  protection_.clear();
  for (const H5Sector& s : places_) {
    sectors_.push_back({s.offset, s.size, {}, {}});
    const bool begins = protection_.empty() || protection_.back() != block_of(s);
    if (begins) protection_.push_back(block_of(s));
    if (part_->sectors_per_wrp_bit == 1) continue;
    if (begins) blocks_.push_back({s.offset, 0, {}, {}});
    blocks_.back().size += s.size;
  }
}

void H5Bank::identify() {
  const std::uint32_t idcode = target_.memory().read32(kDbgmcuIdcode);
  revision_ = static_cast<std::uint16_t>(kRevId.get(idcode));
  part_ = find_h5_part(static_cast<std::uint16_t>(kDevId.get(idcode)));
  if (part_ == nullptr) {
    throw FlashError(
        fmt::format("Cannot identify target as a STM32H5 (DBGMCU_IDCODE=0x{:08x}, device id 0x{:03x}); "
                    "is this the right target configuration for the chip?",
                    idcode, kDevId.get(idcode)),
        config_.name, kDbgmcuIdcode, "DBGMCU_IDCODE", idcode);
  }
  if (base_ != kFlashBase) {
    throw FlashError(
        fmt::format("the flash of an STM32H5 begins at 0x{:08x}, the configuration says 0x{:08x}", kFlashBase,
                    base_),
        config_.name, base_);
  }
  log_.info("device idcode = 0x{:08x} ({})", idcode, describe());
  fill_sectors(read_kib());
  std::vector<H7Place> places;
  for (const H5Sector& s : places_) places.push_back({base_ + s.offset, s.chip_bank, s.snb});
  interface_ =
      std::make_unique<H7Interface>(target_.memory(), clock_, config_.name, kH5Layout, std::move(places));
  H5OptionRows rows = h5_option_rows(*part_);
  options_ = std::make_unique<H7OptionBytes>(target_.memory(), clock_, config_.name, kH5OptionControl,
                                             std::move(rows.registers), std::move(rows.fields),
                                             2 * kH5Layout.bank_erase_limit);
  tell_state();
}

void H5Bank::tell_state() {
  const std::vector<std::uint32_t> values = options_->read();
  const std::uint32_t state = options_->get(values, "PRODUCT_STATE");
  const std::string text =
      fmt::format("{}: product state {} (0x{:02x})", config_.name, h5_product_state(state), state);
  if (state == kOpen) {
    log_.info("{}", text);
  } else {
    log_.warn("{}", text);
  }
  if (part_->trustzone && options_->get(values, "TZEN") == kTzenOn)
    log_.warn("{}: TrustZone is on", config_.name);
}

std::optional<Address> H5Bank::watchdog() const { return kIwdgKr; }

// Valid once `part_` is known; identify() has it before it is done.
std::string H5Bank::describe() {
  if (part_ == nullptr) need_probe();
  const std::string_view revision = h5_revision_name(revision_);
  if (revision.empty()) return fmt::format("{} - Rev: unknown (0x{:04x})", part_->name, revision_);
  return fmt::format("{} - Rev: {}", part_->name, revision);
}

OptionBytes* H5Bank::options() {
  need_probe();
  return options_.get();
}

}  // namespace probity::stm32
