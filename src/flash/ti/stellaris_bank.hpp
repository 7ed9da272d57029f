// Flash of TI's Stellaris and Tiva (driver `stellaris`): pages, words of 32 bits or a buffer of 32 words.
#pragma once

#include <string>

#include "flash/sector_flash.hpp"
#include "flash/ti/stellaris_parts.hpp"

namespace probity::stellaris {

class StellarisBank final : public SectorFlash {
 public:
  // The bank begins at 0, whatever the configuration says, as with OpenOCD.
  StellarisBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  // For ever: what is protected opens only with the chip's recovery sequence. UsageError for `off` and for
  // half a block of 2 KiB; FlashError for revision A0 of DustDevil, which would never open again.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  std::string describe() override;

 private:
  void identify() override;
  void require_allowed(std::span<const unsigned> sectors, std::string_view verb) override;
  void open() override;
  void close() override {}
  bool erase_all() override;
  void erase_sector(unsigned sector) override;
  void program_directly(Address address, ByteView words) override;
  UnitRoutine routine() override;
  [[noreturn]] void explain(const UnitFailure& failure) override;
  std::string_view locking() const override;

  ClockInfo read_clock();
  void command(Address address, std::uint32_t bit, Nanoseconds limit, std::string_view what);
  Address program_enable(unsigned index) const;
  std::vector<std::uint32_t> read_program_enable();
  unsigned blocks_a_page() const;

  Identity identity_;
  std::uint32_t rcc_ = 0, rcc2_ = 0;
  bool buffered_ = false;  // it has the write buffer
};

}  // namespace probity::stellaris
