// RM0481 11.8, RM0492 10.8; fields as in stm32h563xx.h.
#include "vboard/chip/rcc_h5.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  CFGR1 = 0x1C,
  CFGR2 = 0x20,
  PLL1CFGR = 0x28,
  PLL1DIVR = 0x34,
  BDCR = 0xF0,
  RSR = 0xF4
};
constexpr Field SW{"SW", 0, 2}, SWS{"SWS", 3, 2}, HSIDIV{"HSIDIV", 3, 2}, HPRE{"HPRE", 0, 4};
constexpr Field PLL1SRC{"PLL1SRC", 0, 2}, PLL1M{"PLL1M", 8, 6}, PLL1N{"PLL1N", 0, 9}, PLL1P{"PLL1P", 9, 7};
constexpr Field HSIRDY{"HSIRDY", 1}, CSIRDY{"CSIRDY", 9}, HSERDY{"HSERDY", 17};
constexpr unsigned kHsi = 0, kCsi = 1, kHse = 2, kPll1 = 3;  // values of SW; PLL1SRC counts from 1

constexpr std::uint32_t kHsiHertz = 64'000'000, kCsiHertz = 4'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // what ST-LINK gives a Nucleo board

// HSION with HSIDIV 2: 32 MHz.
constexpr std::array kResetValues{RccRegisterValue{CR, 0x00000029}, RccRegisterValue{PLL1DIVR, 0x01010280}};

// Start-up times, typical, as of H7.
constexpr std::array kOscillators{
    RccOscillator{CR, {"HSION", 0}, CR, HSIRDY, Microseconds(2), kHsi},
    RccOscillator{CR, {"CSION", 8}, CR, CSIRDY, Microseconds(1), kCsi},
    RccOscillator{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse},
    RccOscillator{CR, {"PLL1ON", 24}, CR, {"PLL1RDY", 25}, Microseconds(50), kPll1},
    RccOscillator{CR, {"PLL2ON", 26}, CR, {"PLL2RDY", 27}, Microseconds(50), {}},
    RccOscillator{CR, {"PLL3ON", 28}, CR, {"PLL3RDY", 29}, Microseconds(50), {}},
    RccOscillator{CR, {"HSI48ON", 12}, CR, {"HSI48RDY", 13}, Microseconds(2), {}},
    RccOscillator{BDCR, {"LSION", 26}, BDCR, {"LSIRDY", 27}, Microseconds(0), {}},
    RccOscillator{BDCR, {"LSEON", 0}, BDCR, {"LSERDY", 1}, Microseconds(0), {}},
};

using Registers = std::span<const std::uint32_t>;

// PLL1 locks only on a source that runs.
bool source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPll1Row = 3;
  if (row != kPll1Row) return true;
  constexpr std::array kReady{HSIRDY, CSIRDY, HSERDY};
  const std::uint32_t source = PLL1SRC.get(registers[PLL1CFGR / 4]);
  return source != 0 && kReady[source - 1].is_set(registers[CR / 4]);
}

std::uint32_t oscillator(unsigned source, Registers registers) {
  if (source == kHsi) return kHsiHertz >> HSIDIV.get(registers[CR / 4]);
  return source == kCsi ? kCsiHertz : kHseHertz;
}

// PLL1's P output, its fraction left out.
std::uint32_t pll1_output(Registers registers) {
  const std::uint32_t config = registers[PLL1CFGR / 4], divide = registers[PLL1DIVR / 4];
  const std::uint64_t input = oscillator(std::max(PLL1SRC.get(config), 1u) - 1, registers);
  const std::uint32_t m = std::max(PLL1M.get(config), 1u);
  return static_cast<std::uint32_t>(input * (PLL1N.get(divide) + 1) / m / (PLL1P.get(divide) + 1));
}

Hertz core_clock(Registers registers) {
  const unsigned source = SWS.get(registers[CFGR1 / 4]);
  const std::uint32_t prescaler = HPRE.get(registers[CFGR2 / 4]);
  // HPRE: 0xxx undivided, then 2, 4, 8, 16, 64, 128, 256, 512
  constexpr std::array<std::uint32_t, 8> kDivider{2, 4, 8, 16, 64, 128, 256, 512};
  const std::uint32_t divider = prescaler < 8 ? 1 : kDivider[prescaler - 8];
  const std::uint32_t hertz = source == kPll1 ? pll1_output(registers) : oscillator(source, registers);
  return Hertz{std::max(hertz / divider, 1u)};
}

constexpr RccFacts kRcc{
    .size = 0x200,
    .reset_values = kResetValues,
    .oscillators = kOscillators,
    .switch_offset = CFGR1,
    .sw = SW,
    .sws = SWS,
    .flags_offset = RSR,
    .power_flag = {"BORRSTF", 27},
    .pin_flag = {"PINRSTF", 26},
    .software_flag = {"SFTRSTF", 28},
    .watchdog_flag = {"IWDGRSTF", 29},
    .clear_flags = {"RMVF", 23},
    .core_clock = core_clock,
    .backup_offset = BDCR,
    .option_flag = {"OBLRSTF", 0, 0},
    .source_runs = source_runs,
};

}  // namespace

const RccFacts& h5_rcc() { return kRcc; }

}  // namespace probity::vboard
