// The flash module of NXP's (Freescale's) Kinetis K and KL, as FTFA, FTFL and FTFE: a command in FCCOB is
// launched by writing 1 to CCIF (KL25P80M48SF0RM 27, K20P64M72SF1RM 28, K64P144M120SF5RM 29). Strict: a
// command that the manual calls an access error is one, programming what is not erased fails its
// verification. The flash configuration field at 0x400 of the flash comes into force at reset: protection,
// security. NonVolatile::cells are the program flash, and the FlexNVM behind it, which is data flash here.
// Not there: Program Once, resources (IFR), flash swap, FlexNVM partitions, erase suspend.
#pragma once

#include <array>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/secured_flash.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

struct FtfFacts {
  std::uint32_t program_size = 0, data_size = 0;  // bytes: program flash, FlexNVM
  unsigned blocks = 1;                            // of the program flash
  std::uint32_t sector = 1024, data_sector = 1024;
  std::uint32_t unit = 4;         // what one program command writes: longword (PGM4) or phrase (PGM8)
  std::uint32_t section_ram = 0;  // bytes of the RAM that PGMSEC takes its data from; 0: no such command
  Microseconds program_time{0}, sector_time{0}, block_time{0}, all_time{0};
};

inline constexpr std::uint32_t kFtfRegisters = 0x40020000, kFtfRegistersSize = 0x400,
                               kFtfSectionRam = 0x14000000;

class FtfFlash final : public FlashController, public SecuredFlash {
 public:
  FtfFlash(const FtfFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

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
  bool memory_ports_closed() const override { return secured(); }

  // KL25P80M48SF0RM 27.4.10.9.1.
  bool secured() const override;
  bool mass_erase_enabled() const override;
  bool backdoor_enabled() const override;
  bool mass_erase(std::function<void()> done) override;

  // The RAM behind kFtfSectionRam, as long as the controller lives.
  Bytes& section_ram() { return section_ram_; }

 private:
  std::uint8_t& at(std::uint32_t offset) { return registers_[offset]; }
  std::uint8_t at(std::uint32_t offset) const { return registers_[offset]; }
  void write_byte(std::uint32_t offset, std::uint8_t value);
  void write_status(std::uint8_t value);
  void update_interrupt();
  std::uint8_t parameter(unsigned index) const;
  std::uint32_t address_parameter() const;
  std::uint32_t sector_asked() const;  // bytes of a sector at that address
  std::uint32_t count_parameter() const { return parameter(4) * 256u + parameter(5); }
  std::optional<std::uint32_t> cell_of(std::uint32_t address, std::uint32_t size, std::uint32_t align) const;
  CellRange block_of(std::uint32_t cell) const;
  std::uint32_t sector_of(std::uint32_t cell) const;
  std::uint32_t all() const { return line_.program_size + line_.data_size; }
  bool is_protected(CellRange range) const;
  bool is_blank(CellRange range) const;
  void refuse(std::uint8_t error);
  void launch();
  void launch_read(std::uint8_t command);
  void launch_program(std::uint8_t command);
  void launch_erase(std::uint8_t command);
  void check_programmed();
  void verify_key();
  void program_cells(std::uint32_t cell, Bytes data, std::uint32_t units);
  void erase_cells(CellRange range, Microseconds time);
  void start(FlashOperation operation, Microseconds time);
  void finish(std::uint8_t error);

  const FtfFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;
  std::array<std::uint8_t, 0x1C> registers_{};
  Bytes section_ram_;
  bool key_refused_ = false;  // a wrong backdoor key: no other is looked at until the next reset
};

}  // namespace probity::vboard
