// Microchip (Atmel) SAM D, L, C and R with Cortex-M0+: their data sheets (DS40001882 for SAM D21 …). Names
// are ordering codes without the letter of the variant, as "atsamd21g18". Clocks come up by themselves;
// peripherals keep what is written.
#include <algorithm>
#include <array>

#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/nvmctrl_flash.hpp"
#include "vboard/chip/peripherals/dsu.hpp"

namespace probity::vboard {

namespace {

// NVM software calibration row and serial number; APB bridges A to C (L21: to E, C21: to D); IOBUS.
constexpr PeripheralRange kSamd[] = {{0x00806000, 0x00806400}, {0x0080A000, 0x0080A400},
                                     {0x40000000, 0x40002000}, {0x41000000, 0x41008000},
                                     {0x42000000, 0x42005800}, {0x60000000, 0x60000400}};
constexpr PeripheralRange kSaml[] = {
    {0x00806000, 0x00806400}, {0x0080A000, 0x0080A400}, {0x40000000, 0x40003000}, {0x41000000, 0x41008000},
    {0x42000000, 0x42006000}, {0x43000000, 0x43002400}, {0x44000000, 0x44000800}, {0x60000000, 0x60000400}};

// "SAMD runs from OSC8M divided by 8 after reset" (DS40001882 15.6.1); L21 and C21 at 4 MHz (DS60001477 16,
// DS60001479 15: OSC16M at 4 MHz, OSC48M divided by 12).
constexpr RccFacts kSamd1{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{1'000'000}; }};
constexpr RccFacts kSamd4{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{4'000'000}; }};

// Page 2.5 ms, row 6 ms, chip erase 240 ms at most (DS40001882 37.13). MANW is 0 at reset on D and R
// ("default value of MANW in NVM.CTRLB is 0", errata DS80000760), 1 on L21 and C21. L21 and C21 have RWWEE
// arrays of 8 KiB at most: from memory.
constexpr NvmctrlFacts kNvmctrlD{0x00000000, 0, Microseconds(2'500), Microseconds(6'000),
                                 Microseconds(240'000)};
constexpr NvmctrlFacts kNvmctrlL{0x00000080, 128, Microseconds(2'500), Microseconds(6'000),
                                 Microseconds(240'000)};

// The user row's factory value (DS40001882 10.3.1): no boot loader, no EEPROM emulation, nothing locked. That
// of L21 and C21 is taken to be erased, where its fields say the same.
constexpr std::array<std::uint8_t, 8> kUserRowD{0xFF, 0xC7, 0xE0, 0xD8, 0x5D, 0xFC, 0xFF, 0xFF};

struct SamdSeries {
  GenerationFacts generation;
  std::span<const PeripheralRange> peripherals;
  unsigned irqs;
  NvmctrlFacts nvmctrl;
  bool low_power_ram = false;  // at 0x30000000 (L21)
};

SamdSeries samd_series(bool later, unsigned irqs, bool low_power_ram = false) {
  GenerationFacts facts;
  facts.places.flash = kNvmctrlRegisters;
  facts.otp = kUserRow;
  facts.otp_size = kUserRowSize;
  if (!later) facts.otp_content.assign(kUserRowD.begin(), kUserRowD.end());
  facts.rcc = later ? &kSamd4 : &kSamd1;
  facts.dpidr = 0x0BC11477;
  facts.access_ports = {{.number = 0, .idr = 0x04770031, .base = kDsuRomTable | 3}};
  facts.reset_values = {{0x0080A00C, 0x5C15A3E2},
                        {0x0080A040, 0x50533357},
                        {0x0080A044, 0x382E3120},
                        {0x0080A048, 0xFF0A1B2C}};  // a serial number
  return {facts, later ? std::span<const PeripheralRange>(kSaml) : kSamd, irqs, later ? kNvmctrlL : kNvmctrlD,
          low_power_ram};
}

struct SamdPart {
  std::string_view family, memory;  // "atsamd21g", and the digit that ends the name
  const SamdSeries* series;
  std::uint32_t did, kib, ram_kib;
};

// DSU.DID.DEVSEL: the "device selection" tables of the DSU chapters. It counts from the largest memory down.
struct SamdSelection {
  std::string_view family;
  std::uint32_t first;  // of the memories
};

// Of 256 to 16 KiB; RAM is an eighth.
void samd_add(std::vector<SamdPart>& parts, const SamdSeries& series, std::uint32_t did,
              std::span<const SamdSelection> selections, std::string_view memories) {
  static constexpr std::string_view kDigits = "87654";
  for (const SamdSelection& selection : selections) {
    for (std::size_t i = 0; i < memories.size(); ++i) {
      const auto step = static_cast<std::uint32_t>(kDigits.find(memories[i]));
      const auto nth = static_cast<std::uint32_t>(i);
      parts.push_back({selection.family, memories.substr(i, 1), &series, did | (selection.first + nth),
                       256u >> step, 32u >> step});
    }
  }
}

// DID without DIE and REVISION, which are 0 here: PROCESSOR 1, FAMILY 0 (D), 1 (L), 2 (C), SERIES.
std::vector<SamdPart> samd_parts() {
  static const SamdSeries d20 = samd_series(false, 25), d21 = samd_series(false, 28),
                          d11 = samd_series(false, 25), r21 = samd_series(false, 28),
                          l21 = samd_series(true, 29, true), c21 = samd_series(true, 31);
  static constexpr SamdSelection kD20[] = {{"atsamd20j", 0}, {"atsamd20g", 5}, {"atsamd20e", 10}};
  static constexpr SamdSelection kD21[] = {{"atsamd21j", 0}, {"atsamd21g", 5}, {"atsamd21e", 10}};
  static constexpr SamdSelection kC21[] = {{"atsamc21j", 0}, {"atsamc21g", 5}, {"atsamc21e", 10}};
  static constexpr SamdSelection kL21[] = {
      {"atsaml21j", 0x0F}, {"atsaml21g", 0x14}, {"atsaml21e", 0x19}};  // variant B
  static constexpr SamdSelection kR21[] = {{"atsamr21g", 0x19}, {"atsamr21e", 0x1C}};
  std::vector<SamdPart> parts;
  samd_add(parts, d20, 0x10000000, kD20, "87654");
  samd_add(parts, d21, 0x10010000, kD21, "87654");
  samd_add(parts, r21, 0x10010000, kR21, "876");
  samd_add(parts, l21, 0x10810000, kL21, "876");
  samd_add(parts, c21, 0x11010000, kC21, "8765");
  // 16 KiB and 4 KiB of RAM; by package: DS40001883 (D11) and DS60001500 (D10), DSU.
  parts.push_back({"atsamd10d", "4", &d11, 0x10020000, 16, 4});
  parts.push_back({"atsamd10c", "4", &d11, 0x10020006, 16, 4});
  parts.push_back({"atsamd11d", "4", &d11, 0x10030000, 16, 4});
  parts.push_back({"atsamd11c", "4", &d11, 0x10030006, 16, 4});
  return parts;
}

ChipLine samd_line(const SamdPart& part) {
  const SamdSeries& series = *part.series;
  ChipLine line;
  line.name = part.family;
  line.manual = "SAM data sheet";
  line.generation = &series.generation;
  line.core = cortex_m0plus(series.irqs);
  line.core.rom_designer = 0x1F;
  line.ram = {{.base = 0x20000000, .kib = part.ram_kib}};
  if (series.low_power_ram) {
    line.ram.push_back({.base = 0x30000000, .kib = std::min(8u, part.ram_kib / 2)});
  }
  line.flash = {{.address = 0}};
  line.peripherals = {series.peripherals.begin(), series.peripherals.end()};
  line.options = {{NvmctrlFlash::kSecurity, 0}};
  line.make_flash = [nvmctrl = series.nvmctrl](const ChipFacts&, NonVolatile& memory,
                                               FlashSurroundings around) {
    return std::make_unique<NvmctrlFlash>(nvmctrl, memory, std::move(around));
  };
  line.make_blocks = [did = part.did](FlashController& flash, ChipControl& chip) {
    std::vector<PlacedBlock> blocks;
    blocks.push_back({kDsu, kDsuSize, std::make_unique<Dsu>(did, flash, chip)});
    return blocks;
  };
  return line;
}

}  // namespace

std::vector<OrderingRow> samd_chips() {
  static const std::vector<SamdPart> parts = samd_parts();
  static const std::vector<ChipLine> lines = [] {
    std::vector<ChipLine> made;
    for (const SamdPart& part : parts) made.push_back(samd_line(part));
    return made;
  }();
  std::vector<OrderingRow> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    rows.push_back({parts[i].family, "1", parts[i].memory, &lines[i], parts[i].kib});
  }
  return rows;
}

}  // namespace probity::vboard
