// The one-time programmable area of an STM32 L4 and its relatives: declared by driver `stm32l4x` at the base
// that the manual gives.
#pragma once

#include "flash/bank.hpp"
#include "flash/stm32/l4_controller.hpp"
#include "flash/stm32/l4_identity.hpp"
#include "flash/stm32/otp_bank.hpp"

namespace probity::stm32 {

// Erase, protect, lock: FlashError. Writes need enable_writes(true), and each double (quad) word can be
// written once.
class L4OtpBank final : public FlashBank, public OtpBank {
 public:
  L4OtpBank(FlashBankConfig config, const L4Otp& area, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  unsigned write_alignment() const override { return granule_; }
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  std::string describe() override;

 private:
  [[noreturn]] void refuse(const std::string& what) const;

  const L4Otp& area_;
  L4Controller controller_;
  L4Identity identity_;
  unsigned granule_ = 8;
};

}  // namespace probity::stm32
