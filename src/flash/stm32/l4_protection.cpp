// What is protected on an STM32 L4 and its relatives, and how it changes: WRP areas, read-out level,
// TrustZone.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/l4_bank.hpp"

namespace probity::stm32 {

namespace {

std::string listed(const L4PageRange& range) {
  return range.first == range.last ? fmt::format("[{}]", range.first)
                                   : fmt::format("[{},{}]", range.first, range.last);
}

std::string sectors_words(unsigned first, unsigned last) {
  return first == last ? fmt::format("sector {} is", first) : fmt::format("sectors {}-{} are", first, last);
}

}  // namespace

std::vector<L4Area> L4Bank::areas() {
  return l4_areas(*identity_.part, controller_.layout(), geometry_, as_secure_,
                  [this](unsigned offset) { return controller_.read(offset); });
}

bool L4Bank::touches(const L4Area& area, unsigned sector) const {
  const std::uint32_t begin = sectors_[sector].offset;
  return area.begin < begin + sectors_[sector].size && begin < area.end;
}

void L4Bank::require_readable() {
  const std::uint32_t value = optr();
  const L4Rdp level = rdp_level(*identity_.part, value);
  if (level == L4Rdp::level0 || level == L4Rdp::level0_5) return;
  const std::string what =
      level == L4Rdp::level2
          ? "read-out protection level 2: the chip can never be reprogrammed through a debugger"
          : fmt::format(
                "read-out protection level 1: flash cannot be read, erased or written with a debugger "
                "connected; remove it, which erases the whole flash, with: stm32l4x unlock {}, and then "
                "stm32l4x option_load {} or a power cycle",
                config_.name, config_.name);
  throw FlashError(fmt::format("RDP=0x{:02x} ({}=0x{:08x}): {}", L4OPTR::RDP.get(value),
                               identity_.layout->optr_name, value, what),
                   config_.name, controller_.address_of(identity_.layout->optr),
                   std::string(identity_.layout->optr_name), value);
}

// Why sectors `first` … `last` cannot be changed, and what lifts it.
std::string L4Bank::way_out(const L4Area& area, unsigned first, unsigned last) const {
  const std::string who = sectors_words(first, last);
  const std::string& name = config_.name;
  switch (area.kind) {
    case L4Area::Kind::write_protected:
      if (area.permanent) return fmt::format("{} write-protected for ever ({}, UNLOCK = 0)", who, area.name);
      return fmt::format("{} write-protected; clear it with: flash protect {} {} {} off", who, name, first,
                         last);
    case L4Area::Kind::pcrop:
      return fmt::format(
          "{} in the area {} (0x{:08x}-0x{:08x}) that can only be executed; it goes with read-out "
          "protection (PCROP_RDP = 1), which erases the flash: stm32l4x lock {}, stm32l4x "
          "option_load {}, then stm32l4x unlock {}",
          who, area.name, base_ + area.begin, base_ + area.end - 1, name, name, name);
    case L4Area::Kind::securable:
      return fmt::format(
          "{} in the securable area ({}), which firmware has closed until the next reset; try: "
          "reset halt",
          who, area.name);
    case L4Area::Kind::hidden:
      return fmt::format(
          "{} in the hidden area {}, which firmware has closed until the next reset; try: reset "
          "halt",
          who, area.name);
    case L4Area::Kind::second_core:
      return fmt::format(
          "{} in the second core's flash, from 0x{:08x} on; only its own firmware (FUS) can give "
          "it back",
          who, base_ + area.begin);
    case L4Area::Kind::secure:
      return fmt::format(
          "{} secure ({}) and RDP level 0.5 lets only non-secure code be debugged; going to RDP "
          "level 0 erases the flash: stm32l4x trustzone {} disable",
          who, area.name, name);
  }
  return {};
}

// Option bytes that divide the flash in another way than it was when the bank was probed, or that are written
// and not in force yet.
void L4Bank::require_same_division() {
  const std::uint32_t value = optr();
  const L4Geometry now = l4_geometry(*identity_.part, kib_, value, false);
  const bool secure = wants_secure(value);
  if (now.dual_bank == geometry_.dual_bank && now.page_size == geometry_.page_size && secure == as_secure_)
    return;
  throw FlashError(
      fmt::format("{}=0x{:08x}: the flash is divided, or secured, in another way than when {} was "
                  "probed; bring the option bytes into force (stm32l4x option_load {}, or a power "
                  "cycle) and probe again: flash probe {}",
                  identity_.layout->optr_name, value, config_.name, config_.name, config_.name),
      config_.name, controller_.address_of(identity_.layout->optr), std::string(identity_.layout->optr_name),
      value);
}

// The secure alias is for secure accesses; what is linked there does not start from a chip that has none.
void L4Bank::require_reachable(std::uint32_t value) const {
  if (base_ != kSecureFlash || as_secure_) return;
  const bool on = L4OPTR::TZEN.is_set(value);
  throw FlashError(
      fmt::format(
          "TZEN={:d}, RDP level {} ({}=0x{:08x}): 0x{:08x} is the secure alias of the flash, which a "
          "debugger reaches with TZEN=1 and RDP level 0 only; {}",
          on, name_of(rdp_level(*identity_.part, value)), identity_.layout->optr_name, value, base_,
          on ? fmt::format("non-secure pages are changed at 0x{:08x}", kL4MainFlash)
             : fmt::format("TrustZone is switched on with: stm32l4x trustzone {} enable", config_.name)),
      config_.name, base_, std::string(identity_.layout->optr_name), value);
}

void L4Bank::require_allowed(std::span<const FlashStep> steps) {
  require_readable();
  require_same_division();
  const std::uint32_t value = optr();
  require_reachable(value);
  if (rdp_level(*identity_.part, value) == L4Rdp::level0_5) {
    log_.info("RDP = 0x55, the work-area should be in non-secure RAM (check SAU partitioning)");
  }
  for (const L4Area& area : areas()) {
    std::optional<unsigned> first, last;
    for (const FlashStep& step : steps) {
      if (!touches(area, step.sector)) continue;
      if (!first) first = step.sector;
      last = step.sector;
    }
    if (!first) continue;
    throw FlashError(fmt::format("{}=0x{:08x} ({}): {}; nothing was changed", area.register_name, area.raw,
                                 area.name, way_out(area, *first, *last)),
                     config_.name, base_ + sectors_[*first].offset, area.register_name, area.raw);
  }
}

std::string L4Bank::hint(const FlashError& error, unsigned sector) {
  if (error.register_name != controller_.layout().sr_name || !L4SR::WRPERR.is_set(error.raw)) return {};
  for (const L4Area& area : areas()) {
    if (touches(area, sector)) {
      return fmt::format("{}=0x{:08x}: {}", area.register_name, area.raw, way_out(area, sector, sector));
    }
  }
  return {};
}

std::string L4Bank::report() {
  need_probe();
  const std::uint32_t value = optr();
  std::string text = fmt::format(
      "{}\n{} pages of {} KiB{}\nRDP level {} ({}=0x{:08x})", describe(), sectors_.size(),
      geometry_.page_size / 1024, geometry_.bank_offset[0] > geometry_.bank_offset[1] ? ", bank 2 first" : "",
      name_of(rdp_level(*identity_.part, value)), identity_.layout->optr_name, value);
  for (const L4Area& area : areas()) {
    text += fmt::format("\n{} ({}=0x{:08x}): 0x{:08x}-0x{:08x}", area.name, area.register_name, area.raw,
                        base_ + area.begin, base_ + area.end - 1);
  }
  return text;
}

std::vector<bool> L4Bank::protected_pages(unsigned bank) {
  std::vector<bool> pages(geometry_.pages.size());
  for (const L4WrpRegister& row : l4_wrp_registers(*identity_.part, geometry_)) {
    if (row.bank != bank) continue;
    const std::uint32_t value = controller_.read(controller_.layout().wrp[row.index]);
    const auto range = wrp_pages(geometry_, bank, value);
    if (range) std::fill(pages.begin() + range->first, pages.begin() + range->last + 1, true);
  }
  return pages;
}

std::vector<L4PageRange> L4Bank::write_protected(std::optional<unsigned> chip_bank) {
  need_probe();
  if (chip_bank == 1u && !geometry_.dual_bank) {
    throw UsageError(identity_.part->two_banks() ? "this device is configured in single bank mode"
                                                 : "this device has no second bank");
  }
  std::vector<bool> pages(geometry_.pages.size());
  for (unsigned bank = 0; bank < 2; ++bank) {
    if (chip_bank.value_or(bank) != bank) continue;
    const std::vector<bool> of_bank = protected_pages(bank);
    for (std::size_t i = 0; i < pages.size(); ++i) pages[i] = pages[i] || of_bank[i];
  }
  return runs_of(pages);
}

void L4Bank::check_protection() {
  need_probe();
  for (Sector& sector : sectors_) sector.is_protected = false;
  for (const L4PageRange& range : write_protected({})) {
    for (unsigned i = range.first; i <= range.last; ++i) sectors_[i].is_protected = true;
  }
}

void L4Bank::protect_in_bank(unsigned bank, SectorRange range, bool on) {
  std::vector<bool> pages = protected_pages(bank);
  const std::vector<bool> before = pages;
  for (unsigned i = range.first; i <= range.last; ++i) {
    if (geometry_.pages[i].bank == bank) pages[i] = on;
  }
  if (pages == before) return;
  std::vector<L4WrpRegister> registers = l4_wrp_registers(*identity_.part, geometry_);
  std::erase_if(registers, [bank](const L4WrpRegister& row) { return row.bank != bank; });
  const std::vector<L4PageRange> runs = runs_of(pages);
  if (runs.size() > registers.size()) {
    std::string wanted;
    for (const L4PageRange& run : runs) wanted += (wanted.empty() ? "" : " ") + listed(run);
    throw FlashError(fmt::format("cannot set the requested protection (only {} write protection areas are "
                                 "available): {} would be needed",
                                 registers.size(), wanted),
                     config_.name, base_);
  }
  std::vector<L4OptionWrite> writes;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    const unsigned offset = controller_.layout().wrp[registers[i].index];
    const std::uint32_t value = controller_.read(offset);
    const std::uint32_t wanted =
        wrp_value(geometry_, bank, i < runs.size() ? std::optional(runs[i]) : std::nullopt, value);
    if (wanted != value) writes.push_back({offset, wanted});
  }
  if (!writes.empty()) controller_.write_options(writes);
}

void L4Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  check_protection();
  const bool all_so = std::all_of(sectors_.begin() + range.first, sectors_.begin() + range.last + 1,
                                  [on](const Sector& s) { return s.is_protected == on; });
  if (all_so) {
    log_.info("The specified sectors are already {}", on ? "protected" : "unprotected");
    return;
  }
  for (unsigned bank = 0; bank < (geometry_.dual_bank ? 2u : 1u); ++bank) protect_in_bank(bank, range, on);
  check_protection();
}

void L4Bank::change_option(unsigned offset, std::uint32_t value, std::uint32_t mask) {
  const std::uint32_t before = controller_.read(offset);
  const L4OptionWrite write{offset, (before & ~mask) | (value & mask)};
  controller_.write_options({&write, 1});
}

void L4Bank::write_option(unsigned offset, std::uint32_t value, std::uint32_t mask) {
  require_halted();
  need_probe();
  change_option(offset, value, mask);
}

void L4Bank::lock() {
  require_halted();
  need_probe();
  change_option(identity_.layout->optr, kL4Rdp1, L4OPTR::RDP.mask());
}

// Option bytes can be changed while the core runs, and have to where it cannot be halted: in Secure code,
// once the read-out level has closed that to the debugger.
void L4Bank::require_halted_where_possible() {
  need_probe();
  const std::uint32_t value = optr();
  const bool secure = identity_.part->trust_zone && L4OPTR::TZEN.is_set(value);
  if (!secure || rdp_level(*identity_.part, value) == L4Rdp::level0) require_halted();
}

void L4Bank::unlock() {
  require_halted_where_possible();
  if (rdp_level(*identity_.part, optr()) == L4Rdp::level2) require_readable();
  change_option(identity_.layout->optr, kL4Rdp0, L4OPTR::RDP.mask());
}

void L4Bank::load_options() {
  need_probe();
  options_.load();
}

bool L4Bank::has_trust_zone() {
  need_probe();
  return identity_.part->trust_zone;
}

bool L4Bank::trust_zone_enabled() { return has_trust_zone() && L4OPTR::TZEN.is_set(optr()); }

void L4Bank::enable_trust_zone(bool on) {
  require_halted_where_possible();
  const L4Rdp level = rdp_level(*identity_.part, optr());
  const unsigned offset = identity_.layout->optr;
  if (on) {
    if (level != L4Rdp::level0) throw UsageError("TZEN can be set only when RDP level is 0");
    change_option(offset, L4OPTR::TZEN.mask(), L4OPTR::TZEN.mask());
  } else {
    if (level != L4Rdp::level1 && level != L4Rdp::level0_5) {
      throw UsageError("Deactivation of TZEN is only possible when the RDP is changing to level 0");
    }
    change_option(offset, kL4Rdp0, L4OPTR::RDP.mask() | L4OPTR::TZEN.mask());
  }
  load_options();
}

}  // namespace probity::stm32
