// The flash controller of TI's Stellaris and Tiva (LM3S6965 data sheet chapter 7, TM4C123GH6PM data sheet
// chapter 8), with the registers of system control around it, where its protection lies: FMPREn, FMPPEn,
// BOOTCFG. Strict: a wrong key, an operation while another runs, and two at once are ignored and counted; a
// protected block raises ARIS; a bit that is to become 1 raises INVDRIS where the chip has it; a store to the
// flash is a bus error. Not there: its interrupt, and the recovery by JTAG sequences.
#pragma once

#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

struct StellarisFacts {
  std::uint32_t page_size = 1024;   // bytes
  bool write_buffer = false;        // FMC2, FWBVAL, FWBn
  bool program_errors = false;      // INVDRIS
  bool boot_configuration = false;  // BOOTCFG, whose KEY chooses the key
  bool first_pair_at_130 = true;    // FMPRE0 and FMPPE0 are seen at 0x130 and 0x134 as well
  // Registers of the flash (below 0x1000) and of system control (from there on) that can only be read, and
  // those of system control that do not reset to 0.
  std::vector<RegisterReset> constants = {}, reset_values = {};
  Microseconds word_time{0}, page_time{0}, mass_time{0};
};

inline constexpr std::uint32_t kStellarisRegisters = 0x400FD000, kStellarisRegistersSize = 0x2000;

// What the option words keep of the protection: FMPRE0, FMPPE0, …, a pair for each 64 KiB, and BOOTCFG.
std::vector<OptionWord> stellaris_options(std::uint32_t kib, bool boot_configuration);

class StellarisFlash final : public FlashController {
 public:
  StellarisFlash(StellarisFacts line, NonVolatile& memory, FlashSurroundings surroundings);

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
  unsigned rdp_level() const override { return 0; }
  bool watchdog_in_hardware() const override { return false; }

 private:
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  void ignore() { ++around_.stats.flash_errors; }
  void deny(std::uint32_t flag);
  std::uint32_t* protection(std::uint32_t offset);
  BusStatus write_flash(std::uint32_t offset, std::uint32_t value);
  BusStatus write_system(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  void command(std::uint32_t value);
  void buffer_command(std::uint32_t value);
  bool protected_from_writing(CellRange range) const;
  void program(std::uint32_t offset, Bytes words);
  void erase(CellRange range, Microseconds time);
  void commit();
  void start(FlashOperation operation, Microseconds time);

  const StellarisFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;
  std::uint32_t running_ = 0;  // what FMC and FMC2 show of the operation under way; 0: none
  std::uint32_t fma_ = 0, fmd_ = 0, fcris_ = 0, fcim_ = 0, fwbval_ = 0;
  std::vector<std::uint32_t> readable_, writable_;  // FMPREn, FMPPEn
  std::vector<std::uint32_t> buffer_, system_;
  std::uint32_t key_ = 0;
};

}  // namespace probity::vboard
