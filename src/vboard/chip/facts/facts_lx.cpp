// STM32L0 (Cortex-M0+, SWD only) and STM32L1 (Cortex-M3).
#include <span>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/lx_flash.hpp"
#include "vboard/chip/peripherals/peripherals_lx.hpp"
#include "vboard/chip/peripherals/rcc_lx.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kM0PlusR0p1 = 0x410CC601;  // CPUID: DDI 0484 (Cortex-M0+ TRM)
constexpr std::uint32_t kM3r2p0 = 0x412FC230;      // DDI 0337

// Common to both: UID and size registers differ by category.
GenerationFacts common(std::uint32_t eeprom_size) {
  GenerationFacts facts;
  facts.system_memory = 0x1FF00000;
  facts.otp = 0x08080000;  // the data EEPROM
  facts.otp_size = eeprom_size;
  facts.option_area = 0x1FF80000;
  facts.option_area_size = 0x20;
  facts.erased_value = 0x00;
  facts.uid = 0x1FF80050;
  facts.lsi_hertz = 37000;  // data sheets, fLSI typical
  return facts;
}

// Bases: stm32l073xx.h. TAPs: RM0367 33.5; IDR: DDI 0484. BASE is ST's own ROM table (RM0367
// 33.9). Reset values: RM0367 9.4.
GenerationFacts l0(std::uint32_t eeprom_size, std::uint32_t system_memory_size = 0x1000) {
  GenerationFacts facts = common(eeprom_size);
  facts.places = {.flash = 0x40022000,
                  .rcc = 0x40021000,
                  .syscfg = 0x40010000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0x40015800,
                  .dbgmcu_freeze = 0x40015808,
                  .iwdg_stop_bit = 12,
                  .gpio = 0x50000000,
                  .gpio_ports = 8};
  facts.system_memory_size = system_memory_size;
  facts.flash_size_register = 0x1FF8007C;
  facts.dpidr = 0x0BC11477;
  facts.access_ports = {{.number = 0, .idr = 0x04770031, .base = 0xF0000003, .core = true}};
  facts.rcc = &l0_rcc();
  facts.reset_values = {{0x50000000, 0xEBFFFCFF}, {0x50000008, 0x0C000000}, {0x5000000C, 0x24000000}};
  for (std::uint32_t port = 0x50000400; port <= 0x50001C00; port += 0x400) {
    facts.reset_values.push_back({port, 0xFFFFFFFF});
  }
  facts.flash_irq = 3;
  return facts;
}

// Bases: stm32l152xe.h. TAPs: RM0038 30.6; IDR, BASE, TAR: DDI 0337. Reset values: RM0038 7.4. Category 1 and
// 2 have their size and UID elsewhere (stm32l152xb.h).
GenerationFacts l1(std::uint32_t eeprom_size, bool first_categories) {
  GenerationFacts facts = common(eeprom_size);
  facts.places = {.flash = 0x40023C00,
                  .rcc = 0x40023800,
                  .syscfg = 0x40010000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0xE0042000,
                  .dbgmcu_freeze = 0xE0042008,
                  .iwdg_stop_bit = 12,
                  .gpio = 0x40020000,
                  .gpio_ports = 8};
  facts.system_memory_size = first_categories ? 0x1000 : 0x2000;
  facts.flash_size_register = first_categories ? 0x1FF8004C : 0x1FF800CC;
  if (!first_categories) facts.uid = 0x1FF800D0;
  facts.dpidr = 0x2BA01477;
  facts.jtag_idcode = 0x4BA00477;
  facts.access_ports = {{.number = 0, .idr = 0x24770011, .base = 0xE00FF003, .core = true}};
  facts.tar_wrap = 0x1000;
  facts.rcc = &l1_rcc();
  facts.reset_values = {{0x40020000, 0xA8000000}, {0x40020008, 0x0C000000}, {0x4002000C, 0x64000000},
                        {0x40020400, 0x00000280}, {0x40020408, 0x000000C0}, {0x4002040C, 0x00000100}};
  return facts;
}

// WRP1213 and WRP1415 follow at 0x80 (stm32l152xe.h).
GenerationFacts with_second_option_area(GenerationFacts facts) {
  facts.option_area_size = 0x88;
  return facts;
}

// DDI 0484: 4 breakpoints, 2 watchpoints (RM0367 33.7, 33.8); MPU: the header's __MPU_PRESENT.
CoreFacts m0_plus(std::uint32_t dev_id, bool has_mpu) {
  CoreFacts facts;
  facts.architecture = Architecture::v6m;
  facts.cpuid = kM0PlusR0p1;
  facts.irq_count = 32;
  facts.priority_bits = 2;
  facts.fpb_code_comparators = 4;
  facts.fpb_literal_comparators = 0;
  facts.dwt_comparators = 2;
  facts.has_fpu = false;
  facts.mvfr0 = facts.mvfr1 = 0;
  facts.mpu_regions = has_mpu ? 8 : 0;
  facts.has_bit_band = false;
  facts.rom_part = dev_id;
  return facts;
}

CoreFacts m3(std::uint32_t dev_id, unsigned irq_count) {
  CoreFacts facts;
  facts.architecture = Architecture::v7m;
  facts.cpuid = kM3r2p0;
  facts.irq_count = irq_count;
  facts.has_fpu = false;
  facts.mvfr0 = facts.mvfr1 = 0;
  facts.rom_part = dev_id;
  return facts;
}

// What a line has of its own. `two_banks`: equal halves, from 128 KiB on (L0 category 5, L1 categories 4 to
// 6).
struct LxLine {
  std::string_view name, manual;
  std::uint32_t idcode, bsc_idcode;
  CoreFacts core;
  std::span<const PeripheralRange> peripherals;
  LxFlashFacts flash;
  bool two_banks = false;
};

// USER as it comes from the factory: OPTR 0x807000AA (RM0367 3.7.8), OBR 0x00F800AA (RM0038 3.9.8).
constexpr LxFlashFacts l0_flash(std::size_t option_words) {
  return {.page_size = 128, .option_words = option_words, .user_factory = 0x8070, .checks_zero = true};
}
constexpr LxFlashFacts l1_flash(std::size_t option_words) {
  return {.page_size = 256, .option_words = option_words, .user_factory = 0x00F8};
}

std::uint32_t with_complement(std::uint32_t value) {
  constexpr Field kLow{"value", 0, 16}, kHigh{"complement", 16, 16};
  return kLow.of(value) | kHigh.of(~value);
}

ChipLine part(const LxLine& line, const GenerationFacts& generation, std::uint32_t ram_kib) {
  ChipLine chip;
  chip.name = line.name;
  chip.manual = line.manual;
  chip.generation = &generation;
  chip.idcode = line.idcode;
  chip.bsc_idcode = line.bsc_idcode;
  chip.core = line.core;
  chip.ram = {{.base = 0x20000000, .kib = ram_kib}};
  chip.flash = {{.address = 0x08000000}};
  chip.peripherals.assign(line.peripherals.begin(), line.peripherals.end());
  for (std::size_t i = 0; i < line.flash.option_words; ++i) {
    const std::uint32_t value = i == 0 ? 0xAA : i == 1 ? line.flash.user_factory : 0;
    chip.options.push_back({kLxOptionWords[i], with_complement(value)});
  }
  chip.make_flash = [line](const ChipFacts& facts, NonVolatile& memory, FlashSurroundings around) {
    constexpr std::uint32_t kTwoBanksFromKib = 128;
    LxFlashFacts flash = line.flash;
    if (line.two_banks && facts.flash_kib >= kTwoBanksFromKib) flash.first_bank = facts.flash_kib * 1024 / 2;
    return std::make_unique<LxFlash>(flash, memory, std::move(around));
  };
  return chip;
}

// Category 6: 192 KiB at the beginning of each half (FLASH_BANK1_END, FLASH_BANK2_BASE of stm32l151xdx.h).
ChipLine with_gap(ChipLine line) {
  constexpr std::uint32_t kBank = 192 * 1024;
  line.flash = {{.address = 0x08000000, .size = kBank}, {.address = 0x08040000, .offset = kBank}};
  return line;
}

// The size register of DEV_ID 0x436 has a code (RM0038 31.1.1).
ChipLine with_size_code(ChipLine line) {
  line.flash_size_word = [](std::uint32_t kib) { return kib == 384 ? 0u : 1u; };
  return line;
}

// DEV_ID and REV_ID: RM0367 33.4.1, RM0377, RM0038 30.6.1; boundary-scan TAPs: RM0038 30.6.2. Bits 15:12 of
// IDCODE read 6 on real chips. EEPROM: DATA_EEPROM_END, FLASH_EEPROM_END of the headers.
struct Lines {
  GenerationFacts l010x4 = l0(128), l010x6 = l0(256), l010xb = l0(512, 0x2000), l01_eeprom = l0(512),
                  l03_eeprom = l0(1024), l05_eeprom = l0(2048), l07x8_eeprom = l0(3072, 0x2000),
                  l07_eeprom = l0(6144, 0x2000);
  GenerationFacts l100_eeprom = l1(2048, true), cat1_eeprom = l1(4096, true), l100xc_eeprom = l1(4096, false),
                  cat3_eeprom = l1(8192, false), cat4_eeprom = l1(12288, false),
                  cat5_eeprom = with_second_option_area(l1(16384, false));

  LxLine l01{"L010x3/x4, L011, L021 (category 1)",
             "RM0377",
             0x10086457,
             0,
             m0_plus(0x457, false),
             lx_peripherals::kL01,
             l0_flash(4)};
  LxLine l03{"L010x6, L031, L041 (category 2)",
             "RM0377",
             0x20086425,
             0,
             m0_plus(0x425, false),
             lx_peripherals::kL03,
             l0_flash(4)};
  LxLine l05{"L010x8, L051-L063 (category 3)",
             "RM0367",
             0x10086417,
             0,
             m0_plus(0x417, true),
             lx_peripherals::kL05,
             l0_flash(4)};
  LxLine l07{"L010xB, L071-L083 (category 5)",
             "RM0367",
             0x20086447,
             0,
             m0_plus(0x447, true),
             lx_peripherals::kL07,
             l0_flash(5),
             true};
  LxLine cat1{"L100, L151, L152 (category 1)", "RM0038",   0x10386416, 0x06416041, m3(0x416, 45),
              lx_peripherals::kL1Cat1,         l1_flash(4)};
  LxLine cat2{"L100xA, L151xA, L152xA (category 2)",
              "RM0038",
              0x10186429,
              0x06429041,
              m3(0x429, 45),
              lx_peripherals::kL1Cat1,
              l1_flash(4)};
  LxLine cat3{"L100xC, L151xC, L152xC, L162xC (category 3)",
              "RM0038",
              0x10186427,
              0x06427041,
              m3(0x427, 57),
              lx_peripherals::kL1Cat3,
              l1_flash(6)};
  LxLine cat4{"L151xD, L152xD, L162xD (category 4)",
              "RM0038",
              0x10186436,
              0x06436041,
              m3(0x436, 57),
              lx_peripherals::kL1Cat4,
              l1_flash(8),
              true};
  // With 256 KiB there is one bank.
  LxLine cat4_small = [this] {
    LxLine line = cat4;
    line.name = "L151xC-A, L152xC-A, L162xC-A (category 3)";
    line.two_banks = false;
    return line;
  }();
  LxLine cat5{"L151xE, L152xE, L162xE (category 5), xD-X (category 6)",
              "RM0038",
              0x10006437,
              0x06437041,
              m3(0x437, 57),
              lx_peripherals::kL1Cat5,
              l1_flash(10),
              true};
};

struct Part {
  std::string_view family, pins, sizes;
  ChipLine line;
  std::uint32_t kib = 0;
};

// RAM by flash size: the data sheets' device summaries. The A and X after the size letter are letters of the
// size in ordering codes here: their rows come first, with the pins in the family's name. RxC-A, VxC-A, QxC
// and ZxC have DEV_ID 0x436 (their DIE in ST's device database, as embassy-rs/stm32-data has it).
std::vector<Part> all_parts(const Lines& k) {
  return {
      {"stm32l010", "fk", "4", part(k.l01, k.l010x4, 2)},
      {"stm32l010", "c", "6", part(k.l03, k.l010x6, 8)},
      {"stm32l010", "kr", "8", part(k.l05, k.l010x6, 8)},
      {"stm32l010", "r", "b", part(k.l07, k.l010xb, 20)},
      {"stm32l011", "defgk", "34", part(k.l01, k.l01_eeprom, 2)},
      {"stm32l021", "dfgk", "4", part(k.l01, k.l01_eeprom, 2)},
      {"stm32l031", "efgkc", "46", part(k.l03, k.l03_eeprom, 8)},
      {"stm32l041", "c", "4", part(k.l03, k.l03_eeprom, 8)},
      {"stm32l041", "efgkc", "6", part(k.l03, k.l03_eeprom, 8)},
      {"stm32l051", "ktcr", "68", part(k.l05, k.l05_eeprom, 8)},
      {"stm32l052", "ktcr", "68", part(k.l05, k.l05_eeprom, 8)},
      {"stm32l053", "cr", "68", part(k.l05, k.l05_eeprom, 8)},
      {"stm32l062", "kc", "8", part(k.l05, k.l05_eeprom, 8)},
      {"stm32l063", "cr", "8", part(k.l05, k.l05_eeprom, 8)},
      {"stm32l071", "kcrv", "8", part(k.l07, k.l07x8_eeprom, 20)},
      {"stm32l071", "kcrv", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l072", "kcrv", "8", part(k.l07, k.l07x8_eeprom, 20)},
      {"stm32l072", "kcrv", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l073", "crv", "8", part(k.l07, k.l07x8_eeprom, 20)},
      {"stm32l073", "crv", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l081", "kc", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l082", "kc", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l083", "v", "8", part(k.l07, k.l07x8_eeprom, 20)},
      {"stm32l083", "crv", "bz", part(k.l07, k.l07_eeprom, 20)},
      {"stm32l100c", "b", "a", part(k.cat2, k.l100_eeprom, 16), 128},
      {"stm32l100r", "b", "a", part(k.cat2, k.l100_eeprom, 16), 128},
      {"stm32l151c", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l151r", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l151v", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l152c", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l152r", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l152v", "b", "a", part(k.cat2, k.cat1_eeprom, 32), 128},
      {"stm32l100c", "6", "a", part(k.cat2, k.l100_eeprom, 4), 32},
      {"stm32l100r", "8", "a", part(k.cat2, k.l100_eeprom, 8), 64},
      {"stm32l151c", "6", "a", part(k.cat2, k.cat1_eeprom, 16), 32},
      {"stm32l151c", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l151r", "6", "a", part(k.cat2, k.cat1_eeprom, 16), 32},
      {"stm32l151r", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l151v", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l152c", "6", "a", part(k.cat2, k.cat1_eeprom, 16), 32},
      {"stm32l152c", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l152r", "6", "a", part(k.cat2, k.cat1_eeprom, 16), 32},
      {"stm32l152r", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l152v", "8", "a", part(k.cat2, k.cat1_eeprom, 32), 64},
      {"stm32l151r", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l151v", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l152r", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l152v", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l162r", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l162v", "c", "a", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32)), 256},
      {"stm32l151v", "d", "x", with_gap(part(k.cat5, k.cat5_eeprom, 80)), 384},
      {"stm32l152v", "d", "x", with_gap(part(k.cat5, k.cat5_eeprom, 80)), 384},
      {"stm32l162v", "d", "x", with_gap(part(k.cat5, k.cat5_eeprom, 80)), 384},
      {"stm32l151", "qz", "c", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32))},
      {"stm32l152", "qz", "c", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32))},
      {"stm32l162", "qz", "c", with_size_code(part(k.cat4_small, k.cat3_eeprom, 32))},
      {"stm32l100", "cr", "6", part(k.cat1, k.l100_eeprom, 4)},
      {"stm32l100", "cr", "8", part(k.cat1, k.l100_eeprom, 8)},
      {"stm32l100", "cr", "b", part(k.cat1, k.l100_eeprom, 10)},
      {"stm32l100", "r", "c", part(k.cat3, k.l100xc_eeprom, 16)},
      {"stm32l151", "crv", "68", part(k.cat1, k.cat1_eeprom, 10)},
      {"stm32l151", "crv", "b", part(k.cat1, k.cat1_eeprom, 16)},
      {"stm32l151", "cruv", "c", part(k.cat3, k.cat3_eeprom, 32)},
      {"stm32l151", "rvqz", "d", with_size_code(part(k.cat4, k.cat4_eeprom, 48))},
      {"stm32l151", "rvqz", "e", part(k.cat5, k.cat5_eeprom, 80)},
      {"stm32l152", "crv", "68", part(k.cat1, k.cat1_eeprom, 10)},
      {"stm32l152", "crv", "b", part(k.cat1, k.cat1_eeprom, 16)},
      {"stm32l152", "cruv", "c", part(k.cat3, k.cat3_eeprom, 32)},
      {"stm32l152", "rvqz", "d", with_size_code(part(k.cat4, k.cat4_eeprom, 48))},
      {"stm32l152", "rvqz", "e", part(k.cat5, k.cat5_eeprom, 80)},
      {"stm32l162", "rv", "c", part(k.cat3, k.cat3_eeprom, 32)},
      {"stm32l162", "rvqz", "d", with_size_code(part(k.cat4, k.cat4_eeprom, 48))},
      {"stm32l162", "rvqz", "e", part(k.cat5, k.cat5_eeprom, 80)},
  };
}

}  // namespace

std::vector<OrderingRow> lx_chips() {
  static const std::vector<Part> parts = [] {
    static const Lines lines;  // the parts point into it
    return all_parts(lines);
  }();
  std::vector<OrderingRow> rows;
  for (const Part& part : parts) rows.push_back({part.family, part.pins, part.sizes, &part.line, part.kib});
  return rows;
}

}  // namespace probity::vboard
