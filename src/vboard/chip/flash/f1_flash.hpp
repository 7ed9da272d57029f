// The flash interface of STM32F0, F1 and F3 (RM0091 3, PM0075, RM0316 4; XL density: PM0068), strict: only
// half-words are programmed, only into erased cells (0x0000 apart); a register written while BSY keeps what
// it had. Option bytes are half-words at 0x1FFFF800, in force from the next load on.
#pragma once

#include <array>
#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

// What differs from line to line.
struct F1FlashFacts {
  std::uint32_t page_size = 1024;     // bytes
  unsigned pages_per_wrp_bit = 4;     // the last of the 32 bits covers all pages that are left
  std::uint32_t first_bank = 0;       // bytes, where there are two banks (XL density); 0: one bank
  bool rdp_levels = false;            // F0, F3: levels 0xAA, 0xCC, any other; F1: 0xA5 or protected
  bool has_obl_launch = false;        // F0, F3
  bool options_by_power_on = false;   // F0: a system reset does not load them
  unsigned self_protected_pages = 0;  // F1: write-protected by read protection
  std::uint32_t acr_reset = 0x30;     // FLASH_ACR
  Microseconds program_time{0};       // of a half-word
  Milliseconds erase_time{0};         // of a page, of all pages, of the option bytes
};

// The option words that NonVolatile keeps: the area at 0x1FFFF800 as it is, complements and all.
inline constexpr std::array<std::string_view, 4> kF1OptionWords{"RDP_USER", "DATA", "WRP01", "WRP23"};

class F1Flash final : public FlashController {
 public:
  F1Flash(const F1FlashFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override;
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  BusStatus read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_option_area(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return rdp_level_; }
  bool watchdog_in_hardware() const override;

 private:
  static constexpr std::uint32_t kKey1 = 0x45670123, kKey2 = 0xCDEF89AB;

  // One set of KEYR, SR, CR, AR and the cells it stands for. Each works on its own: one bank can be erased
  // while the other is programmed.
  struct Bank {
    FlashEngine engine;
    CellRange cells;
    KeyLock key{kKey1, kKey2};
    std::uint32_t sr = 0, cr = 0, ar = 0;
  };

  Bank& bank_at(std::uint32_t offset);
  Bank* bank_of_register(std::uint32_t& offset);
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  bool closed() const { return rdp_level_ != 0 && debugger_; }
  bool stalls(std::uint32_t offset, std::uint32_t size);
  void refuse(Bank& bank, std::uint32_t flags);
  void update_interrupt();

  BusStatus write_bank_register(Bank& bank, std::uint32_t offset, std::uint32_t value);
  BusStatus write_key(KeyLock& lock, std::uint32_t key);
  void write_control(Bank& bank, std::uint32_t value);
  void start_erase(Bank& bank);
  void erase_pages(Bank& bank, CellRange pages);
  bool write_protected(CellRange range) const;
  bool protects_itself(std::uint32_t offset) const;
  std::uint32_t denied_flag() const;
  void start(Bank& bank, FlashOperation operation, Nanoseconds duration);

  // f1_flash_options.cpp
  void load_options();
  std::uint32_t option_register() const;
  std::uint32_t write_protection() const;
  void erase_options(Bank& bank);
  bool option_programmable(Bank& bank, std::uint32_t offset);

  const F1FlashFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  std::vector<Bank> banks_;
  KeyLock option_key_{kKey1, kKey2};  // FLASH_OPTKEYR takes the same keys
  std::uint32_t acr_ = 0;
  std::array<std::uint32_t, 4> loaded_{};  // option words in force
  bool load_due_ = false;                  // OBL_LAUNCH: the reset that follows loads them
  unsigned rdp_level_ = 0;
  bool debugger_ = false;
};

}  // namespace probity::vboard
