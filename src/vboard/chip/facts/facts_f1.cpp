// STM32F1 and the chips of others that answer like it.
#include "vboard/chip/facts/facts_f1_parts.hpp"
#include "vboard/chip/peripherals/peripherals_f1.hpp"
#include "vboard/chip/peripherals/rcc_f1.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kM3r1p1 = 0x411FC231;  // CPUID: DDI 0337 (Cortex-M3 TRM)
constexpr std::uint32_t kM3r2p1 = 0x412FC231;

// Bases: stm32f103xb.h. DBG_IWDG_STOP is in DBGMCU_CR (RM0008 31.16.3). Ports are F1's own (CRL, CRH …):
// storage.
constexpr BlockPlaces kPlaces{
    .flash = 0x40022000,
    .rcc = 0x40021000,
    .iwdg = 0x40003000,
    .dbgmcu = 0xE0042000,
    .dbgmcu_freeze = 0xE0042004,
    .iwdg_stop_bit = 8,
};

// GPIO CRL and CRH: floating inputs (RM0008 9.2.1); USART SR: transmitter empty (27.6.1). Those that a line
// does not have do not count.
std::vector<RegisterReset> reset_values() {
  std::vector<RegisterReset> rows;
  for (std::uint32_t port = 0x40010800; port < 0x40012400; port += 0x400) {
    rows.push_back({port, 0x44444444});
    rows.push_back({port + 4, 0x44444444});
  }
  for (const std::uint32_t usart : {0x40004400u, 0x40004800u, 0x40004C00u, 0x40005000u, 0x40013800u}) {
    rows.push_back({usart, 0x000000C0});
  }
  return rows;
}

// System memory: PM0075 table 2 ff. Option bytes, UID, size: stm32f103xb.h. TAPs: RM0008 31.6; IDR, BASE,
// TAR: as real chips answer, DDI 0337. LSI 40 kHz: data sheets.
GenerationFacts f1(std::uint32_t system_memory, const RccFacts& rcc) {
  GenerationFacts facts;
  facts.places = kPlaces;
  facts.system_memory = system_memory;
  facts.system_memory_size = 0x1FFFF800 - system_memory;
  facts.option_area = 0x1FFFF800;
  facts.option_area_size = 16;
  facts.uid = 0x1FFFF7E8;
  facts.flash_size_register = 0x1FFFF7E0;
  facts.dpidr = 0x1BA01477;
  facts.jtag_idcode = 0x3BA00477;
  facts.access_ports = {{.number = 0, .idr = 0x14770011, .base = 0xE00FF003, .core = true}};
  facts.tar_wrap = 0x1000;
  facts.rcc = &rcc;
  facts.reset_values = reset_values();
  facts.lsi_hertz = 40000;
  return facts;
}

// A chip of another maker with the debug port of a later Cortex-M3.
GenerationFacts cks() {
  GenerationFacts facts = f1(0x1FFFF000, f1_rcc());
  facts.dpidr = 0x2BA01477;
  facts.jtag_idcode = 0x4BA00477;
  facts.access_ports = {{.number = 0, .idr = 0x24770011, .base = 0xE00FF003, .core = true}};
  return facts;
}

CoreFacts m3(std::uint32_t dev_id, unsigned irq_count, std::uint32_t cpuid = kM3r1p1) {
  CoreFacts facts;
  facts.architecture = Architecture::v7m;
  facts.cpuid = cpuid;
  facts.irq_count = irq_count;
  facts.has_fpu = false;
  facts.mvfr0 = facts.mvfr1 = 0;
  facts.mpu_regions = 0;  // __MPU_PRESENT of the header; XL density alone has one
  facts.rom_part = dev_id;
  return facts;
}

CoreFacts m3_with_mpu(std::uint32_t dev_id, unsigned irq_count) {
  CoreFacts facts = m3(dev_id, irq_count);
  facts.mpu_regions = 8;
  return facts;
}

// PM0075 2.1, 2.4 (XL density: PM0068): 1 KiB pages with 4 to a bit of WRP, or 2 KiB pages with 2.
// Programming 52.5 us typical; page and mass erase 20 to 40 ms, no typical value: the middle (STM32F103xB
// data sheet table 28).
F1FlashFacts flash(bool big_pages, std::uint32_t first_bank = 0) {
  return {.page_size = big_pages ? 2048u : 1024u,
          .pages_per_wrp_bit = big_pages ? 2u : 4u,
          .first_bank = first_bank,
          .self_protected_pages = big_pages ? 2u : 4u,
          .program_time = Microseconds(52),
          .erase_time = Milliseconds(30)};
}

std::vector<RamRegion> ram(std::uint32_t kib) { return {{.base = 0x20000000, .kib = kib}}; }

// DEV_ID and REV_ID: RM0008 31.6.1, RM0041 25.6.1; boundary-scan TAPs: 31.6.2, 25.6.2. irq_count: last IRQn +
// 1 of the header. Bits 15:12 of IDCODE read 6 on real chips.
struct Lines {
  GenerationFacts generation = f1(0x1FFFF000, f1_rcc()), xl_generation = f1(0x1FFFE000, f1_rcc()),
                  connectivity_generation = f1(0x1FFFB000, f1_connectivity_rcc()), cks_generation = cks();
  F1Line low{"F101/F102/F103 low density", "RM0008",    &generation, 0x10006412, 0x06412041, m3(0x412, 43),
             f1_peripherals::kF103Low,     flash(false)};
  F1Line medium{
      "F101/F102/F103 medium density", "RM0008",    &generation, 0x20036410, 0x16410041, m3(0x410, 43),
      f1_peripherals::kF103Medium,     flash(false)};
  F1Line high{"F101/F103 high density",  "RM0008",   &generation, 0x10036414, 0x06414041, m3(0x414, 60),
              f1_peripherals::kF103High, flash(true)};
  F1Line xl{"F101/F103 XL density",
            "RM0008",
            &xl_generation,
            0x10036430,
            0x06430041,
            m3_with_mpu(0x430, 60),
            f1_peripherals::kF103Xl,
            flash(true, 512 * 1024)};
  F1Line connectivity{"F105/F107", "RM0008",      &connectivity_generation, 0x10016418,
                      0x06418041,  m3(0x418, 68), f1_peripherals::kF107,    flash(true)};
  F1Line value{"F100 low and medium density", "RM0041",    &generation, 0x10016420, 0x06420041, m3(0x420, 56),
               f1_peripherals::kF100Medium,   flash(false)};
  F1Line high_value{"F100 high density",       "RM0041",   &generation, 0x10016428, 0x06428041, m3(0x428, 61),
                    f1_peripherals::kF100High, flash(true)};
  // As chips answer: GD32F103CBT6 0x1303 0x0410 (blaatschaap.be, "32F103 comparison", part 4), which is also
  // the REV_ID of GD32F130, GD32F150 in users' logs and the one OpenOCD calls GD32F1x0: it tells a GD32 from
  // an ST, and no more. CKS32F103: users' logs.
  F1Line gd32{"GD32F103 medium density", "GD32F10x user manual",      &generation, 0x13030410, 0x16410041,
              m3(0x410, 43, kM3r2p1),    f1_peripherals::kF103Medium, flash(false)};
  F1Line cks32{"CKS32F103 medium density",
               "RM0008",
               &cks_generation,
               0x20036410,
               0x16410041,
               m3(0x410, 43, kM3r2p1),
               f1_peripherals::kF103Medium,
               flash(false)};
};

}  // namespace

ChipLine f1_line(const F1Line& line, std::vector<RamRegion> ram_regions) {
  constexpr std::uint32_t kF1Open = 0x00FF5AA5, kLevel0 = 0x00FF55AA, kFactory = 0x00FF00FF;
  ChipLine chip;
  chip.name = line.name;
  chip.manual = line.manual;
  chip.generation = line.generation;
  chip.idcode = line.idcode;
  chip.bsc_idcode = line.bsc_idcode;
  chip.core = line.core;
  chip.ram = std::move(ram_regions);
  chip.flash = {{.address = 0x08000000}};
  chip.peripherals.assign(line.peripherals.begin(), line.peripherals.end());
  // RM0091 4.1: ST production values.
  for (std::string_view name : kF1OptionWords) chip.options.push_back({name, kFactory});
  chip.options.front().factory = line.flash.rdp_levels ? kLevel0 : kF1Open;
  chip.make_flash = [flash = line.flash](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<F1Flash>(flash, memory, std::move(around));
  };
  return chip;
}

// RAM by flash size: the data sheets' device summaries.
const std::vector<F1Part>& f1_parts() {
  static const Lines k;
  static const std::vector<F1Part> parts{
      {"stm32f100", "cr", "46", f1_line(k.value, ram(4))},
      {"stm32f100", "crv", "8b", f1_line(k.value, ram(8))},
      {"stm32f100", "rvz", "c", f1_line(k.high_value, ram(24))},
      {"stm32f100", "rvz", "de", f1_line(k.high_value, ram(32))},
      {"stm32f101", "tcr", "4", f1_line(k.low, ram(4))},
      {"stm32f101", "tcr", "6", f1_line(k.low, ram(6))},
      {"stm32f101", "tcrv", "8", f1_line(k.medium, ram(10))},
      {"stm32f101", "tcrv", "b", f1_line(k.medium, ram(16))},
      {"stm32f101", "rvz", "c", f1_line(k.high, ram(32))},
      {"stm32f101", "rvz", "de", f1_line(k.high, ram(48))},
      {"stm32f101", "rvz", "fg", f1_line(k.xl, ram(80))},
      {"stm32f102", "cr", "4", f1_line(k.low, ram(4))},
      {"stm32f102", "cr", "6", f1_line(k.low, ram(6))},
      {"stm32f102", "cr", "8", f1_line(k.medium, ram(10))},
      {"stm32f102", "cr", "b", f1_line(k.medium, ram(16))},
      {"stm32f103", "tcr", "4", f1_line(k.low, ram(6))},
      {"stm32f103", "tcr", "6", f1_line(k.low, ram(10))},
      {"stm32f103", "tcrv", "8b", f1_line(k.medium, ram(20))},
      {"stm32f103", "rvz", "c", f1_line(k.high, ram(48))},
      {"stm32f103", "rvz", "de", f1_line(k.high, ram(64))},
      {"stm32f103", "rvz", "fg", f1_line(k.xl, ram(96))},
      {"stm32f105", "rv", "8bc", f1_line(k.connectivity, ram(64))},
      {"stm32f107", "rv", "bc", f1_line(k.connectivity, ram(64))},
      {"gd32f103", "tcrv", "8b", f1_line(k.gd32, ram(20))},
      {"cks32f103", "c", "8b", f1_line(k.cks32, ram(20))},
  };
  return parts;
}

std::vector<OrderingRow> f1_chips() {
  std::vector<OrderingRow> rows;
  for (const auto* parts : {&f0_parts(), &f1_parts(), &f3_parts()}) {
    for (const F1Part& part : *parts) rows.push_back({part.family, part.pins, part.sizes, &part.line});
  }
  return rows;
}

}  // namespace probity::vboard
