// The flash interface of H5 (RM0481 7, RM0492 7), strict: what the manual calls an error is one, and nothing
// else than the manual's sequence works. One interface for two banks that lie one behind the other, a flash
// word of 128 bits, 8 KiB sectors. With TrustZone in force there are two sides, each with its registers and
// its sectors (h5_flash_security.cpp); without, the Secure registers read 0 and keep nothing.
//
// ECC: a flash word that is programmed without being erased (or whose programming was cut short) is a bus
// error when it is read, with ECCDETR.ECCD, until its sector is erased. This lives as long as the board; a
// FILE does not keep it. An OTP word of all ones counts as never written; that ECCD raises an NMI is left
// out. Beyond the manual: programming while LOCK is set is a PGSERR like programming without PG. Regression
// by debug authentication, option byte keys, high-cycle data, hide protection (HDPL), privilege and the
// Secure interrupt line are not modelled: a product state, once Closed, stays.
#pragma once

#include <array>
#include <optional>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/flash_word.hpp"
#include "vboard/chip/flash/h5_flash_layout.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class H5Flash final : public FlashController {
 public:
  // `layout` and `memory` must outlive it.
  H5Flash(const H5FlashLayout& layout, NonVolatile& memory, FlashSurroundings around);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  BusStatus read_as(Security security, std::uint32_t offset, Lanes lanes, std::uint32_t& value) override;
  BusStatus write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  // Offsets are as the chip shows them: with the banks swapped, offset 0 is bank 2's first cell.
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus write_factory(bool system, unsigned size) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  // PRODUCT_STATE: 0 Open or Provisioning, 2 from then on: no debugger reaches the core.
  unsigned rdp_level() const override { return debug_closed_ ? 2 : 0; }
  bool watchdog_in_hardware() const override;
  bool trust_zone() const override { return trust_zone_; }
  bool secure_debug_allowed() const override { return !secure_debug_closed_; }

 private:
  struct Side {
    Security security;
    KeyLock key{0x45670123, 0xCDEF89AB};  // NSKEYR, SECKEYR
    std::uint32_t cr = 0, sr = 0;
  };
  std::uint32_t bank_size() const { return static_cast<std::uint32_t>(memory_.cells.size() / 2); }
  CellRange bank_of(std::uint32_t place) const;
  std::uint32_t other_view(std::uint32_t offset) const;
  bool busy() { return writer_.busy() || option_engine_.busy(); }
  bool readable(std::uint32_t place, std::uint32_t size);
  Side& side(Security security) { return security == Security::secure ? secure_ : main_; }
  std::uint32_t status(const Side& side);
  std::uint32_t control(const Side& side) const;
  void refuse(Side& side, std::uint32_t flags);
  void update_interrupt();

  BusStatus write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  BusStatus write_key(KeyLock& lock, std::uint32_t value);
  BusStatus write_control(Side& side, std::uint32_t value, Lanes lanes);
  static bool program_enabled(const Side& side);
  bool may_write(Side& side, std::uint32_t word);
  void start_erase(Side& side);
  void note_ecc_error(std::uint32_t where, std::uint32_t data);
  bool write_protected(CellRange range) const;

  // h5_flash_options.cpp
  const H5OptionRegister* option_at(std::uint32_t offset, bool& program) const;
  std::uint32_t& pending(std::string_view name);
  void load_options();
  BusStatus write_option_control(std::uint32_t value, Lanes lanes);
  bool change_allowed();
  void start_options();

  // h5_flash_security.cpp
  std::uint32_t* blocks(std::uint32_t offset);
  bool is_secure(std::uint32_t place) const;
  bool belongs_to(Security security, CellRange range) const;
  Passage passage(Master master, Security security, std::uint32_t place) const;
  bool secure_option(std::uint32_t offset) const;
  BusStatus write_secure(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  void take_over_trust_zone();

  const H5FlashLayout& layout_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  EccErrors ecc_;
  FlashWordWriter writer_;
  OtpArea otp_;
  FlashEngine option_engine_;
  Side main_{Security::non_secure}, secure_{Security::secure};  // main_ is all there is without TrustZone
  Side* working_ = &main_;                                      // whose operation runs, or ended last
  KeyLock option_key_{0x08192A3B, 0x4C5D6E7F};
  std::array<std::array<std::uint32_t, 4>, 2> blocks_{};  // SECBB: a bit a sector
  std::vector<std::uint32_t> pending_;                    // the PRG registers, as layout_.options
  std::uint32_t acr_ = 0, ecc_detected_ = 0, ecc_data_ = 0;
  bool swapped_ = false, debug_closed_ = false, trust_zone_ = false, secure_debug_closed_ = false;
};

}  // namespace probity::vboard
