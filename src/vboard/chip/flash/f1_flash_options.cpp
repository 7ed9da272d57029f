// The option bytes' half of the flash interface of F0, F1 and F3: RM0091 3.3, 4; PM0075 2.3.5, 2.4, 2.5.
#include <algorithm>

#include "vboard/chip/flash/f1_flash.hpp"
#include "vboard/chip/flash/f1_flash_registers.hpp"

namespace probity::vboard {

using namespace f1_flash_reg;

namespace {

constexpr std::uint32_t kErasedWord = 0xFFFFFFFF;
constexpr std::uint32_t kOpenF1 = 0xA5, kLevel0 = 0xAA, kLevel2 = 0xCC;  // RDP
constexpr Field kReadProtection{"RDP, nRDP", 0, 16}, WDG_SW{"WDG_SW", 0};
enum : std::size_t { kRdpUser, kData, kWrp01, kWrp23 };

// A byte whose complement does not fit counts as 0xFF (RM0091 4), unless both are erased.
struct LoadedByte {
  std::uint32_t value;
  bool error;
};
LoadedByte loaded_byte(std::uint32_t word, Field byte, Field complement) {
  const std::uint32_t value = byte.get(word), other = complement.get(word);
  const bool error = (value ^ other) != 0xFF && (value & other) != 0xFF;
  return {error ? 0xFF : value, error};
}
LoadedByte first_byte(std::uint32_t word) { return loaded_byte(word, kFirst, kFirstComplement); }
LoadedByte second_byte(std::uint32_t word) { return loaded_byte(word, kSecond, kSecondComplement); }

std::uint32_t with_complement(std::uint32_t value) { return kFirst.of(value) | kFirstComplement.of(~value); }

}  // namespace

void F1Flash::load_options() {
  for (std::size_t i = 0; i < loaded_.size(); ++i) loaded_[i] = memory_.option(kF1OptionWords[i]);
  const std::uint32_t protection = kReadProtection.get(loaded_[kRdpUser]);
  const bool open = protection == with_complement(line_.rdp_levels ? kLevel0 : kOpenF1);
  const bool sealed = line_.rdp_levels && protection == with_complement(kLevel2);
  rdp_level_ = open ? 0 : sealed ? 2 : 1;
}

bool F1Flash::watchdog_in_hardware() const { return !WDG_SW.is_set(second_byte(loaded_[kRdpUser]).value); }

// RM0091 3.5.7; PM0075 3.7 for F1, whose unused bits 9:6 read 1.
std::uint32_t F1Flash::option_register() const {
  constexpr Field kLevelF0{"RDPRT", 1, 2}, kUserF0{"USER", 8, 8}, kData0F0{"Data0", 16, 8},
      kData1F0{"Data1", 24, 8};
  constexpr Field kLevelF1{"RDPRT", 1}, kUserF1{"USER", 2, 8}, kData0F1{"Data0", 10, 8},
      kData1F1{"Data1", 18, 8};
  const bool error = std::any_of(loaded_.begin(), loaded_.end(), [](std::uint32_t word) {
    return first_byte(word).error || second_byte(word).error;
  });
  const std::uint32_t user = second_byte(loaded_[kRdpUser]).value;
  const std::uint32_t data0 = first_byte(loaded_[kData]).value, data1 = second_byte(loaded_[kData]).value;
  if (!line_.rdp_levels) {
    return OPTERR.of(error) | kLevelF1.of(rdp_level_) | kUserF1.of(user) | kData0F1.of(data0) |
           kData1F1.of(data1);
  }
  constexpr std::array<std::uint32_t, 3> kLevelBits{0b00, 0b01, 0b11};
  return OPTERR.of(error) | kLevelF0.of(kLevelBits[rdp_level_]) | kUserF0.of(user) | kData0F0.of(data0) |
         kData1F0.of(data1);
}

// FLASH_WRPR: 0 protects.
std::uint32_t F1Flash::write_protection() const {
  const Field byte0{"WRP0", 0, 8}, byte1{"WRP1", 8, 8}, byte2{"WRP2", 16, 8}, byte3{"WRP3", 24, 8};
  return byte0.of(first_byte(loaded_[kWrp01]).value) | byte1.of(second_byte(loaded_[kWrp01]).value) |
         byte2.of(first_byte(loaded_[kWrp23]).value) | byte3.of(second_byte(loaded_[kWrp23]).value);
}

// All of the area, RDP included, which protects from the next load on. Not at level 2 (RM0091 3.3.1).
void F1Flash::erase_options(Bank& bank) {
  if (!option_key_.open() || rdp_level_ == 2) return refuse(bank, WRPRTERR.mask());
  bank.cr |= STRT.mask();
  FlashOperation operation;
  operation.done = [this] {
    for (std::string_view name : kF1OptionWords) memory_.set_option(name, kErasedWord);
  };
  start(bank, std::move(operation), line_.erase_time);
}

// An option byte that is not erased, and RDP at level 2, are a write protection error (RM0091 3.2.2, 3.3.1).
bool F1Flash::option_programmable(Bank& bank, std::uint32_t offset) {
  constexpr std::uint32_t kErasedHalf = 0xFFFF;
  const std::uint32_t others = PG.mask() | PER.mask() | MER.mask() | OPTER.mask();
  const bool chosen =
      bank.key.open() && option_key_.open() && OPTPG.is_set(bank.cr) && (bank.cr & others) == 0;
  const std::uint32_t word = memory_.option(kF1OptionWords[offset / 4]);
  const bool erased = Lanes::of(offset, 2).extract(word) == kErasedHalf;
  return chosen && erased && (offset != 0 || rdp_level_ != 2);
}

// The low byte counts, the interface makes its complement. Taking the read protection away erases the main
// flash first (RM0091 3.3.1, PM0075 2.3.5).
BusStatus F1Flash::write_option_area(std::uint32_t offset, unsigned size, std::uint32_t value) {
  Bank& bank = banks_.front();
  if (bank.engine.busy()) return BusStatus::stalled;
  if (size != 2) {
    refuse(bank, 0);
    return BusStatus::error;
  }
  if (!option_programmable(bank, offset)) {
    refuse(bank, WRPRTERR.mask());
    return BusStatus::ok;
  }
  FlashOperation operation;
  Nanoseconds duration = line_.program_time;
  const bool opens = offset == 0 && kFirst.get(value) == (line_.rdp_levels ? kLevel0 : kOpenF1);
  if (opens && rdp_level_ == 1) {
    operation.erased = {{0, all()}};
    duration += line_.erase_time;
  }
  operation.done = [this, offset, pair = with_complement(value)] {
    const Lanes lanes = Lanes::of(offset, 2);
    const std::string_view name = kF1OptionWords[offset / 4];
    memory_.set_option(name, lanes.merge(memory_.option(name), lanes.place(pair)));
  };
  start(bank, std::move(operation), duration);
  return BusStatus::ok;
}

BusStatus F1Flash::read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (stalls(0, 1)) return BusStatus::stalled;
  value = Lanes::of(offset, size).extract(memory_.option(kF1OptionWords[offset / 4]));
  return BusStatus::ok;
}

}  // namespace probity::vboard
