// What the option bytes of an STM32 F0/F1/F3 forbid, and the commands that change them.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/f1_bank.hpp"

namespace probity::stm32 {

namespace {

// Anything that is neither level 0 nor 2; the value that OpenOCD 0.12.0 writes.
constexpr std::uint8_t kRdpForLevel1 = 0x00;
constexpr unsigned kBitsPerWrp = 8;

bool protects(std::uint32_t wrpr, unsigned bit) { return !Field{"WRP", bit}.is_set(wrpr); }

std::uint32_t wrp_word(const F1OptionValues& values) {
  std::uint32_t word = 0;
  for (unsigned i = 0; i < 4; ++i) word |= Field{"", kBitsPerWrp * i, kBitsPerWrp}.of(values[kWrp0 + i]);
  return word;
}

}  // namespace

F1OptionRegisters F1Bank::options_in_force() {
  need_probe();
  return options_.in_force();
}

void F1Bank::require_first_bank() const {
  if (base_ != f1::kSecondBank) return;
  throw UsageError(fmt::format("Option byte operations must use bank 0 (that at 0x{:08x}), not {}",
                               f1::kMainFlash, config_.name));
}

unsigned F1Bank::first_bit() const { return f1_wrp_bit(*part_, (base_ - f1::kMainFlash) / part_->page_size); }

unsigned F1Bank::block_of(unsigned sector) const {
  return f1_wrp_bit(*part_, (base_ - f1::kMainFlash) / part_->page_size + sector) - first_bit();
}

void F1Bank::require_readable(const F1OptionRegisters& now) const {
  const unsigned level = f1_rdp_level(*part_->options, now.obr);
  if (level == 0) return;
  const std::string what =
      level == 2 ? std::string("level 2: the chip can never be reprogrammed through a debugger")
                 : fmt::format(
                       "level 1: flash cannot be read, erased or written with a debugger connected; remove "
                       "it, which erases the whole flash, with: stm32f1x unlock {} and then a power cycle",
                       first_bank_name());
  throw FlashError(fmt::format("RDPRT (FLASH_OBR=0x{:08x}): read-out protection {}", now.obr, what),
                   config_.name, f1::kObr, "FLASH_OBR", now.obr);
}

std::string F1Bank::comes_into_force() const {
  if (!part_->options->can_load) return "reset halt, or a power cycle";
  return fmt::format("stm32f1x options_load {}, or a power cycle", first_bank_name());
}

std::string F1Bank::first_bank_name() const { return base_ == f1::kSecondBank ? "0" : config_.name; }

std::string F1Bank::protection_hint(const std::vector<unsigned>& blocks) {
  const std::uint32_t next = wrp_word(options_.programmed());
  const bool lifted =
      std::ranges::none_of(blocks, [&](unsigned block) { return protects(next, first_bit() + block); });
  const std::string text = write_protected_words(blocks);
  if (lifted) {
    return text + fmt::format("; the option bytes have it off already, which comes into force with: {}",
                              comes_into_force());
  }
  return text + fmt::format("; clear it with: {} and then {}", unprotect_command(blocks), comes_into_force());
}

void F1Bank::require_allowed(std::span<const FlashStep> steps) {
  const F1OptionRegisters now = options_in_force();
  require_readable(now);
  std::vector<unsigned> blocks;
  for (const FlashStep& step : steps) {
    const unsigned block = block_of(step.sector);
    if (protects(now.wrpr, first_bit() + block) && (blocks.empty() || blocks.back() != block))
      blocks.push_back(block);
  }
  if (blocks.empty()) return;
  throw FlashError(
      fmt::format("FLASH_WRPR=0x{:08x}: {}; nothing was changed", now.wrpr, protection_hint(blocks)),
      config_.name, base_ + blocks_[blocks.front()].offset, "FLASH_WRPR", now.wrpr);
}

std::string F1Bank::hint(const FlashError& error, unsigned sector) {
  if (!f1::SR::WRPRTERR.is_set(error.raw)) return {};
  return protection_hint({block_of(sector)});
}

void F1Bank::check_protection() {
  const F1OptionRegisters now = options_in_force();
  for (unsigned b = 0; b < blocks_.size(); ++b) blocks_[b].is_protected = protects(now.wrpr, first_bit() + b);
  for (unsigned s = 0; s < sectors_.size(); ++s) sectors_[s].is_protected = blocks_[block_of(s)].is_protected;
}

void F1Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, blocks_, "block");
  F1OptionValues values = options_.programmed();
  for (unsigned b = range.first; b <= range.last; ++b) {
    const unsigned bit = first_bit() + b;
    std::uint8_t& byte = values[kWrp0 + bit / kBitsPerWrp];
    byte = static_cast<std::uint8_t>(Field{"", bit % kBitsPerWrp}.set(byte, on ? 0 : 1));
  }
  options_.program(values);
  log_.info("write protection {} in the option bytes; it comes into force with: {}", on ? "set" : "cleared",
            comes_into_force());
  check_protection();
}

void F1Bank::lock() {
  require_halted();
  need_probe();
  require_first_bank();
  F1OptionValues values = options_.programmed();
  values[kRdp] = kRdpForLevel1;
  options_.program(values);
}

void F1Bank::unlock() {
  require_halted();
  const F1OptionRegisters now = options_in_force();
  require_first_bank();
  if (f1_rdp_level(*part_->options, now.obr) == 2) require_readable(now);
  F1OptionValues values = options_.programmed();
  values[kRdp] = part_->options->rdp_level0;
  options_.program(values);
}

void F1Bank::write_user_options(const F1UserChange& change) {
  require_halted();
  need_probe();
  require_first_bank();
  F1OptionValues values = options_.programmed();
  values[kUser] = static_cast<std::uint8_t>((values[kUser] | change.set) & ~change.clear);
  if (change.data) {
    values[kData0] = static_cast<std::uint8_t>(Field{"", 0, 8}.get(*change.data));
    values[kData1] = static_cast<std::uint8_t>(Field{"", 8, 8}.get(*change.data));
  }
  options_.program(values);
}

void F1Bank::load_options() {
  need_probe();
  require_first_bank();
  if (!options_.load()) {
    throw UsageError("Command not applicable to stm32f1x devices - power cycle is required instead.");
  }
}

OptionBytes* F1Bank::options() {
  need_probe();
  require_first_bank();
  return &options_;
}

}  // namespace probity::stm32
