// The flash interface of STM32L0 and L1 (RM0367 3, RM0038 3), strict. Erased cells are 0; what is written
// where decides what happens: a word programs, 0 with ERASE and PROG erases the page, words with FPRG and
// PROG fill a half-page. NonVolatile::otp is the data EEPROM. Option bytes are words at 0x1FF80000, each with
// its complement above it, in force from power-on or OBL_LAUNCH on.
#pragma once

#include <array>
#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

// What differs from line to line.
struct LxFlashFacts {
  std::uint32_t page_size = 128;   // bytes
  std::uint32_t first_bank = 0;    // bytes of bank 1; 0: one bank
  std::size_t option_words = 4;    // of kLxOptionWords: RDP, USER, and two for each 32 sectors of 4 KiB
  std::uint32_t user_factory = 0;  // value of USER
  // L0: a word that is not 0 is not programmed (NOTZEROERR). L1: its bits are added, and its ECC is broken.
  bool checks_zero = false;
};

// The option words that NonVolatile keeps, as they stand in memory: eight from 0 on, two more at 0x80.
inline constexpr std::array<std::string_view, 10> kLxOptionWords{
    "RDP", "USER", "WRP01", "WRP23", "WRP45", "WRP67", "WRP89", "WRP1011", "WRP1213", "WRP1415"};

class LxFlash final : public FlashController {
 public:
  LxFlash(const LxFlashFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override;
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  // The data EEPROM.
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  BusStatus read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_option_area(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return rdp_level_; }
  bool watchdog_in_hardware() const override;

 private:
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  bool busy() { return engine_.busy() || eeprom_.busy(); }
  bool closed() const { return rdp_level_ != 0 && debugger_; }
  void refuse(std::uint32_t flags);
  void update_interrupt();
  BusStatus write_key(KeyLock& lock, std::uint32_t key, bool allowed);
  void write_control(std::uint32_t value);
  void drop_half_page();

  CellRange bank_at(std::uint32_t offset) const;
  void start(FlashEngine& engine, FlashOperation operation, CellRange bank, Nanoseconds duration);
  bool cells_open(std::uint32_t offset, unsigned size);
  void erase_page(std::uint32_t offset, std::uint32_t value);
  void add_to_half_page(std::uint32_t offset, std::uint32_t value);
  void program(std::uint32_t offset, Bytes bytes);

  // lx_flash_options.cpp
  void load_options();
  bool sector_bit(std::uint32_t offset) const;
  bool write_protected(std::uint32_t offset) const;
  bool readout_protected(std::uint32_t offset) const;
  std::optional<std::uint32_t> protection_register(std::uint32_t offset) const;
  std::uint32_t option_register() const;
  std::optional<std::size_t> option_word_at(std::uint32_t offset) const;

  const LxFlashFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_, eeprom_around_;
  FlashEngine engine_, eeprom_;
  KeyLock control_key_{0x89ABCDEF, 0x02030405}, program_key_{0x8C9DAEBF, 0x13141516},
      option_key_{0xFBEAD9C8, 0x24252627};
  std::uint32_t acr_ = 0, pecr_ = 0, sr_ = 0;
  std::uint32_t half_page_ = 0;                                // where the one being filled begins …
  Bytes filled_;                                               // … and what it has so far
  std::array<std::uint32_t, kLxOptionWords.size()> loaded_{};  // values in force, without complements
  bool option_error_ = false;
  bool load_due_ = false;  // the reset that follows loads the option bytes
  unsigned rdp_level_ = 0;
  bool debugger_ = false;
};

}  // namespace probity::vboard
