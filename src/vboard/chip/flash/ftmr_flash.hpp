// The flash module of NXP's (Freescale's) Kinetis KE, as FTMRH (MKE02P64M40SF0RM 18) and FTMRE
// (MKE06P80M48SF0RM 18), which differ in where their registers are: a command is written half-word by
// half-word through FCCOBIX and FCCOB, and launched by writing 1 to CCIF. Nothing works before FCLKDIV has
// been written. Not there: EEPROM of KE02, Program Once, margin levels, the check that FCLKDIV fits the
// clock.
#pragma once

#include <array>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/secured_flash.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

// Where the registers are, by offset.
struct FtmrPlaces {
  std::uint32_t fclkdiv, fsec, fccobix, fcnfg, fstat, fprot, fccobhi, fccoblo, fopt;
};
inline constexpr FtmrPlaces kFtmrh{0x0, 0x1, 0x2, 0x4, 0x6, 0x8, 0xA, 0xB, 0xC},
    kFtmre{0x3, 0x2, 0x1, 0x7, 0x5, 0xB, 0x9, 0x8, 0xF};

class FtmrFlash final : public FlashController, public SecuredFlash {
 public:
  FtmrFlash(const FtmrPlaces& places, NonVolatile& memory, FlashSurroundings surroundings);

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

  bool secured() const override;
  bool mass_erase_enabled() const override { return true; }
  bool backdoor_enabled() const override;
  bool mass_erase(std::function<void()> done) override;

 private:
  std::uint8_t& at(std::uint32_t offset) { return registers_[offset]; }
  std::uint8_t at(std::uint32_t offset) const { return registers_[offset]; }
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  void write_byte(std::uint32_t offset, std::uint8_t value);
  void refuse(std::uint8_t error);
  void launch();
  void program(std::uint32_t address);
  void erase_sector(std::uint32_t address);
  void erase_all(bool unsecure);
  void verify_blank(CellRange range);
  void verify_key();
  std::uint32_t address() const { return (command_[0] & 0xFFu) << 16 | command_[1]; }
  bool is_protected(std::uint32_t cell) const;
  void start(FlashOperation operation, Microseconds time);
  void finish(std::uint8_t error);

  const FtmrPlaces places_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;
  std::array<std::uint8_t, 0x10> registers_{};
  std::array<std::uint16_t, 6> command_{};
  unsigned written_ = 0;  // the highest FCCOBIX since the last launch
  bool key_refused_ = false;
};

}  // namespace probity::vboard
