// The option bytes' half of the flash interface of L0 and L1: RM0367 3.4, 3.8; RM0038 3.7, 3.8.
#include <algorithm>

#include "vboard/chip/flash/lx_flash.hpp"
#include "vboard/chip/flash/lx_flash_registers.hpp"

namespace probity::vboard {

using namespace lx_flash_reg;

namespace {

constexpr std::uint32_t kLevel0 = 0xAA, kLevel2 = 0xCC;
constexpr std::uint32_t kSectorSize = 4096, kSectorsPerRegister = 32;
constexpr std::uint32_t kSecondArea = 0x80;  // of the words from kWordsInFirstArea on
constexpr std::size_t kRdp = 0, kUser = 1, kFirstProtection = 2, kWordsInFirstArea = 8;
// An option word takes an erase and a programming (STM32L053 data sheet table 43).
constexpr Microseconds kOptionTime{2 * 3280};

bool complement_fits(std::uint32_t word) { return kComplement.get(word) == kValue.get(~word); }

unsigned level_of(std::uint32_t rdp_value) {
  return RDPRT.get(rdp_value) == kLevel0 ? 0 : RDPRT.get(rdp_value) == kLevel2 ? 2 : 1;
}

}  // namespace

// A word whose complement does not fit counts as the safe side: level 1, the factory's user bits, all sectors
// protected.
void LxFlash::load_options() {
  option_error_ = false;
  for (std::size_t i = 0; i < line_.option_words; ++i) {
    const std::uint32_t word = memory_.option(kLxOptionWords[i]);
    const std::uint32_t safe = i == kRdp ? 0 : i == kUser ? line_.user_factory : kValue.mask();
    loaded_[i] = complement_fits(word) ? kValue.get(word) : safe;
    option_error_ = option_error_ || !complement_fits(word);
  }
  rdp_level_ = level_of(loaded_[kRdp]);
}

bool LxFlash::watchdog_in_hardware() const { return !IWDG_SW.is_set(loaded_[kUser]); }

std::uint32_t LxFlash::option_register() const {
  return kValue.of(loaded_[kRdp]) | kComplement.of(loaded_[kUser]);
}

// WRPR1 …: two option words each, as far as the line has them.
std::optional<std::uint32_t> LxFlash::protection_register(std::uint32_t offset) const {
  constexpr std::array<std::uint32_t, 4> kRegisters{WRPR1, WRPR2, WRPR3, WRPR4};
  const auto found = std::find(kRegisters.begin(), kRegisters.end(), offset);
  const auto word = kFirstProtection + 2 * static_cast<std::size_t>(found - kRegisters.begin());
  if (found == kRegisters.end() || word >= line_.option_words) return {};
  return kValue.of(loaded_[word]) | kComplement.of(loaded_[word + 1]);
}

bool LxFlash::sector_bit(std::uint32_t offset) const {
  const std::uint32_t sector = offset / kSectorSize;
  const std::size_t word = kFirstProtection + 2 * (sector / kSectorsPerRegister) + sector / 16 % 2;
  return word < line_.option_words && Field{"WRP", sector % 16}.is_set(loaded_[word]);
}

// A bit protects its sector from being written; with SPRMOD its absence makes the sector proprietary code,
// which is neither written nor read (RM0367 3.4.3, RM0038 3.7.4).
bool LxFlash::write_protected(std::uint32_t offset) const {
  return SPRMOD.is_set(loaded_[kRdp]) != sector_bit(offset);
}
bool LxFlash::readout_protected(std::uint32_t offset) const {
  return SPRMOD.is_set(loaded_[kRdp]) && !sector_bit(offset);
}

std::optional<std::size_t> LxFlash::option_word_at(std::uint32_t offset) const {
  const std::size_t word = offset < kSecondArea ? offset / 4 : kWordsInFirstArea + (offset - kSecondArea) / 4;
  if (word >= line_.option_words || (offset < kSecondArea && word >= kWordsInFirstArea)) return {};
  return word;
}

BusStatus LxFlash::read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  const auto word = option_word_at(offset);
  value = word ? Lanes::of(offset, size).extract(memory_.option(kLxOptionWords[*word])) : 0;
  return BusStatus::ok;
}

// Words only, complement and all; what is there is erased by the way. Level 2 is for ever. Level 0 after any
// other, be it in force or only stored, erases flash and EEPROM first (RM0367 3.4.1; OpenOCD 0.12.0's
// mass_erase stores both levels without a load between).
BusStatus LxFlash::write_option_area(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  const auto word = option_word_at(offset);
  if (!option_key_.open() || !word || rdp_level_ == 2) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  if (size != 4) {
    refuse(SIZERR.mask());
    return BusStatus::ok;
  }
  FlashOperation operation;
  const bool stored_level_0 = level_of(memory_.option(kLxOptionWords[kRdp])) == 0;
  const bool opens = *word == kRdp && level_of(value) == 0 && (rdp_level_ != 0 || !stored_level_0);
  if (opens) operation.erased = {{0, all()}};
  operation.done = [this, name = kLxOptionWords[*word], value, opens] {
    memory_.set_option(name, value);
    if (opens) std::fill(memory_.otp.begin(), memory_.otp.end(), std::uint8_t{0});
  };
  start(engine_, std::move(operation), {0, all()}, kOptionTime);
  return BusStatus::ok;
}

}  // namespace probity::vboard
