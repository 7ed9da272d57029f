// Registers of the STM32H7R/S flash interface. Sources: stm32h7s3xx.h of ST's CMSIS package, RM0477.
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32::h7rs {

constexpr Address kRegisters = 0x52002000;
constexpr Address kKeyr = kRegisters + 0x04, kCr = kRegisters + 0x10, kSr = kRegisters + 0x14;
// What went wrong, and where to write 1 to clear it.
constexpr Address kIsr = kRegisters + 0x24, kIcr = kRegisters + 0x28;
constexpr Address kOptkeyr = kRegisters + 0x100, kOptcr = kRegisters + 0x104;
constexpr Address kOptisr = kRegisters + 0x108, kOpticr = kRegisters + 0x10C;
// Option words in force; those to be programmed are 4 bytes behind.
constexpr Address kToProgram = 4;
constexpr Address kNvsr = kRegisters + 0x200, kRotsr = kRegisters + 0x208, kOtplsr = kRegisters + 0x210;
constexpr Address kWrpsr = kRegisters + 0x218, kHdpsr = kRegisters + 0x230, kEpochsr = kRegisters + 0x250;
constexpr Address kObw1sr = kRegisters + 0x260, kObw2sr = kRegisters + 0x268;

namespace CR {
constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3}, FW{"FW", 4}, START{"START", 5};
constexpr Field SSN{"SSN", 6, 3}, PG_OTP{"PG_OTP", 16};
}  // namespace CR

namespace SR {
constexpr Field BUSY{"BUSY", 0}, WBNE{"WBNE", 1}, QW{"QW", 2};
}  // namespace SR

namespace ISR {
constexpr Field WRPERRF{"WRPERRF", 17}, PGSERRF{"PGSERRF", 18}, STRBERRF{"STRBERRF", 19};
constexpr Field INCERRF{"INCERRF", 21}, RDSERRF{"RDSERRF", 24};
constexpr std::uint32_t kToClear = 0x1F3F0000;  // of ICR: EOPF … CRCRDERRF
}  // namespace ISR

constexpr Field kOptlock{"OPTLOCK", 0}, kPgOpt{"PG_OPT", 1};  // OPTCR
constexpr Field kOpterrf{"OPTERRF", 30};                      // OPTISR, OPTICR

constexpr std::uint32_t kOpen = 0xB4, kClosed = 0x51;  // NVSR.NVSTATE
constexpr std::uint32_t kDebugLocked = 0xB4;           // ROTSR.DBG_AUTH: no debugging, for ever

constexpr std::uint32_t kHideUnit = 256;  // HDPSR counts blocks of so many bytes

constexpr Address kIwdgKr = 0x58004800;

}  // namespace probity::stm32::h7rs
