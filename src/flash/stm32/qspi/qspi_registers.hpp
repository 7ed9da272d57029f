// Registers of QUADSPI (RM0385 chapter 14, RM0351 chapter 17, RM0433 chapter 23) and OCTOSPI (RM0432 chapter
// 20, RM0468 chapter 25; XSPI of RM0477 has the same ones); bits as in ST's CMSIS device headers.
#pragma once

#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32 {

// Where both controllers have the same register, or the same bits of it.
namespace spi_cr {
constexpr Field EN{"EN", 0}, ABORT{"ABORT", 1}, DMAEN{"DMAEN", 2}, TCEN{"TCEN", 3}, DFM{"DFM", 6},
    FSEL{"FSEL", 7}, INTERRUPTS{"TEIE..TOIE", 16, 5}, APMS{"APMS", 22}, PMM{"PMM", 23};
constexpr Field FMODE{"FMODE", 28, 2};  // OCTOSPI's; QUADSPI has it in CCR
}  // namespace spi_cr
namespace spi_sr {
constexpr Field TEF{"TEF", 0}, BUSY{"BUSY", 5};
constexpr std::uint32_t kClearAll = 0x1B;  // FCR: CTEF, CTCF, CSMF, CTOF
}  // namespace spi_sr
namespace spi_dcr {
constexpr Field FSIZE{"FSIZE", 16, 5};  // DCR; DCR1.DEVSIZE of OCTOSPI
constexpr Field MTYP{
    "MTYP", 24, 3};  // OCTOSPI's memory type: 0 Micron, 1 Macronix, 2 standard; from 3 on RAM and HyperBus
constexpr std::uint32_t kFirstOtherType = 3;
}  // namespace spi_dcr
namespace quad_ccr {
constexpr Field INSTRUCTION{"INSTRUCTION", 0, 8}, IMODE{"IMODE", 8, 2}, ADMODE{"ADMODE", 10, 2},
    ADSIZE{"ADSIZE", 12, 2}, DCYC{"DCYC", 18, 5}, DMODE{"DMODE", 24, 2}, FMODE{"FMODE", 26, 2};
}  // namespace quad_ccr
namespace octo_ccr {
constexpr Field IMODE{"IMODE", 0, 3}, IDTR{"IDTR", 3}, ISIZE{"ISIZE", 4, 2}, ADMODE{"ADMODE", 8, 3},
    ADDTR{"ADDTR", 11}, ADSIZE{"ADSIZE", 12, 2}, DMODE{"DMODE", 24, 3}, DDTR{"DDTR", 27}, DQSE{"DQSE", 29};
}  // namespace octo_ccr
namespace octo_tcr {
constexpr Field DCYC{"DCYC", 0, 5}, DHQC{"DHQC", 28};
}  // namespace octo_tcr

// FMODE of either controller.
enum class SpiFunction : std::uint32_t { write = 0, read = 1, poll = 2, memory_mapped = 3 };

enum class QspiKind { quadspi, octospi };

// Offsets from the controller's base.
struct QspiLayout {
  QspiKind kind;
  std::string_view name;  // as the manual's registers begin: "QUADSPI"
  Address dcr, sr, fcr, dlr, ar, abr, dr, psmkr, psmar, pir, ccr;
  Address tcr, ir;  // OCTOSPI's only
};
constexpr Address kSpiCr = 0;
constexpr QspiLayout kQuadspi{
    QspiKind::quadspi, "QUADSPI", 0x04, 0x08, 0x0C, 0x10, 0x18, 0x1C, 0x20, 0x24, 0x28, 0x2C, 0x14, 0, 0};
constexpr QspiLayout kOctospi{QspiKind::octospi,
                              "OCTOSPI",
                              0x08,
                              0x20,
                              0x24,
                              0x40,
                              0x48,
                              0x120,
                              0x50,
                              0x80,
                              0x88,
                              0x90,
                              0x100,
                              0x108,
                              0x110};

}  // namespace probity::stm32
