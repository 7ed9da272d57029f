// Fields of the flash interface that L4, L4+, L5, G0, G4, WB, WL, C0, U0, U5 and WBA have in common:
// RM0351 3.7, RM0444 3.7, RM0440 3.7 and the CMSIS headers of each family.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bits.hpp"

namespace probity::vboard::l4_reg {

inline constexpr std::uint32_t ACR = 0x00;  // the places of the others: L4Places

inline constexpr Field EOP{"EOP", 0}, OPERR{"OPERR", 1}, PROGERR{"PROGERR", 3}, WRPERR{"WRPERR", 4},
    PGAERR{"PGAERR", 5}, SIZERR{"SIZERR", 6}, PGSERR{"PGSERR", 7}, MISSERR{"MISERR", 8},
    FASTERR{"FASTERR", 9}, RDERR{"RDERR", 14}, OPTVERR{"OPTVERR", 15}, BSY{"BSY", 16}, BSY2{"BSY2", 17},
    WDW{"WDW", 17}, OPTWERR{"OPTWERR", 13}, CFGBSY{"CFGBSY", 18};

inline constexpr Field PG{"PG", 0}, PER{"PER", 1}, MER1{"MER1", 2}, STRT{"STRT", 16}, OPTSTRT{"OPTSTRT", 17},
    FSTPG{"FSTPG", 18}, EOPIE{"EOPIE", 24}, ERRIE{"ERRIE", 25}, RDERRIE{"RDERRIE", 26},
    OBL_LAUNCH{"OBL_LAUNCH", 27}, INV{"INV", 29}, OPTLOCK{"OPTLOCK", 30}, LOCK{"LOCK", 31};

inline constexpr std::string_view kOptr = "OPTR";  // the option word that holds RDP and TZEN

// Option words. IWDG_SW has the same place in every family.
inline constexpr Field RDP{"RDP", 0, 8}, IWDG_SW{"IWDG_SW", 16}, PCROP_RDP{"PCROP_RDP", 31},
    UNLOCK{"UNLOCK", 31};

}  // namespace probity::vboard::l4_reg
