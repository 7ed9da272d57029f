// What a Gecko of Silicon Labs (EFM32, EFR32, EZR32, series 0 and 1) says of itself in its device information
// page, and which chips there are. Source: what OpenOCD 0.12.0 knows of them, held against the virtual chips,
// whose facts are from the Gecko SDK's headers; the reference manuals named below say where to look, they
// were not at hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::efm32 {

constexpr Address kMain = 0, kUserData = 0x0FE00000, kLockBits = 0x0FE04000;  // the banks

// Device information page: reference manuals, "DI page entry map".
namespace DI {
constexpr Address kPage = 0x0FE08000;
constexpr Address MEM_INFO_PAGE_SIZE = kPage + 0x1E7;  // of pages: 2^(n + 10) bytes; not in all series 0
constexpr Address MSIZE = kPage + 0x1F8;               // RAM and flash
constexpr Field kFlashKib{"FLASH", 0, 16}, kRamKib{"SRAM", 16, 16};
constexpr Address PART = kPage + 0x1FC;
constexpr Field kNumber{"PART_NUMBER", 0, 16}, kFamily{"PART_FAMILY", 16, 8}, kRevision{"PROD_REV", 24, 8};
}  // namespace DI

struct Family {
  std::uint8_t id;        // DI.PART.PART_FAMILY
  std::string_view name;  // as OpenOCD prints it, before "Gecko"
  unsigned series;
  std::uint32_t page_size = 0;  // bytes; 0: the chip says it
  Address msc = 0;              // where its MSC is not at the series' place
};
// Null for a family that is not known.
const Family* find_family(std::uint8_t id);

// The memory system controller: reference manuals, "MSC - Register map".
struct MscRegisters {
  Address WRITECTRL, WRITECMD, ADDRB, WDATA, STATUS, LOCK;
};
MscRegisters msc_of(const Family& family);

struct Identity {
  const Family* family = nullptr;
  unsigned number = 0, revision = 0;
  std::uint32_t flash_kib = 0, ram_kib = 0, page_size = 0;
};
// `page_size`: MEM_INFO_PAGE_SIZE, which some chips have not, or have wrong. `family` is null where it is not
// known, `page_size` 0 where it makes no sense.
Identity identity_of(std::uint32_t part, std::uint32_t msize, std::uint8_t page_size);

// "EFM32GG Giant Gecko, rev 30".
std::string name_of(const Identity& identity);

// The lock bits page begins with these words, of which a 0 bit locks (reference manuals, "Lock bits page").
constexpr unsigned kLockWords = 128;
constexpr unsigned kPageWords = 120;  // PLW: a bit a page
constexpr unsigned kULW = 126;        // user data page
constexpr Field kUlwUserData{"ULW.UDLOCK", 0}, kUlwLockBits{"ULW.LBLOCK", 1};
constexpr unsigned kDLW = 127;  // debug interface: open while the low four bits are set

}  // namespace probity::efm32
