#include "flash/nxp/lpc2000_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/unchanged.hpp"

namespace probity::lpc {

namespace {

constexpr Milliseconds kIapLimit{1000}, kEraseLimit{10000};  // 100 ms a sector; a wrong clock makes it longer
constexpr Address kLpc4300Entry = 0x10400100;                // where its ROM says where it is (UM10503, 6.4)
constexpr Address kLpc4300BankB = 0x1B000000;
// What probing lends the ROM: the most that any variant needs.
constexpr std::uint32_t kMostStack = 208;
constexpr std::size_t kVectorBytes = 32;

std::uint32_t number_of(const FlashBankConfig& config, const std::string& word, std::string_view what) {
  try {
    std::size_t used = 0;
    const unsigned long long value = std::stoull(word, &used, 0);
    if (used == word.size() && value <= UINT32_MAX) return static_cast<std::uint32_t>(value);
  } catch (const std::logic_error&) {
  }
  throw ConfigError(
      fmt::format("'{}' driver rejected flash bank at 0x{:08x}: {} option value ('{}') is not valid",
                  config.driver, config.base, what, word));
}

}  // namespace

// What stands in place of calc_checksum is of no account, as with OpenOCD 0.12.0.
Options options_of(const FlashBankConfig& config) {
  const std::vector<std::string>& words = config.options;
  const auto refuse = [&](const std::string& why) {
    throw ConfigError(
        fmt::format("'{}' driver rejected flash bank at 0x{:08x}: {}", config.driver, config.base, why));
  };
  if (words.size() < 2) {
    refuse(
        "it takes a variant and a clock in kHz: flash bank NAME lpc2000 BASE SIZE 0 0 TARGET VARIANT CLOCK "
        "[calc_checksum [IAP_ENTRY]]");
  }
  const auto variant = variant_named(words[0]);
  if (!variant) refuse(fmt::format("unknown LPC2000 variant: {}", words[0]));
  Options options{*variant, number_of(config, words[1], "lpc2000_info->cclk"), false, 0};
  if (words.size() > 2) options.checksum = words[2] == "calc_checksum";
  if (words.size() > 3)
    options.iap_entry = number_of(config, words[3], "lpc2000_info->iap_entry_alternative");
  return options;
}

void check_bank(const FlashBankConfig& config) { options_of(config); }

LpcBank::LpcBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log),
      options_(options_of(config_)),
      variant_(options_.variant) {
  base_ = config_.base;
}

void LpcBank::refuse(const std::string& why) const { throw FlashError(why, config_.name, base_); }

void LpcBank::need_probe() {
  if (!probed_) probe();
}

// Entry points: the manuals' chapter "IAP commands".
Iap LpcBank::iap() {
  constexpr Address kUsualEntry = 0x1FFF1FF1, kLpc1500Entry = 0x03000205;
  Address entry = kUsualEntry;
  if (variant_ == Variant::lpc1500 || variant_ == Variant::lpc54100) entry = kLpc1500Entry;
  if (variant_ == Variant::lpc4300) entry = target_.memory().read32(kLpc4300Entry);
  if (options_.iap_entry != 0) entry = options_.iap_entry;
  return {target_, clock_, entry, probed_ ? layout_.stack : kMostStack, config_.name};
}

// LPC4300 have two flash banks, and commands say which.
std::vector<std::uint32_t> LpcBank::with_unit(std::vector<std::uint32_t> parameters) const {
  if (variant_ == Variant::lpc4300) parameters.push_back(base_ >= kLpc4300BankB ? 1 : 0);
  return parameters;
}

void LpcBank::initialize(Iap& iap) {
  if (variant_ == Variant::lpc4300) iap.call(iap::kInit, {}, kIapLimit);
}

std::uint32_t LpcBank::part_id() {
  require_halted();
  // Some ROMs give a status that means nothing with this command.
  const Iap::Answer answer = iap().call(iap::kPartId, {}, kIapLimit);
  if (answer.result == 0)
    refuse(fmt::format("Could not get part ID: lpc2000 IAP returned status code {}", answer.status));
  return answer.result;
}

void LpcBank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  std::uint32_t size = config_.size;
  if (options_.variant == Variant::automatic) {
    const std::uint32_t id = part_id();
    const Part* part = find_part(id);
    if (part == nullptr) {
      throw FlashError(
          fmt::format("unknown Part ID encountered: 0x{:x}; say the variant and the flash's size: "
                      "flash bank {} lpc2000 0x{:08x} SIZE 0 0 {} VARIANT {}",
                      id, config_.name, base_, config_.target, options_.clock_khz),
          config_.name, base_, "part id", id);
    }
    log_.debug("part id 0x{:08x}: {}", id, part->name);
    variant_ = part->variant;
    size = part->flash_kib * 1024;
  }
  if (variant_ == Variant::lpc2000_v1 || variant_ == Variant::lpc2000_v2)
    refuse(fmt::format("variant {} is of chips with an ARM7, which this program cannot debug",
                       config_.options[0]));
  auto layout = layout_of(variant_, size);
  if (!layout)
    refuse(fmt::format("no chip of variant {} has 0x{:x} bytes of flash", config_.options[0], size));
  layout_ = std::move(*layout);
  sectors_ = layout_.sectors;
  size_ = size;
  probed_ = true;
}

std::string LpcBank::describe() {
  need_probe();
  return fmt::format("lpc2000 flash driver variant: {}, clk: {}kHz", static_cast<int>(variant_),
                     options_.clock_khz);
}

void LpcBank::check_protection() { need_probe(); }

void LpcBank::require_success(const Iap::Answer& answer, std::string_view what, SectorRange range) const {
  if (answer.status == 0) return;
  throw FlashError(
      fmt::format("lpc2000 {} sectors returned {} ({}) for sectors {} to {}; are the clock ({} kHz) "
                  "and the variant of flash bank {} right?",
                  what, answer.status, iap_status(answer.status), range.first, range.last, options_.clock_khz,
                  config_.name),
      config_.name, base_ + sectors_[range.first].offset, "IAP status", answer.status);
}

void LpcBank::erase(SectorRange range) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  Iap rom = iap();
  initialize(rom);
  require_success(rom.call(iap::kPrepare, with_unit({range.first, range.last}), kIapLimit), "prepare", range);
  for (unsigned i = range.first; i <= range.last; ++i) sectors_[i].erased.reset();
  require_success(
      rom.call(iap::kErase, with_unit({range.first, range.last, options_.clock_khz}), kEraseLimit), "erase",
      range);
}

void LpcBank::check_erased() {
  require_halted();
  need_probe();
  constexpr std::uint32_t kNotBlank = 8, kInvalidSector = 7;
  Iap rom = iap();
  initialize(rom);
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    const Iap::Answer answer = rom.call(iap::kBlankCheck, with_unit({i, i}), kIapLimit);
    if (answer.status != kNotBlank && answer.status != kInvalidSector)
      require_success(answer, "blank check", {i, i});
    sectors_[i].erased = answer.status == 0;
  }
}

Bytes LpcBank::with_checksum(std::uint32_t offset, ByteView data) {
  Bytes changed(data.begin(), data.end());
  if (!options_.checksum || offset != 0 || data.size() < kVectorBytes) return changed;
  const std::size_t place = std::size_t{4} * layout_.checksum_vector;
  const std::uint32_t before = load_le32(data, place);
  const std::uint32_t checksum = vector_checksum(data, layout_.checksum_vector);
  if (before == checksum) return changed;
  log_.warn(
      "Boot verification checksum in image (0x{:08x}) to be written to flash is different from calculated "
      "vector "
      "checksum (0x{:08x}).",
      before, checksum);
  log_.warn(
      "OpenOCD will write the correct checksum. To remove this warning modify build tools on developer PC to "
      "inject correct LPC vector checksum.");
  store_le32(changed, place, checksum);
  return changed;
}

void LpcBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  need_probe();
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    refuse(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                       data.size(), offset, config_.name, size_));
  }
  if (offset % layout_.boundary != 0)
    refuse(fmt::format("offset 0x{:x} breaks required alignment 0x{:x}", offset, layout_.boundary));
  Bytes words = with_checksum(offset, data);
  words.resize((words.size() + layout_.boundary - 1) / layout_.boundary * layout_.boundary, 0xFF);
  const AddressRange all{offset, words.size()};
  const auto touched = [&](const Sector& sector) { return all.overlaps({sector.offset, sector.size}); };
  const auto first = std::ranges::find_if(sectors_, touched);
  const auto end = std::find_if_not(first, sectors_.end(), touched);
  for (auto sector = first; sector != end; ++sector) sector->erased.reset();
  const auto number = [&](auto sector) { return static_cast<std::uint32_t>(sector - sectors_.begin()); };
  Iap rom = iap();
  initialize(rom);
  rom.write(base_ + offset, words,
            {with_unit({number(first), number(end) - 1}), options_.clock_khz, layout_.most});
}

FlashJobResult LpcBank::run(const FlashJob& job) {
  require_halted();
  need_probe();
  FlashJob changed = job;
  for (FlashWrite& write : changed.writes) write.data = with_checksum(write.offset, write.data);
  return run_changed(*this, changed, unchanged_sectors(*this, changed, log_));
}

void LpcBank::protect(SectorRange, bool) { refuse("Flash protection is not supported."); }

void LpcBank::mass_erase() {
  need_probe();
  erase({0, static_cast<unsigned>(sectors_.size()) - 1});
}

void LpcBank::lock() {
  refuse("an LPC's code read protection is a word of its program, at 0x2FC; write it with the image");
}

void LpcBank::unlock() {
  refuse("an LPC's code read protection opens with everything erased: its boot ROM's ISP");
}

}  // namespace probity::lpc
