// Registers of the flash interface of F4/F7: RM0090 3.9, RM0385 3.7, RM0410 3.7.
#pragma once

#include <cstdint>

#include "base/bits.hpp"

namespace probity::vboard::f2_reg {

enum : std::uint32_t {
  ACR = 0x00,
  KEYR = 0x04,
  OPTKEYR = 0x08,
  SR = 0x0C,
  CR = 0x10,
  OPTCR = 0x14,
  OPTCR1 = 0x18,
  OPTCR2 = 0x1C
};

// ARTEN and ARTRST on F7, which has no DCEN and DCRST.
inline constexpr Field ICEN{"ICEN", 9}, DCEN{"DCEN", 10}, ICRST{"ICRST", 11}, DCRST{"DCRST", 12};

inline constexpr Field EOP{"EOP", 0}, OPERR{"OPERR", 1}, WRPERR{"WRPERR", 4}, PGAERR{"PGAERR", 5},
    PGPERR{"PGPERR", 6}, PGSERR{"PGSERR", 7},  // ERSERR on F7: the same condition
    RDERR{"RDERR", 8}, BSY{"BSY", 16};

inline constexpr Field PG{"PG", 0}, SER{"SER", 1}, MER{"MER", 2}, SNB{"SNB", 3, 5}, PSIZE{"PSIZE", 8, 2},
    MER1{"MER1", 15},  // F42x, F76x: mass erase of bank 2
    STRT{"STRT", 16}, EOPIE{"EOPIE", 24}, ERRIE{"ERRIE", 25}, RDERRIE{"RDERRIE", 26}, LOCK{"LOCK", 31};

inline constexpr Field OPTLOCK{"OPTLOCK", 0}, OPTSTRT{"OPTSTRT", 1}, WDG_SW{"WDG_SW", 5}, RDP{"RDP", 8, 8},
    nWRP{"nWRP", 16, 12}, nDBANK{"nDBANK", 29},  // F76x
    DB1M{"DB1M", 30},                            // F42x
    SPRMOD{"SPRMOD", 31};                        // with PCROP

// OPTCR2 of F72x: a bit for each sector, and whether leaving RDP level 1 erases these sectors too.
inline constexpr Field PCROP{"PCROP", 0, 8}, PCROP_RDP{"PCROP_RDP", 31};

}  // namespace probity::vboard::f2_reg
