// Flash, user data page and lock bits page of Silicon Labs' Geckos (driver `efm32`): pages, words of 32 bits,
// all through the MSC.
#pragma once

#include <string>
#include <vector>

#include "flash/sector_flash.hpp"
#include "flash/silabs/efm32_parts.hpp"

namespace probity::efm32 {

class Efm32Bank final : public SectorFlash {
 public:
  // ConfigError where the base is none of the three banks'.
  Efm32Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  // Page locks, in force from the next reset on. FlashError for the other two banks.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  std::string describe() override;

  // `efm32 debuglock`: no debugger gets in after the next reset, until everything is erased.
  void lock_debug();

 private:
  void identify() override;
  void require_allowed(std::span<const unsigned> sectors, std::string_view verb) override;
  void open() override;
  void close() override;
  void erase_sector(unsigned sector) override;
  void program_directly(Address address, ByteView words) override;
  UnitRoutine routine() override;
  [[noreturn]] void explain(const UnitFailure& failure) override;
  std::string_view locking() const override;
  std::vector<FlashWrite> vetted(const FlashJob& job) override;

  void enable_writes(bool on);
  std::uint32_t load_address(Address address);
  std::uint32_t wait_idle(std::string_view what);
  void erase_page(Address address);
  Bytes lock_page();
  bool locked(ByteView lock_words, unsigned sector) const;
  void change_lock_words(const Bytes& wanted);
  void program_lock_words(ByteView words);

  Identity identity_;
  MscRegisters msc_{};
};

}  // namespace probity::efm32
