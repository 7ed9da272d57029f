// Flash of Kinetis KE02, KE04, KE06 and KEA (driver `kinetis_ke`): FTMRH (KE02) or FTMRE, two controllers
// with the same commands and other addresses. Source: what OpenOCD 0.12.0 does; described in their
// reference manuals, "Flash Memory Module", "ICS", "WDOG", which were not at hand.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "flash/sector_flash.hpp"

namespace probity::kinetis_ke {

// Offsets from 0x40020000, of registers of one byte.
struct FtmrxRegisters {
  std::uint32_t FCLKDIV = 0, FCCOBIX = 0, FSTAT = 0, FPROT = 0, FCCOBHI = 0, FCCOBLO = 0;
};
// How the chip is clocked while its flash is worked on: 1 MHz for the flash, from the internal reference.
struct ClockSetting {
  std::uint8_t trim = 0, bus_divider = 0;  // ICS_C3; ICS_C2.BDIV
  std::uint32_t sim_divider = 0;           // SIM_BUSDIV or SIM_CLKDIV
  unsigned bus_megahertz = 0;
};
struct SubFamily {
  std::uint32_t id = 0;  // SIM_SRSID.SUBFAMID
  std::string_view name;
  std::uint32_t size = 0;  // bytes: the largest of the family, as the chip does not tell
  FtmrxRegisters registers;
  ClockSetting clock;
};
// Null where SIM_SRSID names none that is known.
const SubFamily* find_sub_family(std::uint32_t srsid);
// Where the divider of the bus clock is, by family and pins; 0: not known.
Address bus_divider_of(std::uint32_t srsid);

// Which sectors of `count` FPROT protects (reference manuals, "FPROT").
std::vector<bool> protected_sectors(std::uint8_t fprot, unsigned count);

class KinetisKeBank final : public SectorFlash {
 public:
  KinetisKeBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  // Always FlashError: FPROT comes from flash, 0x40D, at reset.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  std::string describe() override;
  // Needs a work area, and a halted core.
  void disable_watchdog();

 private:
  void identify() override;
  void require_allowed(std::span<const unsigned>, std::string_view) override {}  // FSTAT tells (FPVIOL)
  void open() override;
  void close() override {}
  void erase_sector(unsigned sector) override;
  void program_directly(Address address, ByteView words) override;
  void program_write(const FlashWrite& write) override;
  UnitRoutine routine() override;
  [[noreturn]] void explain(const UnitFailure& failure) override;
  std::string_view locking() const override;

  Address at(std::uint32_t offset) const;
  void command(std::uint8_t code, Address address, std::span<const std::uint16_t> words);
  void wait_for_lock();
  void set_flash_clock();

  const SubFamily* family_ = nullptr;
  std::uint32_t srsid_ = 0;
  std::array<std::uint16_t, 35> code_{};
};

}  // namespace probity::kinetis_ke
