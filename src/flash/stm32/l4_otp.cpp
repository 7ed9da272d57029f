#include "flash/stm32/l4_otp.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity::stm32 {

L4OtpBank::L4OtpBank(FlashBankConfig config, const L4Otp& area, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log),
      area_(area),
      controller_(target.memory(), clock, config_.name) {
  base_ = area_.base;
}

void L4OtpBank::refuse(const std::string& what) const { throw FlashError(what, config_.name, base_); }

void L4OtpBank::probe(bool force) {
  if (probed_ && !force) return;
  identity_ = identify_l4(target_, config_.name);
  if (identity_.part->otp != base_) {
    refuse(fmt::format("0x{:08x} is no OTP area of {}: its own is at 0x{:08x}", base_, identity_.part->name,
                       identity_.part->otp));
  }
  granule_ = identity_.part->granule;
  controller_.configure(*identity_.part, *identity_.layout, {}, base_, Security::off);
  size_ = area_.size;
  sectors_.assign(1, {0, size_, {}, {}});
  log_.info("OTP size is {} bytes, base address is 0x{:08x}", size_, base_);
  probed_ = true;
}

std::string L4OtpBank::describe() {
  if (!probed_) probe();
  return fmt::format("{} - OTP-bank", describe_l4(identity_));
}

void L4OtpBank::erase(SectorRange) { refuse("cannot erase OTP memory"); }
void L4OtpBank::mass_erase() { refuse("cannot erase OTP memory"); }
void L4OtpBank::lock() { refuse("cannot lock/unlock OTP memory"); }
void L4OtpBank::unlock() { refuse("cannot lock/unlock OTP memory"); }
void L4OtpBank::protect(SectorRange, bool) { refuse("cannot protect/unprotect OTP memory"); }

void L4OtpBank::check_protection() {
  if (!probed_) probe();
  sectors_.front().is_protected = !writes_enabled();
}

void L4OtpBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  if (!probed_) probe();
  if (!writes_enabled()) {
    refuse(
        fmt::format("OTP memory is disabled for write commands. It can be written only once; to allow it: "
                    "stm32l4x otp {} enable",
                    config_.name));
  }
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    refuse(fmt::format("{} bytes at offset 0x{:x} lie beyond the end of the OTP area (0x{:x} bytes)",
                       data.size(), offset, size_));
  }
  if (offset % granule_ != 0 || data.size() % granule_ != 0) {
    refuse(fmt::format(
        "OTP memory is written in units of {} bytes: {} bytes at offset 0x{:x} are not whole ones", granule_,
        data.size(), offset));
  }
  const OpenFlash open(controller_);
  controller_.program(base_ + offset, data);
}

}  // namespace probity::stm32
