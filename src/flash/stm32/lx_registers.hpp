// Registers of the STM32 L0/L1 flash interface and of what else its driver touches. Sources: RM0367 (L0x3),
// RM0377 (L0x1), RM0038 (L1), ST's cmsis-device-l0 and cmsis-device-l1 headers.
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32::lx {

// Offsets from the interface's base (RM0367 3.7, RM0038 3.9).
constexpr Address kPecr = 0x04, kPekeyr = 0x0C, kPrgkeyr = 0x10, kOptkeyr = 0x14, kSr = 0x18, kOptr = 0x1C;
// Write protection, a bit for each 4 KiB: 32 of them a register.
constexpr Address kWrpr[] = {0x20, 0x80, 0x84, 0x88};

// RM0367 3.3.4; the same on L1 (FLASH_PEKEY1 … of ST's HAL headers).
constexpr std::uint32_t kPeKey1 = 0x89ABCDEF, kPeKey2 = 0x02030405;
constexpr std::uint32_t kPrgKey1 = 0x8C9DAEBF, kPrgKey2 = 0x13141516;
constexpr std::uint32_t kOptKey1 = 0xFBEAD9C8, kOptKey2 = 0x24252627;

namespace PECR {
constexpr Field PELOCK{"PELOCK", 0};
constexpr Field PRGLOCK{"PRGLOCK", 1};
constexpr Field OPTLOCK{"OPTLOCK", 2};
constexpr Field PROG{"PROG", 3};
constexpr Field ERASE{"ERASE", 9};
constexpr Field FPRG{"FPRG", 10};
constexpr Field OBL_LAUNCH{"OBL_LAUNCH", 18};
constexpr std::uint32_t kLocks = PELOCK.mask() | PRGLOCK.mask() | OPTLOCK.mask();
}  // namespace PECR

namespace SR {
constexpr Field BSY{"BSY", 0};
constexpr Field EOP{"EOP", 1};
constexpr Field WRPERR{"WRPERR", 8};
constexpr Field PGAERR{"PGAERR", 9};
constexpr Field SIZERR{"SIZERR", 10};
constexpr Field OPTVERR{"OPTVERR", 11};        // of the option bytes when they were loaded
constexpr Field OPTVERRUSR{"OPTVERRUSR", 12};  // the same, of the user's; L1 from category 3 on
constexpr Field RDERR{"RDERR", 13};            // where there is PCROP
constexpr Field NOTZEROERR{"NOTZEROERR", 16};  // L0
constexpr Field FWWERR{"FWWERR", 17};          // L0
// What an erase or a programming can report; reserved bits of the L1 read 0.
constexpr std::uint32_t kErrors =
    WRPERR.mask() | PGAERR.mask() | SIZERR.mask() | RDERR.mask() | NOTZEROERR.mask() | FWWERR.mask();
constexpr std::uint32_t kClear = kErrors | EOP.mask() | OPTVERR.mask() | OPTVERRUSR.mask();
}  // namespace SR

// FLASH_OPTR (L0), FLASH_OBR (L1).
namespace OPTR {
constexpr Field RDPROT{"RDPROT", 0, 8};
constexpr Field WPRMOD{"WPRMOD", 8};  // L1: SPRMOD
}  // namespace OPTR
constexpr std::uint8_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;

// The option bytes: words whose upper half is the complement of the lower one (RM0367 3.8).
constexpr Address kOptionArea = 0x1FF80000;
constexpr Address kOptionWrp4 = 0x1FF80080;  // the fourth 32 sectors' lie apart
constexpr Field kOptionValue{"", 0, 16}, kOptionComplement{"", 16, 16};

constexpr Address kMainFlash = 0x08000000;
// Stock's sector, and a bit of write protection; 16 pages of 256 bytes on L1, 32 of 128 on L0.
constexpr std::uint32_t kSectorSize = 4096;

constexpr Address kDbgmcuIdcodeM0 = 0x40015800;  // L0
constexpr Address kDbgmcuIdcodeM3 = 0xE0042000;  // L1
constexpr Field kDevId{"DEV_ID", 0, 12};
constexpr Field kRevId{"REV_ID", 16, 16};

constexpr Address kIwdgKr = 0x40003000;

}  // namespace probity::stm32::lx
