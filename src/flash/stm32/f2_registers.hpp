// Registers of the STM32 F2/F4/F7 flash interface and of what else its driver touches. Sources: RM0090
// (F4), RM0385 and RM0410 (F7), RM0431 (F72x), RM0033 (F2).
#pragma once

#include <string>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32 {

constexpr Address kFlashAcr = 0x40023C00;
constexpr Address kFlashKeyr = 0x40023C04;
constexpr Address kFlashOptkeyr = 0x40023C08;
constexpr Address kFlashSr = 0x40023C0C;
constexpr Address kFlashCr = 0x40023C10;
constexpr Address kFlashOptcr = 0x40023C14;
constexpr Address kFlashOptcr1 = 0x40023C18;
constexpr Address kFlashOptcr2 = 0x40023C1C;

constexpr std::uint32_t kKey1 = 0x45670123, kKey2 = 0xCDEF89AB;        // RM0090
constexpr std::uint32_t kOptKey1 = 0x08192A3B, kOptKey2 = 0x4C5D6E7F;  // RM0090

namespace ACR {
constexpr Field ICEN{"ICEN", 9};     // F7: ARTEN
constexpr Field DCEN{"DCEN", 10};    // F7: reserved
constexpr Field ICRST{"ICRST", 11};  // F7: ARTRST
constexpr Field DCRST{"DCRST", 12};  // F7: reserved
}  // namespace ACR

namespace SR {
constexpr Field EOP{"EOP", 0};
constexpr Field OPERR{"OPERR", 1};
constexpr Field WRPERR{"WRPERR", 4};
constexpr Field PGAERR{"PGAERR", 5};
constexpr Field PGPERR{"PGPERR", 6};
constexpr Field PGSERR{"PGSERR", 7};  // F7: ERSERR
constexpr Field RDERR{"RDERR", 8};    // PCROP; not on all
constexpr Field BSY{"BSY", 16};
constexpr std::uint32_t kErrors =
    OPERR.mask() | WRPERR.mask() | PGAERR.mask() | PGPERR.mask() | PGSERR.mask() | RDERR.mask();
}  // namespace SR

namespace CR {
constexpr Field PG{"PG", 0};
constexpr Field SER{"SER", 1};
constexpr Field MER{"MER", 2};  // of bank 1, where there are two
constexpr Field SNB{"SNB", 3, 5};
constexpr Field PSIZE{"PSIZE", 8, 2};
constexpr Field MER1{"MER1", 15};  // of bank 2 (RM0090: MER1; the header: MER2)
constexpr Field STRT{"STRT", 16};
constexpr Field LOCK{"LOCK", 31};
}  // namespace CR

namespace OPTCR {
constexpr Field OPTLOCK{"OPTLOCK", 0};
constexpr Field OPTSTRT{"OPTSTRT", 1};
constexpr Field USER{"USER", 2, 6};  // BOR_LEV, BFB2 or WWDG_SW, WDG_SW, nRST_STOP, nRST_STDBY
constexpr Field RDP{"RDP", 8, 8};
constexpr Field nWRP{"nWRP", 16, 12};
constexpr Field nDBANK{"nDBANK", 29};  // F76x
constexpr Field DB1M{"DB1M", 30};      // F42x
constexpr Field SPRMOD{"SPRMOD", 31};  // F42x, F446, F401 …: nWRP bits mean PCROP
}  // namespace OPTCR

namespace OPTCR2 {
constexpr Field PCROP{"PCROP", 0, 8};
constexpr Field PCROP_RDP{"PCROP_RDP", 31};
}  // namespace OPTCR2

constexpr std::uint8_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;  // anything else: level 1 (RM0090)
constexpr std::uint8_t kRdpForLevel1 = 0x00;

constexpr Address kDbgmcuIdcode = 0xE0042000;
constexpr Field kDevId{"DEV_ID", 0, 12};
constexpr Field kRevId{"REV_ID", 16, 16};

constexpr Address kRccCr = 0x40023800;
constexpr Field kHsion{"HSION", 0};
constexpr Field kHsirdy{"HSIRDY", 1};

constexpr Address kIwdgKr = 0x40003000;

// "WRPERR, PGSERR": the error flags set in FLASH_SR; empty where there are none.
std::string f2_error_names(std::uint32_t sr);

}  // namespace probity::stm32
