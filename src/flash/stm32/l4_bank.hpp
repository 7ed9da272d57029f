// The main flash of an STM32 L4 or of one of its relatives (driver `stm32l4x`): which chip it is, protection,
// read-out level, TrustZone and option bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/stm32/l4_areas.hpp"
#include "flash/stm32/l4_controller.hpp"
#include "flash/stm32/l4_identity.hpp"
#include "flash/stm32/l4_options.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

class L4Bank final : public MainFlash {
 public:
  L4Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  // Write protection by areas: as many runs of pages as the chip has areas for; FlashError for more.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override { return kL4IwdgKr; }
  std::string describe() override;
  OptionBytes* options() override;

  // What the commands of `stm32l4x` need. `offset` counts from the flash interface's base; the core must be
  // halted for whatever writes.
  Address register_address(unsigned offset);
  std::uint32_t read_register(unsigned offset);
  void write_option(unsigned offset, std::uint32_t value, std::uint32_t mask);
  void load_options();
  bool has_trust_zone();
  bool trust_zone_enabled();
  // `stm32l4x flashinfo`: division, read-out level, protected areas; one line each.
  std::string report();
  // UsageError where the read-out level forbids it; the chip resets.
  void enable_trust_zone(bool on);
  // Pages that WRP areas of chip bank 0, 1 or both protect. UsageError where there is no such bank.
  std::vector<L4PageRange> write_protected(std::optional<unsigned> chip_bank);

 protected:
  void identify() override;
  FlashInterface& interface() override { return controller_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError& error, unsigned sector) override;

 private:
  unsigned flash_kib();
  std::string secure_words();
  void require_halted_where_possible();
  void require_reachable(std::uint32_t optr) const;
  bool banks_swapped(std::uint32_t optr);
  void fill_sectors();
  bool wants_secure(std::uint32_t optr) const;
  void require_readable();
  void require_same_division();
  std::vector<bool> protected_pages(unsigned bank);
  void protect_in_bank(unsigned bank, SectorRange range, bool on);
  std::vector<L4Area> areas();
  bool touches(const L4Area& area, unsigned sector) const;
  std::string way_out(const L4Area& area, unsigned first, unsigned last) const;
  void change_option(unsigned offset, std::uint32_t value, std::uint32_t mask);
  std::uint32_t optr();

  L4Controller controller_;
  L4Options options_;
  L4Identity identity_;
  L4Geometry geometry_;
  unsigned kib_ = 0;
  bool as_secure_ = false;
};

}  // namespace probity::stm32
