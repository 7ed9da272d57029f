// The one-time programmable area of an STM32 H7A/B, H7R/S or H5 as a bank of its own: declared by driver
// `stm32h7x` or `stm32h5x` at 0x08FFF000. Its sectors are the blocks that can be locked.
#pragma once

#include <memory>

#include "flash/bank.hpp"
#include "flash/stm32/h7_interface.hpp"
#include "flash/stm32/otp_bank.hpp"
#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

// Erase and read-out level: FlashError. Writes and locks need enable_writes(true).
class WideWordOtpBank final : public FlashBank, public OtpBank {
 public:
  WideWordOtpBank(FlashBankConfig config, const WideWordFamily& family, Target& target, Clock& clock,
                  Log& log);

  void probe(bool force = false) override;
  unsigned write_alignment() const override { return 2; }
  void erase(SectorRange range) override;
  // Half-words of 0xFFFF are left alone, and those that hold what is asked for already. FlashError where one
  // holds something else, or its block is locked; nothing was written then.
  void write(std::uint32_t offset, ByteView data) override;
  // Only `on`: a locked block stays locked.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  // Half-words that were never written, and have no valid ECC, read as erased.
  void read(std::uint32_t offset, ByteSpan data) override;
  std::string describe() override;

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  void require_writes() const;
  // The half-words of `data` that are still to be written, by their offsets.
  std::vector<std::uint32_t> to_write(std::uint32_t offset, ByteView data);
  void require_unlocked(std::uint32_t offset, std::size_t size);
  void program(std::span<const std::uint32_t> offsets, std::uint32_t offset, ByteView data);

  const WideWordFamily& family_;
  WideWordIdentity identity_;
  std::unique_ptr<H7Interface> interface_;
  std::unique_ptr<H7OptionBytes> locks_;
};

}  // namespace probity::stm32
