// Registers of the STM32H7 flash interface and of what else its driver touches. Sources: stm32h743xx.h,
// stm32h747xx.h, stm32h723xx.h, stm32h7a3xx.h of ST's CMSIS package; RM0433, RM0399, RM0468, RM0455.
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32::h7 {

// Registers of chip bank 1; those of chip bank 2 are kBankStep behind. With SWAP_BANK the two sets change
// places together with the memory (RM0433, 4.3.12), so that an offset always means the same addresses.
constexpr Address kRegisters = 0x52002000, kBankStep = 0x100;
constexpr Address kKeyr = kRegisters + 0x04;
constexpr Address kOptkeyr = kRegisters + 0x08;
constexpr Address kCr = kRegisters + 0x0C;
constexpr Address kSr = kRegisters + 0x10;
constexpr Address kCcr = kRegisters + 0x14;
constexpr Address kOptcr = kRegisters + 0x18;
constexpr Address kOptsrCur = kRegisters + 0x1C, kOptsrPrg = kRegisters + 0x20;
constexpr Address kOptccr = kRegisters + 0x24;
constexpr Address kPrarCur = kRegisters + 0x28, kPrarPrg = kRegisters + 0x2C;
constexpr Address kScarCur = kRegisters + 0x30, kScarPrg = kRegisters + 0x34;
constexpr Address kWpsnCur = kRegisters + 0x38, kWpsnPrg = kRegisters + 0x3C;
constexpr Address kBootCur = kRegisters + 0x40, kBootPrg = kRegisters + 0x44;
constexpr Address kBoot4Cur = kRegisters + 0x48, kBoot4Prg = kRegisters + 0x4C;    // H745, H747, H755, H757
constexpr Address kOtpblCur = kRegisters + 0x68, kOtpblPrg = kRegisters + 0x6C;    // H7A3, H7B0, H7B3
constexpr Address kOptsr2Cur = kRegisters + 0x70, kOptsr2Prg = kRegisters + 0x74;  // H72x, H73x

namespace CR {
constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3};
// H74x, H75x, H72x, H73x
constexpr Field PSIZE{"PSIZE", 4, 2}, START{"START", 7}, SNB{"SNB", 8, 3};
// H7A3, H7B0, H7B3
constexpr Field STARTofA{"START", 5}, SNBofA{"SNB", 6, 7};
}  // namespace CR

namespace SR {
constexpr Field BSY{"BSY", 0}, WBNE{"WBNE", 1}, QW{"QW", 2};
constexpr Field WRPERR{"WRPERR", 17}, PGSERR{"PGSERR", 18}, STRBERR{"STRBERR", 19}, INCERR{"INCERR", 21};
constexpr Field OPERR{"OPERR", 22};  // not on H7A, H7B
constexpr Field RDPERR{"RDPERR", 23}, RDSERR{"RDSERR", 24};
// FLASH_CCR: CLR_EOP … CLR_CRCRDERR; bit 20 is reserved, on H7A and H7B bit 22 too.
constexpr std::uint32_t kToClear = 0x1FEF0000, kToClearOfA = 0x1FAF0000;
}  // namespace SR

namespace OPTSR {
constexpr Field OPT_BUSY{"OPT_BUSY", 0}, RDP{"RDP", 8, 8}, OPTCHANGEERR{"OPTCHANGEERR", 30};
}  // namespace OPTSR

namespace OPTCR {
constexpr Field OPTLOCK{"OPTLOCK", 0}, OPTSTART{"OPTSTART", 1};
constexpr Field PG_OTP{"PG_OTP", 5};  // H7A3, H7B0, H7B3
}  // namespace OPTCR

// PRAR and SCAR: first and last block of 256 bytes; none where the last is below the first, all of the chip
// bank where they are equal (RM0433, 4.4.7).
constexpr Field kAreaStart{"START", 0, 12}, kAreaEnd{"END", 16, 12};
constexpr std::uint32_t kAreaUnit = 256;

constexpr std::uint8_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;  // anything else: level 1
constexpr std::uint8_t kRdpForLevel1 = 0x55;                  // what OpenOCD 0.12.0 writes

constexpr Address kDbgmcuIdcode = 0x5C001000;
constexpr Address kIwdg1Kr = 0x58004800;

}  // namespace probity::stm32::h7
