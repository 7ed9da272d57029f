// The virtual L4, L4+, G0, G4, WB, WL, C0 and U0: facts of each family, of each line, and ordering codes.
#include "vboard/chip/facts.hpp"
#include "vboard/chip/l4_flash.hpp"
#include "vboard/chip/l4_layout.hpp"
#include "vboard/chip/l4_peripherals.hpp"
#include "vboard/chip/rcc_l4.hpp"

namespace probity::vboard {

namespace {

// --- what a family has in common ---------------------------------------------------------------------------

constexpr std::uint32_t kIsr = 0x1C, kIsrEmpty = 0x020000C0;  // USART_ISR: TXE, TC (RM0351 40.8.8)

// GPIOA and GPIOB hold the debug pins, the other pins are analog (RM0351 8.5, RM0444 7.4); PWR_CR1.VOS is 1
// (RM0351 5.4.1). A USART's transmitter is empty, so that firmware that prints does not wait.
std::vector<RegisterReset> reset_values(std::uint32_t gpio, std::uint32_t pwr, bool jtag) {
  std::vector<RegisterReset> rows{
      {gpio + 0x00, jtag ? 0xABFFFFFF : 0xEBFFFFFF},   {gpio + 0x08, 0x0C000000},
      {gpio + 0x0C, jtag ? 0x64000000u : 0x24000000u}, {gpio + 0x400, jtag ? 0xFFFFFEBF : 0xFFFFFFFF},
      {gpio + 0x40C, jtag ? 0x00000100u : 0u},         {pwr, 0x00000200}};
  for (std::uint32_t port = 2; port < 9; ++port) rows.push_back({gpio + port * 0x400, 0xFFFFFFFF});
  for (const std::uint32_t usart :
       {0x40004400u, 0x40004800u, 0x40004C00u, 0x40005000u, 0x40008000u, 0x40013800u}) {
    rows.push_back({usart + kIsr, kIsrEmpty});
  }
  return rows;
}

// *_BASE of stm32l476xx.h and stm32g474xx.h; TAPs: RM0351 48.6, RM0440 47.6. AP: DDI 0439 (Cortex-M4 TRM);
// its AHB-AP counts TAR over 12 bits.
GenerationFacts l4() {
  GenerationFacts facts;
  facts.places = {.flash = 0x40022000,
                  .rcc = 0x40021000,
                  .syscfg = 0x40010000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0xE0042000,
                  .dbgmcu_freeze = 0xE0042008,
                  .gpio = 0x48000000,
                  .gpio_ports = 9};
  facts.system_memory = 0x1FFF0000;
  facts.system_memory_size = 0x7000;
  facts.otp = 0x1FFF7000;
  facts.otp_size = 1024;
  facts.option_area = 0x1FFF7800;
  facts.option_area_size = 0x80;
  facts.uid = 0x1FFF7590;
  facts.flash_size_register = 0x1FFF75E0;
  facts.dpidr = 0x2BA01477;
  facts.jtag_idcode = 0x4BA00477;
  facts.access_ports = {{.idr = 0x24770011, .base = 0xE00FF003}};
  facts.tar_wrap = 0x1000;
  facts.rcc = &l4_rcc();
  facts.reset_values = reset_values(0x48000000, 0x40007000, true);
  return facts;
}

GenerationFacts g4() {
  GenerationFacts facts = l4();
  facts.rcc = &g4_rcc();
  return facts;
}

// *_BASE of stm32wb55xx.h and stm32wle5xx.h; TAPs: RM0434 41.4, RM0453 40.4. Debug registers of CPU1 alone:
// CPU2 is not modelled.
GenerationFacts wireless(const RccFacts& rcc) {
  GenerationFacts facts = l4();
  facts.places.flash = 0x58004000;
  facts.places.rcc = 0x58000000;
  facts.places.dbgmcu_freeze = 0xE004203C;
  facts.places.gpio_ports = 8;
  facts.dpidr = 0x6BA02477;
  facts.jtag_idcode = 0x6BA00477;
  facts.rcc = &rcc;
  facts.reset_values = reset_values(0x48000000, 0x58000400, true);
  return facts;
}

// *_BASE of stm32g071xx.h, stm32c031xx.h and stm32u083xx.h; debug port: RM0444 40.5.3, DDI 0484 (Cortex-M0+
// TRM). SWD only.
GenerationFacts g0() {
  GenerationFacts facts = l4();
  facts.places.dbgmcu = 0x40015800;
  facts.places.dbgmcu_freeze = 0x40015808;
  facts.places.gpio = 0x50000000;
  facts.places.gpio_ports = 6;
  facts.dpidr = 0x0BC11477;
  facts.jtag_idcode = 0;
  facts.access_ports = {{.idr = 0x04770031, .base = 0xE00FF003}};
  facts.tar_wrap = 0x400;
  facts.rcc = &g0_rcc();
  facts.reset_values = reset_values(0x50000000, 0x40007000, false);
  facts.flash_irq = 3;
  return facts;
}

GenerationFacts c0() {
  GenerationFacts facts = g0();
  facts.uid = 0x1FFF7550;
  facts.flash_size_register = 0x1FFF75A0;
  facts.rcc = &c0_rcc();
  return facts;
}

// The places of option bytes, OTP and factory data differ within U0: RM0503 3.3.1, UID_BASE and
// FLASHSIZE_BASE of stm32u031xx.h and stm32u083xx.h.
GenerationFacts u0(std::uint32_t uid, std::uint32_t size_register) {
  GenerationFacts facts = g0();
  facts.system_memory_size = 0x6800;
  facts.otp = 0x1FFF6800;
  facts.option_area = facts.option_area_size = 0;
  facts.uid = uid;
  facts.flash_size_register = size_register;
  facts.rcc = &u0_rcc();
  return facts;
}

struct Families {
  GenerationFacts l4 = vboard::l4(), g4 = vboard::g4(), g0 = vboard::g0(), c0 = vboard::c0();
  GenerationFacts wb = wireless(wb_rcc()), wl = wireless(wl_rcc());
  GenerationFacts u03 = u0(0x1FFF3E50, 0x1FFF3EA0), u07 = u0(0x1FFF6E50, 0x1FFF6EA0);
};

// --- cores -------------------------------------------------------------------------------------------------

// irq_count is the CMSIS header's last IRQn + 1.
CoreFacts cortex_m4(unsigned irq_count, bool has_fpu = true) {
  CoreFacts facts;
  facts.cpuid = 0x410FC241;  // r0p1
  facts.irq_count = irq_count;
  facts.has_fpu = has_fpu;
  return facts;
}

CoreFacts cortex_m0plus(unsigned irq_count) {
  CoreFacts facts;
  facts.cpuid = 0x410CC601;  // r0p1: DDI 0484, CPUID
  facts.irq_count = irq_count;
  facts.priority_bits = 2;
  facts.fpb_code_comparators = 4;
  facts.fpb_literal_comparators = 0;
  facts.dwt_comparators = 2;
  facts.has_fpu = false;
  facts.has_bit_band = false;
  return facts;
}

// --- memories ----------------------------------------------------------------------------------------------

RamRegion sram(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib, .bit_band = true}; }
// SRAM2 of L4, CCM of G4, SRAM2a and b of WB: on the code bus, and above SRAM1.
RamRegion code_sram(std::uint32_t kib, std::uint32_t alias) {
  return {.base = 0x10000000, .kib = kib, .alias = alias};
}
RamRegion plain_sram(std::uint32_t kib, std::uint32_t base = 0x20000000) {
  return {.base = base, .kib = kib};
}

// --- lines -------------------------------------------------------------------------------------------------

struct Row {
  std::string_view name, manual;
  const GenerationFacts* family;
  std::uint32_t idcode;
  CoreFacts core;
  std::vector<RamRegion> ram;
  std::vector<PeripheralRange> peripherals;
  L4Layout layout;
};

// DUALBANK and DB1M are bit 21, DBANK is bit 22 (DUALBANK of G0B1: bit 21).
void choose_dual_bank(NonVolatile& memory) {
  constexpr Field kBanks{"DUALBANK or DB1M, DBANK", 21, 2};
  memory.set_option("OPTR", memory.option("OPTR") | kBanks.mask());
}

ChipLine make_line(Row row) {
  const std::uint32_t device = row.idcode & 0xFFF;
  ChipLine line;
  line.name = row.name;
  line.manual = row.manual;
  line.generation = row.family;
  line.idcode = row.idcode;
  line.bsc_idcode = 0x06000041 | device << 12;
  line.core = row.core;
  line.ram = std::move(row.ram);
  line.flash = {{.address = 0x08000000}};
  line.peripherals = std::move(row.peripherals);
  line.options = row.layout.option_words();
  if (row.layout.two_banks != nullptr) line.choose_dual_bank = choose_dual_bank;
  line.make_flash = [layout = std::make_shared<const L4Layout>(std::move(row.layout))](
                        const ChipFacts& facts, NonVolatile& memory, FlashSurroundings surroundings) {
    return std::make_unique<L4Flash>(layout, facts, memory, std::move(surroundings));
  };
  return line;
}

// With two banks the second one stays at 0x08040000, whatever the size; there is a gap below it
// (RM0440 3.3.1).
std::vector<FlashWindow> g47_windows(const ChipFacts& facts, const NonVolatile& memory) {
  constexpr Field kDbank{"DBANK", 22};
  if (!kDbank.is_set(memory.option("OPTR"))) return {{.address = 0x08000000}};
  const std::uint32_t half = facts.flash_kib * 512;
  return {{.address = 0x08000000, .size = half}, {.address = 0x08040000, .offset = half, .size = half}};
}

// DEV_ID and REV_ID: DBGMCU_IDCODE in the row's manual; a recent revision. RAM: SRAM*_SIZE of the
// CMSIS headers, and the manual's memory map for what is seen twice.
struct Lines {
  Lines() { g47.flash_windows = g47_windows; }
  Families f;
  ChipLine l47 = make_line({"L471/L475/L476/L486",
                            "RM0351",
                            &f.l4,
                            0x10076415,
                            cortex_m4(82),
                            {sram(96), code_sram(32, 0)},
                            l47_peripherals(),
                            l47_layout()});
  ChipLine l49 = make_line({"L496/L4A6",
                            "RM0351",
                            &f.l4,
                            0x20006461,
                            cortex_m4(91),
                            {sram(256), code_sram(64, 0x20040000)},
                            l49_peripherals(),
                            l49_layout()});
  ChipLine l43 = make_line({"L431/L432/L433/L442/L443",
                            "RM0394",
                            &f.l4,
                            0x20016435,
                            cortex_m4(83),
                            {sram(48), code_sram(16, 0x2000C000)},
                            l43_peripherals(),
                            l43_layout(256)});
  ChipLine l45 = make_line({"L451/L452/L462",
                            "RM0394",
                            &f.l4,
                            0x20016462,
                            cortex_m4(85),
                            {sram(128), code_sram(32, 0x20020000)},
                            l45_peripherals(),
                            l43_layout(512)});
  ChipLine l41 = make_line({"L412/L422",
                            "RM0394",
                            &f.l4,
                            0x20016464,
                            cortex_m4(83),
                            {sram(32), code_sram(8, 0x20008000)},
                            l41_peripherals(),
                            l43_layout(128)});
  ChipLine l4r = make_line({"L4R5/L4R7/L4R9/L4S5/L4S7/L4S9",
                            "RM0432",
                            &f.l4,
                            0x100F6470,
                            cortex_m4(95),
                            {sram(192), code_sram(64, 0x20030000), plain_sram(384, 0x20040000)},
                            l4r_peripherals(),
                            l4r_layout()});
  ChipLine l4p = make_line({"L4P5/L4Q5",
                            "RM0432",
                            &f.l4,
                            0x10016471,
                            cortex_m4(95),
                            {sram(128), code_sram(64, 0x20020000), plain_sram(128, 0x20030000)},
                            l4p_peripherals(),
                            l4p_layout()});

  ChipLine g03 = make_line({"G030/G031/G041",
                            "RM0444",
                            &f.g0,
                            0x20006466,
                            cortex_m0plus(32),
                            {plain_sram(8)},
                            g03_peripherals(),
                            g0_layout(64)});
  ChipLine g05 = make_line({"G050/G051/G061",
                            "RM0444",
                            &f.g0,
                            0x10006456,
                            cortex_m0plus(32),
                            {plain_sram(18)},
                            g05_peripherals(),
                            g0_layout(64)});
  ChipLine g07 = make_line({"G070/G071/G081",
                            "RM0444",
                            &f.g0,
                            0x20006460,
                            cortex_m0plus(32),
                            {plain_sram(36)},
                            g07_peripherals(),
                            g0_layout(128)});
  ChipLine g0b = make_line({"G0B0/G0B1/G0C1",
                            "RM0444",
                            &f.g0,
                            0x10006467,
                            cortex_m0plus(32),
                            {plain_sram(144)},
                            g0b_peripherals(),
                            g0b_layout()});

  ChipLine g43 = make_line({"G431/G441",
                            "RM0440",
                            &f.g4,
                            0x20016468,
                            cortex_m4(102),
                            {sram(22), code_sram(10, 0x20005800)},
                            g43_peripherals(),
                            g43_layout()});
  ChipLine g47 = make_line({"G471/G473/G474/G483/G484",
                            "RM0440",
                            &f.g4,
                            0x20016469,
                            cortex_m4(102),
                            {sram(96), code_sram(32, 0x20018000)},
                            g47_peripherals(),
                            g47_layout()});
  ChipLine g49 = make_line({"G491/G4A1",
                            "RM0440",
                            &f.g4,
                            0x10006479,
                            cortex_m4(102),
                            {sram(96), code_sram(16, 0x20018000)},
                            g49_peripherals(),
                            g49_layout()});

  ChipLine wb5 = make_line({"WB55/WB5M",
                            "RM0434",
                            &f.wb,
                            0x20016495,
                            cortex_m4(63),
                            {sram(192), code_sram(64, 0x20030000)},
                            wb5_peripherals(),
                            wb5_layout()});
  ChipLine wb50 = make_line({"WB50",
                             "RM0471",
                             &f.wb,
                             0x20016495,
                             cortex_m4(63),
                             {sram(64), code_sram(64, 0x20030000)},
                             wb5_peripherals(),
                             wb5_layout()});
  ChipLine wb3 = make_line({"WB30/WB35",
                            "RM0434",
                            &f.wb,
                            0x10006496,
                            cortex_m4(63),
                            {sram(32), code_sram(64, 0x20030000)},
                            wb3_peripherals(),
                            wb3_layout()});
  ChipLine wb1 = make_line({"WB10/WB15",
                            "RM0473",
                            &f.wb,
                            0x20006494,
                            cortex_m4(63),
                            {sram(12), code_sram(36, 0x20030000)},
                            wb1_peripherals(),
                            wb1_layout()});
  ChipLine wl = make_line({"WLE4/WLE5/WL54/WL55",
                           "RM0453",
                           &f.wl,
                           0x10006497,
                           cortex_m4(62, false),
                           {sram(32), code_sram(32, 0x20008000)},
                           wl_peripherals(),
                           wl_layout()});

  ChipLine c01 = make_line({"C011",
                            "RM0490",
                            &f.c0,
                            0x10016443,
                            cortex_m0plus(29),
                            {plain_sram(6)},
                            c01_peripherals(),
                            c0_layout(32)});
  ChipLine c03 = make_line({"C031",
                            "RM0490",
                            &f.c0,
                            0x10016453,
                            cortex_m0plus(29),
                            {plain_sram(12)},
                            c03_peripherals(),
                            c0_layout(32)});
  ChipLine c05 = make_line({"C051",
                            "RM0490",
                            &f.c0,
                            0x1000644C,
                            cortex_m0plus(29),
                            {plain_sram(12)},
                            c05_peripherals(),
                            c0_layout(64)});
  ChipLine c07 = make_line({"C071",
                            "RM0490",
                            &f.c0,
                            0x10016493,
                            cortex_m0plus(29),
                            {plain_sram(24)},
                            c07_peripherals(),
                            c0_layout(128)});
  ChipLine c091 = make_line({"C091",
                             "RM0490",
                             &f.c0,
                             0x1000644D,
                             cortex_m0plus(30),
                             {plain_sram(36)},
                             c09_peripherals(),
                             c0_layout(256)});
  ChipLine c092 = make_line({"C092",
                             "RM0490",
                             &f.c0,
                             0x1000644D,
                             cortex_m0plus(32),
                             {plain_sram(30)},
                             c09_peripherals(),
                             c0_layout(256)});

  ChipLine u03 = make_line({"U031",
                            "RM0503",
                            &f.u03,
                            0x10006459,
                            cortex_m0plus(32),
                            {plain_sram(12)},
                            u03_peripherals(),
                            u0_layout()});
  ChipLine u07 = make_line({"U073/U083",
                            "RM0503",
                            &f.u07,
                            0x10006489,
                            cortex_m0plus(32),
                            {plain_sram(40)},
                            u07_peripherals(),
                            u0_layout()});
};

const Lines& lines() {
  static const Lines rows;
  return rows;
}

}  // namespace

// "Ordering information" of each data sheet.
std::vector<OrderingRow> l4_chips() {
  const Lines& l = lines();
  return {
      {"stm32l412", "ckrt", "8b", &l.l41},    {"stm32l422", "ckrt", "b", &l.l41},
      {"stm32l431", "ckrv", "bc", &l.l43},    {"stm32l432", "k", "bc", &l.l43},
      {"stm32l433", "crv", "bc", &l.l43},     {"stm32l442", "k", "c", &l.l43},
      {"stm32l443", "crv", "c", &l.l43},      {"stm32l451", "crv", "ce", &l.l45},
      {"stm32l452", "crv", "ce", &l.l45},     {"stm32l462", "crv", "e", &l.l45},
      {"stm32l471", "qrvz", "eg", &l.l47},    {"stm32l475", "rv", "ceg", &l.l47},
      {"stm32l476", "jmqrvz", "ceg", &l.l47}, {"stm32l486", "jqrvz", "g", &l.l47},
      {"stm32l496", "aqrvwz", "eg", &l.l49},  {"stm32l4a6", "aqrvz", "g", &l.l49},
      {"stm32l4r5", "aqvz", "gi", &l.l4r},    {"stm32l4r7", "avz", "i", &l.l4r},
      {"stm32l4r9", "avz", "gi", &l.l4r},     {"stm32l4s5", "aqvz", "i", &l.l4r},
      {"stm32l4s7", "avz", "i", &l.l4r},      {"stm32l4s9", "avz", "i", &l.l4r},
      {"stm32l4p5", "acqrvz", "eg", &l.l4p},  {"stm32l4q5", "acqrvz", "g", &l.l4p},
      {"stm32g030", "cfjk", "68", &l.g03},    {"stm32g031", "cfgjky", "468", &l.g03},
      {"stm32g041", "cfgjky", "68", &l.g03},  {"stm32g050", "cfk", "68", &l.g05},
      {"stm32g051", "cfgk", "68", &l.g05},    {"stm32g061", "cfgk", "68", &l.g05},
      {"stm32g070", "ckr", "b", &l.g07},      {"stm32g071", "cegkr", "68b", &l.g07},
      {"stm32g081", "cegkr", "b", &l.g07},    {"stm32g0b0", "ckrv", "e", &l.g0b},
      {"stm32g0b1", "ckmnrv", "bce", &l.g0b}, {"stm32g0c1", "ckmnrv", "ce", &l.g0b},
      {"stm32g431", "ckmrv", "68b", &l.g43},  {"stm32g441", "ckmrv", "b", &l.g43},
      {"stm32g471", "cmqrv", "ce", &l.g47},   {"stm32g473", "cmpqrv", "bce", &l.g47},
      {"stm32g474", "cmpqrv", "bce", &l.g47}, {"stm32g483", "cmpqrv", "e", &l.g47},
      {"stm32g484", "cmpqrv", "e", &l.g47},   {"stm32g491", "ckmrv", "ce", &l.g49},
      {"stm32g4a1", "ckmrv", "e", &l.g49},    {"stm32wb55", "crv", "ceg", &l.wb5},
      {"stm32wb55", "v", "y", &l.wb5},        {"stm32wb5m", "m", "g", &l.wb5},
      {"stm32wb50", "c", "g", &l.wb50},       {"stm32wb35", "c", "ce", &l.wb3},
      {"stm32wb30", "c", "e", &l.wb3},        {"stm32wb15", "c", "c", &l.wb1, 320},
      {"stm32wb10", "c", "c", &l.wb1, 320},   {"stm32wle4", "cj", "8bc", &l.wl},
      {"stm32wle5", "cj", "8bc", &l.wl},      {"stm32wl54", "cj", "c", &l.wl},
      {"stm32wl55", "cj", "c", &l.wl},        {"stm32c011", "dfj", "46", &l.c01},
      {"stm32c031", "cfgk", "46", &l.c03},    {"stm32c051", "cdfgk", "68", &l.c05},
      {"stm32c071", "cfgkr", "8b", &l.c07},   {"stm32c091", "cefgkr", "bc", &l.c091},
      {"stm32c092", "cefgkr", "bc", &l.c092}, {"stm32u031", "cfgkr", "468", &l.u03},
      {"stm32u073", "chkmr", "8bc", &l.u07},  {"stm32u083", "chkmr", "c", &l.u07},
  };
}

}  // namespace probity::vboard
