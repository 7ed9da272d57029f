#include "flash/stm32/l4_bank.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

// RM0351, RM0432, RM0440: FB_MODE maps bank 2 below bank 1; SYSCFG reads as 0 without its clock.
constexpr Address kRccApb2enr = 0x40021060, kSyscfgMemrmp = 0x40010000;
constexpr Field kSyscfgEn{"SYSCFGEN", 0}, kFbMode{"FB_MODE", 8};

}  // namespace

L4Bank::L4Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log),
      controller_(target.memory(), clock, config_.name),
      options_(target, clock, controller_, [this] { probed_ = false; }) {}

std::uint32_t L4Bank::optr() { return read_register(identity_.layout->optr); }

unsigned L4Bank::flash_kib() {
  const L4Part& part = *identity_.part;
  unsigned kib = target_.memory().read16(part.size_register);
  if (kib == 0 || kib == 0xFFFF || kib > part.max_kib) {
    log_.warn("STM32 flash size failed, probe inaccurate - assuming {}k flash", part.max_kib);
    kib = part.max_kib;
  }
  if (config_.size != 0) {
    log_.warn("overriding size register by configured bank size - MAY CAUSE TROUBLE");
    kib = config_.size / 1024;
  }
  log_.info("flash size = {} KiB", kib);
  return kib;
}

bool L4Bank::banks_swapped(std::uint32_t optr_value) {
  switch (identity_.part->swap) {
    case L4Swap::never:
      return false;
    case L4Swap::optr_set:
      return L4OPTR::SWAP_BANK.is_set(optr_value);
    case L4Swap::optr_clear:
      return !L4OPTR::SWAP_BANK.is_set(optr_value);
    case L4Swap::fb_mode:
      break;
  }
  MemPort& memory = target_.memory();
  const std::uint32_t clocks = memory.read32(kRccApb2enr);
  memory.write32(kRccApb2enr, clocks | kSyscfgEn.mask());
  const std::uint32_t memrmp = memory.read32(kSyscfgMemrmp);
  memory.write32(kRccApb2enr, clocks);
  return kFbMode.is_set(memrmp);
}

// With TZEN and RDP level 0.5 debugging is for the non-secure side (RM0438, 6.6.2).
bool L4Bank::wants_secure(std::uint32_t optr_value) const {
  const L4Part& part = *identity_.part;
  return part.trust_zone && L4OPTR::TZEN.is_set(optr_value) && rdp_level(part, optr_value) == L4Rdp::level0;
}

void L4Bank::fill_sectors() {
  sectors_.clear();
  for (const L4Page& page : geometry_.pages) sectors_.push_back({page.offset, geometry_.page_size, {}, {}});
  size_ = geometry_.size;
}

void L4Bank::identify() {
  identity_ = identify_l4(target_, config_.name);
  const L4Part& part = *identity_.part;
  log_.info("device idcode = 0x{:08x} ({})", identity_.idcode, describe_l4(identity_));
  const std::uint32_t value = target_.memory().read32(identity_.layout->base + identity_.layout->optr);
  const L4Rdp level = rdp_level(part, value);
  const bool tzen = part.trust_zone && L4OPTR::TZEN.is_set(value);
  if (part.trust_zone) {
    log_.info("TZEN = {:d} : TrustZone {} by option bytes", tzen, tzen ? "enabled" : "disabled");
  }
  log_.info("RDP level {} (0x{:02X})", name_of(level), value_of(level));
  if (base_ != kL4MainFlash && base_ != kSecureFlash) {
    throw ConfigError(
        fmt::format("invalid bank base address 0x{:08x} of {}: main flash begins at 0x08000000{}", base_,
                    config_.name, part.trust_zone ? ", its secure alias at 0x0c000000" : ""));
  }
  kib_ = flash_kib();
  geometry_ = l4_geometry(part, kib_, value, false);
  if (geometry_.dual_bank && banks_swapped(value)) {
    log_.info("bank 2 is mapped below bank 1");
    geometry_ = l4_geometry(part, kib_, value, true);
  }
  if (geometry_.pages.empty()) {
    throw ConfigError(fmt::format("Flash pages count cannot be zero: {} KiB are less than a page of bank {}",
                                  kib_, config_.name));
  }
  log_.info("flash mode : {}-bank", geometry_.dual_bank ? "dual" : "single");
  if (geometry_.gap_size != 0) {
    const Address gap = kL4MainFlash + geometry_.gap_begin;
    log_.info("gap detected from 0x{:08x} to 0x{:08x}", gap, gap + geometry_.gap_size - 1);
  }
  as_secure_ = wants_secure(value);
  controller_.configure(part, *identity_.layout, geometry_, base_,
                        as_secure_ ? Security::secure
                        : tzen     ? Security::non_secure
                                   : Security::off);
  options_.configure(part, geometry_, value);
  fill_sectors();
}

std::string L4Bank::describe() {
  need_probe();
  return fmt::format("{} - Flash {}-bank{}", describe_l4(identity_), geometry_.dual_bank ? "dual" : "single",
                     secure_words());
}

// Behind the description of a chip with TrustZone on: which pages are secure.
std::string L4Bank::secure_words() {
  if (!trust_zone_enabled()) return {};
  std::string text;
  const auto areas = l4_secure_areas(*identity_.part, geometry_,
                                     [this](unsigned offset) { return controller_.read(offset); });
  for (const L4Area& area : areas) {
    text += fmt::format("{}{}-{} ({}=0x{:08x})", text.empty() ? "" : ", ", area.begin / geometry_.page_size,
                        area.end / geometry_.page_size - 1, area.register_name, area.raw);
  }
  return fmt::format(" - TrustZone: secure pages {}; changed through the {}", text.empty() ? "none" : text,
                     as_secure_ ? "secure registers" : "non-secure registers");
}

OptionBytes* L4Bank::options() {
  need_probe();
  return &options_;
}

Address L4Bank::register_address(unsigned offset) {
  need_probe();
  return controller_.address_of(offset);
}

std::uint32_t L4Bank::read_register(unsigned offset) {
  need_probe();
  return controller_.read(offset);
}

}  // namespace probity::stm32
