// The non-volatile memory controller NVMCTRL of Microchip's SAM D, L, C and R with Cortex-M0+ (SAM D21 data
// sheet DS40001882 chapter 22), strict: a command with a wrong key, unknown, or given while another runs is
// PROGE; one for a locked region or the boot loader's rows is LOCKE; a page written over cells that are not
// erased, which silicon does not notice, is NVME. The page buffer takes half-words and words.
// NonVolatile::otp is the user row. Not there: its interrupt, the RWWEE array of later chips, SF and WL.
#pragma once

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

struct NvmctrlFacts {
  std::uint32_t ctrlb_reset = 0;  // MANW is among it, or not
  std::uint32_t rwwee_pages = 0;  // as PARAM says it
  Microseconds page_time{0}, row_time{0}, chip_time{0};
};

inline constexpr std::uint32_t kNvmctrlRegisters = 0x41004000, kUserRow = 0x00804000, kUserRowSize = 256;

class NvmctrlFlash final : public FlashController {
 public:
  // Its option word: the security bit is set.
  static constexpr std::string_view kSecurity = "SECURITY";

  NvmctrlFlash(const NvmctrlFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  // The user row.
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return 0; }
  bool watchdog_in_hardware() const override { return false; }
  // The DSU's chip erase: the main array and the security bit, not the user row.
  bool erase_chip(std::function<void()> done) override;
  // With the security bit set only the DSU's external addresses can be reached (13.9); and the core's private
  // bus, without which OpenOCD 0.12.0 could not examine a target to erase it.
  bool debugger_reaches(std::uint32_t address) const override;

 private:
  bool busy() { return code_.busy() || user_.busy(); }
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  std::uint32_t address() const { return addr_ * 2; }
  bool secured() const { return memory_.option(kSecurity) != 0; }
  std::uint32_t user_word(std::uint32_t offset) const { return load_sized(memory_.otp, offset, 4); }
  bool locked(std::uint32_t offset) const;
  void fail(std::uint32_t flag);
  void run(std::uint32_t command);
  void set_region(bool unlocked);
  void erase_row();
  void erase_user_row();
  void write_page();
  void write_user_page();
  bool overwrites(const Bytes& cells, std::uint32_t offset) const;
  void clear_buffer();
  BusStatus load(std::uint32_t place, unsigned size, std::uint32_t value);

  const NvmctrlFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_, user_around_;
  FlashEngine code_, user_;
  Bytes buffer_;
  std::uint32_t ctrlb_ = 0, status_ = 0, addr_ = 0, lock_ = 0;
  bool error_ = false;  // INTFLAG.ERROR
};

}  // namespace probity::vboard
