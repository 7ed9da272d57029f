// STM32F3: Cortex-M4 with FPU, the flash interface of F0.
#include "vboard/chip/facts/facts_f1_parts.hpp"
#include "vboard/chip/peripherals/peripherals_f1.hpp"
#include "vboard/chip/peripherals/rcc_f1.hpp"

namespace probity::vboard {

namespace {

// Bases: stm32f303xe.h. System memory: RM0316 3.2.2. TAPs: RM0316 33.6; IDR, BASE: DDI 0439 (Cortex-M4 TRM).
// LSI 40 kHz: data sheets.
GenerationFacts f3() {
  GenerationFacts facts;
  facts.places = {.flash = 0x40022000,
                  .rcc = 0x40021000,
                  .syscfg = 0x40010000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0xE0042000,
                  .dbgmcu_freeze = 0xE0042008,
                  .iwdg_stop_bit = 12,
                  .gpio = 0x48000000,
                  .gpio_ports = 8};
  facts.system_memory = 0x1FFFD800;
  facts.system_memory_size = 0x2000;
  facts.option_area = 0x1FFFF800;
  facts.option_area_size = 16;
  facts.uid = 0x1FFFF7AC;
  facts.flash_size_register = 0x1FFFF7CC;
  facts.dpidr = 0x2BA01477;
  facts.jtag_idcode = 0x4BA00477;
  facts.access_ports = {{.number = 0, .idr = 0x24770011, .base = 0xE00FF003, .core = true}};
  facts.tar_wrap = 0x1000;
  facts.rcc = &f3_rcc();
  // GPIOA and GPIOB have the debug pins (RM0316 11.4.1, 11.4.3, 11.4.4); USART ISR: transmitter empty
  // (29.8.8).
  facts.reset_values = {{0x48000000, 0xA8000000}, {0x48000008, 0x0C000000}, {0x4800000C, 0x64000000},
                        {0x48000400, 0x00000280}, {0x48000408, 0x000000C0}, {0x4800040C, 0x00000100}};
  for (const std::uint32_t usart : {0x4000441Cu, 0x4000481Cu, 0x40004C1Cu, 0x4000501Cu, 0x4001381Cu}) {
    facts.reset_values.push_back({usart, 0x020000C0});
  }
  facts.lsi_hertz = 40000;
  return facts;
}

// __MPU_PRESENT of the header.
CoreFacts m4(std::uint32_t dev_id, unsigned irq_count, bool has_mpu) {
  CoreFacts facts;
  facts.cpuid = 0x410FC241;  // r0p1: DDI 0439
  facts.irq_count = irq_count;
  facts.mpu_regions = has_mpu ? 8 : 0;
  facts.rom_part = dev_id;
  return facts;
}

// RM0316 4.2.1, 4.3.2: 2 KiB pages, 2 to a bit of WRP. Programming 53.5 us typical; page and mass erase 20 to
// 40 ms, no typical value: the middle (STM32F303xC data sheet table 42).
constexpr F1FlashFacts kFlash{.page_size = 2048,
                              .pages_per_wrp_bit = 2,
                              .rdp_levels = true,
                              .has_obl_launch = true,
                              .program_time = Microseconds(53),
                              .erase_time = Milliseconds(30)};

// `ccm`: KiB of core-coupled memory, which code can run from on F3 (RM0316 3.1.3); not bit-banded.
std::vector<RamRegion> ram(std::uint32_t kib, std::uint32_t ccm = 0) {
  std::vector<RamRegion> regions{{.base = 0x20000000, .kib = kib}};
  if (ccm != 0) regions.push_back({.base = 0x10000000, .kib = ccm});
  return regions;
}

// DEV_ID, REV_ID and boundary-scan TAPs: RM0316 33.6, RM0313 31.6, RM0364 30.6, RM0365 31.6.
struct Lines {
  GenerationFacts generation = f3();
  F1Line f303xc{
      "F302xB/C, F303xB/C, F358", "RM0316", &generation, 0x10036422, 0x06422041, m4(0x422, 82, true),
      f1_peripherals::kF303xC,    kFlash};
  F1Line f37x{"F373, F378",          "RM0313", &generation, 0x20006432, 0x06432041, m4(0x432, 82, true),
              f1_peripherals::kF373, kFlash};
  F1Line f334{"F303x6/8, F328, F334", "RM0364", &generation, 0x10016438, 0x06438041, m4(0x438, 82, false),
              f1_peripherals::kF334,  kFlash};
  F1Line f302x8{"F301, F302x6/8, F318",  "RM0365", &generation, 0x10016439, 0x06439041, m4(0x439, 82, false),
                f1_peripherals::kF302x8, kFlash};
  F1Line f303xe{
      "F302xD/E, F303xD/E, F398", "RM0316", &generation, 0x10016446, 0x06446041, m4(0x446, 85, true),
      f1_peripherals::kF303xE,    kFlash};
};

}  // namespace

// RAM by flash size: the data sheets' device summaries.
const std::vector<F1Part>& f3_parts() {
  static const Lines k;
  static const std::vector<F1Part> parts{
      {"stm32f301", "kcr", "68", f1_line(k.f302x8, ram(16))},
      {"stm32f302", "kcr", "68", f1_line(k.f302x8, ram(16))},
      {"stm32f302", "crv", "b", f1_line(k.f303xc, ram(32))},
      {"stm32f302", "crv", "c", f1_line(k.f303xc, ram(40))},
      {"stm32f302", "rvz", "de", f1_line(k.f303xe, ram(64))},
      {"stm32f303", "kcr", "68", f1_line(k.f334, ram(12, 4))},
      {"stm32f303", "crv", "b", f1_line(k.f303xc, ram(32, 8))},
      {"stm32f303", "crv", "c", f1_line(k.f303xc, ram(40, 8))},
      {"stm32f303", "rvz", "de", f1_line(k.f303xe, ram(64, 16))},
      {"stm32f318", "kc", "8", f1_line(k.f302x8, ram(16))},
      {"stm32f328", "c", "8", f1_line(k.f334, ram(12, 4))},
      {"stm32f334", "kcr", "468", f1_line(k.f334, ram(12, 4))},
      {"stm32f358", "crv", "c", f1_line(k.f303xc, ram(40, 8))},
      {"stm32f373", "crv", "8", f1_line(k.f37x, ram(16))},
      {"stm32f373", "crv", "b", f1_line(k.f37x, ram(24))},
      {"stm32f373", "crv", "c", f1_line(k.f37x, ram(32))},
      {"stm32f378", "crv", "c", f1_line(k.f37x, ram(32))},
      {"stm32f398", "v", "e", f1_line(k.f303xe, ram(64, 16))},
  };
  return parts;
}

}  // namespace probity::vboard
