// Registers of the STM32 F0/F1/F3 flash interface and of what else its driver touches. Sources: PM0075 (F1),
// PM0068 (F1 XL density), PM0063 (F100), RM0091 (F0), RM0316 (F3).
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32::f1 {

// One register interface; XL density has a second one, for what lies at 0x08080000 and above (PM0068).
struct Fpec {
  Address keyr, sr, cr, ar;
};
constexpr Fpec kFpec1{0x40022004, 0x4002200C, 0x40022010, 0x40022014};
constexpr Fpec kFpec2{0x40022044, 0x4002204C, 0x40022050, 0x40022054};
constexpr Address kOptkeyr = 0x40022008;
constexpr Address kObr = 0x4002201C;
constexpr Address kWrpr = 0x40022020;

// PM0075, 2.3.1; the same two unlock the option bytes.
constexpr std::uint32_t kKey1 = 0x45670123, kKey2 = 0xCDEF89AB;

namespace SR {
constexpr Field BSY{"BSY", 0};
constexpr Field PGERR{"PGERR", 2};
constexpr Field WRPRTERR{"WRPRTERR", 4};
constexpr Field EOP{"EOP", 5};
constexpr std::uint32_t kErrors = PGERR.mask() | WRPRTERR.mask();
}  // namespace SR

namespace CR {
constexpr Field PG{"PG", 0};
constexpr Field PER{"PER", 1};
constexpr Field MER{"MER", 2};
constexpr Field OPTPG{"OPTPG", 4};
constexpr Field OPTER{"OPTER", 5};
constexpr Field STRT{"STRT", 6};
constexpr Field LOCK{"LOCK", 7};
constexpr Field OPTWRE{"OPTWRE", 9};
constexpr Field OBL_LAUNCH{"OBL_LAUNCH", 13};  // F0, F3 and the GD32 that are like them
}  // namespace CR

namespace OBR {
constexpr Field OPTERR{"OPTERR", 0};
constexpr Field RDPRT{"RDPRT", 1};      // F1; F0 and F3: set at level 1 and 2
constexpr Field LEVEL2{"RDPRT[1]", 2};  // F0 and F3: set at level 2; F1: WDG_SW
}  // namespace OBR

constexpr Address kOptionArea = 0x1FFFF800;
constexpr Address kMainFlash = 0x08000000;
constexpr Address kSecondBank = 0x08080000;  // PM0068

constexpr Address kDbgmcuIdcodeM0 = 0x40015800;  // Cortex-M0, Cortex-M23
constexpr Address kDbgmcuIdcode = 0xE0042000;    // Cortex-M3, Cortex-M4
constexpr Field kDevId{"DEV_ID", 0, 12};
constexpr Field kRevId{"REV_ID", 16, 16};

constexpr Address kRccCr = 0x40021000;
constexpr Field kHsion{"HSION", 0};
constexpr Field kHsirdy{"HSIRDY", 1};

constexpr Address kIwdgKr = 0x40003000;

}  // namespace probity::stm32::f1
