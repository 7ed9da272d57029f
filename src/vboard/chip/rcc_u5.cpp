// Registers and bits: RCC_* of stm32u575xx.h and stm32wba52xx.h. Start-up times, typical: STM32U575 data
// sheet (DS13737), oscillator characteristics; LSI and LSE at once.
#include "vboard/chip/rcc_u5.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  ICSCR1 = 0x08,
  CFGR1 = 0x1C,
  CFGR2 = 0x20,
  PLL1CFGR = 0x28,
  PLL1DIVR = 0x34,
  BDCR = 0xF0,
  CSR = 0xF4
};
constexpr Field MSISRDY{"MSISRDY", 2}, HSIRDY{"HSIRDY", 10}, HSERDY{"HSERDY", 17};
constexpr Field MSIRGSEL{"MSIRGSEL", 23}, MSISRANGE{"MSISRANGE", 28, 4}, MSISSRANGE{"MSISSRANGE", 12, 4};
constexpr Field SWS{"SWS", 2, 2}, HPRE{"HPRE", 0, 4};
constexpr Field PLL1SRC{"PLL1SRC", 0, 2}, PLL1M{"PLL1M", 8, 4}, PLL1N{"PLL1N", 0, 9}, PLL1R{"PLL1R", 24, 7};
constexpr unsigned kMsis = 0, kHsi = 1, kHse = 2, kPll1 = 3;   // SW; 0 is HSI16 on WBA
constexpr unsigned kFromMsis = 1, kFromHsi = 2, kFromHse = 3;  // PLL1SRC
constexpr std::uint32_t kHsi16 = 16'000'000, kHseU5 = 16'000'000, kHseWba = 32'000'000;  // ST's boards
using Registers = std::span<const std::uint32_t>;

constexpr RccOscillator hsi(unsigned sw) { return {CR, {"HSION", 8}, CR, HSIRDY, Microseconds(2), sw}; }
constexpr RccOscillator kHseRow{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse};
constexpr RccOscillator pll(unsigned on, std::optional<unsigned> sw) {
  return {CR, {"PLLxON", on}, CR, {"PLLxRDY", on + 1}, Microseconds(40), sw};
}
constexpr RccOscillator kLsi{BDCR, {"LSION", 26}, BDCR, {"LSIRDY", 27}, Microseconds(0), {}};
constexpr RccOscillator kLse{BDCR, {"LSEON", 0}, BDCR, {"LSERDY", 1}, Microseconds(0), {}};
constexpr std::array kU5Oscillators{
    RccOscillator{CR, {"MSISON", 0}, CR, MSISRDY, Microseconds(3), kMsis},
    hsi(kHsi),
    kHseRow,
    pll(24, kPll1),
    pll(26, {}),
    pll(28, {}),
    RccOscillator{CR, {"MSIKON", 4}, CR, {"MSIKRDY", 5}, Microseconds(3), {}},
    RccOscillator{CR, {"HSI48ON", 12}, CR, {"HSI48RDY", 13}, Microseconds(3), {}},
    RccOscillator{CR, {"SHSION", 14}, CR, {"SHSIRDY", 15}, Microseconds(3), {}},
    kLsi,
    kLse};
constexpr std::array kWbaOscillators{hsi(0), kHseRow, pll(24, kPll1), kLsi, kLse};

// A PLL locks only on a source that runs; looked at for PLL1 alone.
template <const auto& kRows>
bool source_runs(std::size_t row, Registers registers) {
  if (kRows[row].sw != kPll1) return true;
  const std::uint32_t control = registers[CR / 4];
  const unsigned source = PLL1SRC.get(registers[PLL1CFGR / 4]);
  return (source == kFromMsis && MSISRDY.is_set(control)) || (source == kFromHsi && HSIRDY.is_set(control)) ||
         (source == kFromHse && HSERDY.is_set(control));
}

// RM0456 11.8.2 MSISRANGE, in kHz.
std::uint32_t msis_hertz(Registers registers) {
  constexpr std::array<std::uint32_t, 16> kRanges{48000, 24000, 16000, 12000, 4000, 2000, 1330, 1000,
                                                  3072,  1536,  1024,  768,   400,  200,  133,  100};
  const std::uint32_t run = registers[ICSCR1 / 4];
  return 1000 * kRanges[MSIRGSEL.is_set(run) ? MSISRANGE.get(run) : MSISSRANGE.get(registers[CSR / 4])];
}

std::uint32_t pll_hertz(Registers registers, std::uint32_t msis, std::uint32_t hse) {
  const std::uint32_t config = registers[PLL1CFGR / 4], dividers = registers[PLL1DIVR / 4];
  const unsigned from = PLL1SRC.get(config);
  const std::uint64_t input = from == kFromMsis ? msis : from == kFromHsi ? kHsi16 : hse;
  const std::uint64_t vco = input / (PLL1M.get(config) + 1) * (PLL1N.get(dividers) + 1);
  return static_cast<std::uint32_t>(vco / (PLL1R.get(dividers) + 1));
}

Hertz divided(std::uint32_t hertz, std::uint32_t code) {
  constexpr std::array<std::uint32_t, 16> kDivider{1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 64, 128, 256, 512};
  return Hertz{std::max(hertz / kDivider[code], 1u)};
}

Hertz u5_clock(Registers r) {
  const unsigned source = SWS.get(r[CFGR1 / 4]);
  const std::uint32_t hertz = source == kMsis  ? msis_hertz(r)
                              : source == kHsi ? kHsi16
                              : source == kHse ? kHseU5
                                               : pll_hertz(r, msis_hertz(r), kHseU5);
  return divided(hertz, HPRE.get(r[CFGR2 / 4]));
}

// HPRE has three bits: 0xx undivided, then 2, 4, 8, 16 (RM0493 12.8.7).
Hertz wba_clock(Registers r) {
  constexpr Field kHpre{"HPRE", 0, 3};
  const unsigned source = SWS.get(r[CFGR1 / 4]);
  const std::uint32_t hertz = source == kPll1 ? pll_hertz(r, 0, kHseWba) : source == kHse ? kHseWba : kHsi16;
  const std::uint32_t code = kHpre.get(r[CFGR2 / 4]);
  return divided(hertz, code < 4 ? 0 : code + 4);
}

// RM0456 11.8.1: MSIS and MSIK on; the range after standby is 4 MHz. RM0493 12.8.1: HSI16 on.
constexpr std::array kU5Reset{RccRegisterValue{CR, 0x00000035}, RccRegisterValue{CSR, 0x00004400}};
constexpr std::array kWbaReset{RccRegisterValue{CR, 0x00000500}};

constexpr RccFacts rcc(std::span<const RccRegisterValue> reset, std::span<const RccOscillator> oscillators,
                       Hertz (*clock)(Registers), bool (*runs)(std::size_t, Registers)) {
  RccFacts facts;
  facts.reset_values = reset;
  facts.oscillators = oscillators;
  facts.switch_offset = CFGR1;
  facts.sw = {"SW", 0, 2};
  facts.sws = SWS;
  facts.flags_offset = CSR;
  facts.power_flag = {"BORRSTF", 27};
  facts.clear_flags = {"RMVF", 23};
  facts.option_flag = {"OBLRSTF", 25};
  facts.core_clock = clock;
  facts.backup_offset = BDCR;
  facts.source_runs = runs;
  return facts;
}
constexpr RccFacts kU5Rcc = rcc(kU5Reset, kU5Oscillators, u5_clock, source_runs<kU5Oscillators>);
constexpr RccFacts kWbaRcc = rcc(kWbaReset, kWbaOscillators, wba_clock, source_runs<kWbaOscillators>);

}  // namespace

const RccFacts& u5_rcc() { return kU5Rcc; }
const RccFacts& wba_rcc() { return kWbaRcc; }

}  // namespace probity::vboard
