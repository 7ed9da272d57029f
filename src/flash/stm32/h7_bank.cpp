#include "flash/stm32/h7_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

using namespace h7;

H7Bank::H7Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : WideWordBank(std::move(config), target, clock, log) {
  if (base_ == kH7Bank2) which_ = ChipBanks::second;
}

void H7Bank::meet(std::span<FlashBank* const> banks) {
  if (which_ == ChipBanks::second) return;
  const bool second_declared = std::ranges::any_of(banks, [&](const FlashBank* other) {
    return other->config().driver == config_.driver && other->config().base == kH7Bank2;
  });
  which_ = second_declared ? ChipBanks::first : ChipBanks::both;
}

void H7Bank::require_known_base(bool two_banks) const {
  const Address wanted = config_.base != 0 ? config_.base : kH7Bank1;
  if (wanted == kH7Bank2 && !two_banks) {
    throw FlashError("this device has a single bank only", config_.name, wanted);
  }
  if (wanted == kH7Bank1 || wanted == kH7Bank2) return;
  throw FlashError(
      fmt::format("STM32H7 flash bank base address config is incorrect. 0x{:08x} but should {}be 0x{:x}{}",
                  wanted, two_banks ? "rather " : "", kH7Bank1,
                  two_banks ? fmt::format(" or 0x{:x}", kH7Bank2) : ""),
      config_.name, wanted);
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
  const WideWordIdentity identity = identify_wide_word(target_, kH7Family, config_.name);
  const H7Part& part = *find_h7_part(identity.part->device_id);
  log_.debug("device id = 0x{:08x}", identity.idcode);
  log_.info("Device: {}", part.name);
  const unsigned kib = read_kib(part);
  const bool two_banks = h7_has_two_banks(part, kib);
  require_known_base(two_banks);
  tell_banks(two_banks, kib);
  H7Geometry geometry = h7_geometry(part, kib, which_);
  base_ = geometry.base;
  set_up(identity, geometry.span, std::move(geometry.sectors),
         part.option_rows(part, two_banks, has_second_core(part)));
}

// Parts with one and with two cores share an id. Only the latter have boot addresses for the second one.
bool H7Bank::has_second_core(const H7Part& part) {
  if (!part.second_core) return false;
  try {
    return target_.memory().read32(kBoot4Cur) != 0;
  } catch (const MemoryFault&) {
    return false;
  }
}

std::optional<Address> H7Bank::watchdog() const { return kIwdg1Kr; }

Address H7Bank::option_base() const { return kRegisters + (which_ == ChipBanks::second ? kBankStep : 0); }

}  // namespace probity::stm32
