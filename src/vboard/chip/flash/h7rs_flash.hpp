// The flash interface of H7R/S (RM0477, embedded flash memory; what its text does not say is taken from
// RM0433 4, whose words it has), strict: what the manual calls an error is one, and nothing else than the
// manual's sequence works. One bank of eight sectors of 8 KiB, a flash word of 128 bits. An option word is
// changed by writing its programming register while PG_OPT is set; there is no start bit. OTP words go
// through the write buffer: FW sends them, as ST's HAL does.
//
// ECC: as H7's, with the bus address in ECCDFADDR. Beyond the manual: a write to a programming register
// without PG_OPT does nothing; START without SER and BER does nothing; programming while LOCK is set is a
// PGSERR like programming without PG; an OTP word of all ones counts as never written. The hide protection
// level is 1, that of the user's first code, for ever: a hidden area stays open, and DBG_AUTH closed.
// Memories do not change their sizes by ITCM_AXI_SHARE and DTCM_AXI_SHARE. The CRC unit and option byte keys
// are not modelled (their registers are bus errors), nor is debug authentication: a closed chip stays closed
// to debuggers.
#pragma once

#include <optional>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/flash_word.hpp"
#include "vboard/chip/flash/h7rs_flash_layout.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class H7rsFlash final : public FlashController {
 public:
  // `memory` must outlive it.
  H7rsFlash(NonVolatile& memory, FlashSurroundings around);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus write_factory(bool system, unsigned size) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  // NVSTATE as loaded: 0 open, 2 closed.
  unsigned rdp_level() const override { return debug_closed_ ? 2 : 0; }
  bool watchdog_in_hardware() const override;

 private:
  CellRange all() const { return {0, static_cast<std::uint32_t>(memory_.cells.size())}; }
  std::uint32_t status();
  void refuse(std::uint32_t flags);
  void update_interrupt();
  void note_ecc_error(std::uint32_t address);

  BusStatus write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  BusStatus write_key(std::uint32_t offset, std::uint32_t value);
  BusStatus write_control(std::uint32_t value, Lanes lanes);
  bool may_write(std::uint32_t word);
  void force();
  void program_otp(const FlashWordBuffer& buffer);
  void start_erase();
  bool write_protected(CellRange range) const;

  // h7rs_flash_options.cpp
  const H7rsOptionRegister* option_at(std::uint32_t offset, bool& program) const;
  std::uint32_t& pending(const H7rsOptionRegister& row);
  void load_options();
  BusStatus write_option_control(std::uint32_t value, Lanes lanes);
  BusStatus write_option(const H7rsOptionRegister& row, std::uint32_t value, Lanes lanes);
  bool change_allowed(const H7rsOptionRegister& row, std::uint32_t wanted) const;
  void start_option(const H7rsOptionRegister& row, std::uint32_t wanted);
  void option_error();

  NonVolatile& memory_;
  FlashSurroundings around_;
  EccErrors ecc_;
  FlashWordWriter writer_;
  OtpArea otp_;
  std::optional<FlashWordBuffer> otp_buffer_ = {};
  FlashEngine option_engine_;
  KeyLock key_{0x45670123, 0xCDEF89AB}, option_key_{0x08192A3B, 0x4C5D6E7F};
  std::vector<std::uint32_t> pending_;  // the programming registers, as h7rs_option_registers()
  std::uint32_t acr_ = 0, cr_ = 0, ier_ = 0, isr_ = 0, ecc_address_ = 0, optcr_ = 0, optisr_ = 0;
  bool erases_ = false;  // the running operation does
  bool debug_closed_ = false;
};

}  // namespace probity::vboard
