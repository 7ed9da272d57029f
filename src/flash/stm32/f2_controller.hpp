// The flash interface of STM32 F2/F4/F7, one method an operation of the manual (RM0090), over plain
// register accesses. It knows addresses and sector numbers, not banks.
#pragma once

#include <optional>
#include <string>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"

namespace probity::stm32 {

// Bytes programmed at once, and with them FLASH_CR.PSIZE.
enum class ProgramWidth : unsigned { x8 = 1, x16 = 2, x32 = 4 };
constexpr unsigned bytes_of(ProgramWidth width) { return static_cast<unsigned>(width); }
std::uint32_t psize_of(ProgramWidth width);
// The widest that `millivolts` allow (RM0090, program parallelism): x32 from 2.7 V, x16 from 2.1 V, else x8.
// Without a measurement x16, which OpenOCD 0.12.0 programs with at any voltage.
ProgramWidth program_width(std::optional<unsigned> millivolts);

// Twice the typical times of the data sheets (DS8626 table 39 and alike), which is more than their maxima.
Milliseconds erase_limit(std::uint32_t sector_size, ProgramWidth width);
Milliseconds mass_erase_limit(std::uint32_t flash_size, ProgramWidth width);
constexpr Microseconds kProgramTypical{16}, kProgramLimit{100};

// FLASH_CR values for the loader and for the methods below.
std::uint32_t cr_for_erase(unsigned snb, ProgramWidth width);
std::uint32_t cr_for_program(ProgramWidth width);

class F2Controller {
 public:
  F2Controller(MemPort& memory, Clock& clock, std::string bank)
      : memory_(memory), clock_(clock), bank_(std::move(bank)) {}

  // Whatever the firmware left behind is put right: HSI on, an operation under way waited for, error flags
  // and PG/SER/MER cleared, flash caches off; then the key sequence, and LOCK seen clear. FlashError or
  // TimeoutError.
  void open();
  // Locks again and gives the (emptied) caches back. Safe to call at any time after open().
  void close();

  void erase_sector(unsigned snb, Address address, ProgramWidth width, Milliseconds limit);
  void mass_erase(std::uint32_t flash_size, bool both_banks, ProgramWidth width);
  // `address` and size must be multiples of the width.
  void program(Address address, ByteView data, ProgramWidth width);

  struct Options {
    std::uint32_t optcr = 0;
    std::optional<std::uint32_t> optcr1, optcr2;  // nothing: not there or not to be written
  };
  // Programs the option bytes; OPTLOCK and OPTSTRT of `options` do not count. Needs no open().
  // `flash_size` bounds the wait: leaving read-out protection erases all of the flash.
  void write_options(const Options& options, std::uint32_t flash_size);

  std::uint32_t status();
  // "FLASH_SR=0x00010000" for messages; says so where it cannot be read any more.
  std::string status_text();
  // Throws FlashError naming the flags when FLASH_SR has any.
  void check(std::uint32_t sr, Address address) const;

 private:
  void wait_idle(Nanoseconds limit, std::string_view what);
  void switch_on_hsi();
  void start(std::uint32_t cr, Milliseconds limit, std::string_view what, Address address);

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  std::optional<std::uint32_t> saved_acr_;
};

// open() … close(), whichever way the scope is left.
class OpenFlash {
 public:
  explicit OpenFlash(F2Controller& controller) : controller_(controller) { controller_.open(); }
  ~OpenFlash();
  OpenFlash(const OpenFlash&) = delete;
  OpenFlash& operator=(const OpenFlash&) = delete;

 private:
  F2Controller& controller_;
};

}  // namespace probity::stm32
