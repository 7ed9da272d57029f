// Kinetis K and KL: NXP's (Freescale's) reference manuals, as ChipLine::manual names them. Names are ordering
// codes without package and speed: "mkl25z128". Clocks stay as after reset; peripherals keep what is written.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/part_rows.hpp"
#include "vboard/chip/flash/ftf_flash.hpp"
#include "vboard/chip/peripherals/byte_ram.hpp"
#include "vboard/chip/peripherals/kinetis_watchdogs.hpp"
#include "vboard/chip/peripherals/mdm_ap.hpp"

namespace probity::vboard {

namespace {

// AIPS-Lite bridges with GPIO, and the MCM of KL in the private bus's region.
constexpr PeripheralRange kKinetisRanges[] = {{0x40000000, 0x40100000}, {0xF0003000, 0xF0003400}};

// MCG in FEI mode: 640 times the slow clock of 32768 Hz (KL25P80M48SF0RM 24.4.1).
constexpr std::uint32_t kFeiHertz = 20'971'520;
constexpr RccFacts kMcg{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{kFeiHertz}; }};

constexpr std::uint32_t kSdid = 0x40048024, kFcfg1 = 0x4004804C, kFcfg2 = 0x40048050, kPmctrl = 0x4007E000;

// SIM's words as the chips have them. SDID: its fields by the manual's table, the revision from memory.
struct KinetisPart {
  std::string_view family, first, last;  // ordering code: "mkl25z1", "2", "8"
  std::string_view manual;
  std::uint32_t sdid, fcfg1, fcfg2;
  RamRegion ram;
  FtfFacts flash;
  unsigned irq_count;
  bool k = false;    // K with WDOG, and JTAG; else KL with COP
  bool fpu = false;  // of K
};

// Data sheets, "Flash timing specifications - commands", typical: tpgm4, tersscr, tersblk, tersall.
constexpr Microseconds kPgm4{65}, kPgm8{90}, kErsscr{14'000};

FtfFacts kl_flash(std::uint32_t kib, unsigned blocks) {
  return {.program_size = kib * 1024,
          .blocks = blocks,
          .program_time = kPgm4,
          .sector_time = kErsscr,
          .block_time = Microseconds(88'000),
          .all_time = Microseconds(88'000) * blocks};
}

constexpr RamRegion kl_ram(std::uint32_t kib) {  // a quarter of it below 0x20000000
  return {.base = 0x20000000 - kib * 256, .kib = kib};
}

FtfFacts k20dx256_flash() {
  FtfFacts facts = kl_flash(256, 1);
  facts.data_size = 32 * 1024;
  facts.sector = 2048;
  facts.section_ram = 2048;
  facts.block_time = Microseconds(110'000);
  facts.all_time = Microseconds(175'000);
  return facts;
}

FtfFacts k22fn512_flash() {
  FtfFacts facts = kl_flash(512, 2);
  facts.sector = 2048;
  return facts;
}

FtfFacts k64fn1m_flash() {
  FtfFacts facts = kl_flash(1024, 2);
  facts.sector = 4096;
  facts.unit = 8;
  facts.section_ram = 4096;
  facts.program_time = kPgm8;
  facts.block_time = Microseconds(110'000);
  facts.all_time = Microseconds(220'000);
  return facts;
}

std::vector<KinetisPart> kinetis_parts() {
  return {{"mkl25z", "6", "4", "KL25P80M48SF0RM", 0x25142486, 0x05000000, 0x08800000, kl_ram(8),
           kl_flash(64, 1), 32},
          {"mkl25z1", "2", "8", "KL25P80M48SF0RM", 0x25152486, 0x07000000, 0x10800000, kl_ram(16),
           kl_flash(128, 1), 32},
          {"mkl26z1", "2", "8", "KL26P121M48SF4RM", 0x26152486, 0x07000000, 0x10800000, kl_ram(16),
           kl_flash(128, 1), 32},
          {"mkl46z2", "5", "6", "KL46P121M48SF4RM", 0x46162489, 0x09000000, 0x10900000, kl_ram(32),
           kl_flash(256, 2), 32},
          {"mk20dx2",
           "5",
           "6",
           "K20P64M72SF1RM",
           0x00001095,
           0x390F0F00,
           0x20040000,
           {.base = 0x1FFF8000, .kib = 64},
           k20dx256_flash(),
           95,
           true},
          {"mk22fn5",
           "1",
           "2",
           "K22P121M120SF7RM",
           0x22001E88,
           0x0B000000,
           0x20A00000,
           {.base = 0x1FFF0000, .kib = 128},
           k22fn512_flash(),
           86,
           true,
           true},
          {"mk64fn1",
           "m",
           "0",
           "K64P144M120SF5RM",
           0x64000348,
           0xFF0F0F00,
           0x40C00000,
           {.base = 0x1FFF0000, .kib = 256},
           k64fn1m_flash(),
           86,
           true,
           true}};
}

GenerationFacts kinetis_generation(const KinetisPart& part) {
  GenerationFacts facts;
  facts.places.flash = kFtfRegisters;
  facts.rcc = &kMcg;
  facts.dpidr = part.k ? 0x2BA01477 : 0x0BC11477;
  facts.jtag_idcode = part.k ? 0x4BA00477 : 0;
  facts.access_ports = {
      {.number = 0, .idr = part.k ? 0x24770011u : 0x04770031u, .base = part.k ? 0xE00FF003u : 0xF0000003u},
      {.number = 1, .idr = part.k ? kMdmApK : kMdmApKl, .vendor = true}};
  if (part.k) facts.tar_wrap = 0x1000;  // DDI 0439 8.3.2
  facts.reset_values = {{kSdid, part.sdid},       {kFcfg1, part.fcfg1},
                        {kFcfg2, part.fcfg2},     {0x40048058, 0x00350031},  // UIDMH, UIDML, UIDL: any
                        {0x4004805C, 0x3438510A}, {0x40048060, 0x36323535},
                        {kPmctrl, 0x01000000}};  // SMC_PMSTAT: run mode
  facts.flash_irq = part.k ? 18 : 5;
  facts.factory_bytes = {{0x40C, 0xFE}};  // FSEC: a chip is sold unsecured
  facts.lockup_resets = true;             // RCM_SRS1.LOCKUP
  return facts;
}

std::vector<PlacedBlock> kinetis_blocks(bool k, FtfFlash& flash, ChipControl& chip) {
  std::vector<PlacedBlock> blocks;
  if (k) {
    auto wdog = std::make_unique<KinetisWdog>(chip, kFeiHertz);
    KinetisWdog& model = *wdog;
    blocks.push_back({kKinetisWdog, 0x400, std::move(wdog), [&model] { model.attend(); }});
  } else {
    auto cop = std::make_unique<KinetisCop>(chip);
    KinetisCop& model = *cop;
    blocks.push_back({kKinetisCop, 0x8, std::move(cop), [&model] { model.attend(); }});
  }
  if (!flash.section_ram().empty()) {
    blocks.push_back({kFtfSectionRam, static_cast<std::uint32_t>(flash.section_ram().size()),
                      std::make_unique<ByteRam>(flash.section_ram())});
  }
  return blocks;
}

ChipLine kinetis_line(const KinetisPart& part, const GenerationFacts& generation) {
  ChipLine line;
  line.name = part.family;
  line.manual = part.manual;
  line.generation = &generation;
  line.core = part.k ? cortex_m4(part.irq_count) : cortex_m0plus(part.irq_count);
  if (part.k && !part.fpu) line.core = without_fpu(line.core);
  line.core.rom_designer = 0x0E;  // JEP106 bank 0: Freescale
  line.ram = {part.ram};
  const std::uint32_t program = part.flash.program_size;
  line.flash = {{.address = 0, .size = program}};
  if (part.flash.data_size != 0) line.flash.push_back({.address = 0x10000000, .offset = program});
  line.peripherals = {std::begin(kKinetisRanges), std::end(kKinetisRanges)};
  line.make_flash = [flash = part.flash](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<FtfFlash>(flash, memory, std::move(around));
  };
  line.make_vendor_port = [idr = part.k ? kMdmApK : kMdmApKl](FlashController& flash, ChipControl& chip) {
    return std::make_unique<MdmAp>(idr, static_cast<FtfFlash&>(flash), chip);
  };
  line.make_blocks = [k = part.k](FlashController& flash, ChipControl& chip) {
    return kinetis_blocks(k, static_cast<FtfFlash&>(flash), chip);
  };
  return line;
}

}  // namespace

std::vector<OrderingRow> kinetis_chips() {
  return rows_of_parts(
      kinetis_parts(), kinetis_generation, kinetis_line,
      [](const KinetisPart& part, const ChipLine* line) -> OrderingRow {
        const FtfFacts& flash = part.flash;
        return {part.family, part.first, part.last, line, (flash.program_size + flash.data_size) / 1024};
      });
}

}  // namespace probity::vboard
