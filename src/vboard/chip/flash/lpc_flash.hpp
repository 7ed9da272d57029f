// The flash of NXP's LPC8xx, LPC11xx, LPC13xx, LPC15xx, LPC17xx and LPC40xx, as IAP shows it (UM10360 32,
// UM10398 26). NXP does not say what its boot ROM drives; these registers are the board's own invention, made
// for the board's own ROM (contrib/bootrom/lpc), where their names and offsets are. Times and refusals are
// the data sheets'. Here are also what decides over address 0 (SYSMEMREMAP, MEMMAP) and CRP, which takes the
// debug port away. Not there: the RAM seen at 0 (map 1), ECC, signature generation.
#pragma once

#include <array>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

struct LpcRam {
  std::uint32_t begin = 0, end = 0;
};

struct LpcFacts {
  std::uint32_t sector = 4096;   // bytes …
  std::uint32_t large_from = 0;  // … up to this address, and 32 KiB behind; 0: all are alike
  std::uint32_t page = 0;        // of command 59; 0: it is not there
  std::uint32_t boundary = 256;  // of a copy's destination, and what one program time is for
  std::uint32_t copies = 256 | 512 | 1024 | 4096;
  std::uint32_t part_id = 0, boot_version = 0;
  std::array<LpcRam, 2> ram = {};
  std::uint32_t rom = 0x1FFF0000;
  std::uint32_t map_register = 0x40048000, map_user = 2, map_mask = 3;
};

inline constexpr std::uint32_t kLpcControllerOffset = 0xF000;  // from the ROM on

class LpcFlash final : public FlashController {
 public:
  LpcFlash(const LpcFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override { engine_.settle(); }
  std::optional<Nanoseconds> busy_until() const override { return engine_.busy_until(); }
  // CRP1 to CRP3 close the debug port (UM10360 32.6).
  unsigned rdp_level() const override { return closed_ ? 2 : 0; }
  bool watchdog_in_hardware() const override { return false; }

  // The ROM with its relocated vectors, and the register that chooses what is at 0; to be placed on the bus.
  std::vector<PlacedBlock> blocks();
  std::uint32_t map() const { return map_; }
  void set_map(std::uint32_t value);

 private:
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  bool shows_rom(std::uint32_t offset) const;
  std::uint32_t sector_of(std::uint32_t address) const;
  std::uint32_t sector_begin(std::uint32_t sector) const;
  std::uint32_t sectors() const { return sector_of(all() - 1) + 1; }
  std::optional<CellRange> chosen_sectors() const;
  std::uint32_t chip_fact(std::uint32_t offset) const;
  unsigned command(std::uint32_t code);
  unsigned erase(std::optional<CellRange> range);
  unsigned program();
  bool is_prepared(CellRange range) const;

  const LpcFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;
  Bytes rom_, latch_;
  std::uint32_t first_ = 0, last_ = 0, destination_ = 0, map_ = 0;
  unsigned result_ = 0;  // as IAP will report it
  std::optional<CellRange> prepared_;
  bool closed_ = false;
};

}  // namespace probity::vboard
