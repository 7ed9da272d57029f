// Registers of the flash interface of STM32 L4, L4+, L5, G0, G4, WB, WL, C0, U0, U3, U5 and WBA: one layout
// for each arrangement of addresses, one set of fields for all. Sources: RM0351 (L4), RM0432 (L4+), RM0438
// (L5), RM0444 (G0), RM0440 (G4), RM0434 (WB), RM0453 (WL), RM0490 (C0), RM0503 (U0), RM0487 (U3), RM0456
// (U5), RM0493 and RM0515 (WBA), and ST's CMSIS headers of the same families.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"
#include "flash/stm32/secure_view.hpp"

namespace probity::stm32 {

// Where a chip keeps that its flash was empty when it loaded its option bytes: it then boots from system
// memory, whatever has been programmed since, until the flag is cleared (RM0444, 3.7.1; RM0394, 3.7.5).
enum class L4Empty {
  no_flag,
  in_acr,     // bit 16, cleared by writing 0
  in_status,  // bit 17, changes when 1 is written
};

// Offsets from `base`.
struct L4Layout {
  Address base;
  unsigned keyr, optkeyr, sr, cr;
  unsigned cr_with_lock;  // where LOCK, OPTLOCK and OBL_LAUNCH are: CR, but for the second core of WL5x
  unsigned optr;
  std::array<unsigned, 4> wrp;  // 1A, 1B, 2A, 2B
  std::string_view sr_name, cr_name, optr_name;
  std::uint32_t caches;  // bits of FLASH_ACR that are off while flash changes
  std::uint32_t busy;    // bits of the status register
  unsigned bker;         // bit of CR that selects the second bank
  L4Empty empty;
  std::optional<Address> icache;
};

namespace L4ACR {
constexpr Field ICEN{"ICEN", 9};
constexpr Field DCEN{"DCEN", 10};
constexpr Field ICRST{"ICRST", 11};
constexpr Field DCRST{"DCRST", 12};
constexpr Field PES{"PES", 15};      // WB, WL: new operations are held back
constexpr Field EMPTY{"EMPTY", 16};  // C0, G0: PROGEMPTY; U0, WB, WL
}  // namespace L4ACR

namespace L4SR {
constexpr Field EOP{"EOP", 0};
constexpr Field OPERR{"OPERR", 1};
constexpr Field PROGERR{"PROGERR", 3};
constexpr Field WRPERR{"WRPERR", 4};
constexpr Field PGAERR{"PGAERR", 5};
constexpr Field SIZERR{"SIZERR", 6};
constexpr Field PGSERR{"PGSERR", 7};
constexpr Field MISERR{"MISERR", 8};     // fast programming; not on L5 and later
constexpr Field FASTERR{"FASTERR", 9};   // the same
constexpr Field OPTWERR{"OPTWERR", 13};  // L5 and later; WB, WL: OPTNV, which only says that they are blank
constexpr Field RDERR{"RDERR", 14};      // a read of PCROP cells
constexpr Field OPTVERR{"OPTVERR", 15};  // option bytes that could not be loaded
constexpr Field BSY{"BSY", 16};
constexpr Field PEMPTY{"PEMPTY", 17};      // L41x to L46x, L4+
constexpr Field BSY2{"BSY2", 17};          // G0Bx: of the second bank
constexpr Field WDW{"WDW", 17};            // U3, U5, WBA: the write buffer is partly filled
constexpr Field CFGBSY{"CFGBSY", 18};      // C0, G0, U0, WB, WL: CR must not be written
constexpr Field OEM1LOCK{"OEM1LOCK", 18};  // U3, U5, WBA: a key guards the way from RDP level 1 to 0
// What an operation can fail with. RDERR and OPTVERR may be there without one.
constexpr std::uint32_t kErrors = OPERR.mask() | PROGERR.mask() | WRPERR.mask() | PGAERR.mask() |
                                  SIZERR.mask() | PGSERR.mask() | MISERR.mask() | FASTERR.mask();
constexpr std::uint32_t kClear = kErrors | EOP.mask() | OPTWERR.mask() | RDERR.mask() | OPTVERR.mask();
}  // namespace L4SR

namespace L4CR {
constexpr Field PG{"PG", 0};
constexpr Field PER{"PER", 1};
constexpr Field MER1{"MER1", 2};
constexpr Field PNB{"PNB", 3, 8};  // 10 bits on G0, of which no chip has more than 8
constexpr Field MER2{"MER2", 15};
constexpr Field STRT{"STRT", 16};
constexpr Field OPTSTRT{"OPTSTRT", 17};
constexpr Field OBL_LAUNCH{"OBL_LAUNCH", 27};
constexpr Field SEC_PROT{"SEC_PROT", 28};    // C0, G0, G4: closes the securable area until reset
constexpr Field SEC_PROT2{"SEC_PROT2", 29};  // … of bank 2
constexpr Field OPTLOCK{"OPTLOCK", 30};
constexpr Field LOCK{"LOCK", 31};
}  // namespace L4CR

namespace L4OPTR {
constexpr Field RDP{"RDP", 0, 8};
constexpr Field SWAP_BANK{"SWAP_BANK", 20};  // G0Bx: nSWAP_BANK
constexpr Field DUALBANK{"DUALBANK", 21};  // L4+: DB1M, DB512K; L5: DB256K: of parts that have less than all
constexpr Field DBANK{"DBANK", 22};        // G47x, L4+, L5
constexpr Field TZEN{"TZEN", 31};
}  // namespace L4OPTR

constexpr std::uint32_t kL4Key1 = 0x45670123, kL4Key2 = 0xCDEF89AB;
constexpr std::uint32_t kL4OptKey1 = 0x08192A3B, kL4OptKey2 = 0x4C5D6E7F;
constexpr std::uint8_t kL4Rdp0 = 0xAA, kL4Rdp0_5 = 0x55, kL4Rdp1 = 0x00, kL4Rdp2 = 0xCC;

constexpr Address kL4MainFlash = 0x08000000;
constexpr Address kL4IwdgKr = 0x40003000;  // the same on all
// Block-based secure attribution of L5 and later: one bit a page, from here on for each bank.
constexpr std::array<unsigned, 2> kSecbb{0x80, 0xA0};
constexpr unsigned kSecbbBits = 32;  // of a register

// Bits that say how the ICACHE of L5 and later is emptied.
namespace ICACHE {
constexpr unsigned kCr = 0, kSr = 4;
constexpr Field EN{"EN", 0}, CACHEINV{"CACHEINV", 1}, BUSYF{"BUSYF", 0};
}  // namespace ICACHE

constexpr std::uint32_t kL4Caches = L4ACR::ICEN.mask() | L4ACR::DCEN.mask();
constexpr unsigned kBkerL4 = 11, kBkerG0 = 13;

// clang-format off
//                                base        KEYR OPTK  SR    CR    lock  OPTR  WRP1A 1B    2A    2B     names                                        caches                               busy                                                            BKER     blank             ICACHE
constexpr L4Layout kLayoutL4   = {0x40022000, 0x8, 0x0C, 0x10, 0x14, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_SR",    "FLASH_CR",    "FLASH_OPTR", kL4Caches,                           L4SR::BSY.mask(),                                               kBkerL4, L4Empty::no_flag, {}};
constexpr L4Layout kLayoutL43  = {0x40022000, 0x8, 0x0C, 0x10, 0x14, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_SR",    "FLASH_CR",    "FLASH_OPTR", kL4Caches,                           L4SR::BSY.mask(),                                               kBkerL4, L4Empty::in_status, {}};
constexpr L4Layout kLayoutG0   = {0x40022000, 0x8, 0x0C, 0x10, 0x14, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_SR",    "FLASH_CR",    "FLASH_OPTR", L4ACR::ICEN.mask(),                  L4SR::BSY.mask() | L4SR::CFGBSY.mask(),                         kBkerG0, L4Empty::in_acr, {}};
constexpr L4Layout kLayoutG0Bx = {0x40022000, 0x8, 0x0C, 0x10, 0x14, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_SR",    "FLASH_CR",    "FLASH_OPTR", L4ACR::ICEN.mask(),                  L4SR::BSY.mask() | L4SR::BSY2.mask() | L4SR::CFGBSY.mask(),     kBkerG0, L4Empty::in_acr, {}};
constexpr L4Layout kLayoutWb   = {0x58004000, 0x8, 0x0C, 0x10, 0x14, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_SR",    "FLASH_CR",    "FLASH_OPTR", kL4Caches | L4ACR::PES.mask(),       L4SR::BSY.mask() | L4SR::CFGBSY.mask(),                         kBkerL4, L4Empty::in_acr, {}};
// The Cortex-M0+ of WL5x has a status and control register of its own (RM0453, 4.10); the caches of its side are in FLASH_C2ACR.
constexpr L4Layout kLayoutWlM0 = {0x58004000, 0x8, 0x0C, 0x60, 0x64, 0x14, 0x20, {0x2C, 0x30, 0x4C, 0x50}, "FLASH_C2SR",  "FLASH_C2CR",  "FLASH_OPTR", 0,                                   L4SR::BSY.mask() | L4SR::CFGBSY.mask(),                         kBkerL4, L4Empty::no_flag, {}};
constexpr L4Layout kLayoutL5   = {0x40022000, 0x8, 0x10, 0x20, 0x28, 0x28, 0x40, {0x58, 0x5C, 0x68, 0x6C}, "FLASH_NSSR",  "FLASH_NSCR",  "FLASH_OPTR", 0,                                   L4SR::BSY.mask(),                                               kBkerL4, L4Empty::no_flag, 0x40030400};
constexpr L4Layout kLayoutU5   = {0x40022000, 0x8, 0x10, 0x20, 0x28, 0x28, 0x40, {0x58, 0x5C, 0x68, 0x6C}, "FLASH_NSSR",  "FLASH_NSCR",  "FLASH_OPTR", 0,                                   L4SR::BSY.mask() | L4SR::WDW.mask(),                            kBkerL4, L4Empty::no_flag, 0x40030400};
// clang-format on

// The same flash interface as seen by secure code (TZEN = 1): other addresses, registers of its own.
constexpr L4Layout secure(L4Layout layout) {
  layout.base += kSecureAlias;
  layout.keyr = 0x0C;
  layout.sr = 0x24;
  layout.cr = layout.cr_with_lock = 0x2C;
  layout.sr_name = "FLASH_SECSR";
  layout.cr_name = "FLASH_SECCR";
  if (layout.icache) *layout.icache += kSecureAlias;
  return layout;
}

}  // namespace probity::stm32
