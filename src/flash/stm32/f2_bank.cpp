#include "flash/stm32/f2_bank.hpp"

#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

F2Bank::F2Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log), controller_(target, clock, log, config_.name) {}

void F2Bank::fill_sectors(unsigned kib) {
  sectors_.clear();
  blocks_.clear();
  for (const F2Sector& s : geometry_.sectors) sectors_.push_back({s.offset, s.size, {}, {}});
  size_ = kib * 1024;
  if (geometry_.blocks.size() == geometry_.sectors.size()) return;
  blocks_.resize(geometry_.blocks.size());
  for (const F2Sector& s : geometry_.sectors) {
    Sector& block = blocks_[s.block];
    if (block.size == 0) block.offset = s.offset;
    block.size += s.size;
  }
}

void F2Bank::identify() {
  identity_ = identify_f2(target_, config_.name);
  log_.info("device id = 0x{:08x}", identity_.idcode);
  part_ = identity_.part;
  const unsigned kib = read_size_kib(part_->flash_size_register, part_->max_kib);
  const std::uint32_t optcr =
      part_->dual_bank == F2DualBank::never ? 0 : target_.memory().read32(kFlashOptcr);
  geometry_ = f2_geometry(*part_, kib, optcr);
  if (!part_->bank_words.empty()) {
    log_.info("{} Bank {} kiB {} found", geometry_.dual_bank ? "Dual" : "Single", kib, part_->bank_words);
  }
  fill_sectors(kib);
  controller_.set_geometry(geometry_, base_);
  options_.emplace(target_.memory(), controller_, *part_, geometry_);
}

std::optional<Address> F2Bank::watchdog() const { return kIwdgKr; }

OptionBytes* F2Bank::options() {
  need_probe();
  return &*options_;
}

std::string F2Bank::describe() {
  need_probe();
  return describe_f2(identity_);
}

}  // namespace probity::stm32
