// STM32F0: Cortex-M0, SWD only.
#include "vboard/chip/facts/facts_f1_parts.hpp"
#include "vboard/chip/peripherals/peripherals_f1.hpp"
#include "vboard/chip/peripherals/rcc_f1.hpp"

namespace probity::vboard {

namespace {

// Bases: stm32f072xb.h. System memory: RM0091 2.2.2 table 1. LSI 40 kHz: data sheets. TAPs: RM0091 32.5.1;
// the AP's IDR and BASE: DDI 0432 (Cortex-M0 TRM), debug.
GenerationFacts f0(std::uint32_t system_memory) {
  GenerationFacts facts;
  facts.places = {.flash = 0x40022000,
                  .rcc = 0x40021000,
                  .syscfg = 0x40010000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0x40015800,
                  .dbgmcu_freeze = 0x40015808,
                  .iwdg_stop_bit = 12,
                  .gpio = 0x48000000,
                  .gpio_ports = 6};
  facts.system_memory = system_memory;
  facts.system_memory_size = 0x1FFFF800 - system_memory;
  facts.option_area = 0x1FFFF800;
  facts.option_area_size = 16;
  facts.uid = 0x1FFFF7AC;
  facts.flash_size_register = 0x1FFFF7CC;
  facts.dpidr = 0x0BB11477;
  facts.access_ports = {{.number = 0, .idr = 0x04770021, .base = 0xE00FF003, .core = true}};
  facts.rcc = &f0_rcc();
  // GPIOA has SWDIO and SWCLK (RM0091 8.4.1, 8.4.4); USART ISR: transmitter empty (27.8.8).
  facts.reset_values = {{0x48000000, 0x28000000}, {0x4800000C, 0x24000000}};
  for (const std::uint32_t usart : {0x4000441Cu, 0x4000481Cu, 0x40004C1Cu, 0x4000501Cu, 0x4001381Cu}) {
    facts.reset_values.push_back({usart, 0x020000C0});
  }
  facts.flash_irq = 3;
  facts.lsi_hertz = 40000;
  return facts;
}

// DDI 0432: 4 breakpoints, 2 watchpoints at most, which ST has (RM0091 32.7, 32.8); no MPU, no bit-banding.
CoreFacts m0(std::uint32_t dev_id) {
  CoreFacts facts;
  facts.architecture = Architecture::v6m;
  facts.cpuid = 0x410CC200;
  facts.irq_count = 32;
  facts.priority_bits = 2;
  facts.fpb_code_comparators = 4;
  facts.fpb_literal_comparators = 0;
  facts.dwt_comparators = 2;
  facts.has_fpu = false;
  facts.mvfr0 = facts.mvfr1 = 0;
  facts.mpu_regions = 0;
  facts.has_bit_band = false;
  facts.rom_part = dev_id;
  return facts;
}

// RM0091 3.1: 1 KiB pages with 4 to a bit of WRP, or 2 KiB pages with 2. Programming 53.5 us, page and mass
// erase 30 ms typical (STM32F051 data sheet table 40).
F1FlashFacts flash(bool big_pages) {
  return {.page_size = big_pages ? 2048u : 1024u,
          .pages_per_wrp_bit = big_pages ? 2u : 4u,
          .rdp_levels = true,
          .has_obl_launch = true,
          .options_by_power_on = true,
          .acr_reset = 0,
          .program_time = Microseconds(53),
          .erase_time = Milliseconds(30)};
}

std::vector<RamRegion> ram(std::uint32_t kib) { return {{.base = 0x20000000, .kib = kib}}; }

// DEV_ID and REV_ID: RM0091 32.4.1, RM0360 26.4.1. Bits 15:12 of IDCODE read 6 on real chips.
struct Lines {
  GenerationFacts boot_3k = f0(0x1FFFEC00), boot_13k = f0(0x1FFFC400), boot_12k = f0(0x1FFFC800),
                  boot_8k = f0(0x1FFFD800);
  F1Line f03x{"F030x4/x6, F031, F038", "RM0091",    &boot_3k, 0x10006444, 0, m0(0x444),
              f1_peripherals::kF03x,   flash(false)};
  F1Line f04x{"F042, F048, F070x6",  "RM0091",    &boot_13k, 0x10006445, 0, m0(0x445),
              f1_peripherals::kF04x, flash(false)};
  F1Line f05x{"F030x8, F051, F058",  "RM0091",    &boot_3k, 0x20006440, 0, m0(0x440),
              f1_peripherals::kF05x, flash(false)};
  F1Line f07x{"F070xB, F071, F072, F078", "RM0091",   &boot_12k, 0x20016448, 0, m0(0x448),
              f1_peripherals::kF07x,      flash(true)};
  F1Line f09x{"F030xC, F091, F098",  "RM0091",   &boot_8k, 0x10006442, 0, m0(0x442),
              f1_peripherals::kF09x, flash(true)};
};

}  // namespace

// RAM by flash size: the data sheets' device summaries.
const std::vector<F1Part>& f0_parts() {
  static const Lines k;
  static const std::vector<F1Part> parts{
      {"stm32f030", "f", "4", f1_line(k.f03x, ram(4))},
      {"stm32f030", "kc", "6", f1_line(k.f03x, ram(4))},
      {"stm32f030", "cr", "8", f1_line(k.f05x, ram(8))},
      {"stm32f030", "cr", "c", f1_line(k.f09x, ram(32))},
      {"stm32f031", "fegkc", "46", f1_line(k.f03x, ram(4))},
      {"stm32f038", "fegkc", "6", f1_line(k.f03x, ram(4))},
      {"stm32f042", "fgktc", "46", f1_line(k.f04x, ram(6))},
      {"stm32f048", "gtc", "6", f1_line(k.f04x, ram(6))},
      {"stm32f051", "ktcr", "468", f1_line(k.f05x, ram(8))},
      {"stm32f058", "tcr", "8", f1_line(k.f05x, ram(8))},
      {"stm32f070", "fc", "6", f1_line(k.f04x, ram(6))},
      {"stm32f070", "cr", "b", f1_line(k.f07x, ram(16))},
      {"stm32f071", "crv", "8b", f1_line(k.f07x, ram(16))},
      {"stm32f072", "crv", "8b", f1_line(k.f07x, ram(16))},
      {"stm32f078", "crv", "b", f1_line(k.f07x, ram(16))},
      {"stm32f091", "crv", "bc", f1_line(k.f09x, ram(32))},
      {"stm32f098", "crv", "c", f1_line(k.f09x, ram(32))},
  };
  return parts;
}

}  // namespace probity::vboard
