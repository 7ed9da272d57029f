#include "flash/stm32/wide_word_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace probity::stm32 {

namespace {

constexpr unsigned kBlank = 0xFFFF;  // of the size register

bool says_write_protected(const H7Layout& layout, const FlashError& error) {
  if (error.register_name != error_register_name(layout, 0) &&
      error.register_name != error_register_name(layout, 1)) {
    return false;
  }
  return std::ranges::any_of(layout.errors, [&](const FlashErrorFlag& row) {
    return row.flag.name.starts_with("WRPERR") && row.flag.is_set(error.raw);
  });
}

}  // namespace

unsigned WideWordBank::read_kib(const WideWordPart& part) {
  unsigned kib = kBlank;
  try {
    kib = target_.memory().read16(part.flash_size_register);
    log_.info("flash size probed value {}k", kib);
  } catch (const MemoryFault&) {
    log_.warn("{} cannot read the flash size register", config_.name);
  }
  if (config_.size != 0) {
    log_.info("ignoring flash probed value, using configured bank size");
    return config_.size / 1024;
  }
  if (kib != kBlank && kib != 0 && kib <= part.max_kib) return kib;
  log_.warn("assuming {}k flash", part.max_kib);
  return part.max_kib;
}

void WideWordBank::fill_sectors(std::uint32_t span) {
  size_ = span;
  sectors_.clear();
  blocks_.clear();
  protection_.clear();
  for (const H7Sector& s : places_) {
    sectors_.push_back({s.offset, s.size, {}, {}});
    const bool begins = protection_.empty() || protection_.back() != block_of(s);
    if (begins) protection_.push_back(block_of(s));
    if (identity_.part->sectors_per_wrp_bit == 1) continue;
    if (begins) blocks_.push_back({s.offset, 0, {}, {}});
    blocks_.back().size += s.size;
  }
}

void WideWordBank::set_up(const WideWordIdentity& identity, std::uint32_t span, std::vector<H7Sector> sectors,
                          H7OptionRows rows) {
  identity_ = identity;
  const WideWordPart& part = *identity.part;
  places_ = std::move(sectors);
  fill_sectors(span);
  std::vector<H7Place> places;
  for (const H7Sector& s : places_) places.push_back({base_ + s.offset, s.chip_bank, s.snb});
  interface_ =
      std::make_unique<H7Interface>(target_.memory(), clock_, config_.name, *part.layout, std::move(places));
  options_ = std::make_unique<H7OptionBytes>(target_.memory(), clock_, config_.name,
                                             part.rules->option_control, std::move(rows.registers),
                                             std::move(rows.fields), 2 * part.layout->bank_erase_limit);
  chip_protection_ = part.rules->protection({config_.name, places_, base_, *options_, log_});
  chip_protection_->tell();
}

std::string WideWordBank::describe() {
  need_probe();
  return describe_wide_word(identity_);
}

OptionBytes* WideWordBank::options() {
  need_probe();
  return options_.get();
}

WideWordBank::Block WideWordBank::block_of(const H7Sector& sector) const {
  return {sector.chip_bank, sector.snb / identity_.part->sectors_per_wrp_bit};
}

unsigned WideWordBank::block_number(unsigned sector) const {
  const auto found = std::ranges::find(protection_, block_of(places_[sector]));
  return static_cast<unsigned>(found - protection_.begin());
}

const WriteProtection& WideWordBank::names_of(const Block& block) const {
  return identity_.part->rules->write_protection[block.chip_bank];
}

bool WideWordBank::block_protected(std::span<const std::uint32_t> values, const Block& block) const {
  return !Field{"WRP", block.bit}.is_set(options_->get(values, names_of(block).field));
}

void WideWordBank::require_unprotected(std::span<const std::uint32_t> values,
                                       std::span<const FlashStep> steps) const {
  std::vector<unsigned> blocks;
  for (const FlashStep& step : steps) {
    const unsigned block = block_number(step.sector);
    if (!block_protected(values, protection_[block])) continue;
    if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
  }
  if (blocks.empty()) return;
  const WriteProtection& names = names_of(protection_[blocks.front()]);
  const std::uint32_t wrp = options_->get(values, names.field);
  throw FlashError(fmt::format("{}=0x{:08x}: {}; clear it with: {}; nothing was changed", names.reg, wrp,
                               write_protected_words(blocks), unprotect_command(blocks)),
                   config_.name, base_ + protection_blocks()[blocks.front()].offset, std::string(names.reg),
                   wrp);
}

void WideWordBank::require_allowed(std::span<const FlashStep> steps) {
  const std::vector<std::uint32_t> values = options_->read();
  chip_protection_->require(values, steps);
  require_unprotected(values, steps);
}

// What require_allowed() saw was right then; a program that runs on another core may have changed it since.
std::string WideWordBank::hint(const FlashError& error, unsigned sector) {
  if (!says_write_protected(*identity_.part->layout, error)) return {};
  const std::string other = chip_protection_->hint(sector);
  if (!other.empty()) return other;
  const unsigned block = block_number(sector);
  return fmt::format("if it is write protection, it is cleared with: flash protect {} {} {} off",
                     config_.name, block, block);
}

void WideWordBank::check_protection() {
  need_probe();
  const std::vector<std::uint32_t> values = options_->read();
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    sectors_[i].is_protected = block_protected(values, protection_[block_number(i)]);
  }
  for (unsigned i = 0; i < blocks_.size(); ++i) {
    blocks_[i].is_protected = block_protected(values, protection_[i]);
  }
}

void WideWordBank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, protection_blocks(), blocks_.empty() ? "sector" : "block");
  std::vector<std::uint32_t> values = options_->read();
  for (unsigned b = range.first; b <= range.last; ++b) {
    const std::string_view wrp = names_of(protection_[b]).field;
    const Field bit{"WRP", protection_[b].bit};
    options_->set(values, wrp, bit.set(options_->get(values, wrp), on ? 0 : 1));
  }
  options_->write(values);
  check_protection();
}

void WideWordBank::forget_what_is_erased() {
  for (Sector& sector : sectors_) sector.erased.reset();
}

void WideWordBank::lock() {
  require_halted();
  need_probe();
  chip_protection_->lock();
  forget_what_is_erased();
}

void WideWordBank::unlock() {
  require_halted();
  need_probe();
  chip_protection_->unlock();
  forget_what_is_erased();
}

std::pair<Address, std::uint32_t> WideWordBank::read_option(std::uint32_t offset) {
  need_probe();
  const Address address = option_base() + offset;
  return {address, target_.memory().read32(address)};
}

void WideWordBank::write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask) {
  require_halted();
  const auto [address, before] = read_option(offset);
  options_->write_one(address, (before & ~mask) | (value & mask));
  probed_ = false;  // the banks may be other ones now
}

}  // namespace probity::stm32
