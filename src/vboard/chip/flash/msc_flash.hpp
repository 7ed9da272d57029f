// The memory system controller MSC of Silicon Labs' EFM32 and EFR32 of series 0 and 1 (EFM32GG reference
// manual d0053 chapter 7; EFM32PG1 reference manual chapter 6), strict: words only, through ADDRB and WDATA;
// a store to the flash itself is a bus error. NonVolatile::otp is what begins at the user data page, with the
// lock bits page 16 KiB above it, and nothing between. Not there: its interrupt, and the access port AAP that
// a locked chip has in place of its AHB-AP.
#pragma once

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

struct MscFacts {
  std::uint32_t page_size = 2048;  // bytes
  bool series1 = false;            // has its registers elsewhere
  Microseconds word_time{0}, page_time{0}, mass_time{0};
};

inline constexpr std::uint32_t kMscUserData = 0x0FE00000, kMscLockBits = 0x0FE04000;

class MscFlash final : public FlashController {
 public:
  MscFlash(const MscFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  // User data and lock bits.
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return 0; }
  bool watchdog_in_hardware() const override { return false; }
  // The debug lock word, as the last reset found it.
  bool memory_ports_closed() const override { return debug_locked_; }

 private:
  // A place of the flash: in the main array, or in what is from the user data page on.
  struct Place {
    bool main = true;
    std::uint32_t offset = 0;
  };
  bool busy() { return main_.busy() || info_.busy(); }
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  std::optional<Place> place(std::uint32_t address) const;
  bool locked(Place place) const;
  bool lock_bit(unsigned word, unsigned bit) const;
  void ignore() { ++around_.stats.flash_errors; }
  void command(std::uint32_t value);
  void load_address();
  std::optional<Place> ready_place();
  void erase_page();
  void erase_all();
  void program();
  void word_done();
  void start(Place place, FlashOperation operation, Microseconds time);

  const MscFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_, info_around_;
  FlashEngine main_, info_;
  std::uint32_t ctrl_ = 0, readctrl_ = 0, writectrl_ = 0, addrb_ = 0, wdata_ = 0, status_ = 0, if_ = 0,
                ien_ = 0;
  std::optional<std::uint32_t> address_;  // the internal one, which LADDRIM loads
  bool keyed_ = true, mass_keyed_ = false, debug_locked_ = false;
  bool streaming_ = false;  // WRITETRIG: each word that WDATA gets is programmed
};

}  // namespace probity::vboard
