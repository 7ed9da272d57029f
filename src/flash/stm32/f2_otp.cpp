#include "flash/stm32/f2_otp.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "flash/stm32/f2_identity.hpp"

namespace probity::stm32 {

namespace {
constexpr std::uint8_t kLocked = 0x00;  // a lock byte; 0xFF: open (RM0090)
}  // namespace

F2OtpBank::F2OtpBank(FlashBankConfig config, const F2Otp& area, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log),
      area_(area),
      controller_(target, clock, log, config_.name) {
  base_ = area_.base;
}

void F2OtpBank::refuse(const std::string& what) const { throw FlashError(what, config_.name, base_); }

void F2OtpBank::require_writes() const {
  if (writes_enabled()) return;
  refuse(
      fmt::format("OTP memory bank is disabled for write commands. It can be written only once; to allow it: "
                  "stm32f2x otp {} enable",
                  config_.name));
}

void F2OtpBank::probe(bool force) {
  if (probed_ && !force) return;
  sectors_.clear();
  for (unsigned i = 0; i < area_.blocks; ++i)
    sectors_.push_back({i * area_.block_size, area_.block_size, {}, {}});
  size_ = area_.blocks * area_.block_size;
  log_.info("flash size = {} bytes", size_);
  probed_ = true;
}

std::string F2OtpBank::describe() { return describe_f2(identify_f2(target_, config_.name)); }

void F2OtpBank::erase(SectorRange) { refuse("Cannot erase OTP memory"); }
void F2OtpBank::mass_erase() { refuse("Cannot erase OTP memory"); }
void F2OtpBank::lock() { refuse("read-out protection belongs to the main flash bank, not to the OTP area"); }
void F2OtpBank::unlock() { lock(); }

void F2OtpBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  if (!probed_) probe();
  require_writes();
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    refuse(fmt::format("{} bytes at offset 0x{:x} lie beyond the end of the OTP area (0x{:x} bytes)",
                       data.size(), offset, size_));
  }
  check_protection();
  const auto last = static_cast<std::uint32_t>((offset + data.size() - 1) / area_.block_size);
  for (std::uint32_t block = offset / area_.block_size; block <= last; ++block) {
    if (*sectors_[block].is_protected) refuse(fmt::format("OTP block {} is locked for ever", block));
  }
  const OpenFlash open(controller_);
  controller_.program(base_ + offset, data, ProgramWidth::x8);
}

void F2OtpBank::check_protection() {
  if (!probed_) probe();
  Bytes locks(area_.blocks);
  target_.memory().read_bytes(area_.locks, locks);
  for (unsigned i = 0; i < area_.blocks; ++i) sectors_[i].is_protected = locks[i] == kLocked;
}

void F2OtpBank::protect(SectorRange range, bool on) {
  require_halted();
  if (!probed_) probe();
  require(range, sectors_, "block");
  if (!on) refuse("OTP blocks cannot be unlocked once they are locked");
  require_writes();
  const Bytes locks(range.last - range.first + 1, kLocked);
  {
    const OpenFlash open(controller_);
    controller_.program(area_.locks + range.first, locks, ProgramWidth::x8);
  }
  check_protection();
}

}  // namespace probity::stm32
