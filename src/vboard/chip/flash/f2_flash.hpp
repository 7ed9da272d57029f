// The flash interface of F2, F4 and F7 (RM0090 3.9, RM0385 3.7, RM0410 3.7). Operations take the data sheet's
// typical time on the chip's clock; their effect on the cells is complete when BSY falls.
#pragma once

#include <optional>

#include "vboard/chip/flash/f2_geometry.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

// What differs between the lines.
struct F2LineFacts {
  F2Layout layout = F2Layout::f40x;
  std::uint32_t optcr_mask = 0, optcr1_mask = 0;  // implemented option bits; no OPTCR1: 0
  std::uint32_t optcr2_mask = 0;                  // F72x: PCROP by sector
  bool has_pcrop = false;                         // SPRMOD in OPTCR
  unsigned nwrp_bits = 12;                        // of OPTCR; sectors beyond them share the last
};

class F2Flash final : public FlashController {
 public:
  // The arguments must outlive it. The line's option words are OPTCR and, where it has them, OPTCR1 and
  // OPTCR2.
  F2Flash(const F2LineFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override;

  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  BusStatus read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) override;

  void settle() override { engine_.settle(); }
  std::optional<Nanoseconds> busy_until() const override { return engine_.busy_until(); }
  unsigned rdp_level() const override { return rdp_level_; }
  bool watchdog_in_hardware() const override;  // WDG_SW (IWDG_SW) clear

 private:
  bool closed() const { return rdp_level_ != 0 && debugger_; }
  std::uint32_t status();
  void refuse(std::uint32_t flags);
  void update_interrupt();

  BusStatus write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  void write_access_control(std::uint32_t value);
  void note_stale_caches();
  BusStatus write_control(std::uint32_t value, Lanes lanes);
  void start(FlashOperation operation, Nanoseconds duration);
  void start_erase();
  std::optional<std::vector<F2Sector>> selected_sectors() const;
  bool program_allowed(std::uint32_t offset, unsigned size);
  void program_otp(std::uint32_t offset, ByteView bytes);
  bool parallelism_allowed() const;
  const F2Sector& sector_at(std::uint32_t offset) const;
  CellRange bank_of(const F2Sector& sector) const;
  bool not_write_protect_bit(const F2Sector& sector) const;
  bool write_protected(const F2Sector& sector) const;
  bool has_pcrop_bit(const F2Sector& sector) const;
  bool readout_protected(const F2Sector& sector) const;
  Nanoseconds sector_erase_time(const F2Sector& sector) const;
  Nanoseconds mass_erase_time(const std::vector<F2Sector>& sectors) const;

  // f2_flash_options.cpp
  std::uint32_t stored() const;  // OPTCR, OPTCR1 and OPTCR2 as NonVolatile has them
  std::uint32_t stored1() const;
  std::uint32_t stored2() const;
  void load_options();
  void put_options_in_force();
  BusStatus write_option_control(std::uint32_t value, Lanes lanes);
  BusStatus write_more_options(std::uint32_t& word, std::uint32_t mask, std::uint32_t value, Lanes lanes);
  void start_options();
  void apply_options();

  const F2LineFacts& line_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;
  F2Geometry geometry_;

  KeyLock key_{0x45670123, 0xCDEF89AB};         // FLASH_KEYR
  KeyLock option_key_{0x08192A3B, 0x4C5D6E7F};  // FLASH_OPTKEYR
  std::uint32_t acr_ = 0, sr_ = 0, cr_ = 0, optcr_ = 0, optcr1_ = 0, optcr2_ = 0;
  std::uint32_t stale_ = 0;  // ICEN, DCEN: what the cache holds may be older than the cells
  unsigned rdp_level_ = 0;
  bool debugger_ = false;
};

}  // namespace probity::vboard
