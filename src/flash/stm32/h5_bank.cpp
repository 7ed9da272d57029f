#include "flash/stm32/h5_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

constexpr Field kTzen{"TZEN", 24, 8}, kProductState{"PRODUCT_STATE", 8, 8};
// A bit a sector.
constexpr unsigned kBlockBits = 32;

}  // namespace

// Secure debug goes with product state OPEN; in those behind it, the debugger has the non-secure side
// (RM0481, "product states and debug").
Security H5Bank::look_at_security(const H5Part& part) {
  MemPort& memory = target_.memory();
  if (!part.trustzone || kTzen.get(memory.read32(kOptsr2Cur)) != kTzenOn) return Security::off;
  return kProductState.get(memory.read32(kOptsrCur)) == kOpen ? Security::secure : Security::non_secure;
}

void H5Bank::identify() {
  WideWordIdentity identity = identify_wide_word(target_, kH5Family, config_.name);
  const H5Part& part = *find_h5_part(identity.part->device_id);
  if (base_ != kNonSecureFlash && base_ != kSecureFlash) {
    throw FlashError(
        fmt::format("the flash of an STM32H5 begins at 0x{:08x}, its secure alias at 0x{:08x}; the "
                    "configuration says 0x{:08x}",
                    kNonSecureFlash, kSecureFlash, base_),
        config_.name, base_);
  }
  log_.info("device idcode = 0x{:08x} ({})", identity.idcode, describe_wide_word(identity));
  const unsigned kib = read_kib(part);
  const bool swapped = kSwapBank.is_set(target_.memory().read32(kOptcr));
  security_ = look_at_security(part);
  part_ = h5_part_as(part, security_);
  identity.part = &part_;
  set_up(identity, kib * 1024, h5_geometry(kib, swapped), h5_option_rows(part));
}

std::string H5Bank::describe() {
  const std::string text = WideWordBank::describe();
  if (security_ == Security::off) return text;
  std::string areas = secure_areas();
  return fmt::format("{} - TrustZone: secure sectors {}; changed through the {}", text,
                     areas.empty() ? "none" : areas,
                     security_ == Security::secure ? "secure registers" : "non-secure registers");
}

// By watermark, and sector by sector until the next reset. Sectors count within their chip bank, as the
// fields do.
std::string H5Bank::secure_areas() {
  const SecureAccess access(target_.memory(), security_ == Security::secure);
  const Address alias = security_ == Security::secure ? kSecureAlias : 0;
  const unsigned per_bank = static_cast<unsigned>(sectors_.size()) / 2;
  std::string text;
  const auto add = [&](unsigned bank, unsigned first, unsigned last, std::string_view by) {
    text += fmt::format("{}{}-{} of bank {} ({}{})", text.empty() ? "" : ", ", first, last, bank + 1, by,
                        bank + 1);
  };
  constexpr Field kFirst{"SECWM_STRT", 0, 7}, kLast{"SECWM_END", 16, 7};
  for (unsigned bank = 0; bank < 2; ++bank) {
    const std::uint32_t marks = target_.memory().read32(kSecwmCur + alias + bank * kBank2Step);
    if (kFirst.get(marks) <= kLast.get(marks)) {
      add(bank, kFirst.get(marks), std::min(kLast.get(marks), per_bank - 1), "SECWM");
    }
    const Address blocks = (bank == 0 ? kSecbb1 : kSecbb2) - kSecureAlias + alias;
    for (unsigned first = 0; first < per_bank; first += kBlockBits) {
      const std::uint32_t word = target_.memory().read32(blocks + first / kBlockBits * 4);
      for (unsigned bit = 0; bit < kBlockBits && word >> bit != 0; ++bit) {
        if (!Field{"SECBB", bit}.is_set(word)) continue;
        unsigned end = bit;
        while (end + 1 < kBlockBits && Field{"SECBB", end + 1}.is_set(word)) ++end;
        add(bank, first + bit, first + end, "SECBB");
        bit = end;
      }
    }
  }
  return text;
}

std::optional<Address> H5Bank::watchdog() const { return kIwdgKr; }

Address H5Bank::option_base() const { return kRegisters; }

}  // namespace probity::stm32
