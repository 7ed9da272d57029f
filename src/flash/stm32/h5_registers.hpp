// Registers of the STM32H5 flash interface and of what else its driver touches. Sources: stm32h503xx.h,
// stm32h563xx.h of ST's CMSIS package; RM0481, RM0492.
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"
#include "flash/stm32/secure_view.hpp"

namespace probity::stm32::h5 {

constexpr Address kRegisters = 0x40022000;
constexpr Address kNskeyr = kRegisters + 0x04, kOptkeyr = kRegisters + 0x0C, kOptcr = kRegisters + 0x1C;
constexpr Address kNssr = kRegisters + 0x20, kNscr = kRegisters + 0x28, kNsccr = kRegisters + 0x30;
// The secure ones, at their secure address; fields as in the non-secure ones.
constexpr Address kSecureRegisters = kRegisters + kSecureAlias;
constexpr Address kSeckeyr = kSecureRegisters + 0x08, kSecsr = kSecureRegisters + 0x24;
constexpr Address kSeccr = kSecureRegisters + 0x2C, kSecccr = kSecureRegisters + 0x34;
constexpr Address kSecbb1 = kSecureRegisters + 0xA0, kSecbb2 = kSecureRegisters + 0x1A0;
// Option registers in force; those to be programmed are 4 bytes behind.
constexpr Address kToProgram = 4;
constexpr Address kOptsrCur = kRegisters + 0x50, kOptsr2Cur = kRegisters + 0x70;
constexpr Address kNsbootCur = kRegisters + 0x80, kSecbootCur = kRegisters + 0x88;
constexpr Address kOtpblCur = kRegisters + 0x90;
constexpr Address kSecwmCur = kRegisters + 0xE0, kWrpCur = kRegisters + 0xE8, kHdpCur = kRegisters + 0xF8;
constexpr Address kEdataCur = kRegisters + 0xF0;
constexpr Address kBank2Step = 0x100;  // of the four above

namespace CR {
constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3}, START{"START", 5};
constexpr Field SNB{"SNB", 6, 7};
// "The bit selects the physical bank, the SWAP_BANK setting is ignored" (RM0481, FLASH_NSCR).
constexpr Field BKSEL{"BKSEL", 31};
}  // namespace CR

namespace SR {
constexpr Field BSY{"BSY", 0}, WBNE{"WBNE", 1}, DBNE{"DBNE", 3};
constexpr Field WRPERR{"WRPERR", 17}, PGSERR{"PGSERR", 18}, STRBERR{"STRBERR", 19}, INCERR{"INCERR", 20};
constexpr Field OPTCHANGEERR{"OPTCHANGEERR", 23};
constexpr std::uint32_t kToClear = 0x009F0000;  // without the two of the OBK area, which H503 does not have
}  // namespace SR

constexpr Field kOptlock{"OPTLOCK", 0}, kOptstart{"OPTSTART", 1}, kSwapBank{"SWAP_BANK", 31};  // OPTCR

// OPTSR.PRODUCT_STATE: RM0481, table "product states".
constexpr std::uint32_t kOpen = 0xED, kProvisioning = 0x17, kRegression = 0x9A, kNsRegression = 0xA3;
constexpr std::uint32_t kClosed = 0x72, kLocked = 0x5C, kTzClosed = 0xC6, kIrotProvisioned = 0x2E;

constexpr std::uint32_t kTzenOn = 0xB4;      // OPTSR2.TZEN; 0xC3 off
constexpr std::uint32_t kBootLocked = 0xB4;  // NSBOOT_LOCK, SECBOOT_LOCK; 0xC3 not

constexpr Address kFlashSize = 0x08FFF80C;
constexpr Address kDbgmcuIdcode = 0x44024000;
constexpr Address kIwdgKr = 0x40003000;
constexpr Address kIcacheCr = 0x40030400;

}  // namespace probity::stm32::h5
