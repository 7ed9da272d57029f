// Registers of the flash interface of F0, F1 and F3: RM0091 3.5, PM0075 3 (F1), PM0068 3 (XL density: the
// second set), RM0316 4.5.
#pragma once

#include <cstdint>

#include "base/bits.hpp"

namespace probity::vboard::f1_flash_reg {

enum : std::uint32_t {
  ACR = 0x00,
  KEYR = 0x04,
  OPTKEYR = 0x08,
  SR = 0x0C,
  CR = 0x10,
  AR = 0x14,
  OBR = 0x1C,
  WRPR = 0x20,
  KEYR2 = 0x44,
  SR2 = 0x4C,
  CR2 = 0x50,
  AR2 = 0x54,
};
inline constexpr std::uint32_t kSecondSet = KEYR2 - KEYR;

inline constexpr Field PRFTBE{"PRFTBE", 4}, PRFTBS{"PRFTBS", 5};

inline constexpr Field BSY{"BSY", 0}, PGERR{"PGERR", 2}, WRPRTERR{"WRPRTERR", 4}, EOP{"EOP", 5};

inline constexpr Field PG{"PG", 0}, PER{"PER", 1}, MER{"MER", 2}, OPTPG{"OPTPG", 4}, OPTER{"OPTER", 5},
    STRT{"STRT", 6}, LOCK{"LOCK", 7}, OPTWRE{"OPTWRE", 9}, ERRIE{"ERRIE", 10}, EOPIE{"EOPIE", 12},
    OBL_LAUNCH{"OBL_LAUNCH", 13};  // F0, F3

inline constexpr Field OPTERR{"OPTERR", 0};

// What the option bytes' four words hold, each byte followed by its complement (RM0091 4 table 11).
inline constexpr Field kFirst{"RDP, Data0, WRP0, WRP2", 0, 8}, kFirstComplement{"nRDP …", 8, 8},
    kSecond{"USER, Data1, WRP1, WRP3", 16, 8}, kSecondComplement{"nUSER …", 24, 8};

}  // namespace probity::vboard::f1_flash_reg
