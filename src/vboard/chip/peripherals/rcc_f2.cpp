// RM0090 6.3, 7.3; RM0368 6.3; RM0385 5.3.
#include "vboard/chip/peripherals/rcc_f2.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

enum : std::uint32_t { CR = 0x00, PLLCFGR = 0x04, CFGR = 0x08, AHB1ENR = 0x30, BDCR = 0x70, CSR = 0x74 };
constexpr Field SWS{"SWS", 2, 2}, HPRE{"HPRE", 4, 4};
constexpr Field PLLM{"PLLM", 0, 6}, PLLN{"PLLN", 6, 9}, PLLP{"PLLP", 16, 2}, PLLSRC{"PLLSRC", 22};
constexpr Field HSIRDY{"HSIRDY", 1}, HSERDY{"HSERDY", 17};
constexpr unsigned kHsi = 0, kHse = 1, kPll = 2;  // values of SW
constexpr RccPllSource kPllSource{{PLLCFGR, PLLSRC}, {HSIRDY, HSERDY, kNoClock, kNoClock}};

constexpr std::uint32_t kHsiHertz = 16'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // the crystal on ST's Discovery and Nucleo boards

constexpr std::array kResetValues{
    RccRegisterValue{CR, 0x00000081},       // RM0090 7.3.1: HSION, HSITRIM 16
    RccRegisterValue{PLLCFGR, 0x24003010},  // RM0090 7.3.2
    RccRegisterValue{AHB1ENR, 0x00100000},  // the CCM RAM (DTCM) is clocked (RM0090 7.3.10)
};

// Start-up times, typical: STM32F407 data sheet tables 32 (HSE), 36 (HSI), 38 (PLL); PLLI2S and PLLSAI as the
// PLL; LSI and LSE at once.
constexpr std::array kOscillators{
    RccOscillator{CR, {"HSION", 0}, CR, HSIRDY, Microseconds(2), kHsi},
    RccOscillator{CR, {"HSEON", 16}, CR, HSERDY, Microseconds(2000), kHse},
    RccOscillator{CR, {"PLLON", 24}, CR, {"PLLRDY", 25}, Microseconds(100), kPll, &kPllSource},
    RccOscillator{CR, {"PLLI2SON", 26}, CR, {"PLLI2SRDY", 27}, Microseconds(100), {}, &kPllSource},
    RccOscillator{CR, {"PLLSAION", 28}, CR, {"PLLSAIRDY", 29}, Microseconds(100), {}, &kPllSource},
    RccOscillator{CSR, {"LSION", 0}, CSR, {"LSIRDY", 1}, Microseconds(0), {}},
    RccOscillator{BDCR, {"LSEON", 0}, BDCR, {"LSERDY", 1}, Microseconds(0), {}},
};

using Registers = RccRegisters;

std::uint32_t pll_output(Registers registers) {
  const std::uint32_t config = registers[PLLCFGR / 4];
  const std::uint64_t input = PLLSRC.is_set(config) ? kHseHertz : kHsiHertz;
  const std::uint32_t m = std::max(PLLM.get(config), 1u), p = 2 * (PLLP.get(config) + 1);
  return static_cast<std::uint32_t>(input * PLLN.get(config) / m / p);
}

Hertz core_clock(Registers registers) {
  const unsigned source = SWS.get(registers[CFGR / 4]);
  const std::uint32_t hertz = source == kHsi ? kHsiHertz : source == kHse ? kHseHertz : pll_output(registers);
  return ahb_clock(hertz, HPRE.get(registers[CFGR / 4]));
}

constexpr RccFacts rcc(std::span<const RccRegisterValue> reset_values) {
  return {
      .size = 0x94,
      .reset_values = reset_values,
      .oscillators = kOscillators,
      .switch_offset = CFGR,
      .sw = {"SW", 0, 2},
      .sws = SWS,
      .flags_offset = CSR,  // RM0090 7.3.21
      .power_flag = {"PORRSTF", 27},
      .pin_flag = {"PINRSTF", 26},
      .software_flag = {"SFTRSTF", 28},
      .watchdog_flag = {"IWDGRSTF", 29},
      .clear_flags = {"RMVF", 24},
      .core_clock = core_clock,
      .backup_offset = BDCR,
      .option_flag = {"OBLRSTF", 0, 0},
  };
}

constexpr RccFacts kRcc = rcc(kResetValues);
constexpr RccFacts kRccWithoutCcm = rcc(std::span(kResetValues).first(2));

}  // namespace

const RccFacts& f2_rcc() { return kRcc; }
const RccFacts& f2_rcc_without_ccm() { return kRccWithoutCcm; }

}  // namespace probity::vboard
