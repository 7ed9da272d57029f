// The flash interface of H7 (RM0433 4, RM0399 4, RM0468 4, RM0455 5), strict: what the manual calls an error
// is one, and nothing else than the manual's sequence works. Each bank has its own registers, write buffer
// and operations; a flash word is programmed when its buffer is full, or forced to.
//
// ECC: a flash word that is programmed without being erased (or whose programming was cut short) is a bus
// error when it is read, with DBECCERR, until its sector is erased. This lives as long as the board; a FILE
// does not keep it. Beyond the manual: START without SER and BER, or with a sector that is not there, does
// nothing; programming while LOCK is set is a PGSERR like programming without PG; an OTP word of all ones
// counts as never written. The CRC unit is not modelled (its registers are bus errors).
#pragma once

#include <deque>
#include <optional>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/flash_word.hpp"
#include "vboard/chip/flash/h7_flash_layout.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class H7Flash final : public FlashController {
 public:
  // `banks` 1 or 2: halves of the cells. `layout` and `memory` must outlive it.
  H7Flash(const H7FlashLayout& layout, unsigned banks, NonVolatile& memory, FlashSurroundings around);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override;
  // Offsets are as the chip shows them: with the banks swapped, offset 0 is bank 2's first cell.
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus write_factory(bool system, unsigned size) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  // Also the moments at which BSY falls and rises between two steps of an operation.
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return rdp_level_; }
  bool watchdog_in_hardware() const override;

 private:
  struct Bank {
    Bank(H7Flash& flash, unsigned number, CellRange cells);
    const unsigned number;
    const CellRange cells;
    FlashWordWriter writer;
    KeyLock key{0x45670123, 0xCDEF89AB};
    std::uint32_t cr = 0, sr = 0, ecc_address = 0;
  };
  struct BlockArea {
    std::uint32_t begin = 0, end = 0;  // in the cells; empty: none
    bool overlaps(std::uint32_t offset, std::uint32_t size) const {
      return offset < end && begin < offset + size;
    }
  };

  std::uint32_t other_view(std::uint32_t offset) const;
  Bank& bank_at(std::uint32_t place) { return banks_[place / banks_.front().cells.size]; }
  bool closed() const { return rdp_level_ != 0 && debugger_; }
  std::uint32_t status(Bank& bank);
  void refuse(Bank& bank, std::uint32_t flags);
  void update_interrupt();
  std::uint32_t error_flags() const;

  BusStatus write_any(Bank& bank, std::uint32_t offset, std::uint32_t value, Lanes lanes);
  BusStatus check_read(Master master, Bank& bank, std::uint32_t place, unsigned size);
  void note_ecc_error(Bank& bank, std::uint32_t address);

  // h7_flash_operations.cpp
  BusStatus write_control(Bank& bank, std::uint32_t value, Lanes lanes);
  void clear_flags(Bank& bank, std::uint32_t value);
  bool may_write(Bank& bank, std::uint32_t word);
  void start_erase(Bank& bank);
  void erase(Bank& bank, CellRange range, Nanoseconds duration);
  bool write_protected(const Bank& bank, CellRange range) const;
  unsigned parallelism(const Bank& bank) const;

  // h7_flash_options.cpp
  const H7OptionRegister* option_at(const Bank& bank, std::uint32_t offset, bool& program) const;
  std::uint32_t& pending(std::string_view name);
  void load_options();
  std::uint32_t option_of(std::string_view name, const Bank& bank) const;
  BlockArea area(const Bank& bank, std::uint32_t word) const;
  BlockArea pcrop_area(const Bank& bank) const;
  BlockArea secure_area(const Bank& bank) const;
  BusStatus write_option_control(std::uint32_t value, Lanes lanes);
  BusStatus read_option(const H7OptionRegister& row, bool program, std::uint32_t& value);
  bool change_allowed();
  void start_options();
  void apply_options(bool regression);
  void mass_erase();

  const H7FlashLayout& layout_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  std::deque<Bank> banks_;
  FlashEngine option_engine_;
  KeyLock option_key_{0x08192A3B, 0x4C5D6E7F};
  std::vector<std::uint32_t> pending_;  // the PRG registers, as layout_.options
  EccErrors ecc_;
  OtpArea otp_;
  std::uint32_t acr_ = 0, optcr_ = 0;
  unsigned rdp_level_ = 0;
  bool debugger_ = false, swapped_ = false, change_error_ = false;
};

}  // namespace probity::vboard
