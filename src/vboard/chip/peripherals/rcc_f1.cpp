// RM0008 7.3 (F1), 8.3 (connectivity line), RM0041 6.3 (value line), RM0091 6.4 (F0), RM0316 9.4 (F3). Bits
// as in stm32f103xb.h, stm32f107xc.h, stm32f100xb.h, stm32f072xb.h and stm32f303xe.h.
#include "vboard/chip/peripherals/rcc_f1.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  CFGR = 0x04,
  AHBENR = 0x14,
  BDCR = 0x20,
  CSR = 0x24,
  CFGR2 = 0x2C,
  CR2 = 0x34
};
constexpr Field SWS{"SWS", 2, 2}, HPRE{"HPRE", 4, 4}, PLLMUL{"PLLMUL", 18, 4};
constexpr Field HSIRDY{"HSIRDY", 1}, HSERDY{"HSERDY", 17}, PLLRDY{"PLLRDY", 25}, PLL2RDY{"PLL2RDY", 27};
constexpr Field PLLSRC_F1{"PLLSRC", 16}, PLLXTPRE{"PLLXTPRE", 17}, PREDIV1{"PREDIV1", 0, 4};
constexpr Field PREDIV2{"PREDIV2", 4, 4}, PLL2MUL{"PLL2MUL", 8, 4}, PREDIV1SRC{"PREDIV1SRC", 16};
// F0 and F303xD/E; bit 15 is reserved on the others, which have the same two values.
constexpr Field PLLSRC_F0{"PLLSRC", 15, 2}, HSI48RDY{"HSI48RDY", 17};
constexpr unsigned kHsi = 0, kHse = 1, kPll = 2, kHsi48 = 3;  // values of SW

constexpr std::uint32_t kHsiHertz = 8'000'000, kHsi48Hertz = 48'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;               // the crystal on ST's boards …
constexpr std::uint32_t kConnectivityHseHertz = 25'000'000;  // … and on STM3210C-EVAL

using Registers = RccRegisters;

// Start-up times, typical: STM32F103xB data sheet tables 22 (HSE: 2 ms), 24 (HSI), 27 (PLL: 200 us at most);
// the F0's and F3's are the same. LSI and LSE at once.
constexpr RccOscillator kHsiRow{CR, {"HSION", 0}, CR, HSIRDY, Microseconds(2), kHsi};
constexpr RccOscillator kHseRow{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse};
constexpr RccOscillator kLsiRow{CSR, {"LSION", 0}, CSR, {"LSIRDY", 1}, Microseconds(0), {}};
constexpr RccOscillator kLseRow{BDCR, {"LSEON", 0}, BDCR, {"LSERDY", 1}, Microseconds(0), {}};
constexpr RccOscillator pll(Field on, Field ready, std::optional<unsigned> sw) {
  return {CR, on, CR, ready, Microseconds(200), sw};
}
constexpr RccOscillator kPllRow = pll({"PLLON", 24}, PLLRDY, kPll);
constexpr std::array kOscillators{kHsiRow, kHseRow, kPllRow, kLsiRow, kLseRow};
constexpr std::array kConnectivityOscillators{
    kHsiRow, kHseRow, pll({"PLL2ON", 26}, PLL2RDY, {}), pll({"PLL3ON", 28}, {"PLL3RDY", 29}, {}), kPllRow,
    kLsiRow, kLseRow};
constexpr std::array kF0Oscillators{
    kHsiRow,
    kHseRow,
    RccOscillator{CR2, {"HSI14ON", 0}, CR2, {"HSI14RDY", 1}, Microseconds(2), {}},
    RccOscillator{CR2, {"HSI48ON", 16}, CR2, HSI48RDY, Microseconds(6), kHsi48},
    kPllRow,
    kLsiRow,
    kLseRow};

constexpr std::array kResetValues{
    RccRegisterValue{CR, 0x00000083},      // HSION, HSIRDY, HSITRIM 16
    RccRegisterValue{AHBENR, 0x00000014},  // SRAM and flash interface clocked
};
constexpr std::array kF0ResetValues{kResetValues[0], kResetValues[1],
                                    RccRegisterValue{CR2, 0x00000080}};  // HSI14TRIM 16

Hertz divided(Registers registers, std::uint64_t hertz) {
  return ahb_clock(hertz, HPRE.get(registers[CFGR / 4]));
}

// PLLMUL: 0 is 2 … 14 is 16, 15 is 16 too.
std::uint32_t multiplier(std::uint32_t config) { return std::min(PLLMUL.get(config) + 2, 16u); }

// --- F1 ------------------------------------------------------------------------------------------------

// The value line divides by PREDIV1, whose lowest bit is PLLXTPRE as well; the others by PLLXTPRE alone.
Hertz f1_core_clock(Registers registers) {
  const std::uint32_t config = registers[CFGR / 4];
  const unsigned source = SWS.get(config);
  if (source != kPll) return divided(registers, source == kHse ? kHseHertz : kHsiHertz);
  const std::uint32_t divider = std::max(PREDIV1.get(registers[CFGR2 / 4]), PLLXTPRE.get(config)) + 1;
  const std::uint32_t input = PLLSRC_F1.is_set(config) ? kHseHertz / divider : kHsiHertz / 2;
  return divided(registers, std::uint64_t{input} * multiplier(config));
}

bool f1_source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPllAt = 2;
  if (row != kPllAt) return true;
  return (PLLSRC_F1.is_set(registers[CFGR / 4]) ? HSERDY : HSIRDY).is_set(registers[CR / 4]);
}

// --- connectivity line: PLL2 may feed the PLL ----------------------------------------------------------

Hertz connectivity_core_clock(Registers registers) {
  constexpr std::uint32_t kSixAndAHalf = 13;  // PLLMUL 1101; PLL2MUL 1111 is 20
  const std::uint32_t config = registers[CFGR / 4], second = registers[CFGR2 / 4];
  const unsigned source = SWS.get(config);
  if (source != kPll) return divided(registers, source == kHse ? kConnectivityHseHertz : kHsiHertz);
  std::uint64_t input = kHsiHertz / 2;
  if (PLLSRC_F1.is_set(config)) {
    const std::uint32_t times = PLL2MUL.get(second) == 15 ? 20 : PLL2MUL.get(second) + 2;
    const std::uint64_t pll2 = std::uint64_t{kConnectivityHseHertz} / (PREDIV2.get(second) + 1) * times;
    input = (PREDIV1SRC.is_set(second) ? pll2 : kConnectivityHseHertz) / (PREDIV1.get(second) + 1);
  }
  const bool half = PLLMUL.get(config) == kSixAndAHalf;
  return divided(registers, half ? input * 13 / 2 : input * multiplier(config));
}

bool connectivity_source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPll2At = 2, kPll3At = 3, kPllAt = 4;
  const std::uint32_t control = registers[CR / 4];
  if (row == kPll2At || row == kPll3At) return HSERDY.is_set(control);
  if (row != kPllAt) return true;
  if (!PLLSRC_F1.is_set(registers[CFGR / 4])) return HSIRDY.is_set(control);
  return (PREDIV1SRC.is_set(registers[CFGR2 / 4]) ? PLL2RDY : HSERDY).is_set(control);
}

// --- F0, F3 ----------------------------------------------------------------------------------------------

enum PllSource : std::uint32_t { half_hsi, hsi, hse, hsi48 };  // PLLSRC

Hertz f0_core_clock(Registers registers) {
  const std::uint32_t config = registers[CFGR / 4];
  const unsigned source = SWS.get(config);
  if (source == kHse) return divided(registers, kHseHertz);
  if (source == kHsi48) return divided(registers, kHsi48Hertz);
  if (source != kPll) return divided(registers, kHsiHertz);
  const std::uint32_t divider = PREDIV1.get(registers[CFGR2 / 4]) + 1;
  const std::array<std::uint32_t, 4> inputs{kHsiHertz / 2, kHsiHertz / divider, kHseHertz / divider,
                                            kHsi48Hertz / divider};
  return divided(registers, std::uint64_t{inputs[PLLSRC_F0.get(config)]} * multiplier(config));
}

bool pll_source_runs(Registers registers) {
  const std::uint32_t source = PLLSRC_F0.get(registers[CFGR / 4]);
  if (source == hsi48) return HSI48RDY.is_set(registers[CR2 / 4]);
  return (source == hse ? HSERDY : HSIRDY).is_set(registers[CR / 4]);
}
bool f0_source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPllAt = 4;
  return row != kPllAt || pll_source_runs(registers);
}
bool f3_source_runs(std::size_t row, Registers registers) {
  constexpr std::size_t kPllAt = 2;
  return row != kPllAt || pll_source_runs(registers);
}

constexpr RccFacts common() {
  RccFacts facts;
  facts.size = 0x38;
  facts.reset_values = kResetValues;
  facts.oscillators = kOscillators;
  facts.switch_offset = CFGR;
  facts.sws = SWS;
  facts.flags_offset = CSR;  // PORRSTF … RMVF as RccFacts has them
  facts.backup_offset = BDCR;
  return facts;
}
constexpr RccFacts kF1 = [] {
  RccFacts facts = common();
  facts.core_clock = f1_core_clock;
  facts.source_runs = f1_source_runs;
  return facts;
}();
constexpr RccFacts kConnectivity = [] {
  RccFacts facts = common();
  facts.oscillators = kConnectivityOscillators;
  facts.core_clock = connectivity_core_clock;
  facts.source_runs = connectivity_source_runs;
  return facts;
}();
constexpr RccFacts kF3 = [] {
  RccFacts facts = common();
  facts.core_clock = f0_core_clock;
  facts.source_runs = f3_source_runs;
  facts.option_flag = {"OBLRSTF", 25};
  return facts;
}();
constexpr RccFacts kF0 = [] {
  RccFacts facts = kF3;
  facts.reset_values = kF0ResetValues;
  facts.oscillators = kF0Oscillators;
  facts.source_runs = f0_source_runs;
  return facts;
}();

}  // namespace

const RccFacts& f0_rcc() { return kF0; }
const RccFacts& f1_rcc() { return kF1; }
const RccFacts& f1_connectivity_rcc() { return kConnectivity; }
const RccFacts& f3_rcc() { return kF3; }

}  // namespace probity::vboard
