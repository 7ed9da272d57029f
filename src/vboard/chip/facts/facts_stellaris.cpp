// TI's Stellaris LM3S and LM4F, and Tiva TM4C: their data sheets and the headers of StellarisWare and
// TivaWare (DID1's part numbers). Names are ordering codes without the temperature range and package of an
// LM3S, as "lm3s6965", "tm4c123gh6pm". Clocks come up by themselves; peripherals keep what is written.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/part_rows.hpp"
#include "vboard/chip/flash/stellaris_flash.hpp"

namespace probity::vboard {

namespace {

constexpr PeripheralRange kStellarisRanges[] = {{0x40000000, 0x40100000}};

// IOSC 12 MHz of LM3S, PIOSC 16 MHz of the later ones.
constexpr RccFacts kStellaris12{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{12'000'000}; }};
constexpr RccFacts kStellaris16{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{16'000'000}; }};

// Offsets from the flash's registers: its own size registers, and system control's.
constexpr std::uint32_t kFsize = 0xFC0, kSsize = 0xFC4;
constexpr std::uint32_t kDid0 = 0x1000, kDid1 = 0x1004, kDc0 = 0x1008, kDc1 = 0x1010, kRis = 0x1050,
                        kRcc = 0x1060, kRcc2 = 0x1070;
constexpr std::uint32_t kPllLocked = 1u << 6;  // RIS.PLLLRIS

// Sandstorm, Fury, Blizzard (LM4F, TM4C123), Snowflake (TM4C129).
enum class StellarisClass : std::uint8_t { sandstorm, fury, blizzard, snowflake };

struct StellarisPart {
  std::string_view family, last;  // "tm4c123gh6", "pm": the name without its two last letters, and these
  StellarisClass kind;
  std::uint32_t did0, did1, dc1;
  std::uint32_t kib, ram_kib;
  unsigned irqs;

  bool newer() const { return kind >= StellarisClass::blizzard; }
};

// DC0: SRAM in 256 bytes - 1, flash in 2 KiB - 1.
std::vector<RegisterReset> stellaris_constants(const StellarisPart& part) {
  const std::uint32_t flash = part.kib / 2 - 1, ram = part.ram_kib * 4 - 1;
  std::vector<RegisterReset> rows = {{kDid0, part.did0},
                                     {kDid1, part.did1},
                                     {kDc0, ram << 16 | flash},
                                     {kDc1, part.dc1},
                                     {kRis, kPllLocked}};
  // TM4C129 calls it FLASHPP: its low half is the size, the rest from memory.
  const std::uint32_t properties = part.kind == StellarisClass::snowflake ? 0x70140000 : 0;
  if (part.newer()) rows.insert(rows.end(), {{kFsize, properties | flash}, {kSsize, ram}});
  return rows;
}

// Word 20 us, page 20 ms, all 200 ms (LM3S6965 data sheet 22.1.7); TM4C: word 50 us at 10 MHz, page 15 ms at
// most (TM4C123GH6PM 24.11), from memory.
StellarisFacts stellaris_flash_facts(const StellarisPart& part) {
  StellarisFacts facts;
  facts.constants = stellaris_constants(part);
  facts.reset_values = {{kRcc, part.kind == StellarisClass::sandstorm ? 0x078E3AC0u : 0x078E3AD1u}};
  if (part.kind != StellarisClass::sandstorm) facts.reset_values.push_back({kRcc2, 0x07802810});
  facts.page_size = part.kind == StellarisClass::snowflake ? 16 * 1024 : 1024;
  facts.write_buffer = facts.program_errors = facts.boot_configuration = part.newer();
  facts.first_pair_at_130 = part.kind != StellarisClass::snowflake;
  facts.word_time = part.newer() ? Microseconds(50) : Microseconds(20);
  facts.page_time = part.newer() ? Microseconds(15'000) : Microseconds(20'000);
  facts.mass_time = part.newer() ? Microseconds(15'000) : Microseconds(200'000);
  return facts;
}

// By the core's revision: r1p0 of Sandstorm, r1p1 of Fury, then Cortex-M4.
std::uint32_t stellaris_idcode(StellarisClass kind) {
  return kind == StellarisClass::sandstorm ? 0x1BA00477
         : kind == StellarisClass::fury    ? 0x3BA00477
                                           : 0x4BA00477;
}

GenerationFacts stellaris_generation(const StellarisPart& part) {
  GenerationFacts facts;
  facts.places.flash = kStellarisRegisters;
  facts.places.flash_size = kStellarisRegistersSize;
  facts.rcc = part.newer() ? &kStellaris16 : &kStellaris12;
  facts.jtag_idcode = stellaris_idcode(part.kind);
  facts.dpidr = part.newer() ? 0x2BA01477 : 0x1BA01477;
  facts.tar_wrap = 0x1000;  // DDI 0337 and DDI 0439 8.3.2
  facts.access_ports = {{.number = 0, .idr = part.newer() ? 0x24770011u : 0x14770011u, .base = 0xE00FF003}};
  return facts;
}

CoreFacts stellaris_core(const StellarisPart& part) {
  CoreFacts core = part.newer() ? cortex_m4(part.irqs) : cortex_m3(part.irqs, 0x411FC231);
  core.rom_designer = 0x17;  // Texas Instruments
  core.priority_bits = 3;
  return core;
}

ChipLine stellaris_line(const StellarisPart& part, const GenerationFacts& generation) {
  ChipLine line;
  line.name = part.family;
  line.manual = "data sheet";
  line.generation = &generation;
  line.core = stellaris_core(part);
  line.ram = {{.base = 0x20000000, .kib = part.ram_kib}};
  line.flash = {{.address = 0}};
  line.peripherals = {std::begin(kStellarisRanges), std::end(kStellarisRanges)};
  line.options = stellaris_options(part.kib, part.newer());
  line.make_flash = [facts = stellaris_flash_facts(part)](const ChipFacts&, NonVolatile& memory,
                                                          FlashSurroundings around) {
    return std::make_unique<StellarisFlash>(facts, memory, std::move(around));
  };
  return line;
}

std::vector<StellarisPart> stellaris_parts() {
  using enum StellarisClass;
  return {{"lm3s8", "11", sandstorm, 0x00000202, 0x0032000E, 0x001132BF, 64, 8, 30},
          {"lm3s19", "68", fury, 0x10010002, 0x10B8402E, 0x001133FF, 256, 64, 44},
          {"lm3s69", "65", fury, 0x10010002, 0x1073402E, 0x001133FF, 256, 64, 44},
          {"lm3s89", "62", fury, 0x10010002, 0x10A6402E, 0x001133FF, 256, 64, 44},
          {"lm4f120h5", "qr", blizzard, 0x18050001, 0x1004602E, 0x10032FFF, 256, 32, 139},
          {"tm4c123gh6", "pm", blizzard, 0x18050102, 0x10A1606E, 0x10032FFF, 256, 32, 139},
          {"tm4c1294ncp", "dt", snowflake, 0x180A0002, 0x101FC06E, 0x00000000, 1024, 256, 114}};
}

}  // namespace

std::vector<OrderingRow> stellaris_chips() {
  return rows_of_parts(stellaris_parts(), stellaris_generation, stellaris_line,
                       [](const StellarisPart& part, const ChipLine* line) -> OrderingRow {
                         const std::string_view last = part.last;
                         return {part.family, last.substr(0, 1), last.substr(1), line, part.kib};
                       });
}

}  // namespace probity::vboard
