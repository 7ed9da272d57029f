// The boot ROM of RP2040 and RP2350: where its functions are. Sources: RP2040 data sheet 2.8.3, RP2350 data
// sheet 5.4.1 and 5.4.5, pico-bootrom-rp2040 (BSD), bootrom_constants.h of the pico-sdk (BSD).
#pragma once

#include <functional>
#include <optional>

#include "base/units.hpp"

namespace probity::rp {

constexpr Address kRomMagic = 0x00000010, kRomTable = 0x00000014;
constexpr std::uint32_t kMagicMask = 0x00FFFFFF;  // 'M', 'u', the kind of table; above: the ROM's version
constexpr std::uint32_t kMagicRp2040 = 0x0001754D, kMagicRp2350 = 0x0002754D;

// Two letters as a table has them.
constexpr std::uint16_t rom_code(char first, char second) {
  return static_cast<std::uint16_t>(first | second << 8);
}

using HalfReader = std::function<std::uint16_t(Address)>;

// The entry point, its Thumb bit set, of a function that Arm code in the Secure state may call; nothing where
// the table does not have it, or has no end within the ROM. `magic` is the word at kRomMagic.
std::optional<Address> find_rom_function(std::uint32_t magic, std::uint16_t code, const HalfReader& read);

// All that flash needs. 0: not in this ROM, which only those may be that RP2040 and early RP2350 have not.
struct RomFunctions {
  Address connect_internal_flash = 0, flash_exit_xip = 0, flash_range_erase = 0, flash_range_program = 0,
          flash_flush_cache = 0, flash_enter_cmd_xip = 0;
  Address bootrom_state_reset = 0, flash_reset_address_trans = 0;  // RP2350
};

}  // namespace probity::rp
