// RM0367 7.3 (L0), RM0038 6.3 (L1). Bits as in stm32l073xx.h and stm32l152xe.h.
#include "vboard/chip/peripherals/rcc_lx.hpp"

#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t { CR = 0x00, ICSCR = 0x04, L0_CRRCR = 0x08, L1_CFGR = 0x08, L0_CFGR = 0x0C };
enum : std::uint32_t { L1_CSR = 0x34, L0_CSR = 0x50 };
constexpr Field SWS{"SWS", 2, 2}, HPRE{"HPRE", 4, 4}, MSIRANGE{"MSIRANGE", 13, 3};
constexpr Field PLLSRC{"PLLSRC", 16}, PLLMUL{"PLLMUL", 18, 4}, PLLDIV{"PLLDIV", 22, 2};
constexpr Field HSERDY{"HSERDY", 17};
constexpr unsigned kMsi = 0, kHsi = 1, kHse = 2, kPll = 3;  // values of SW

constexpr std::uint32_t kHsiHertz = 16'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // the crystal on ST's boards

using Registers = RccRegisters;

// Start-up times, typical: STM32L152xE data sheet tables 27 (HSE), 29 (HSI), 31 (MSI), 32 (PLL); STM32L053
// the same. LSI and LSE at once.
constexpr RccOscillator kMsiOscillator{CR, {"MSION", 8}, CR, {"MSIRDY", 9}, Microseconds(6), kMsi};
constexpr RccOscillator kHseOscillator{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(1000), kHse};
constexpr RccOscillator pll(const RccPllSource& source) {
  return {CR, {"PLLON", 24}, CR, {"PLLRDY", 25}, Microseconds(115), kPll, &source};
}
constexpr RccOscillator hsi(Field ready) { return {CR, {"HSION", 0}, CR, ready, Microseconds(4), kHsi}; }
constexpr RccOscillator lsi(std::uint32_t csr) {
  return {csr, {"LSION", 0}, csr, {"LSIRDY", 1}, Microseconds(0), {}};
}
constexpr RccOscillator lse(std::uint32_t csr) {
  return {csr, {"LSEON", 8}, csr, {"LSERDY", 9}, Microseconds(0), {}};
}
constexpr RccOscillator kHsi48{L0_CRRCR, {"HSI48ON", 0}, L0_CRRCR, {"HSI48RDY", 1}, Microseconds(6), {}};

constexpr Field kHsiReadyL0{"HSIRDY", 2}, kHsiReadyL1{"HSIRDY", 1};
constexpr RccPllSource kSourceL0{{L0_CFGR, PLLSRC}, {kHsiReadyL0, HSERDY, kNoClock, kNoClock}};
constexpr RccPllSource kSourceL1{{L1_CFGR, PLLSRC}, {kHsiReadyL1, HSERDY, kNoClock, kNoClock}};
constexpr std::array kL0Oscillators{kMsiOscillator, hsi(kHsiReadyL0), kHseOscillator, pll(kSourceL0),
                                    kHsi48,         lsi(L0_CSR),      lse(L0_CSR)};
constexpr std::array kL1Oscillators{kMsiOscillator, hsi(kHsiReadyL1), kHseOscillator,
                                    pll(kSourceL1), lsi(L1_CSR),      lse(L1_CSR)};

// MSI on, range 5.
constexpr std::array kResetValues{RccRegisterValue{CR, 0x00000300}, RccRegisterValue{ICSCR, 0x0000B000}};

std::uint32_t pll_output(std::uint32_t config) {
  constexpr std::array<std::uint32_t, 16> kTimes{3, 4, 6, 8, 12, 16, 24, 32, 48, 48, 48, 48, 48, 48, 48, 48};
  const std::uint64_t input = PLLSRC.is_set(config) ? kHseHertz : kHsiHertz;
  return static_cast<std::uint32_t>(input * kTimes[PLLMUL.get(config)] / (PLLDIV.get(config) + 1));
}

// MSI: 65.536 kHz and its doubles up to 4.194 MHz.
Hertz core_clock(Registers registers, std::uint32_t config) {
  constexpr std::array<std::uint32_t, 8> kMsiHertz{65'536,    131'072,   262'144,   524'288,
                                                   1'048'576, 2'097'152, 4'194'304, 4'194'304};
  const std::array<std::uint32_t, 4> sources{kMsiHertz[MSIRANGE.get(registers[ICSCR / 4])], kHsiHertz,
                                             kHseHertz, pll_output(config)};
  return ahb_clock(sources[SWS.get(config)], HPRE.get(config));
}
Hertz l0_core_clock(Registers registers) { return core_clock(registers, registers[L0_CFGR / 4]); }
Hertz l1_core_clock(Registers registers) { return core_clock(registers, registers[L1_CFGR / 4]); }

// The other reset flags are where RccFacts has them.
constexpr RccFacts kL0 = [] {
  RccFacts facts;
  facts.size = 0x54;
  facts.reset_values = kResetValues;
  facts.oscillators = kL0Oscillators;
  facts.switch_offset = L0_CFGR;
  facts.sws = SWS;
  facts.flags_offset = L0_CSR;
  facts.clear_flags = {"RMVF", 23};
  facts.core_clock = l0_core_clock;
  facts.option_flag = {"OBLRSTF", 25};
  return facts;
}();
constexpr RccFacts kL1 = [] {
  RccFacts facts = kL0;
  facts.size = 0x38;
  facts.oscillators = kL1Oscillators;
  facts.switch_offset = L1_CFGR;
  facts.flags_offset = L1_CSR;
  facts.clear_flags = {"RMVF", 24};
  facts.core_clock = l1_core_clock;
  return facts;
}();

}  // namespace

const RccFacts& l0_rcc() { return kL0; }
const RccFacts& l1_rcc() { return kL1; }

}  // namespace probity::vboard
