// Driver `virtual`: another address of a bank, as `flash bank NAME virtual BASE 0 0 0 TARGET MASTER` declares
// it (the ITCM alias of an STM32F7's flash). Everything is done by the master bank.
#pragma once

#include "flash/bank.hpp"

namespace probity {

class VirtualBank final : public FlashBank {
 public:
  // ConfigError where the options do not name one master bank.
  VirtualBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void resolve(const std::function<FlashBank&(std::string_view name)>& bank_named) override;
  void probe(bool force = false) override;
  unsigned write_alignment() const override;
  std::uint8_t erased_value() const override;
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  FlashJobResult run(const FlashJob& job) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void check_erased() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  void read(std::uint32_t offset, ByteSpan data) override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;

 private:
  FlashBank& master() const;
  void copy_sectors();
  FlashBank* master_ = nullptr;
};

}  // namespace probity
