// LPC8xx, LPC11xx, LPC13xx, LPC15xx, LPC17xx, LPC40xx: NXP's user manuals, as ChipLine::manual names them.
// Names are ordering codes without variant and package: "lpc1768". Clocks stay as after reset; peripherals
// keep what is written.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/part_rows.hpp"
#include "vboard/chip/flash/lpc_flash.hpp"

namespace probity::vboard {

namespace {

constexpr PeripheralRange kLpcSmall[] = {
    {0x40000000, 0x40080000}, {0x50000000, 0x50040000}, {0xA0000000, 0xA0010000}};
constexpr PeripheralRange kLpcLarge[] = {{0x20080000, 0x20100000}, {0x40000000, 0x40100000}};
constexpr PeripheralRange kLpc17[] = {
    {0x2009C000, 0x200A0000}, {0x40000000, 0x40100000}, {0x50000000, 0x50200000}};
constexpr PeripheralRange kLpc15[] = {{0x1C000000, 0x1C030000}, {0x40000000, 0x40100000}};

// The internal RC oscillator, from which all begin.
constexpr RccFacts kIrc12{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{12'000'000}; }};
constexpr RccFacts kIrc4{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{4'000'000}; }};

struct LpcPart {
  std::string_view family, first, last, manual;
  std::uint32_t kib;
  CoreFacts core;
  LpcFacts flash;
  std::vector<RamRegion> ram;
  std::span<const PeripheralRange> ranges;
  std::uint32_t dpidr, jtag_idcode = 0;
  std::uint32_t device_id_register = 0;  // DEVICE_ID of SYSCON; 0: none
  bool slow = false;                     // IRC of 4 MHz
};

CoreFacts cortex_m0_lpc(unsigned irq_count) {
  CoreFacts core = cortex_m0plus(irq_count);
  core.cpuid = 0x410CC200;
  return core;
}

CoreFacts cortex_m3_lpc(unsigned irq_count) {
  CoreFacts core = cortex_m3(irq_count);
  core.has_bit_band = false;
  return core;
}

constexpr LpcRam lpc_ram(std::uint32_t base, std::uint32_t kib) { return {base, base + kib * 1024}; }

// Boot code versions are any.
constexpr std::uint32_t kLpcBootVersion = 0x00000504;

LpcFacts lpc8(std::uint32_t part_id, std::uint32_t ram_kib) {  // UM10601 21.5, UM10800 25.6
  return {.sector = 1024,
          .page = 64,
          .boundary = 64,
          .copies = 64 | 128 | 256 | 512 | 1024,
          .part_id = part_id,
          .boot_version = kLpcBootVersion,
          .ram = {lpc_ram(0x10000000, ram_kib)}};
}

LpcFacts lpc11(std::uint32_t part_id) {  // UM10398 26.5.7, UM10375 21.13: LPC13xx is the same
  return {.part_id = part_id, .boot_version = kLpcBootVersion, .ram = {lpc_ram(0x10000000, 8)}};
}

LpcFacts lpc15(std::uint32_t part_id) {  // UM10736 34.7, and 34.8 for pages
  return {.page = 256,
          .part_id = part_id,
          .boot_version = kLpcBootVersion,
          .ram = {lpc_ram(0x02000000, 36)},
          .rom = 0x03000000,
          .map_register = 0x40074000};
}

LpcFacts lpc17(std::uint32_t part_id, std::uint32_t ram_kib, LpcRam second) {  // UM10360 32.5
  return {.large_from = 0x10000,
          .part_id = part_id,
          .boot_version = kLpcBootVersion,
          .ram = {lpc_ram(0x10000000, ram_kib), second},
          .map_register = 0x400FC040,
          .map_user = 1,
          .map_mask = 1};
}

// Part identification numbers: "Read Part Identification number" of each manual; UM10360 table 584, UM10398
// table 416, UM10375 table 327, UM10601 table 283, UM10800 table 315, UM10736 table 489, UM10562 table 753.
std::vector<LpcPart> lpc_parts() {
  constexpr std::uint32_t kM0 = 0x0BB11477, kM0Plus = 0x0BC11477, kSwd = 0x2BA01477, kJtag = 0x4BA00477;
  return {{"lpc8",
           "1",
           "2",
           "UM10601",
           16,
           cortex_m0plus(32),
           lpc8(0x8122, 4),
           {{.base = 0x10000000, .kib = 4}},
           kLpcSmall,
           kM0Plus,
           0,
           0x400483F8},
          {"lpc8",
           "2",
           "4",
           "UM10800",
           32,
           cortex_m0plus(32),
           lpc8(0x8241, 8),
           {{.base = 0x10000000, .kib = 8}},
           kLpcSmall,
           kM0Plus,
           0,
           0x400483F8},
          {"lpc11",
           "1",
           "4",
           "UM10398",
           32,
           cortex_m0_lpc(32),
           lpc11(0x2540102B),
           {{.base = 0x10000000, .kib = 8}},
           kLpcSmall,
           kM0,
           0,
           0x400483F4},
          {"lpc13",
           "4",
           "3",
           "UM10375",
           32,
           cortex_m3_lpc(57),
           lpc11(0x3D00002B),
           {{.base = 0x10000000, .kib = 8}},
           kLpcSmall,
           kSwd,
           0,
           0x400483F4},
          {"lpc15",
           "4",
           "9",
           "UM10736",
           256,
           cortex_m3_lpc(47),
           lpc15(0x1549),
           {{.base = 0x02000000, .kib = 36}},
           kLpc15,
           kSwd,
           0,
           0x400743F8},
          {"lpc17",
           "6",
           "8",
           "UM10360",
           512,
           cortex_m3(35),
           lpc17(0x26013F37, 32, lpc_ram(0x2007C000, 32)),
           {{.base = 0x10000000, .kib = 32}, {.base = 0x2007C000, .kib = 32}},
           kLpc17,
           kSwd,
           kJtag,
           0,
           true},
          {"lpc40",
           "8",
           "8",
           "UM10562",
           512,
           cortex_m4(41),
           lpc17(0x481D3F47, 64, lpc_ram(0x20000000, 32)),
           {{.base = 0x10000000, .kib = 64}, {.base = 0x20000000, .kib = 32}},
           kLpcLarge,
           kSwd,
           kJtag}};
}

GenerationFacts lpc_generation(const LpcPart& part) {
  GenerationFacts facts;
  facts.places.flash = part.flash.rom + kLpcControllerOffset;
  facts.rcc = part.slow ? &kIrc4 : &kIrc12;
  facts.dpidr = part.dpidr;
  facts.jtag_idcode = part.jtag_idcode;
  const bool v6m = part.core.architecture == Architecture::v6m;
  if (!v6m) facts.tar_wrap = 0x1000;  // DDI 0337 and DDI 0439 8.3.2
  facts.access_ports = {{.number = 0,
                         .idr = part.dpidr == 0x0BB11477   ? 0x04770021u
                                : part.dpidr == 0x0BC11477 ? 0x04770031u
                                                           : 0x24770011u,
                         .base = v6m ? 0xF0000003u : 0xE00FF003u}};
  if (part.device_id_register != 0) {
    facts.reset_values.push_back({part.device_id_register, part.flash.part_id});
  }
  return facts;
}

ChipLine lpc_line(const LpcPart& part, const GenerationFacts& generation) {
  ChipLine line;
  line.name = part.family;
  line.manual = part.manual;
  line.generation = &generation;
  line.core = part.core;
  line.core.rom_designer = 0x15;  // JEP106 bank 0: NXP
  line.ram = part.ram;
  line.flash = {{.address = 0}};
  line.peripherals = {part.ranges.begin(), part.ranges.end()};
  line.make_flash = [flash = part.flash](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<LpcFlash>(flash, memory, std::move(around));
  };
  line.make_blocks = [](FlashController& flash, ChipControl&) {
    return static_cast<LpcFlash&>(flash).blocks();
  };
  return line;
}

}  // namespace

std::vector<OrderingRow> lpc_chips() {
  return rows_of_parts(lpc_parts(), lpc_generation, lpc_line,
                       [](const LpcPart& part, const ChipLine* line) -> OrderingRow {
                         return {part.family, part.first, part.last, line, part.kib};
                       });
}

}  // namespace probity::vboard
