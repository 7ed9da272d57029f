// Registers and bits: RCC_* of stm32u575xx.h, stm32u385xx.h and stm32wba52xx.h. Start-up times, typical:
// STM32U575 data sheet (DS13737), oscillator characteristics; LSI and LSE at once.
#include "vboard/chip/peripherals/rcc_u5.hpp"

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
  CSR = 0xF4,
  BDCR_U3 = 0x110,
  CSR_U3 = 0x114
};
constexpr Field MSISRDY{"MSISRDY", 2}, HSIRDY{"HSIRDY", 10}, HSERDY{"HSERDY", 17};
constexpr Field MSIRGSEL{"MSIRGSEL", 23}, MSISRANGE{"MSISRANGE", 28, 4}, MSISSRANGE{"MSISSRANGE", 12, 4};
constexpr Field SWS{"SWS", 2, 2}, HPRE{"HPRE", 0, 4};
constexpr Field PLL1SRC{"PLL1SRC", 0, 2}, PLL1M{"PLL1M", 8, 4}, PLL1N{"PLL1N", 0, 9}, PLL1R{"PLL1R", 24, 7};
constexpr unsigned kMsis = 0, kHsi = 1, kHse = 2, kPll1 = 3;   // SW; 0 is HSI16 on WBA
constexpr unsigned kFromMsis = 1, kFromHsi = 2, kFromHse = 3;  // PLL1SRC
constexpr std::uint32_t kHsi16 = 16'000'000, kHseU5 = 16'000'000, kHseWba = 32'000'000;  // ST's boards
using Registers = RccRegisters;

// Looked at for PLL1 alone.
constexpr RccPllSource kPll1Source{{PLL1CFGR, PLL1SRC}, {kNoClock, MSISRDY, HSIRDY, HSERDY}};

constexpr RccOscillator hsi(unsigned sw) { return {CR, {"HSION", 8}, CR, HSIRDY, Microseconds(2), sw}; }
constexpr RccOscillator kHseRow{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse};
constexpr RccOscillator pll(unsigned on, std::optional<unsigned> sw) {
  return {CR, {"PLLxON", on}, CR, {"PLLxRDY", on + 1}, Microseconds(40), sw, sw ? &kPll1Source : nullptr};
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

// MSIPLL0 and MSIPLL1 of U3 hold MSI to a crystal; there is no other PLL (stm32u385xx.h).
constexpr std::array kU3Oscillators{
    RccOscillator{CR, {"MSISON", 0}, CR, {"MSISRDY", 2}, Microseconds(3), kMsis},
    RccOscillator{CR, {"HSION", 11}, CR, {"HSIRDY", 13}, Microseconds(2), kHsi},
    kHseRow,
    RccOscillator{CR, {"MSIKON", 3}, CR, {"MSIKRDY", 4}, Microseconds(3), {}},
    RccOscillator{CR, {"MSIPLL1EN", 5}, CR, {"MSIPLL1RDY", 9}, Microseconds(40), {}},
    RccOscillator{CR, {"MSIPLL0EN", 6}, CR, {"MSIPLL0RDY", 10}, Microseconds(40), {}},
    RccOscillator{CR, {"HSI48ON", 14}, CR, {"HSI48RDY", 15}, Microseconds(3), {}},
    RccOscillator{CSR_U3, {"LSION", 0}, CSR_U3, {"LSIRDY", 1}, Microseconds(0), {}},
    RccOscillator{BDCR_U3, {"LSEON", 0}, BDCR_U3, {"LSERDY", 1}, Microseconds(0), {}}};

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

Hertz u5_clock(Registers r) {
  const unsigned source = SWS.get(r[CFGR1 / 4]);
  const std::uint32_t hertz = source == kMsis  ? msis_hertz(r)
                              : source == kHsi ? kHsi16
                              : source == kHse ? kHseU5
                                               : pll_hertz(r, msis_hertz(r), kHseU5);
  return ahb_clock(hertz, HPRE.get(r[CFGR2 / 4]));
}

// MSIS is RC0 or RC1 of MSI, divided; with MSIRGSEL clear RC1, by the divider after standby
// (SystemCoreClockUpdate() of ST's system_stm32u3xx.c).
Hertz u3_clock(Registers r) {
  constexpr Field MSISSEL{"MSISSEL", 31}, MSISDIV{"MSISDIV", 29, 2}, MSISDIVS{"MSISDIVS", 12, 2};
  constexpr std::uint32_t kRc0 = 96'000'000, kRc1 = 24'000'000;
  const std::uint32_t run = r[ICSCR1 / 4];
  const bool ranged = MSIRGSEL.is_set(run);
  const std::uint32_t msis =
      ranged ? (MSISSEL.is_set(run) ? kRc1 : kRc0) >> MSISDIV.get(run) : kRc1 >> MSISDIVS.get(r[CSR_U3 / 4]);
  const unsigned source = SWS.get(r[CFGR1 / 4]);
  const std::uint32_t hertz = source == kMsis ? msis : source == kHsi ? kHsi16 : kHseU5;
  return ahb_clock(hertz, HPRE.get(r[CFGR2 / 4]));
}

// HPRE has three bits: 0xx undivided, then 2, 4, 8, 16 (RM0493 12.8.7).
Hertz wba_clock(Registers r) {
  constexpr Field kHpre{"HPRE", 0, 3};
  const unsigned source = SWS.get(r[CFGR1 / 4]);
  const std::uint32_t hertz = source == kPll1 ? pll_hertz(r, 0, kHseWba) : source == kHse ? kHseWba : kHsi16;
  const std::uint32_t code = kHpre.get(r[CFGR2 / 4]);
  return ahb_clock(hertz, code < 4 ? 0 : code + 4);
}

// U3: MSIS and MSIK on, 12 MHz (HAL_RCC_DeInit() of ST's stm32u3xx_hal_rcc.c).
constexpr std::array kU3Reset{RccRegisterValue{CR, 0x0000001D}, RccRegisterValue{ICSCR1, 0xB4000000},
                              RccRegisterValue{CSR_U3, 0x00001100}};
// RM0456 11.8.1: MSIS and MSIK on; the range after standby is 4 MHz. RM0493 12.8.1: HSI16 on.
constexpr std::array kU5Reset{RccRegisterValue{CR, 0x00000035}, RccRegisterValue{CSR, 0x00004400}};
constexpr std::array kWbaReset{RccRegisterValue{CR, 0x00000500}};

constexpr RccFacts rcc(std::span<const RccRegisterValue> reset, std::span<const RccOscillator> oscillators,
                       Hertz (*clock)(Registers)) {
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
  return facts;
}
constexpr RccFacts kU5Rcc = rcc(kU5Reset, kU5Oscillators, u5_clock);
constexpr RccFacts at_u3_places(RccFacts facts) {
  facts.flags_offset = CSR_U3;
  facts.backup_offset = BDCR_U3;
  return facts;
}
constexpr RccFacts kU3Rcc = at_u3_places(rcc(kU3Reset, kU3Oscillators, u3_clock));
constexpr RccFacts kWbaRcc = rcc(kWbaReset, kWbaOscillators, wba_clock);

}  // namespace

const RccFacts& u5_rcc() { return kU5Rcc; }
const RccFacts& u3_rcc() { return kU3Rcc; }
const RccFacts& wba_rcc() { return kWbaRcc; }

}  // namespace probity::vboard
