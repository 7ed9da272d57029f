// Silicon Labs (Energy Micro) EFM32 of series 0 and 1, and EFR32 of series 1: their reference manuals and the
// headers of the Gecko SDK. Names are ordering codes, as "efm32gg990f1024". Clocks come up by themselves;
// peripherals keep what is written.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/part_rows.hpp"
#include "vboard/chip/flash/msc_flash.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kDevinfo = 0x0FE08000;

// Device information, and the peripherals' region (of M3 and M4 with its bit-band alias).
constexpr PeripheralRange kEfm32Ranges[] = {{kDevinfo, kDevinfo + 0x400}, {0x40000000, 0x40100000}};

// HFRCO after reset: 14 MHz in series 0 (d0053 11.3.1), 19 MHz in series 1.
constexpr RccFacts kHfrco14{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{14'000'000}; }};
constexpr RccFacts kHfrco19{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{19'000'000}; }};

// DEVINFO.PART: number, family (_DEVINFO_PART_DEVICE_FAMILY_…), production revision; its MSIZE says the
// sizes.
struct Efm32Part {
  std::string_view family, last;  // "efm32gg990f10", "24": the ordering code in two pieces
  std::uint32_t family_code, number;
  std::uint32_t kib, ram_kib, page_size;
  CoreFacts core;
  bool series1 = false;
};

CoreFacts efm32_core(CoreFacts core, unsigned priority_bits) {
  core.rom_designer = 0x73;  // JEP106 bank 7 (the bank is not shown)
  core.priority_bits = priority_bits;
  return core;
}
CoreFacts efm32_m3(unsigned irqs) { return efm32_core(cortex_m3(irqs, 0x412FC231), 3); }
CoreFacts efm32_m4(unsigned irqs) { return efm32_core(cortex_m4(irqs), 3); }
CoreFacts efm32_m0plus(unsigned irqs) { return efm32_core(cortex_m0plus(irqs), 2); }

// Byte 3 of MEMINFO: the page's size is 2 to the power of 10 + this, as a signed byte (d0053 5.6).
constexpr std::uint32_t page_size_code(std::uint32_t page_size) {
  std::uint32_t code = 0xFF;  // 512
  for (std::uint32_t size = 512; size < page_size; size *= 2) code = (code + 1) & 0xFF;
  return code;
}

GenerationFacts efm32_generation(const Efm32Part& part) {
  constexpr std::uint32_t kRevision = 30;  // of production: recent enough for MEMINFO to have its page size
  GenerationFacts facts;
  facts.places.flash = part.series1 ? 0x400E0000 : 0x400C0000;
  facts.otp = kMscUserData;
  facts.otp_size = kMscLockBits - kMscUserData + part.page_size;
  facts.rcc = part.series1 ? &kHfrco19 : &kHfrco14;
  const bool m0plus = part.core.architecture == Architecture::v6m;
  if (part.series1) facts.jtag_idcode = 0x4BA00477;  // series 0 has SWD alone
  facts.dpidr = m0plus ? 0x0BC11477 : 0x2BA01477;
  if (!m0plus) facts.tar_wrap = 0x1000;  // DDI 0337 and DDI 0439 8.3.2
  facts.access_ports = {
      {.number = 0, .idr = m0plus ? 0x04770031u : 0x24770011u, .base = m0plus ? 0xF0000003u : 0xE00FF003u}};
  facts.reset_values = {{kDevinfo + 0x1E4, page_size_code(part.page_size) << 24 | 0x00FFFFFF},
                        {kDevinfo + 0x1F0, 0x4D3A9E21},
                        {kDevinfo + 0x1F4, 0x24D68C03},  // the unique number
                        {kDevinfo + 0x1F8, part.ram_kib << 16 | part.kib},
                        {kDevinfo + 0x1FC, kRevision << 24 | part.family_code << 16 | part.number}};
  return facts;
}

// Word 20 us, page 20.4 ms, device 40.8 ms at most ("Flash" of the data sheets); series 1: 24 us, 27
// ms, 27.6.
MscFacts msc_facts(const Efm32Part& part) {
  if (part.series1) {
    return {part.page_size, true, Microseconds(24), Microseconds(27'000), Microseconds(27'600)};
  }
  return {part.page_size, false, Microseconds(20), Microseconds(20'400), Microseconds(40'800)};
}

// The SRAM is seen at 0x10000000 for code.
ChipLine efm32_line(const Efm32Part& part, const GenerationFacts& generation) {
  ChipLine line;
  line.name = part.family;
  line.manual = "reference manual of the family";
  line.generation = &generation;
  line.core = part.core;
  line.ram = {{.base = 0x20000000, .kib = part.ram_kib, .alias = 0x10000000}};
  line.flash = {{.address = 0}};
  line.peripherals = {std::begin(kEfm32Ranges), std::end(kEfm32Ranges)};
  line.make_flash = [msc = msc_facts(part)](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<MscFlash>(msc, memory, std::move(around));
  };
  return line;
}

// Families by number: 71 G, 72 GG, 73 TG, 74 LG, 75 WG, 76 ZG, 77 HG, 81 PG1B, 83 JG1B, 16 EFR32MG1P, 19
// EFR32BG1P. Pages: "MSC, features" of each manual.
std::vector<Efm32Part> efm32_parts() {
  return {{"efm32g890f1", "28", 71, 890, 128, 16, 512, efm32_m3(30)},
          {"efm32g890f", "64", 71, 890, 64, 16, 512, efm32_m3(30)},
          {"efm32g890f", "32", 71, 890, 32, 8, 512, efm32_m3(30)},
          {"efm32gg990f10", "24", 72, 990, 1024, 128, 4096, efm32_m3(39)},
          {"efm32gg990f5", "12", 72, 990, 512, 128, 4096, efm32_m3(39)},
          {"efm32tg840f", "32", 73, 840, 32, 4, 512, efm32_m3(23)},
          {"efm32lg990f2", "56", 74, 990, 256, 32, 2048, efm32_m3(40)},
          {"efm32wg990f2", "56", 75, 990, 256, 32, 2048, efm32_m4(40)},
          {"efm32zg222f", "32", 76, 222, 32, 4, 1024, efm32_m0plus(19)},
          {"efm32hg322f", "64", 77, 322, 64, 8, 1024, efm32_m0plus(21)},
          {"efm32pg1b200f2", "56", 81, 200, 256, 32, 2048, efm32_m4(34), true},
          {"efm32jg1b200f2", "56", 83, 200, 256, 32, 2048, efm32_m3(34), true},
          {"efr32mg1p232f2", "56", 16, 232, 256, 32, 2048, efm32_m4(34), true},
          {"efr32bg1p232f2", "56", 19, 232, 256, 32, 2048, efm32_m4(34), true}};
}

}  // namespace

std::vector<OrderingRow> efm32_chips() {
  return rows_of_parts(efm32_parts(), efm32_generation, efm32_line,
                       [](const Efm32Part& part, const ChipLine* line) -> OrderingRow {
                         const std::string_view last = part.last;
                         return {part.family, last.substr(0, 1), last.substr(1), line, part.kib};
                       });
}

}  // namespace probity::vboard
