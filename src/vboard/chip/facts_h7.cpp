// The virtual H7: facts of the generation, of each line, and ordering codes. Addresses are *_BASE of
// cmsis-device-h7, fields its *_Pos; RM0433 H742/H743/H753/H750, RM0399 H745/H747/H755/H757 (their Cortex-M7
// alone: the Cortex-M4 and its access port 3 are not there), RM0468 H72x/H73x, RM0455 H7A3/H7B3/H7B0.
#include <span>

#include "vboard/chip/facts.hpp"
#include "vboard/chip/h7_flash.hpp"
#include "vboard/chip/rcc_h7.hpp"

namespace probity::vboard {

namespace {

// --- what the generation has in common -----------------------------------------------------------------

// DBG_IWDG1 is bit 18 of DBGMCU_APB4FZ1; TRACECLKEN bit 20 of DBGMCU_CR, which has no TRACE_MODE. IWDG1.
BlockPlaces places() {
  return {.flash = 0x52002000,
          .rcc = 0x58024400,
          .iwdg = 0x58004800,
          .dbgmcu = 0x5C001000,
          .dbgmcu_freeze = 0x5C001054,
          .iwdg_stop_bit = 18,
          .gpio = 0x58020000,
          .gpio_ports = 11,
          .trace_enable = {"TRACECLKEN", 20},
          .trace_mode = {"TRACE_MODE", 0, 0},
          .dbgmcu_debug = 0xE00E1000};
}

// GPIO (RM0433 11.4): all pins analog but the debug port's. A USART's transmitter is empty (ISR), so that
// firmware that prints does not wait. The ROM table behind access port 2 names ST and the chip, and nothing
// that the board has no model of.
std::vector<RegisterReset> reset_values(std::uint32_t part) {
  std::vector<RegisterReset> rows{{0x58020000, 0xABFFFFFF}, {0x58020008, 0x0C000000},
                                  {0x5802000C, 0x64000000}, {0x58020400, 0xFFFFFEBF},
                                  {0x58020408, 0x000000C0}, {0x5802040C, 0x00000100}};
  for (std::uint32_t port = 2; port < 11; ++port) rows.push_back({0x58020000 + port * 0x400, 0xFFFFFFFF});
  for (const std::uint32_t usart : {0x40004400u, 0x40004800u, 0x40004C00u, 0x40005000u, 0x40007800u,
                                    0x40007C00u, 0x40011000u, 0x40011400u, 0x58000C00u}) {
    rows.push_back({usart + 0x1C, 0x000000C0});
  }
  const std::uint32_t table = 0xE00E0000;
  rows.push_back({table + 0xFE0, part & 0xFF});
  rows.push_back({table + 0xFE4, part >> 8});
  rows.push_back({table + 0xFE8, 0x0A});  // JEP106 0x20
  rows.push_back({table + 0xFF0, 0x0D});
  rows.push_back({table + 0xFF4, 0x10});
  rows.push_back({table + 0xFF8, 0x05});
  rows.push_back({table + 0xFFC, 0xB1});
  return rows;
}

// PWR_CSR1.ACTVOSRDY, PWR_D3CR.VOSRDY: the regulator is always there.
std::vector<StatusBit> status_bits() {
  return {{0x58024804, {"ACTVOSRDY", 13}}, {0x58024818, {"VOSRDY", 13}}};
}

// Access ports: RM0433 60.4: AP0 the Cortex-M7's AHB-AP, AP1 the D2 domain's AHB-AP (no ROM table), AP2 the
// APB-AP of the debug bus. IDR and BASE as real chips answer; the DP's IDs RM0433 60.3.
GenerationFacts generation(std::uint32_t part) {
  return {.places = places(),
          .system_memory = 0x1FF00000,
          .system_memory_size = 0x20000,
          .uid = 0x1FF1E800,
          .flash_size_register = 0x1FF1E880,
          .dpidr = 0x6BA02477,
          .jtag_idcode = 0x6BA00477,
          .access_ports = {{.number = 0, .idr = 0x84770001, .base = 0xE00FE003},
                           {.number = 1, .idr = 0x84770001, .base = 0x00000002, .core = false},
                           {.number = 2, .idr = 0x54770002, .base = 0xE00E0003, .core = false}},
          .rcc = &h7_rcc(),
          .reset_values = reset_values(part),
          .status_bits = status_bits()};
}

const GenerationFacts& h74x_generation() {
  static const GenerationFacts facts = generation(0x450);
  return facts;
}
const GenerationFacts& h72x_generation() {
  static const GenerationFacts facts = generation(0x483);
  return facts;
}
// UID and size register are in the flash's own area (RM0455 3.8).
const GenerationFacts& h7ab_generation() {
  static const GenerationFacts facts = [] {
    GenerationFacts g = generation(0x480);
    g.uid = 0x08FFF800;
    g.flash_size_register = 0x08FFF80C;
    return g;
  }();
  return facts;
}

// --- cores -----------------------------------------------------------------------------------------------

// __CM7_REV 0x0101 in stm32h743xx.h, 0x0110 (its comment: r1p2) in stm32h723xx.h and stm32h7a3xx.h.
constexpr std::uint32_t kM7r1p1 = 0x411FC271, kM7r1p2 = 0x411FC272;

// DDI 0489 (Cortex-M7 TRM): 8 code comparators of FPB version 2, MVFR with double precision; 16 MPU regions
// and 16 KiB caches as ST chose (PM0253). irq_count is the CMSIS header's last IRQn + 1.
CoreFacts cortex_m7(std::uint32_t cpuid, unsigned irq_count) {
  CoreFacts facts;
  facts.cpuid = cpuid;
  facts.irq_count = irq_count;
  facts.has_bit_band = false;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_caches = true;
  facts.mpu_regions = 16;
  facts.mvfr0 = 0x10110221;
  facts.mvfr1 = 0x12000011;
  facts.mvfr2 = 0x00000040;
  return facts;
}

// --- memories ----------------------------------------------------------------------------------------

RamRegion itcm() { return {.base = 0x00000000, .kib = 64}; }
RamRegion dtcm() { return {.base = 0x20000000, .kib = 128}; }
RamRegion axi(std::uint32_t kib) { return {.base = 0x24000000, .kib = kib}; }
RamRegion sram4(std::uint32_t kib) { return {.base = 0x38000000, .kib = kib}; }
RamRegion backup() { return {.base = 0x38800000, .kib = 4}; }

// A bank is where it is whatever its size: 1 MiB chips have a hole from 0x08080000 (RM0433 tables 13 and 14,
// RM0455 table 13).
std::vector<FlashWindow> two_banks(std::uint32_t bank_kib) {
  const std::uint32_t bank = bank_kib * 1024;
  return {{.address = 0x08000000, .offset = 0, .size = bank},
          {.address = 0x08100000, .offset = bank, .size = bank}};
}

// --- peripherals -----------------------------------------------------------------------------------------

// Which peripheral addresses exist: the *_BASE values of the header, neighbours joined; the GPV, USB and
// debug components (0x5C000000, and behind access port 2 0xE00E0000) by RM0433 2.3 and 60.5.
constexpr PeripheralRange kH74x[] = {
    {0x40000000, 0x4000B000}, {0x40010000, 0x40011800}, {0x40013000, 0x40017800}, {0x40020000, 0x40020C00},
    {0x40022000, 0x40022400}, {0x40028000, 0x40029400}, {0x40040000, 0x400C0000}, {0x48020000, 0x48023400},
    {0x50000000, 0x50001400}, {0x50003000, 0x50003400}, {0x51000000, 0x51010000}, {0x52000000, 0x52009400},
    {0x58000000, 0x58005800}, {0x58020000, 0x58022C00}, {0x58024400, 0x58027400}, {0x5C000000, 0x5C016000},
    {0xE00E0000, 0xE00F8000}};
constexpr PeripheralRange kH72x[] = {
    {0x40000000, 0x4000B000}, {0x4000D400, 0x4000E800}, {0x40010000, 0x40015C00}, {0x40017800, 0x40017C00},
    {0x40020000, 0x40020C00}, {0x40022000, 0x40022400}, {0x40028000, 0x40029400}, {0x40040000, 0x40080000},
    {0x48020000, 0x48024800}, {0x50000000, 0x50001400}, {0x50003000, 0x50003400}, {0x51000000, 0x51010000},
    {0x52000000, 0x52002400}, {0x52004000, 0x5200B800}, {0x58000000, 0x58006C00}, {0x58020000, 0x58022C00},
    {0x58024400, 0x58027400}, {0x5C000000, 0x5C016000}, {0xE00E0000, 0xE00F8000}};
constexpr PeripheralRange kH7ab[] = {
    {0x40000000, 0x4000B000}, {0x40010000, 0x40016000}, {0x40017800, 0x40018000}, {0x40020000, 0x40020C00},
    {0x40022000, 0x40023400}, {0x40040000, 0x40080000}, {0x48020000, 0x48023000}, {0x50000000, 0x50001400},
    {0x50003000, 0x50003400}, {0x51000000, 0x51010000}, {0x52000000, 0x5200C400}, {0x58000000, 0x58004C00},
    {0x58006800, 0x58007000}, {0x58020000, 0x58022C00}, {0x58024400, 0x58025C00}, {0x5C000000, 0x5C016000},
    {0xE00E0000, 0xE00F8000}};

// --- lines -----------------------------------------------------------------------------------------------

// The boundary-scan TAP's code has DEV_ID in it.
std::uint32_t boundary_scan(std::uint32_t idcode) { return 0x06000041 | (idcode & 0xFFF) << 12; }

// RM0433 2.6: BOOT_ADD0 is the address's upper half (BOOT pin low).
std::uint32_t boot_address_0(const NonVolatile& memory) {
  return h7_flash_reg::BOOT_ADD0.get(memory.option("BOOT")) << 16;
}

// `bank_kib` 0: one bank, of the chip's own size.
ChipLine h7_line(std::string_view name, std::string_view manual, std::uint32_t idcode,
                 const GenerationFacts& generation, const H7FlashLayout& layout, std::uint32_t bank_kib) {
  const unsigned banks = bank_kib == 0 ? 1 : 2;
  ChipLine line;
  line.name = name;
  line.manual = manual;
  line.generation = &generation;
  line.idcode = idcode;
  line.bsc_idcode = boundary_scan(idcode);
  line.flash = banks == 1 ? std::vector<FlashWindow>{{.address = 0x08000000}} : two_banks(bank_kib);
  line.options = h7_option_words(layout, banks);
  line.make_flash = [&layout, banks](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<H7Flash>(layout, banks, memory, std::move(around));
  };
  line.boot_address = boot_address_0;
  return line;
}

// DEV_ID 0x450, revision V. SRAM1, SRAM2 and SRAM3 are contiguous and one region, seen at 0x10000000 too.
ChipLine h74x(std::string_view name, std::string_view manual, const H7FlashLayout& layout,
              std::uint32_t bank_kib) {
  ChipLine line = h7_line(name, manual, 0x20036450, h74x_generation(), layout, bank_kib);
  line.core = cortex_m7(kM7r1p1, 150);
  line.ram = {itcm(),    dtcm(),  axi(512), {.base = 0x30000000, .kib = 288, .alias = 0x10000000},
              sram4(64), backup()};
  line.peripherals = {std::begin(kH74x), std::end(kH74x)};
  return line;
}

// H742: less RAM, SRAM1 and SRAM2 apart, no SRAM3.
ChipLine h742(std::uint32_t bank_kib) {
  ChipLine line = h74x("H742", "RM0433", h74x_flash(), bank_kib);
  line.ram = {itcm(),
              dtcm(),
              axi(384),
              {.base = 0x30000000, .kib = 32, .alias = 0x10000000},
              {.base = 0x30020000, .kib = 16, .alias = 0x10020000},
              sram4(64),
              backup()};
  return line;
}

// DEV_ID 0x483, revision Z. The 192 KiB that AXI SRAM and ITCM share are AXI SRAM (TCM_AXI_SHARED 0).
ChipLine h72x() {
  ChipLine line =
      h7_line("H723/H725/H730/H733/H735", "RM0468", 0x10016483, h72x_generation(), h72x_flash(), 0);
  line.core = cortex_m7(kM7r1p2, 163);
  line.ram = {itcm(), dtcm(), axi(320), {.base = 0x30000000, .kib = 32}, sram4(16), backup()};
  line.peripherals = {std::begin(kH72x), std::end(kH72x)};
  return line;
}

// DEV_ID 0x480, revision A.
ChipLine h7ab(std::string_view name, std::uint32_t bank_kib) {
  ChipLine line = h7_line(name, "RM0455", 0x10006480, h7ab_generation(), h7ab_flash(), bank_kib);
  line.core = cortex_m7(kM7r1p2, 155);
  line.ram = {itcm(), dtcm(), axi(1024), {.base = 0x30000000, .kib = 128}, sram4(32), backup()};
  line.peripherals = {std::begin(kH7ab), std::end(kH7ab)};
  return line;
}

struct H7Lines {
  const ChipLine h742i = h742(1024), h742g = h742(512);
  const ChipLine h743i = h74x("H743/H753", "RM0433", h74x_flash(), 1024);
  const ChipLine h743g = h74x("H743xG", "RM0433", h74x_flash(), 512);
  const ChipLine h750 = h74x("H750", "RM0433", h74x_flash(), 0);
  const ChipLine h745i = h74x("H745/H747/H755/H757", "RM0399", h745_flash(), 1024);
  const ChipLine h745g = h74x("H745xG/H747xG", "RM0399", h745_flash(), 512);
  const ChipLine h72x = vboard::h72x();
  const ChipLine h7a3i = h7ab("H7A3/H7B3", 1024), h7a3g = h7ab("H7A3xG", 512), h7b0 = h7ab("H7B0", 0);
};
const H7Lines& lines() {
  static const H7Lines rows;
  return rows;
}

}  // namespace

// Ordering information of each data sheet (last section): which pin counts and flash sizes exist.
std::vector<OrderingRow> h7_chips() {
  const H7Lines& l = lines();
  return {
      {"stm32h723", "vz", "eg", &l.h72x},       {"stm32h725", "ravzi", "eg", &l.h72x},
      {"stm32h730", "avzi", "b", &l.h72x},      {"stm32h733", "vz", "g", &l.h72x},
      {"stm32h735", "ravzi", "g", &l.h72x},     {"stm32h742", "vzaibx", "i", &l.h742i},
      {"stm32h742", "vzaibx", "g", &l.h742g},   {"stm32h743", "vzaibx", "i", &l.h743i},
      {"stm32h743", "vzaibx", "g", &l.h743g},   {"stm32h745", "zibx", "i", &l.h745i},
      {"stm32h745", "zibx", "g", &l.h745g},     {"stm32h747", "aibxz", "i", &l.h745i},
      {"stm32h747", "aibxz", "g", &l.h745g},    {"stm32h750", "vzix", "b", &l.h750},
      {"stm32h753", "vzaibx", "i", &l.h743i},   {"stm32h755", "zibx", "i", &l.h745i},
      {"stm32h757", "aibxz", "i", &l.h745i},    {"stm32h7a3", "rvzialnq", "i", &l.h7a3i},
      {"stm32h7a3", "rvzialnq", "g", &l.h7a3g}, {"stm32h7b0", "rvzia", "b", &l.h7b0},
      {"stm32h7b3", "rvzialnq", "i", &l.h7a3i},
  };
}

}  // namespace probity::vboard
