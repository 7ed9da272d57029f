// The virtual H7: facts of the generation, of each line, and ordering codes. Addresses are *_BASE of
// cmsis-device-h7, fields its *_Pos; RM0433 H742/H743/H753/H750, RM0399 H745/H747/H755/H757, RM0468
// H72x/H73x, RM0455 H7A3/H7B3/H7B0. H7R3, H7R7, H7S3, H7S7: cmsis-device-h7rs, RM0477; their access ports and
// memories as Keil.STM32H7RSxx_DFP.pdsc has them.
#include <span>

#include "vboard/chip/facts/chip_line.hpp"
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/h7_flash.hpp"
#include "vboard/chip/flash/h7rs_flash.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/peripherals/cross_trigger.hpp"
#include "vboard/chip/peripherals/rcc.hpp"
#include "vboard/chip/peripherals/rcc_h7.hpp"
#include "vboard/chip/peripherals/reset_rows.hpp"

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

constexpr std::uint32_t kRomTable = 0xE00E0000;  // behind the APB-AP

ResetRows reset_values(std::uint32_t part) {
  ResetRows rows = gpio_reset_rows(0x58020000, 11);
  add_usarts(rows, {0x40004400, 0x40004800, 0x40004C00, 0x40005000, 0x40007800, 0x40007C00, 0x40011000,
                    0x40011400, 0x58000C00});
  add_rom_table(rows, kRomTable, part);
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
// RM0399 60.4: AP3 is the Cortex-M4's AHB-AP (IDR and BASE as of any Cortex-M4).
const GenerationFacts& h745_generation() {
  static const GenerationFacts facts = [] {
    GenerationFacts g = generation(0x450);
    g.access_ports.push_back({.number = 3, .idr = 0x24770011, .base = 0xE00FF003, .cpu = 1});
    return g;
  }();
  return facts;
}
const GenerationFacts& h72x_generation() {
  static const GenerationFacts facts = generation(0x483);
  return facts;
}
// OTP, UID and size register are in the flash's own area (RM0455 3.8; FLASH_OTP_BASE of stm32h7a3xx.h).
const GenerationFacts& h7ab_generation() {
  static const GenerationFacts facts = [] {
    GenerationFacts g = generation(0x480);
    g.otp = 0x08FFF000;
    g.otp_size = 1024;
    g.uid = 0x08FFF800;
    g.flash_size_register = 0x08FFF80C;
    return g;
  }();
  return facts;
}

// The places that differ from H7's. AP0 is the APB-AP, the Cortex-M7 is behind AP1. PWR_SR1.ACTVOSRDY,
// PWR_CSR4.VOSRDY.
const GenerationFacts& h7rs_generation() {
  static const GenerationFacts facts = [] {
    GenerationFacts g = generation(0x485);
    g.places.gpio_ports = 16;  // ports I to L are not there
    g.otp = 0x08FFF000;
    g.otp_size = 1024;
    g.uid = 0x08FFF800;
    g.flash_size_register = 0x08FFF80C;
    g.access_ports = {{.number = 0, .idr = 0x54770002, .base = kRomTable | 3, .core = false},
                      {.number = 1, .idr = 0x84770001, .base = 0xE00FE003}};
    g.rcc = &h7rs_rcc();
    g.reset_values = gpio_reset_rows(0x58020000, 16);
    add_usarts(g.reset_values, {0x40004400, 0x40004800, 0x40004C00, 0x40005000, 0x40007800, 0x40007C00,
                                0x42001000, 0x58000C00});
    add_rom_table(g.reset_values, kRomTable, 0x485);
    g.status_bits = {{0x58024804, {"ACTVOSRDY", 1}}, {0x58024814, {"VOSRDY", 1}}};
    g.flash_irq = 8;
    return g;
  }();
  return facts;
}

// --- cores -----------------------------------------------------------------------------------------------

// __CM7_REV 0x0101 in stm32h743xx.h, 0x0110 (its comment: r1p2) in stm32h723xx.h and stm32h7a3xx.h.
constexpr std::uint32_t kM7r1p1 = 0x411FC271, kM7r1p2 = 0x411FC272;

// 16 MPU regions and 16 KiB caches as ST chose (PM0253).
CoreFacts h7_core(std::uint32_t cpuid, unsigned irq_count) {
  CoreFacts facts = cortex_m7(cpuid, irq_count, true);
  facts.mpu_regions = 16;
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

// stm32h7s7xx.h; the other three have some of its peripherals.
constexpr PeripheralRange kH7rs[] = {
    {0x40000000, 0x40006000}, {0x40006C00, 0x40008800}, {0x40009400, 0x4000B000}, {0x4000EC00, 0x4000F000},
    {0x40021000, 0x40022400}, {0x40028000, 0x40029400}, {0x4002F000, 0x4002F400}, {0x40040000, 0x400C0000},
    {0x42000000, 0x42001400}, {0x42003000, 0x42006000}, {0x48000400, 0x48000800}, {0x48002400, 0x48002C00},
    {0x48004400, 0x48004800}, {0x48020000, 0x48021400}, {0x48022000, 0x48024000}, {0x50001000, 0x50002400},
    {0x50004000, 0x50004400}, {0x52000000, 0x52001400}, {0x52002000, 0x52005400}, {0x52007000, 0x5200C400},
    {0x52010000, 0x52015400}, {0x58000000, 0x58001800}, {0x58002400, 0x58004C00}, {0x58006800, 0x58006C00},
    {0x58020000, 0x58022000}, {0x58023000, 0x58025000}, {0x58027000, 0x58027400}, {0x5C000000, 0x5C016000},
    {0xE00E0000, 0xE00F8000}};

// --- lines -----------------------------------------------------------------------------------------------

// RM0433 2.6: BOOT_ADD0 is the address's upper half (BOOT pin low).
std::uint32_t boot_address_0(const NonVolatile& memory) {
  return h7_flash_reg::BOOT_ADD0.get(memory.option("BOOT")) << 16;
}

// `bank_kib` 0: one bank, of the chip's own size.
Device h7_device(const GenerationFacts& generation, const LineRow& row, const H7FlashLayout& layout,
                 std::uint32_t bank_kib, std::vector<OrderingCodes> codes) {
  const unsigned banks = bank_kib == 0 ? 1 : 2;
  ChipLine line = chip_line(generation, row);
  if (banks == 2) line.flash = two_banks(bank_kib);
  line.options = h7_option_words(layout, banks);
  line.make_flash = [&layout, banks](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<H7Flash>(layout, banks, memory, std::move(around));
  };
  line.boot_address = boot_address_0;
  return {std::move(line), std::move(codes)};
}

// DEV_ID 0x450, revision V. SRAM1, SRAM2 and SRAM3 are contiguous and one region, seen at 0x10000000 too.
Device h74x(std::string_view name, std::string_view manual, const H7FlashLayout& layout,
            std::uint32_t bank_kib, std::vector<OrderingCodes> codes) {
  const RamRegion d2{.base = 0x30000000, .kib = 288, .alias = 0x10000000};
  const LineRow row{
      name, manual, 0x20036450, h7_core(kM7r1p1, 150), {itcm(), dtcm(), axi(512), d2, sram4(64), backup()},
      kH74x};
  return h7_device(h74x_generation(), row, layout, bank_kib, std::move(codes));
}

// A core whose option bit is clear waits in reset for its bit of RCC_GCR (RM0399 9.4.2 "Boot C1/C2";
// FLASH_OPTSR_BCM4, _BCM7 and RCC_GCR_BOOT_C1, _C2 of stm32h745xx.h).
BootHold boot_hold(Field option, Field release) {
  return {.holds = [option](const NonVolatile& memory) { return !option.is_set(memory.option("OPTSR")); },
          .address = 0x580244A0,
          .release = release};
}

// H745/H747/H755/H757: a Cortex-M4 (__CM4_REV 0x0001) in the D2 domain at HCLK, which the core's clock
// divided by D1CFGR.HPRE is. The TCMs are the Cortex-M7's own; the Cortex-M4 sees its boot address at 0
// (RM0399 2.6).
Device h745(std::string_view name, std::uint32_t bank_kib, std::vector<OrderingCodes> codes) {
  Device device = h74x(name, "RM0399", h745_flash(), bank_kib, std::move(codes));
  ChipLine& line = device.line;
  line.generation = &h745_generation();
  for (RamRegion& region : line.ram) {
    if (region.base == itcm().base || region.base == dtcm().base) region.cores = 1;
  }
  line.hold = boot_hold({"BCM7", 23}, {"BOOT_C1", 2});
  OtherCore m4{.core = cortex_m4(150), .hold = boot_hold({"BCM4", 22}, {"BOOT_C2", 3})};
  m4.core.has_bit_band = false;
  m4.zero_alias = [](const NonVolatile& memory) {
    return h7_flash_reg::BOOT_ADD0.get(memory.option("BOOT4")) << 16;
  };
  m4.clock = [](const Rcc& rcc) {
    constexpr std::uint32_t D1CFGR = 0x18;
    return ahb_clock(rcc.core_clock().value, Field{"HPRE", 0, 4}.get(rcc.peek(D1CFGR)));
  };
  m4.clock_ready = {0x00, {"D2CKRDY", 15}};
  line.other_cores = {std::move(m4)};
  line.make_blocks = [](FlashController&, ChipControl& chip) {  // RM0399 60.5: a CTI on each core's own bus
    std::vector<PlacedBlock> blocks;
    blocks.push_back(
        {.base = 0xE0043000, .size = 0x1000, .registers = std::make_unique<CrossTriggers>(chip, 2)});
    return blocks;
  };
  return device;
}

// H742: less RAM, SRAM1 and SRAM2 apart, no SRAM3.
Device h742(std::uint32_t bank_kib, std::vector<OrderingCodes> codes) {
  Device device = h74x("H742", "RM0433", h74x_flash(), bank_kib, std::move(codes));
  device.line.ram = {itcm(),
                     dtcm(),
                     axi(384),
                     {.base = 0x30000000, .kib = 32, .alias = 0x10000000},
                     {.base = 0x30020000, .kib = 16, .alias = 0x10020000},
                     sram4(64),
                     backup()};
  return device;
}

// DEV_ID 0x483, revision Z. The 192 KiB that AXI SRAM and ITCM share are AXI SRAM (TCM_AXI_SHARED 0).
Device h72x(std::vector<OrderingCodes> codes) {
  const LineRow row{"H723/H725/H730/H733/H735",
                    "RM0468",
                    0x10016483,
                    h7_core(kM7r1p2, 163),
                    {itcm(), dtcm(), axi(320), {.base = 0x30000000, .kib = 32}, sram4(16), backup()},
                    kH72x};
  return h7_device(h72x_generation(), row, h72x_flash(), 0, std::move(codes));
}

// DEV_ID 0x480, revision A.
Device h7ab(std::string_view name, std::uint32_t bank_kib, std::vector<OrderingCodes> codes) {
  const LineRow row{name,
                    "RM0455",
                    0x10006480,
                    h7_core(kM7r1p2, 155),
                    {itcm(), dtcm(), axi(1024), {.base = 0x30000000, .kib = 128}, sram4(32), backup()},
                    kH7ab};
  return h7_device(h7ab_generation(), row, h7ab_flash(), bank_kib, std::move(codes));
}

// DEV_ID 0x485, revision B (REV_ID_B of stm32h7rsxx_hal.h). Memories as the factory's option words share
// them: 64 KiB each of ITCM and DTCM, AXI SRAM1 to SRAM4 one region, as are both AHB SRAMs. Without a boot
// address among the option words: ST's boot ROM ends in the user flash, which is where the board begins.
Device h7rs(std::vector<OrderingCodes> codes) {
  const LineRow row{
      "H7R3/H7R7/H7S3/H7S7",
      "RM0477",
      0x20006485,
      h7_core(kM7r1p2, 156),
      {itcm(), {.base = 0x20000000, .kib = 64}, axi(456), {.base = 0x30000000, .kib = 32}, backup()},
      kH7rs};
  ChipLine line = chip_line(h7rs_generation(), row);
  line.options = h7rs_option_words();
  line.make_flash = [](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<H7rsFlash>(memory, std::move(around));
  };
  line.boot_address = [](const NonVolatile&) { return 0x08000000u; };
  return {std::move(line), std::move(codes)};
}

// Ordering information of each data sheet (last section): which pin counts and flash sizes exist; H7R/S by
// the devices of its pack.
std::vector<Device> devices() {
  return {
      h742(1024, {{"stm32h742", "vzaibx", "i"}}),
      h742(512, {{"stm32h742", "vzaibx", "g"}}),
      h74x("H743/H753", "RM0433", h74x_flash(), 1024,
           {{"stm32h743", "vzaibx", "i"}, {"stm32h753", "vzaibx", "i"}}),
      h74x("H743xG", "RM0433", h74x_flash(), 512, {{"stm32h743", "vzaibx", "g"}}),
      h74x("H750", "RM0433", h74x_flash(), 0, {{"stm32h750", "vzix", "b"}}),
      h745("H745/H747/H755/H757", 1024,
           {{"stm32h745", "zibx", "i"},
            {"stm32h747", "aibxz", "i"},
            {"stm32h755", "zibx", "i"},
            {"stm32h757", "aibxz", "i"}}),
      h745("H745xG/H747xG", 512, {{"stm32h745", "zibx", "g"}, {"stm32h747", "aibxz", "g"}}),
      h72x({{"stm32h723", "vz", "eg"},
            {"stm32h725", "ravzi", "eg"},
            {"stm32h730", "avzi", "b"},
            {"stm32h733", "vz", "g"},
            {"stm32h735", "ravzi", "g"}}),
      h7ab("H7A3/H7B3", 1024, {{"stm32h7a3", "rvzialnq", "i"}, {"stm32h7b3", "rvzialnq", "i"}}),
      h7ab("H7A3xG", 512, {{"stm32h7a3", "rvzialnq", "g"}}),
      h7ab("H7B0", 0, {{"stm32h7b0", "rvzia", "b"}}),
      h7rs({{"stm32h7r3", "rvzail", "8"},
            {"stm32h7r7", "zail", "8"},
            {"stm32h7s3", "rvzail", "8"},
            {"stm32h7s7", "zail", "8"}}),
  };
}

}  // namespace

std::vector<OrderingRow> h7_chips() {
  static const std::vector<Device> all = devices();
  return ordering_rows(all);
}

}  // namespace probity::vboard
