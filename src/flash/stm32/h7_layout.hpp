// How one generation of STM32 flash with wide words (H7, H5: 128 or 256 bits and ECC on each) lays out its
// registers: addresses, bits and times as data, for H7Interface and WordOptions.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32 {

struct FlashErrorFlag {
  Field flag;
  std::string_view meaning;
};

// Control of the option bytes.
struct OptionControl {
  Address keyr, cr;
  Field lock, start;  // of `cr`
  Address busy_register;
  Field busy;
  std::string_view error_name;  // "FLASH_OPTSR_CUR"
  Address error_register;
  Field error;            // OPTCHANGEERR
  Address error_clear;    // write 1 to clear, same bit
  std::uint32_t not_set;  // bits of option registers that are status, never written
};

struct H7Layout {
  std::array<std::string_view, 2> sr_names;  // by chip bank: "FLASH_SR1", "FLASH_SR2"
  Address keyr, cr, sr, ccr;                 // of chip bank 1
  Address bank_step;           // chip bank 2 has its own registers this far behind; 0: shares them
  std::uint32_t bank2_select;  // bit of the control register that means chip bank 2, where shared
  Field lock, pg, ser, ber, start, snb;
  std::uint32_t parallelism;                   // PSIZE as it is written with each operation
  Field busy, write_buffer, queue;             // BSY, WBNE (a part of a flash word is there), QW or DBNE
  std::span<const FlashErrorFlag> errors;      // what ends an operation without success
  std::uint32_t to_clear;                      // all flags that the clear register takes
  unsigned granule;                            // bytes of a flash word
  Nanoseconds program_typical, program_limit;  // of a flash word
  Milliseconds erase_limit, bank_erase_limit;
  Address icache_cr;  // instruction cache before the flash; 0: none
  Address watchdog;   // key register of the independent watchdog
};

// "WRPERR, PGSERR": the flags set in `status`; empty where there are none.
std::string flash_error_names(const H7Layout& layout, std::uint32_t status);

}  // namespace probity::stm32
