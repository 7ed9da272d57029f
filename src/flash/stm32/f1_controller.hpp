// The flash interface of STM32 F0, F1 and F3 (FPEC), one method an operation of the manual (PM0075):
// half-words, pages, and the option bytes, which are flash too.
#pragma once

#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "flash/stm32/f1_parts.hpp"
#include "flash/stm32/f1_registers.hpp"
#include "flash/stm32/flash_interface.hpp"

namespace probity::stm32 {

class F1Controller final : public FlashInterface {
 public:
  F1Controller(MemPort& memory, Clock& clock, std::string bank)
      : memory_(memory), clock_(clock), bank_(std::move(bank)) {}

  // Which flash the bank covers; before anything else. With `dual_bank` what lies from 0x08080000 on has an
  // interface of its own.
  void cover(const F1Extent& extent, std::uint32_t page_size, bool dual_bank);

  unsigned granule() const override { return 2; }
  bool erases_all_at_once() const override { return true; }  // DS5319: 40 ms at most, as a page
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  void erase_all() override;
  void program(Address address, ByteView data) override;

  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;

  Nanoseconds program_per_byte() const override;
  Nanoseconds program_limit() const override;
  Milliseconds erase_limit(unsigned sector) const override;

  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override;

  // Erases the option bytes as a whole and programs all of them, each with its complement, RDP first. Where
  // that takes read-out protection off, the chip erases its flash before. Opens and closes by itself.
  // FlashError also where they do not read back as written.
  void write_options(const F1OptionValues& values);
  // The eight half-words of the option area as they are now.
  std::array<std::uint16_t, kOptionByteCount> read_option_area();
  // FLASH_CR.OBL_LAUNCH: the chip resets itself. Returns at once.
  void launch_option_load();

 private:
  const f1::Fpec& fpec_at(Address address) const;
  Address page_address(unsigned sector) const { return extent_.base + sector * page_size_; }
  void wait_idle(const f1::Fpec& fpec, Nanoseconds limit, std::string_view what);
  void unlock(const f1::Fpec& fpec);
  void unlock_options();
  void start(const f1::Fpec& fpec, std::uint32_t cr, Milliseconds limit, std::string_view what,
             Address address);
  void switch_on_hsi();

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  F1Extent extent_;
  std::uint32_t page_size_ = 0;
  std::vector<const f1::Fpec*> fpecs_;  // those of the bank: one, or both
};

// "WRPRTERR, PGERR": the error flags set in FLASH_SR; empty where there are none.
std::string f1_error_names(std::uint32_t sr);

}  // namespace probity::stm32
