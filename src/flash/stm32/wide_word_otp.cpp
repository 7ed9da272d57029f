#include "flash/stm32/wide_word_otp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint16_t kErased = 0xFFFF;
constexpr std::uint32_t kUnit = 2;  // bytes that are written at once

}  // namespace

WideWordOtpBank::WideWordOtpBank(FlashBankConfig config, const WideWordFamily& family, Target& target,
                                 Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log), family_(family) {
  base_ = kOtpBase;
}

void WideWordOtpBank::refuse(const std::string& what) const { throw FlashError(what, config_.name, base_); }

void WideWordOtpBank::require_writes() const {
  if (writes_enabled()) return;
  refuse(
      fmt::format("OTP memory is disabled for write commands. It can be written only once; to allow it: "
                  "{} otp {} enable",
                  family_.driver, config_.name));
}

void WideWordOtpBank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  identity_ = identify_wide_word(target_, family_, config_.name);
  const WideWordPart& part = *identity_.part;
  if (part.otp == nullptr) refuse(fmt::format("{} has no one-time programmable area", part.name));
  const OtpArea& area = *part.otp;
  size_ = area.blocks * area.block_size;
  sectors_.clear();
  for (unsigned i = 0; i < area.blocks; ++i) {
    sectors_.push_back({i * area.block_size, area.block_size, {}, {}});
  }
  interface_ = std::make_unique<H7Interface>(target_.memory(), clock_, config_.name, *part.layout,
                                             std::vector<H7Place>{{base_, 0, 0}});
  locks_ = std::make_unique<H7OptionBytes>(target_.memory(), clock_, config_.name, part.rules->option_control,
                                           std::vector<OptionRegister>{area.lock_register},
                                           std::vector<OptionField>{area.locks},
                                           2 * part.layout->bank_erase_limit);
  log_.info("OTP size is {} bytes, base address is 0x{:08x}", size_, base_);
  probed_ = true;
}

std::string WideWordOtpBank::describe() {
  if (!probed_) probe();
  return fmt::format("{} - OTP-bank", describe_wide_word(identity_));
}

void WideWordOtpBank::erase(SectorRange) { refuse("cannot erase OTP memory"); }
void WideWordOtpBank::mass_erase() { refuse("cannot erase OTP memory"); }
void WideWordOtpBank::lock() { refuse("cannot lock/unlock OTP memory"); }
void WideWordOtpBank::unlock() { refuse("cannot lock/unlock OTP memory"); }

// A half-word that was never written has no valid ECC on some: the bus refuses it, and with it the block.
void WideWordOtpBank::read(std::uint32_t offset, ByteSpan data) {
  try {
    FlashBank::read(offset, data);
    return;
  } catch (const MemoryFault&) {
    log_.debug("{}: reading half-word by half-word", config_.name);
  }
  for (std::uint32_t at = offset / kUnit * kUnit; at < offset + data.size(); at += kUnit) {
    std::array<std::uint8_t, kUnit> unit{0xFF, 0xFF};
    try {
      store_le16(unit, 0, target_.memory().read16(base_ + at));
    } catch (const MemoryFault&) {
      // Reads as erased.
    }
    for (std::uint32_t i = 0; i < kUnit; ++i) {
      if (at + i >= offset && at + i < offset + data.size()) data[at + i - offset] = unit[i];
    }
  }
}

std::vector<std::uint32_t> WideWordOtpBank::to_write(std::uint32_t offset, ByteView data) {
  Bytes now(data.size());
  read(offset, now);
  std::vector<std::uint32_t> offsets;
  for (std::uint32_t at = 0; at < data.size(); at += kUnit) {
    const std::uint16_t old = load_le16(now, at), wanted = load_le16(data, at);
    if (wanted == kErased || old == wanted) continue;
    if (old != kErased) {
      refuse(
          fmt::format("the half-word at 0x{:08x} holds 0x{:04x} already, and can be written only once; "
                      "nothing was written",
                      base_ + offset + at, old));
    }
    offsets.push_back(at);
  }
  return offsets;
}

void WideWordOtpBank::require_unlocked(std::uint32_t offset, std::size_t size) {
  check_protection();
  for (std::size_t i = 0; i < sectors_.size(); ++i) {
    const Sector& block = sectors_[i];
    const bool touched = offset < block.offset + block.size && offset + size > block.offset;
    if (touched && *block.is_protected) {
      refuse(fmt::format("OTP block {} is locked for ever; nothing was written", i));
    }
  }
}

void WideWordOtpBank::program(std::span<const std::uint32_t> offsets, std::uint32_t offset, ByteView data) {
  const OpenFlash open(*interface_);
  for (const std::uint32_t at : offsets) {
    interface_->program_otp(*identity_.part->otp, base_ + offset + at, data.subspan(at, kUnit));
  }
}

void WideWordOtpBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  if (!probed_) probe();
  require_writes();
  if (offset > size_ || data.size() > size_ - offset) {
    refuse(fmt::format("{} bytes at offset 0x{:x} lie beyond the end of the OTP area (0x{:x} bytes)",
                       data.size(), offset, size_));
  }
  if (offset % kUnit != 0 || data.size() % kUnit != 0) {
    refuse(fmt::format("OTP memory is written in half-words: {} bytes at offset 0x{:x} are not whole ones",
                       data.size(), offset));
  }
  require_unlocked(offset, data.size());
  const std::vector<std::uint32_t> offsets = to_write(offset, data);
  if (offsets.empty()) return;
  if (identity_.part->otp->options_unlocked) {
    locks_->while_unlocked([&] { program(offsets, offset, data); });
  } else {
    program(offsets, offset, data);
  }
}

void WideWordOtpBank::check_protection() {
  if (!probed_) probe();
  const std::uint32_t locked = locks_->get(locks_->read(), identity_.part->otp->locks.name);
  for (unsigned i = 0; i < sectors_.size(); ++i) sectors_[i].is_protected = Field{"LOCKBL", i}.is_set(locked);
}

void WideWordOtpBank::protect(SectorRange range, bool on) {
  require_halted();
  if (!probed_) probe();
  require(range, sectors_, "block");
  if (!on) refuse("OTP blocks cannot be unlocked once they are locked");
  require_writes();
  std::vector<std::uint32_t> values = locks_->read();
  const std::string_view name = identity_.part->otp->locks.name;
  std::uint32_t locked = locks_->get(values, name);
  for (unsigned b = range.first; b <= range.last; ++b) locked |= Field{"LOCKBL", b}.mask();
  locks_->set(values, name, locked);
  if (identity_.part->otp->locks_enabled) {
    const OpenFlash open(*interface_);
    target_.memory().write32(identity_.part->otp->control, identity_.part->otp->enable.mask());
    locks_->write(values);
  } else {
    locks_->write(values);
  }
  check_protection();
}

}  // namespace probity::stm32
