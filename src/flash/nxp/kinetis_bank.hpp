// A block of program flash or FlexNVM of a Kinetis (driver `kinetis`); which one, by its place among the
// banks of its target.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flash/nxp/kinetis_controller.hpp"
#include "flash/nxp/kinetis_fcf.hpp"
#include "flash/nxp/kinetis_parts.hpp"
#include "flash/sector_flash.hpp"

namespace probity::kinetis {

// The option that `kinetis create_banks` gives to all banks: what the chip has besides them is added.
constexpr std::string_view kCreateBanks = "-create-banks";

class KinetisBank final : public SectorFlash {
 public:
  // The base that the configuration says does not count. Options: `-sim-base ADDRESS`.
  KinetisBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void meet(std::span<FlashBank* const> banks) override;
  void offer(const BankList& list) override { list_ = list; }
  unsigned write_alignment() const override;
  // Kept, and written with the next erase or write of the sector that holds the flash configuration field; in
  // force from the reset after that on.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  std::string describe() override;

  // For all banks of the chip: `fcf_source write` lets images bring a flash configuration field of any kind.
  void allow_fcf_writes(bool allow);
  bool fcf_writes_allowed() const;
  void set_fopt(std::uint8_t value);
  std::uint8_t fopt() const;
  void disable_watchdog();
  std::string partition_info();
  // The next probe sees what it made of the banks. `load`: FlexRAM is loaded with EEPROM at reset.
  void set_partition(std::uint8_t depart, std::uint8_t eeprom_code, bool load);

 private:
  // What the banks of a chip have in common.
  struct Shared {
    std::optional<Address> sim;
    std::optional<Chip> chip;
    std::uint32_t fcfg2 = 0;
    bool fcf_writes = false, create_banks = false;
    std::uint8_t fopt = 0xFF;
  };

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
  void program_write(const FlashWrite& write) override;
  Address command_address(Address address) const { return address - base_ + block_.command_base; }

  void probe_chip();
  void create_missing_banks();
  Address find_sim();
  const Chip& chip();
  std::optional<unsigned> fcf_sector() const;
  Fcf own_fcf();
  std::optional<Fcf> fcf_of(const std::vector<FlashWrite>& writes) const;
  std::uint32_t protection_register();
  std::vector<KinetisBank*> siblings_;
  std::shared_ptr<Shared> shared_;
  unsigned number_ = 0;
  Block block_;
  BankList list_;
  Controller controller_;
  std::optional<Fcf> wanted_fcf_;  // while a job runs
};

}  // namespace probity::kinetis
