// RM0433 8.7; RM0399, RM0468 and RM0455 have the same registers where they are used here (D1CFGR is CDCFGR1
// on H7A/B). Fields as in stm32h743xx.h.
#include "vboard/chip/rcc_h7.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  CFGR = 0x10,
  D1CFGR = 0x18,
  PLLCKSELR = 0x28,
  PLLCFGR = 0x2C,
  PLL1DIVR = 0x30,
  PLL2DIVR = 0x38,
  PLL3DIVR = 0x40,
  BDCR = 0x70,
  CSR = 0x74,
  RSR = 0xD0
};
constexpr Field SW{"SW", 0, 3}, SWS{"SWS", 3, 3}, HSIDIV{"HSIDIV", 3, 2}, D1CPRE{"D1CPRE", 8, 4};
constexpr Field PLLSRC{"PLLSRC", 0, 2}, DIVM1{"DIVM1", 4, 6}, N1{"N1", 0, 9}, P1{"P1", 9, 7};
constexpr Field HSIRDY{"HSIRDY", 2}, CSIRDY{"CSIRDY", 8}, HSERDY{"HSERDY", 17};
constexpr unsigned kHsi = 0, kCsi = 1, kHse = 2, kPll1 = 3;  // values of SW; the first three of PLLSRC too

constexpr std::uint32_t kHsiHertz = 64'000'000, kCsiHertz = 4'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // what ST-LINK gives a Nucleo board

// HSION, and D1CKRDY and D2CKRDY, which the board leaves set.
constexpr std::array kResetValues{
    RccRegisterValue{CR, 0x0000C001},       RccRegisterValue{PLLCKSELR, 0x02020200},
    RccRegisterValue{PLLCFGR, 0x01FF0000},  RccRegisterValue{PLL1DIVR, 0x01010280},
    RccRegisterValue{PLL2DIVR, 0x01010280}, RccRegisterValue{PLL3DIVR, 0x01010280},
};

// Start-up times, typical: STM32H743 data sheet (DS12110), oscillator characteristics.
constexpr std::array kOscillators{
    RccOscillator{CR, {"HSION", 0}, CR, HSIRDY, Microseconds(2), kHsi},
    RccOscillator{CR, {"CSION", 7}, CR, CSIRDY, Microseconds(1), kCsi},
    RccOscillator{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse},
    RccOscillator{CR, {"PLL1ON", 24}, CR, {"PLL1RDY", 25}, Microseconds(50), kPll1},
    RccOscillator{CR, {"PLL2ON", 26}, CR, {"PLL2RDY", 27}, Microseconds(50), {}},
    RccOscillator{CR, {"PLL3ON", 28}, CR, {"PLL3RDY", 29}, Microseconds(50), {}},
    RccOscillator{CR, {"HSI48ON", 12}, CR, {"HSI48RDY", 13}, Microseconds(2), {}},
    RccOscillator{CSR, {"LSION", 0}, CSR, {"LSIRDY", 1}, Microseconds(0), {}},
    RccOscillator{BDCR, {"LSEON", 0}, BDCR, {"LSERDY", 1}, Microseconds(0), {}},
};

using Registers = std::span<const std::uint32_t>;

// A PLL locks only on a source that runs.
bool source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPllsBegin = 3, kPllsEnd = 6;
  if (row < kPllsBegin || row >= kPllsEnd) return true;
  constexpr std::array kReady{HSIRDY, CSIRDY, HSERDY};
  const std::uint32_t source = PLLSRC.get(registers[PLLCKSELR / 4]);
  return source < kReady.size() && kReady[source].is_set(registers[CR / 4]);
}

std::uint32_t oscillator(unsigned source, Registers registers) {
  if (source == kHsi) return kHsiHertz >> HSIDIV.get(registers[CR / 4]);
  return source == kCsi ? kCsiHertz : kHseHertz;
}

// PLL1's P output, its fraction left out.
std::uint32_t pll1_output(Registers registers) {
  const std::uint32_t select = registers[PLLCKSELR / 4], divide = registers[PLL1DIVR / 4];
  const std::uint64_t input = oscillator(PLLSRC.get(select), registers);
  const std::uint32_t m = std::max(DIVM1.get(select), 1u);
  return static_cast<std::uint32_t>(input * (N1.get(divide) + 1) / m / (P1.get(divide) + 1));
}

Hertz core_clock(Registers registers) {
  const unsigned source = SWS.get(registers[CFGR / 4]);
  const std::uint32_t prescaler = D1CPRE.get(registers[D1CFGR / 4]);
  // D1CPRE: 0xxx undivided, then 2, 4, 8, 16, 64, 128, 256, 512
  constexpr std::array<std::uint32_t, 8> kDivider{2, 4, 8, 16, 64, 128, 256, 512};
  const std::uint32_t divider = prescaler < 8 ? 1 : kDivider[prescaler - 8];
  const std::uint32_t hertz = source == kPll1 ? pll1_output(registers) : oscillator(source, registers);
  return Hertz{std::max(hertz / divider, 1u)};
}

constexpr RccFacts kRcc{
    .size = 0x200,
    .reset_values = kResetValues,
    .oscillators = kOscillators,
    .switch_offset = CFGR,
    .sw = SW,
    .sws = SWS,
    .flags_offset = RSR,
    .power_flag = {"PORRSTF", 23},
    .pin_flag = {"PINRSTF", 22},
    .software_flag = {"SFTRSTF", 24},
    .watchdog_flag = {"IWDG1RSTF", 26},
    .clear_flags = {"RMVF", 16},
    .core_clock = core_clock,
    .backup_offset = BDCR,
    .option_flag = {"OBLRSTF", 0, 0},
    .source_runs = source_runs,
};

}  // namespace

const RccFacts& h7_rcc() { return kRcc; }

}  // namespace probity::vboard
