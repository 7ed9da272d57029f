// Write protection, product state, TrustZone and data sectors of an STM32H5.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "flash/stm32/h5_bank.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

constexpr std::uint32_t kClosed = 0x72, kLocked = 0x5C;

// Names of one chip bank's fields.
struct BankNames {
  std::string_view wrp, secure_first, secure_last, hidden_first, hidden_last, data_count, data_on;
};
constexpr std::array<BankNames, 2> kNames = {{
    {"WRPSG1", "SECWM1_STRT", "SECWM1_END", "HDP1_STRT", "HDP1_END", "EDATA1_STRT", "EDATA1_EN"},
    {"WRPSG2", "SECWM2_STRT", "SECWM2_END", "HDP2_STRT", "HDP2_END", "EDATA2_STRT", "EDATA2_EN"},
}};

}  // namespace

unsigned H5Bank::block_number(unsigned sector) const {
  const auto found = std::ranges::find(protection_, block_of(places_[sector]));
  return static_cast<unsigned>(found - protection_.begin());
}

bool H5Bank::block_protected(std::span<const std::uint32_t> values, const Block& block) const {
  return !Field{"WRPSG", block.bit}.is_set(options_->get(values, kNames[block.chip_bank].wrp));
}

void H5Bank::require_open(std::span<const std::uint32_t> values) const {
  const std::uint32_t state = options_->get(values, "PRODUCT_STATE");
  if (state != kClosed && state != kLocked) return;
  throw FlashError(
      fmt::format("product state {} (FLASH_OPTSR_CUR=0x{:08x}): a debugger cannot reach the flash; {}",
                  h5_product_state(state), values[0],
                  state == kLocked ? "for ever" : "it takes debug authentication to open the chip"),
      config_.name, kOptsrCur, "FLASH_OPTSR_CUR", values[0]);
}

// Areas in which the non-secure debugger can neither erase nor write.
void H5Bank::require_no_area(std::span<const std::uint32_t> values, const FlashStep& step) const {
  if (!part_->trustzone) return;
  const H5Sector& sector = places_[step.sector];
  const BankNames& names = kNames[sector.chip_bank];
  const auto fail = [&](std::string_view what, std::string_view name, std::uint32_t value) {
    throw FlashError(fmt::format("sector {} at 0x{:08x} is {} ({}=0x{:x}); nothing was changed", step.sector,
                                 base_ + sector.offset, what, name, value),
                     config_.name, base_ + sector.offset, std::string(name), value);
  };
  const std::uint32_t first = options_->get(values, names.secure_first);
  const std::uint32_t last = options_->get(values, names.secure_last);
  if (options_->get(values, "TZEN") == kTzenOn && sector.snb >= first && sector.snb <= last) {
    fail("secure, and the debugger works as non-secure; the secure area is moved with: option write",
         names.secure_last, last);
  }
  const std::uint32_t data_sectors = options_->get(values, names.data_count) + 1;
  const std::size_t per_bank = places_.size() / 2;
  if (options_->get(values, names.data_on) != 0 && sector.snb + data_sectors >= per_bank) {
    fail("a data sector, which is read and written from 0x09000000 on", names.data_count, data_sectors - 1);
  }
}

void H5Bank::require_unprotected(std::span<const std::uint32_t> values,
                                 std::span<const FlashStep> steps) const {
  std::vector<unsigned> blocks;
  for (const FlashStep& step : steps) {
    const unsigned block = block_number(step.sector);
    if (!block_protected(values, protection_[block])) continue;
    if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
  }
  if (blocks.empty()) return;
  const std::string_view name = kNames[protection_[blocks.front()].chip_bank].wrp;
  const std::uint32_t wrp = options_->get(values, name);
  throw FlashError(fmt::format("{}=0x{:08x}: {}; clear it with: {}; nothing was changed", name, wrp,
                               write_protected_words(blocks), unprotect_command(blocks)),
                   config_.name, base_ + protection_blocks()[blocks.front()].offset, std::string(name), wrp);
}

void H5Bank::require_allowed(std::span<const FlashStep> steps) {
  const std::vector<std::uint32_t> values = options_->read();
  require_open(values);
  for (const FlashStep& step : steps) require_no_area(values, step);
  require_unprotected(values, steps);
}

// What require_allowed() does not see: the hidden area is a matter of the boot stage.
std::string H5Bank::hint(const FlashError& error, unsigned sector) {
  if (!SR::WRPERR.is_set(error.raw) || error.register_name != "FLASH_NSSR") return {};
  const std::vector<std::uint32_t> values = options_->read();
  const H5Sector& place = places_[sector];
  const BankNames& names = kNames[place.chip_bank];
  const std::uint32_t first = options_->get(values, names.hidden_first);
  const std::uint32_t last = options_->get(values, names.hidden_last);
  if (place.snb < first || place.snb > last) return {};
  return fmt::format("the sector is in the hidden area ({}={}, {}={})", names.hidden_first, first,
                     names.hidden_last, last);
}

void H5Bank::check_protection() {
  need_probe();
  const std::vector<std::uint32_t> values = options_->read();
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    sectors_[i].is_protected = block_protected(values, protection_[block_number(i)]);
  }
  for (unsigned i = 0; i < blocks_.size(); ++i)
    blocks_[i].is_protected = block_protected(values, protection_[i]);
}

void H5Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, protection_blocks(), blocks_.empty() ? "sector" : "block");
  std::vector<std::uint32_t> values = options_->read();
  for (unsigned b = range.first; b <= range.last; ++b) {
    const std::string_view name = kNames[protection_[b].chip_bank].wrp;
    const Field bit{"WRPSG", protection_[b].bit};
    options_->set(values, name, bit.set(options_->get(values, name), on ? 0 : 1));
  }
  options_->write(values);
  check_protection();
}

void H5Bank::lock() {
  need_probe();
  throw FlashError(
      "an STM32H5 is closed by its product state, and opened again by debug authentication alone (not at all "
      "where "
      "none was provisioned); where that is meant, write PRODUCT_STATE with: option write",
      config_.name, kOptsrCur);
}

void H5Bank::unlock() {
  need_probe();
  const std::uint32_t state = options_->get(options_->read(), "PRODUCT_STATE");
  if (state == kOpen) {
    log_.info("{}: product state is OPEN already", config_.name);
    return;
  }
  throw FlashError(
      fmt::format("product state {} (0x{:02x}): a regression to OPEN takes debug authentication, which "
                  "is not in this version",
                  h5_product_state(state), state),
      config_.name, kOptsrCur, "PRODUCT_STATE", state);
}

std::pair<Address, std::uint32_t> H5Bank::read_option(std::uint32_t offset) {
  need_probe();
  const Address address = kRegisters + offset;
  return {address, target_.memory().read32(address)};
}

void H5Bank::write_option(std::uint32_t offset, std::uint32_t value, std::uint32_t mask) {
  require_halted();
  const auto [address, before] = read_option(offset);
  options_->write_one(address, (before & ~mask) | (value & mask));
  probed_ = false;  // the banks may have changed places
}

}  // namespace probity::stm32
