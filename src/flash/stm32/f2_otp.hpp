// The one-time programmable area of an STM32 F2/F4/F7 as a bank of its own (driver `stm32f2x` at the area's
// base). Writing is refused until enable_writes(true).
#pragma once

#include "flash/bank.hpp"
#include "flash/stm32/f2_interface.hpp"
#include "flash/stm32/f2_parts.hpp"
#include "flash/stm32/otp_bank.hpp"

namespace probity::stm32 {

class F2OtpBank final : public FlashBank, public OtpBank {
 public:
  F2OtpBank(FlashBankConfig config, const F2Otp& area, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  void erase(SectorRange range) override;  // always FlashError
  void write(std::uint32_t offset, ByteView data) override;
  // Only `on`: a locked block stays locked for ever.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void mass_erase() override;       // always FlashError
  void lock() override;             // always FlashError
  void unlock() override;           // always FlashError
  std::string describe() override;  // the chip's, as OpenOCD 0.12.0 prints it

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  void require_writes() const;
  const F2Otp& area_;
  F2Interface controller_;
};

}  // namespace probity::stm32
