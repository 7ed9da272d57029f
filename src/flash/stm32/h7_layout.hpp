// How one generation of STM32 flash with wide words (H7, H5: 128 or 256 bits and ECC on each) lays out its
// registers: addresses, bits and times as data, for H7Interface and WordOptions.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"
#include "flash/stm32/option_bytes.hpp"
#include "flash/stm32/secure_view.hpp"

namespace probity::stm32 {

struct H7Sector {
  std::uint32_t offset = 0, size = 0;  // bytes, from the base
  unsigned chip_bank = 0;              // 0 or 1, the physical one
  unsigned snb = 0;                    // sector number in the control register
  bool operator==(const H7Sector&) const = default;
};

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
  Field error;          // OPTCHANGEERR
  Address error_clear;  // write 1 to clear, same bit
  // Set in `cr` before the registers are written, each of which then starts a change of its own (H7R/S);
  // nothing where `start` starts one change of them all.
  Field enable = {{}, 0, 0};
  // Where no way leads from one value of `state_field` to another: why not, and what does. Empty: it may be
  // tried.
  std::string_view state_field = {};
  std::string_view (*refusal)(std::uint32_t before, std::uint32_t after) = nullptr;
  bool secure = false;  // accesses have to be Secure ones
};

// The one-time programmable area: half-words that can be written once, and for each block of them a lock bit
// among the option bytes.
struct OtpArea {
  std::uint32_t blocks, block_size;  // bytes
  Address control;                   // register with `enable`, which is set while half-words are written
  Field enable;
  Field force_write;             // of `control`: writes what is not a whole flash word; width 0: not needed
  bool options_unlocked;         // goes with OPTLOCK clear only
  bool locks_enabled;            // `enable` is wanted for a change of the locks, too
  OptionRegister lock_register;  // of the option bytes
  OptionField locks;             // of it, a bit for each block: 1 locked, for ever
};
constexpr Address kOtpBase = 0x08FFF000;  // on all that have one (FLASH_OTP_BASE, OTP_AREA_BASE)

struct H7Layout {
  std::array<std::string_view, 2> sr_names;  // by chip bank: "FLASH_SR1", "FLASH_SR2"
  Address keyr, cr, sr, ccr;                 // of chip bank 1
  Address error_register;  // with the error flags of the only chip bank; 0: they are in the status register
  std::string_view error_register_name;
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
  // TrustZone (H5). Secure: these are the secure registers, and pages are made secure by SECBB from
  // `secure_blocks` on (by chip bank; one bit a sector).
  Security security = Security::off;
  std::array<Address, 2> secure_blocks = {0, 0};
};

// Where the error flags of a chip bank are, for messages: "FLASH_SR1", "FLASH_ISR".
std::string_view error_register_name(const H7Layout& layout, unsigned chip_bank);
// "WRPERR, PGSERR": the flags set in `status`; empty where there are none.
std::string flash_error_names(const H7Layout& layout, std::uint32_t status);

}  // namespace probity::stm32
