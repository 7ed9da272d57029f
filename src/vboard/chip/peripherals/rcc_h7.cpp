// H7: RM0433 8.7; RM0399, RM0468 and RM0455 have the same registers where they are used here (D1CFGR is
// CDCFGR1 on H7A/B); fields as in stm32h743xx.h. H7R/S: RM0477, stm32h7s7xx.h. H5: RM0481 11.8, RM0492 10.8,
// stm32h563xx.h. The PLL's fraction is left out.
#include "vboard/chip/peripherals/rcc_h7.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

// --- what they share -----------------------------------------------------------------------------------

constexpr std::uint32_t CR = 0x00;
constexpr Field HSIDIV{"HSIDIV", 3, 2}, HSERDY{"HSERDY", 17};
constexpr unsigned kHsi = 0, kCsi = 1, kPll1 = 3;  // values of SW; 2: HSE
constexpr std::uint32_t kHsiHertz = 64'000'000, kCsiHertz = 4'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // what ST-LINK gives a Nucleo board

// Where the core's clock comes from.
struct ClockTree {
  RccPlace sws, prescaler;
  RccPllSource pll_source;
  unsigned first_source;  // the value of PLLSRC that means HSI; CSI and HSE follow
  RccPlace m, n, p;       // of PLL1
};

std::uint32_t oscillator(unsigned source, RccRegisters registers) {
  if (source == kHsi) return kHsiHertz >> HSIDIV.get(registers[CR / 4]);
  return source == kCsi ? kCsiHertz : kHseHertz;
}

template <const ClockTree& kTree>
Hertz core_clock(RccRegisters r) {
  const unsigned source = kTree.sws.get(r);
  std::uint64_t hertz = oscillator(source, r);
  if (source == kPll1) {
    const unsigned input = std::max(kTree.pll_source.select.get(r), kTree.first_source) - kTree.first_source;
    const std::uint32_t m = std::max(kTree.m.get(r), 1u);
    hertz = std::uint64_t{oscillator(input, r)} * (kTree.n.get(r) + 1) / m / (kTree.p.get(r) + 1);
  }
  return ahb_clock(hertz, kTree.prescaler.get(r));
}

// Start-up times, typical: STM32H743 data sheet (DS12110), oscillator characteristics.
constexpr RccOscillator hsi(Field ready) { return {CR, {"HSION", 0}, CR, ready, Microseconds(2), kHsi}; }
constexpr RccOscillator csi(unsigned on, Field ready) {
  return {CR, {"CSION", on}, CR, ready, Microseconds(1), kCsi};
}
constexpr RccOscillator kHse{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), 2};
constexpr RccOscillator pll(unsigned on, std::optional<unsigned> sw, const RccPllSource* source) {
  return {CR, {"PLLxON", on}, CR, {"PLLxRDY", on + 1}, Microseconds(50), sw, source};
}
constexpr RccOscillator kHsi48{CR, {"HSI48ON", 12}, CR, {"HSI48RDY", 13}, Microseconds(2), {}};
constexpr RccOscillator low_speed(std::uint32_t offset, unsigned on) {
  return {offset, {"LSxON", on}, offset, {"LSxRDY", on + 1}, Microseconds(0), {}};
}

// --- H7 and H7R/S ----------------------------------------------------------------------------------------

enum : std::uint32_t {
  CFGR = 0x10,
  D1CFGR = 0x18,  // CDCFGR of H7R/S
  PLLCKSELR = 0x28,
  PLLCFGR = 0x2C,
  PLL1DIVR = 0x30,
  PLL2DIVR = 0x38,
  PLL3DIVR = 0x40,
  BDCR = 0x70,
  CSR = 0x74,
  RSR = 0xD0,
  RSR_H7RS = 0x130
};
constexpr Field kH7HsiReady{"HSIRDY", 2}, kH7CsiReady{"CSIRDY", 8};

constexpr ClockTree h7_tree(Field prescaler) {
  return {.sws = {CFGR, {"SWS", 3, 3}},
          .prescaler = {D1CFGR, prescaler},
          .pll_source = {{PLLCKSELR, {"PLLSRC", 0, 2}}, {kH7HsiReady, kH7CsiReady, HSERDY, kNoClock}},
          .first_source = 0,
          .m = {PLLCKSELR, {"DIVM1", 4, 6}},
          .n = {PLL1DIVR, {"N1", 0, 9}},
          .p = {PLL1DIVR, {"P1", 9, 7}}};
}
constexpr ClockTree kH7Tree = h7_tree({"D1CPRE", 8, 4}), kH7rsTree = h7_tree({"CPRE", 0, 4});

// One PLLSRC for the three of them.
constexpr std::array kH7Oscillators{hsi(kH7HsiReady),
                                    csi(7, kH7CsiReady),
                                    kHse,
                                    pll(24, kPll1, &kH7Tree.pll_source),
                                    pll(26, {}, &kH7Tree.pll_source),
                                    pll(28, {}, &kH7Tree.pll_source),
                                    kHsi48,
                                    low_speed(CSR, 0),
                                    low_speed(BDCR, 0)};

// H7: HSION, and D1CKRDY and D2CKRDY, which the board leaves set.
constexpr std::array kH7Reset{
    RccRegisterValue{CR, 0x0000C001},       RccRegisterValue{PLLCKSELR, 0x02020200},
    RccRegisterValue{PLLCFGR, 0x01FF0000},  RccRegisterValue{PLL1DIVR, 0x01010280},
    RccRegisterValue{PLL2DIVR, 0x01010280}, RccRegisterValue{PLL3DIVR, 0x01010280},
};
// As HAL_RCC_DeInit of stm32h7rsxx_hal_rcc.c leaves them.
constexpr std::array kH7rsReset{
    RccRegisterValue{CR, 0x00000001},       RccRegisterValue{PLLCKSELR, 0x02020200},
    RccRegisterValue{PLL1DIVR, 0x01010280}, RccRegisterValue{PLL2DIVR, 0x01010280},
    RccRegisterValue{PLL3DIVR, 0x01010280}, RccRegisterValue{0xC0, 0x00000101},
    RccRegisterValue{0xC4, 0x00000101},     RccRegisterValue{0xC8, 0x00000101},
};

constexpr RccFacts kH7Rcc{
    .size = 0x200,
    .reset_values = kH7Reset,
    .oscillators = kH7Oscillators,
    .switch_offset = CFGR,
    .sw = {"SW", 0, 3},
    .sws = {"SWS", 3, 3},
    .flags_offset = RSR,
    .power_flag = {"PORRSTF", 23},
    .pin_flag = {"PINRSTF", 22},
    .software_flag = {"SFTRSTF", 24},
    .watchdog_flag = {"IWDG1RSTF", 26},
    .clear_flags = {"RMVF", 16},
    .core_clock = core_clock<kH7Tree>,
    .backup_offset = BDCR,
    .option_flag = {"OBLRSTF", 0, 0},
};
constexpr RccFacts kH7rsRcc = [] {
  RccFacts facts = kH7Rcc;
  facts.reset_values = kH7rsReset;
  facts.flags_offset = RSR_H7RS;
  facts.option_flag = {"OBLRSTF", 17};
  facts.core_clock = core_clock<kH7rsTree>;
  return facts;
}();

// --- H5 ------------------------------------------------------------------------------------------------

enum : std::uint32_t {
  CFGR1 = 0x1C,
  CFGR2 = 0x20,
  PLL1CFGR = 0x28,
  PLL1DIVR_H5 = 0x34,
  BDCR_H5 = 0xF0,
  RSR_H5 = 0xF4
};
constexpr Field kH5HsiReady{"HSIRDY", 1}, kH5CsiReady{"CSIRDY", 9};

constexpr ClockTree kH5Tree{
    .sws = {CFGR1, {"SWS", 3, 2}},
    .prescaler = {CFGR2, {"HPRE", 0, 4}},
    .pll_source = {{PLL1CFGR, {"PLL1SRC", 0, 2}}, {kNoClock, kH5HsiReady, kH5CsiReady, HSERDY}},
    .first_source = 1,
    .m = {PLL1CFGR, {"PLL1M", 8, 6}},
    .n = {PLL1DIVR_H5, {"PLL1N", 0, 9}},
    .p = {PLL1DIVR_H5, {"PLL1P", 9, 7}}};

// The sources of PLL2 and PLL3, each its own, are not looked at.
constexpr std::array kH5Oscillators{
    hsi(kH5HsiReady),     csi(8, kH5CsiReady),  kHse,   pll(24, kPll1, &kH5Tree.pll_source),
    pll(26, {}, nullptr), pll(28, {}, nullptr), kHsi48, low_speed(BDCR_H5, 26),
    low_speed(BDCR_H5, 0)};

// HSION with HSIDIV 2: 32 MHz.
constexpr std::array kH5Reset{RccRegisterValue{CR, 0x00000029}, RccRegisterValue{PLL1DIVR_H5, 0x01010280}};

constexpr RccFacts kH5Rcc{
    .size = 0x200,
    .reset_values = kH5Reset,
    .oscillators = kH5Oscillators,
    .switch_offset = CFGR1,
    .sw = {"SW", 0, 2},
    .sws = {"SWS", 3, 2},
    .flags_offset = RSR_H5,
    .power_flag = {"BORRSTF", 27},
    .pin_flag = {"PINRSTF", 26},
    .software_flag = {"SFTRSTF", 28},
    .watchdog_flag = {"IWDGRSTF", 29},
    .clear_flags = {"RMVF", 23},
    .core_clock = core_clock<kH5Tree>,
    .backup_offset = BDCR_H5,
    .option_flag = {"OBLRSTF", 0, 0},
};

}  // namespace

const RccFacts& h7_rcc() { return kH7Rcc; }
const RccFacts& h7rs_rcc() { return kH7rsRcc; }
const RccFacts& h5_rcc() { return kH5Rcc; }

}  // namespace probity::vboard
