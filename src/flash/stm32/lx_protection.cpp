// What the option bytes of an STM32 L0/L1 forbid, and the commands that change them.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/lx_bank.hpp"
#include "flash/stm32/lx_registers.hpp"

namespace probity::stm32 {

namespace {

// Anything that is neither level 0 nor 2; the value that OpenOCD 0.12.0 writes.
constexpr std::uint8_t kRdpForLevel1 = 0x00;
constexpr unsigned kBitsPerRegister = 32;

constexpr Address kDemcr = 0xE000EDFC;  // Armv7-M ARM C1.6.5; Armv6-M has the bit, too
constexpr Field kVcCorereset{"VC_CORERESET", 0};

bool bit_of(const std::vector<std::uint32_t>& options, unsigned bit) {
  return Field{"WRP", bit % kBitsPerRegister}.is_set(options.at(LxOptions::kWrp1 + bit / kBitsPerRegister));
}

bool pcrop_mode(const LxPart& part, const std::vector<std::uint32_t>& options) {
  return part.pcrop && lx::OPTR::WPRMOD.is_set(options[LxOptions::kOptr]);
}

}  // namespace

// They count 4 KiB each from 0x08000000, holes included (OB_WRP_* of ST's HAL headers).
unsigned LxBank::protection_bit(unsigned sector) const {
  return (base_ - lx::kMainFlash + sectors_[sector].offset) / lx::kSectorSize;
}

void LxBank::fail_read_protected(std::uint32_t optr) {
  const std::string what =
      lx_rdp_level(optr) == 2
          ? std::string("level 2: the chip can never be reprogrammed through a debugger")
          : fmt::format(
                "level 1: flash cannot be read, erased or written with a debugger connected; remove it, "
                "which erases flash and data EEPROM, with: stm32lx unlock {} and then stm32lx "
                "option_load {}, or a power cycle",
                config_.name, config_.name);
  const std::string_view name = part_->layout->option_register;
  throw FlashError(fmt::format("RDP ({}=0x{:08x}): read-out protection {}", name, optr, what), config_.name,
                   part_->layout->base + lx::kOptr, std::string(name), optr);
}

// The bank's sectors that are write-protected, or in an area that can only be executed.
std::vector<unsigned> LxBank::forbidden(const std::vector<std::uint32_t>& options) const {
  const bool pcrop = pcrop_mode(*part_, options);
  std::vector<unsigned> sectors;
  for (unsigned s = 0; s < sectors_.size(); ++s) {
    if (bit_of(options, protection_bit(s)) != pcrop) sectors.push_back(s);
  }
  return sectors;
}

// `now`: the options in force, `sectors`: those of the job that they forbid.
std::string LxBank::protection_hint(const std::vector<std::uint32_t>& now,
                                    const std::vector<unsigned>& sectors) {
  const std::string& name = config_.name;
  if (pcrop_mode(*part_, now)) {
    return fmt::format(
        "sector {} is in an area that can only be executed (PCROP, {}=1); it goes with read-out protection, "
        "which erases flash and data EEPROM: stm32lx mass_erase {}",
        sectors.front(), part_->layout->pcrop_bit, name);
  }
  const std::vector<unsigned> next = forbidden(options_.programmed());
  const bool lifted =
      std::ranges::none_of(sectors, [&](unsigned s) { return std::ranges::find(next, s) != next.end(); });
  const std::string load = fmt::format("stm32lx option_load {}, or a power cycle", name);
  const std::string text = write_protected_words(sectors);
  if (lifted) {
    return fmt::format("{}; the option bytes have it off already, which comes into force with: {}", text,
                       load);
  }
  return fmt::format("{}; clear it with: {} and then {}", text, unprotect_command(sectors), load);
}

void LxBank::require_allowed(std::span<const FlashStep> steps) {
  const std::vector<std::uint32_t> now = options_.read();
  if (lx_rdp_level(now[LxOptions::kOptr]) != 0) fail_read_protected(now[LxOptions::kOptr]);
  std::vector<unsigned> sectors;
  for (const unsigned s : forbidden(now)) {
    if (std::ranges::find(steps, s, &FlashStep::sector) != steps.end()) sectors.push_back(s);
  }
  if (sectors.empty()) return;
  const unsigned reg = LxOptions::kWrp1 + protection_bit(sectors.front()) / kBitsPerRegister;
  const std::string register_name(options_.registers()[reg].name);
  throw FlashError(fmt::format("{}=0x{:08x}: {}; nothing was changed", register_name, now[reg],
                               protection_hint(now, sectors)),
                   config_.name, base_ + sectors_[sectors.front()].offset, register_name, now[reg]);
}

std::string LxBank::hint(const FlashError& error, unsigned sector) {
  if (error.register_name != "FLASH_SR" || !lx::SR::WRPERR.is_set(error.raw)) return {};
  const std::vector<std::uint32_t> now = options_.read();
  const std::vector<unsigned> all = forbidden(now);
  return std::ranges::find(all, sector) == all.end() ? std::string{} : protection_hint(now, {sector});
}

void LxBank::check_protection() {
  need_probe();
  const std::vector<std::uint32_t> now = options_.read();
  for (Sector& sector : sectors_) sector.is_protected = false;
  for (const unsigned s : forbidden(now)) sectors_[s].is_protected = true;
}

void LxBank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  std::vector<std::uint32_t> values = options_.programmed();
  if (pcrop_mode(*part_, values)) {
    throw UsageError(
        fmt::format("{}=1: the write protection bits select areas that can only be executed; "
                    "option write changes them",
                    part_->layout->pcrop_bit));
  }
  for (unsigned s = range.first; s <= range.last; ++s) {
    const unsigned bit = protection_bit(s);
    std::uint32_t& value = values.at(LxOptions::kWrp1 + bit / kBitsPerRegister);
    value = Field{"WRP", bit % kBitsPerRegister}.set(value, on ? 1 : 0);
  }
  options_.write(values);
  log_.info(
      "write protection {} in the option bytes; it comes into force with: stm32lx option_load {}, or a "
      "power cycle",
      on ? "set" : "cleared", config_.name);
  check_protection();
}

// Leaving level 1 takes PCROP with it, which nothing else does. The chip keeps the bits that chose its
// sectors, and would take them for write protection (RM0367 3.4.4).
void LxBank::set_rdp(std::uint8_t rdp) {
  std::vector<std::uint32_t> values = options_.programmed();
  const bool leaving = rdp == lx::kRdpLevel0 && lx_rdp_level(options_.read()[LxOptions::kOptr]) == 1;
  if (leaving && pcrop_mode(*part_, values)) {
    std::fill(values.begin() + LxOptions::kWrp1, values.end(), 0);
    values[LxOptions::kOptr] = lx::OPTR::WPRMOD.set(values[LxOptions::kOptr], 0);
  }
  values[LxOptions::kOptr] = lx::OPTR::RDPROT.set(values[LxOptions::kOptr], rdp);
  options_.write(values);
}

void LxBank::lock() {
  require_halted();
  need_probe();
  set_rdp(kRdpForLevel1);
}

void LxBank::unlock() {
  require_halted();
  need_probe();
  const std::uint32_t optr = options_.read()[LxOptions::kOptr];
  if (lx_rdp_level(optr) == 2) fail_read_protected(optr);
  set_rdp(lx::kRdpLevel0);
}

void LxBank::load_options() {
  need_probe();
  options_.load();
}

// Stopped at its reset vector: what it would find in a flash that is blank or cannot be read is a lock-up.
void LxBank::load_and_halt() {
  MemPort& memory = target_.memory();
  memory.write32(kDemcr, kVcCorereset.set(memory.read32(kDemcr), 1));
  options_.load();
  target_.assert_reset(true);
  target_.deassert_reset(true);
  need_probe();
}

void LxBank::erase_device() {
  require_halted();
  need_probe();
  const std::uint32_t optr = options_.read()[LxOptions::kOptr];
  if (lx_rdp_level(optr) == 2) fail_read_protected(optr);
  if (lx_rdp_level(optr) == 0) {
    set_rdp(kRdpForLevel1);
    load_and_halt();
  }
  set_rdp(lx::kRdpLevel0);
  load_and_halt();
  const std::uint32_t now = options_.read()[LxOptions::kOptr];
  if (lx_rdp_level(now) != 0) {
    const std::string_view name = part_->layout->option_register;
    throw FlashError(
        fmt::format("{}=0x{:08x}: read-out protection did not go, so nothing was erased; try a power "
                    "cycle",
                    name, now),
        config_.name, part_->layout->base + lx::kOptr, std::string(name), now);
  }
}

}  // namespace probity::stm32
