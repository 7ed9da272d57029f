// Microchip SAM D, R, L, C and DA1 (Cortex-M0+): registers that a flash driver touches, and what a chip is
// from its device id. Sources: the data sheets of SAM D20 (42129), D21 (40001882), D09 (42414), D10 (42242),
// D11 (42363), L21 (60001477), L22 (60001465), C20/C21 (60001479), DA1 (40001895), chapters DSU, NVMCTRL and
// "NVM User Row Mapping"; which DID is which chip: the table of devices in edbg (BSD) and what OpenOCD 0.12.0
// knows. The data sheets were not at hand: some values and the user row's masks are OpenOCD's.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::samd {

constexpr Address kFlash = 0x00000000, kUserRow = 0x00804000;
constexpr Address kDsu = 0x41002000, kNvmctrl = 0x41004000;
// The write protection of the DSU's registers is bit 1 of this one (SAM D; elsewhere the write does nothing).
constexpr Address kPac1WriteProtectClear = 0x41000000;
constexpr std::uint32_t kPac1Dsu = 1u << 1;

namespace DSU {
constexpr Address STATUSA = kDsu + 0x01, STATUSB = kDsu + 0x02, DID = kDsu + 0x18;
// The same registers once more, for debuggers, open with the security bit set as well.
constexpr Address CTRL_EXT = kDsu + 0x100, STATUSA_EXT = kDsu + 0x101, STATUSB_EXT = kDsu + 0x102;
constexpr Field kChipErase{"CE", 4};                       // CTRL
constexpr Field kDone{"DONE", 0}, kCrstext{"CRSTEXT", 1};  // STATUSA
constexpr Field kBusError{"BERR", 2}, kFail{"FAIL", 3};    // STATUSA
constexpr Field kProtected{"PROT", 0};                     // STATUSB
constexpr Field kRevision{"REVISION", 8, 4};               // DID
}  // namespace DSU

namespace NVMCTRL {
constexpr Address CTRLA = kNvmctrl + 0x00, CTRLB = kNvmctrl + 0x04, PARAM = kNvmctrl + 0x08;
constexpr Address INTFLAG = kNvmctrl + 0x14, STATUS = kNvmctrl + 0x18, ADDR = kNvmctrl + 0x1C;
constexpr Address LOCK = kNvmctrl + 0x20;                        // a bit a region, 0: locked
constexpr Field kManualWrite{"MANW", 7};                         // CTRLB
constexpr Field kPages{"NVMP", 0, 16}, kPageSize{"PSZ", 16, 3};  // PARAM; a page has 8 << PSZ bytes
constexpr Field kReady{"READY", 0};                              // INTFLAG
constexpr Field kProgramError{"PROGE", 2}, kLockError{"LOCKE", 3}, kNvmError{"NVME", 4};  // STATUS
constexpr std::uint32_t kErrors = kProgramError.mask() | kLockError.mask() | kNvmError.mask();
// CTRLA: CMDEX 0xA5 and a command.
constexpr std::uint32_t kEraseRow = 0xA502, kWritePage = 0xA504, kEraseAuxiliaryRow = 0xA505,
                        kWriteAuxiliaryPage = 0xA506, kLockRegion = 0xA540, kUnlockRegion = 0xA541,
                        kPageBufferClear = 0xA544, kSetSecurityBit = 0xA545;
}  // namespace NVMCTRL

constexpr unsigned kPagesARow = 4, kRegions = 16;

struct Part {
  std::uint32_t device;  // DID without revision and die
  std::string_view name;
  unsigned flash_kib, ram_kib;
};

// Null where the id belongs to no chip that is known.
const Part* find_part(std::uint32_t did);
const std::vector<Part>& all_parts();

// The bits of the user row's first 64 that may be changed: what is reserved, or holds factory calibration, is
// 0. 0 where the series is not known.
std::uint64_t user_row_mask(std::uint32_t did);

// BOOTPROT and EEPROM of the user row: code to bytes (0 for the code 7), and back; nothing where no code
// means that size.
std::uint32_t bootloader_size(unsigned code, std::uint32_t page_size);
std::uint32_t eeprom_size(unsigned code);
constexpr unsigned kNoCode = 8;
unsigned bootloader_code(std::uint32_t size, std::uint32_t page_size);  // kNoCode: none
unsigned eeprom_code(std::uint32_t size);

}  // namespace probity::samd
