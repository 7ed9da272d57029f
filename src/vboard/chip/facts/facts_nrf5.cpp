// nRF51 and nRF52: Nordic's product specifications and the headers of its MDK. Names are ordering codes, as
// "nrf52832xxaa". Their radio and watchdog are not there; peripherals keep what is written.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/nvmc_flash.hpp"
#include "vboard/chip/peripherals/ctrl_ap.hpp"

namespace probity::vboard {

namespace {

// FICR is at 0x10000000 and UICR at 0x10001000; APB at 0x40000000, AHB with the ports at 0x50000000.
constexpr PeripheralRange kNrf51[] = {
    {0x10000000, 0x10000400}, {0x40000000, 0x40020000}, {0x50000000, 0x50001000}};
constexpr PeripheralRange kNrf52[] = {
    {0x10000000, 0x10000400}, {0x40000000, 0x40030000}, {0x50000000, 0x50001000}};

// The clock comes up by itself: HFINT at 16 MHz, 64 MHz at the core of nRF52 (PS 19).
constexpr RccFacts kHfint16{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{16'000'000}; }};
constexpr RccFacts kHfint64{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{64'000'000}; }};

// Writing a word, erasing a page, erasing all: nRF51822 PS v3.1 8.13; nRF52832 PS v1.4 11.7, nRF52840 PS v1.1
// 4.3.9: the longest times, from memory.
constexpr NvmcFacts kNvmc51{1024, Microseconds(46), Microseconds(22'300), Microseconds(22'300), true};
constexpr NvmcFacts kNvmc52832{4096, Microseconds(338), Microseconds(89'700), Microseconds(295'300), false,
                               true};
constexpr NvmcFacts kNvmc52840{4096, Microseconds(41), Microseconds(85'000), Microseconds(169'000), false,
                               true};

// What Nordic writes into FICR: page size and count, and on nRF52 INFO.PART, VARIANT, PACKAGE, RAM and FLASH
// in KiB; on nRF51 CONFIGID.
constexpr std::uint32_t kFicr = 0x10000000;

GenerationFacts nrf5(const RccFacts& rcc, std::uint32_t uicr_size) {
  GenerationFacts facts;
  facts.places.flash = kNvmcRegisters;
  facts.otp = 0x10001000;
  facts.otp_size = uicr_size;
  facts.rcc = &rcc;
  return facts;
}

struct Nrf52 {
  std::uint32_t part, variant, kib, ram_kib;
  NvmcFacts nvmc;
  bool fpu = true;
};

GenerationFacts nrf52_generation(const Nrf52& chip) {
  GenerationFacts facts = nrf5(kHfint64, 0x400);
  facts.dpidr = 0x2BA01477;
  facts.access_ports = {{.number = 0, .idr = 0x24770011, .base = 0xE00FF003},
                        {.number = 1, .idr = kCtrlApIdr, .vendor = true}};
  facts.reset_values = {
      {kFicr + 0x010, 4096},       {kFicr + 0x014, chip.kib / 4}, {kFicr + 0x060, 0x05BE1E55},
      {kFicr + 0x064, 0x0D1E5E1D}, {kFicr + 0x100, chip.part},    {kFicr + 0x104, chip.variant},
      {kFicr + 0x108, 0x2000},     {kFicr + 0x10C, chip.ram_kib}, {kFicr + 0x110, chip.kib}};
  return facts;
}

// RAM is in blocks of 8 KiB: NUMRAMBLOCK, and SIZERAMBLOCK of each.
GenerationFacts nrf51_generation(std::uint32_t config_id, std::uint32_t kib, std::uint32_t ram_kib) {
  GenerationFacts facts = nrf5(kHfint16, 0x100);
  facts.dpidr = 0x0BB11477;
  facts.access_ports = {{.number = 0, .idr = 0x04770021, .base = 0xF0000003}};
  facts.reset_values = {{kFicr + 0x010, 1024},        {kFicr + 0x014, kib},
                        {kFicr + 0x028, 0xFFFFFFFF},  {kFicr + 0x02C, 0xFFFFFFFF},
                        {kFicr + 0x034, ram_kib / 8}, {kFicr + 0x05C, 0xFFFF0000 | config_id},
                        {kFicr + 0x060, 0x05BE1E51},  {kFicr + 0x064, 0x0D1E5E1D}};
  for (std::uint32_t n = 0; n < ram_kib / 8; ++n) facts.reset_values.push_back({kFicr + 0x038 + 4 * n, 8192});
  return facts;
}

CoreFacts nordic(CoreFacts core, unsigned priority_bits) {
  core.rom_designer = 0x44;  // JEP106 bank 2 (the bank is not shown)
  core.priority_bits = priority_bits;
  core.has_bit_band = false;
  return core;
}

CoreFacts cortex_m0() {
  CoreFacts core = cortex_m0plus(32);
  core.cpuid = 0x410CC200;
  return core;
}

struct Part {
  std::string_view family, last;
  std::uint32_t kib;
  GenerationFacts generation;
  CoreFacts core;
  std::uint32_t ram_kib;
  NvmcFacts nvmc;
};

ChipLine line_of(const Part& part) {
  ChipLine line;
  line.name = part.family;
  line.manual = "Product Specification";
  line.generation = &part.generation;
  line.core = part.core;
  line.ram = {{.base = 0x20000000, .kib = part.ram_kib}};
  line.flash = {{.address = 0}};
  const auto& peripherals = part.core.architecture == Architecture::v6m ? kNrf51 : kNrf52;
  line.peripherals = {std::begin(peripherals), std::end(peripherals)};
  line.make_flash = [nvmc = part.nvmc](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<NvmcFlash>(nvmc, memory, std::move(around));
  };
  if (part.nvmc.approtect) {
    line.make_vendor_port = [](FlashController& flash, ChipControl& chip) {
      return std::make_unique<CtrlAp>(static_cast<NvmcFlash&>(flash), chip);
    };
  }
  return line;
}

constexpr std::uint32_t letters(const char (&code)[5]) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(code[i]);
  return value;
}

Part nrf52(std::string_view family, std::string_view last, const Nrf52& chip) {
  const CoreFacts core = nordic(chip.fpu ? cortex_m4(48) : without_fpu(cortex_m4(48)), 3);
  return {family, last, chip.kib, nrf52_generation(chip), core, chip.ram_kib, chip.nvmc};
}

Part nrf51(std::string_view last, std::uint32_t config_id, std::uint32_t kib, std::uint32_t ram_kib) {
  return {"nrf51822xx",           last,    kib,    nrf51_generation(config_id, kib, ram_kib),
          nordic(cortex_m0(), 2), ram_kib, kNvmc51};
}

// CONFIGID of nRF51: "Revision overview" of the nRF51 series compatibility matrix, revision 3.
std::vector<Part> all_parts() {
  return {nrf51("a", 0x0072, 256, 16),
          nrf51("b", 0x007B, 128, 16),
          nrf51("c", 0x0083, 256, 32),
          nrf52("nrf52805xx", "a", {0x52805, letters("AAA0"), 192, 24, kNvmc52840, false}),
          nrf52("nrf52810xx", "a", {0x52810, letters("AAE0"), 192, 24, kNvmc52832, false}),
          nrf52("nrf52811xx", "a", {0x52811, letters("AAA0"), 192, 24, kNvmc52840, false}),
          nrf52("nrf52820xx", "a", {0x52820, letters("AAA0"), 256, 32, kNvmc52840, false}),
          nrf52("nrf52832xx", "a", {0x52832, letters("AAE0"), 512, 64, kNvmc52832}),
          nrf52("nrf52832xx", "b", {0x52832, letters("ABE0"), 256, 32, kNvmc52832}),
          nrf52("nrf52833xx", "a", {0x52833, letters("AAA0"), 512, 128, kNvmc52840}),
          nrf52("nrf52840xx", "a", {0x52840, letters("AAD0"), 1024, 256, kNvmc52840})};
}

}  // namespace

std::vector<OrderingRow> nrf5_chips() {
  static const std::vector<Part> parts = all_parts();
  static const std::vector<ChipLine> lines = [] {
    std::vector<ChipLine> made;
    for (const Part& part : parts) made.push_back(line_of(part));
    return made;
  }();
  std::vector<OrderingRow> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    rows.push_back({parts[i].family, "a", parts[i].last, &lines[i], parts[i].kib});
  }
  return rows;
}

}  // namespace probity::vboard
