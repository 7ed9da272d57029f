// Registers of the flash interface of L0 and L1: RM0367 3.7, RM0038 3.9.
#pragma once

#include <cstdint>

#include "base/bits.hpp"

namespace probity::vboard::lx_flash_reg {

enum : std::uint32_t {
  ACR = 0x00,
  PECR = 0x04,
  PDKEYR = 0x08,
  PEKEYR = 0x0C,
  PRGKEYR = 0x10,
  OPTKEYR = 0x14,
  SR = 0x18,
  OBR = 0x1C,  // OPTR on L0
  WRPR1 = 0x20,
  WRPR2 = 0x80,
  WRPR3 = 0x84,
  WRPR4 = 0x88,
};

inline constexpr Field PELOCK{"PELOCK", 0}, PRGLOCK{"PRGLOCK", 1}, OPTLOCK{"OPTLOCK", 2}, PROG{"PROG", 3},
    DATA{"DATA", 4}, FIX{"FIX", 8},  // FTDW on L1
    ERASE{"ERASE", 9}, FPRG{"FPRG", 10}, EOPIE{"EOPIE", 16}, ERRIE{"ERRIE", 17}, OBL_LAUNCH{"OBL_LAUNCH", 18},
    NZDISABLE{"NZDISABLE", 22};  // L0

inline constexpr Field BSY{"BSY", 0}, EOP{"EOP", 1}, ENDHV{"ENDHV", 2}, READY{"READY", 3},
    WRPERR{"WRPERR", 8}, PGAERR{"PGAERR", 9}, SIZERR{"SIZERR", 10}, OPTVERR{"OPTVERR", 11},
    RDERR{"RDERR", 13}, NOTZEROERR{"NOTZEROERR", 16};  // L0

// OBR, and the option words' lower halves.
inline constexpr Field RDPRT{"RDPRT", 0, 8}, SPRMOD{"SPRMOD", 8}, IWDG_SW{"IWDG_SW", 4};
inline constexpr Field kValue{"value", 0, 16}, kComplement{"complement", 16, 16};

}  // namespace probity::vboard::lx_flash_reg
