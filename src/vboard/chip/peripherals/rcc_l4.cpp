// Registers and bits: RCC_* of the CMSIS headers. Start-up times, typical: STM32L476 data sheet (DS10198),
// oscillator characteristics; LSI and LSE at once.
#include "vboard/chip/peripherals/rcc_l4.hpp"

#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  CFGR = 0x08,
  PLLCFGR = 0x0C,
  BDCR_G0 = 0x5C,  // CSR1 of C0
  CSR_G0 = 0x60,   // CSR2 of C0
  BDCR = 0x90,
  CSR = 0x94,
  CRRCR = 0x98
};
constexpr Field MSIRDY{"MSIRDY", 1}, HSIRDY{"HSIRDY", 10}, HSERDY{"HSERDY", 17};
constexpr Field MSIRGSEL{"MSIRGSEL", 3}, MSIRANGE{"MSIRANGE", 4, 4}, MSISRANGE{"MSISRANGE", 8, 4};
constexpr Field HSIDIV{"HSIDIV", 11, 3};
constexpr Field PLLSRC{"PLLSRC", 0, 2}, PLLN{"PLLN", 8, 7};
constexpr unsigned kFromMsi = 1, kFromHsi = 2, kFromHse = 3;  // PLLSRC

constexpr std::uint32_t kHsi16 = 16'000'000, kHsi48 = 48'000'000, kLowSpeed = 32'000;
using Registers = RccRegisters;

// --- oscillators ---------------------------------------------------------------------------------------

constexpr RccPllSource kPllSource{{PLLCFGR, PLLSRC}, {kNoClock, MSIRDY, HSIRDY, HSERDY}};

constexpr RccOscillator msi(unsigned sw) { return {CR, {"MSION", 0}, CR, MSIRDY, Microseconds(4), sw}; }
constexpr RccOscillator hsi(unsigned sw) { return {CR, {"HSION", 8}, CR, HSIRDY, Microseconds(1), sw}; }
constexpr RccOscillator hse(unsigned sw) { return {CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), sw}; }
constexpr RccOscillator pll(unsigned sw) {
  return {CR, {"PLLON", 24}, CR, {"PLLRDY", 25}, Microseconds(40), sw, &kPllSource};
}
constexpr RccOscillator pllsai(unsigned on) {
  return {CR, {"PLLSAION", on}, CR, {"PLLSAIRDY", on + 1}, Microseconds(40), {}, &kPllSource};
}
constexpr RccOscillator hsi48(std::uint32_t offset, unsigned on) {
  return {offset, {"HSI48ON", on}, offset, {"HSI48RDY", on + 1}, Microseconds(3), {}};
}
constexpr RccOscillator low_speed(std::uint32_t offset, std::optional<unsigned> sw = {}) {
  return {offset, {"LSxON", 0}, offset, {"LSxRDY", 1}, Microseconds(0), sw};
}

constexpr std::array kL4Oscillators{msi(0),     hsi(1),          hse(2),         pll(3),         pllsai(26),
                                    pllsai(28), hsi48(CRRCR, 0), low_speed(CSR), low_speed(BDCR)};
constexpr std::array kG4Oscillators{hsi(1), hse(2), pll(3), hsi48(CRRCR, 0), low_speed(CSR), low_speed(BDCR)};
constexpr std::array kG0Oscillators{
    hsi(0), hse(1), pll(2), hsi48(CR, 22), low_speed(CSR_G0, 3), low_speed(BDCR_G0, 4)};
constexpr std::array kC0Oscillators{hsi(0), hse(1), hsi48(CR, 22), low_speed(CSR_G0, 3),
                                    low_speed(BDCR_G0, 4)};
constexpr std::array kU0Oscillators{
    msi(0), hsi(1), hse(2), pll(3), hsi48(CRRCR, 0), low_speed(CSR, 4), low_speed(BDCR, 5)};

// --- clocks ----------------------------------------------------------------------------------------------

// What differs in computing the core's clock.
struct ClockShape {
  std::uint32_t hse = 8'000'000;  // the crystal on ST's boards
  Field sws{}, hpre{}, pllm{}, pllr{};
  bool pllr_doubles = false;      // L4, G4: PLLR means 2, 4, 6, 8; elsewhere PLLR + 1
  bool odd_dividers = false;      // HPRE 1 to 7 mean 3, 5, 6, 10, 32 too (WB, WL)
  std::array<char, 6> sources{};  // by SW: 'm' MSI, 'h' HSI, 'e' HSE, 'p' PLL, 'l' LSI or LSE
};

// RM0351 6.4.1 MSIRANGE, in kHz.
std::uint32_t msi_hertz(Registers registers, bool has_standby_range) {
  constexpr std::array<std::uint32_t, 16> kRanges{100,   200,   400,   800,   1000,  2000,  4000,  8000,
                                                  16000, 24000, 32000, 48000, 48000, 48000, 48000, 48000};
  const std::uint32_t control = registers[CR / 4];
  const bool standby = has_standby_range && !MSIRGSEL.is_set(control);
  return 1000 * kRanges[standby ? MSISRANGE.get(registers[CSR / 4]) : MSIRANGE.get(control)];
}

// Codes that WB and WL have beside the usual ones (RM0434 8.4.3 HPRE).
std::uint32_t odd_divider(std::uint32_t code) {
  constexpr std::array<std::uint32_t, 8> kOdd{1, 3, 5, 1, 1, 6, 10, 32};
  return code < kOdd.size() ? kOdd[code] : 1;
}

Hertz clock_of(const ClockShape& shape, Registers registers, std::uint32_t msi, std::uint32_t hsi) {
  const std::uint32_t config = registers[CFGR / 4], pll = registers[PLLCFGR / 4];
  const unsigned source = shape.sws.get(config);
  std::uint64_t hertz = kLowSpeed;
  switch (source < shape.sources.size() ? shape.sources[source] : 'l') {
    case 'm':
      hertz = msi;
      break;
    case 'h':
      hertz = hsi;
      break;
    case 'e':
      hertz = shape.hse;
      break;
    case 'p': {
      const unsigned from = PLLSRC.get(pll);
      const std::uint64_t input = from == kFromMsi ? msi : from == kFromHsi ? kHsi16 : shape.hse;
      const std::uint32_t r = (shape.pllr.get(pll) + 1) * (shape.pllr_doubles ? 2 : 1);
      hertz = input * PLLN.get(pll) / (shape.pllm.get(pll) + 1) / r;
      break;
    }
    default:
      break;
  }
  const std::uint32_t code = shape.hpre.get(config);
  return ahb_clock(shape.odd_dividers ? hertz / odd_divider(code) : hertz, code);
}

constexpr Field kSwsL4{"SWS", 2, 2}, kHpreL4{"HPRE", 4, 4}, kSwsG0{"SWS", 3, 3}, kHpreG0{"HPRE", 8, 4};
constexpr Field kPllm3{"PLLM", 4, 3}, kPllm4{"PLLM", 4, 4}, kPllr2{"PLLR", 25, 2}, kPllr3{"PLLR", 29, 3};
constexpr ClockShape kL4{.sws = kSwsL4,
                         .hpre = kHpreL4,
                         .pllm = kPllm4,  // three bits before L4+, bit 7 reserved there
                         .pllr = kPllr2,
                         .pllr_doubles = true,
                         .sources = {'m', 'h', 'e', 'p'}};
constexpr ClockShape kG4{.hse = 24'000'000,
                         .sws = kSwsL4,
                         .hpre = kHpreL4,
                         .pllm = kPllm4,
                         .pllr = kPllr2,
                         .pllr_doubles = true,
                         .sources = {'l', 'h', 'e', 'p'}};
constexpr ClockShape kG0{
    .sws = kSwsG0, .hpre = kHpreG0, .pllm = kPllm3, .pllr = kPllr3, .sources = {'h', 'e', 'p', 'l', 'l'}};
constexpr ClockShape kC0{
    .hse = 48'000'000, .sws = kSwsG0, .hpre = kHpreG0, .sources = {'h', 'e', 'l', 'l', 'l'}};
constexpr ClockShape kWireless{.hse = 32'000'000,
                               .sws = kSwsL4,
                               .hpre = kHpreL4,
                               .pllm = kPllm3,
                               .pllr = kPllr3,
                               .odd_dividers = true,
                               .sources = {'m', 'h', 'e', 'p'}};
constexpr ClockShape kU0{.hse = 32'000'000,
                         .sws = kSwsG0,
                         .hpre = kHpreG0,
                         .pllm = kPllm3,
                         .pllr = kPllr3,
                         .sources = {'m', 'h', 'e', 'p', 'l', 'l'}};

Hertz l4_clock(Registers r) { return clock_of(kL4, r, msi_hertz(r, true), kHsi16); }
Hertz g4_clock(Registers r) { return clock_of(kG4, r, 0, kHsi16); }
Hertz g0_clock(Registers r) { return clock_of(kG0, r, 0, kHsi16 >> HSIDIV.get(r[CR / 4])); }
Hertz c0_clock(Registers r) { return clock_of(kC0, r, 0, kHsi48 >> HSIDIV.get(r[CR / 4])); }
Hertz wb_clock(Registers r) { return clock_of(kWireless, r, msi_hertz(r, false), kHsi16); }
Hertz wl_clock(Registers r) { return clock_of(kWireless, r, msi_hertz(r, true), kHsi16); }
Hertz u0_clock(Registers r) { return clock_of(kU0, r, msi_hertz(r, true), kHsi16); }

// --- the blocks --------------------------------------------------------------------------------------------

constexpr std::array kL4Reset{RccRegisterValue{CR, 0x00000063}, RccRegisterValue{PLLCFGR, 0x00001000},
                              RccRegisterValue{CSR, 0x00000600}};
constexpr std::array kG4Reset{RccRegisterValue{CR, 0x00000500}, RccRegisterValue{CFGR, 0x00000005},
                              RccRegisterValue{PLLCFGR, 0x00001000}};
constexpr std::array kG0Reset{RccRegisterValue{CR, 0x00000500}, RccRegisterValue{PLLCFGR, 0x00001000}};
constexpr std::array kC0Reset{RccRegisterValue{CR, 0x00001540}};
constexpr std::array kWbReset{RccRegisterValue{CR, 0x00000061}, RccRegisterValue{PLLCFGR, 0x22041000}};
constexpr std::array kWlReset{RccRegisterValue{CR, 0x00000061}, RccRegisterValue{PLLCFGR, 0x22040100},
                              RccRegisterValue{CSR, 0x00000600}};

constexpr RccFacts rcc(std::span<const RccRegisterValue> reset, std::span<const RccOscillator> oscillators,
                       Hertz (*clock)(Registers)) {
  RccFacts facts;
  facts.reset_values = reset;
  facts.oscillators = oscillators;
  facts.switch_offset = CFGR;
  facts.sw = {"SW", 0, 2};
  facts.sws = kSwsL4;
  facts.flags_offset = CSR;
  facts.power_flag = {"BORRSTF", 27};
  facts.clear_flags = {"RMVF", 23};
  facts.option_flag = {"OBLRSTF", 25};
  facts.core_clock = clock;
  facts.backup_offset = BDCR;
  return facts;
}

// SW and SWS of three bits.
constexpr RccFacts wide_switch(RccFacts facts) {
  facts.sw.width = 3;
  facts.sws = kSwsG0;
  facts.power_flag.name = "PWRRSTF";
  return facts;
}

constexpr RccFacts at_g0_places(RccFacts facts) {
  facts.flags_offset = CSR_G0;
  facts.backup_offset = BDCR_G0;
  return facts;
}

constexpr RccFacts kL4Rcc = rcc(kL4Reset, kL4Oscillators, l4_clock);
constexpr RccFacts kG4Rcc = rcc(kG4Reset, kG4Oscillators, g4_clock);
constexpr RccFacts kG0Rcc = at_g0_places(wide_switch(rcc(kG0Reset, kG0Oscillators, g0_clock)));
constexpr RccFacts kC0Rcc = at_g0_places(wide_switch(rcc(kC0Reset, kC0Oscillators, c0_clock)));
constexpr RccFacts kWbRcc = rcc(kWbReset, kL4Oscillators, wb_clock);
constexpr RccFacts kWlRcc = rcc(kWlReset, kL4Oscillators, wl_clock);
constexpr RccFacts kU0Rcc = wide_switch(rcc(kL4Reset, kU0Oscillators, u0_clock));

}  // namespace

const RccFacts& l4_rcc() { return kL4Rcc; }
const RccFacts& g4_rcc() { return kG4Rcc; }
const RccFacts& g0_rcc() { return kG0Rcc; }
const RccFacts& wb_rcc() { return kWbRcc; }
const RccFacts& wl_rcc() { return kWlRcc; }
const RccFacts& c0_rcc() { return kC0Rcc; }
const RccFacts& u0_rcc() { return kU0Rcc; }

}  // namespace probity::vboard
