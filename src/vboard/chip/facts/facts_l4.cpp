// The virtual L4, L4+, G0, G4, WB, WL, C0 and U0: facts of each family, of each line, and ordering codes.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/l4_device.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/peripherals/peripherals_l4.hpp"
#include "vboard/chip/peripherals/rcc_l4.hpp"

namespace probity::vboard {

namespace {

using namespace l4_peripherals;

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

// *_BASE of stm32wb55xx.h and stm32wle5xx.h; TAPs: RM0434 41.4, RM0453 40.4. Debug registers of CPU1 alone;
// CPU2 of WB, which ST's radio stack has for itself, is not modelled.
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

// RM0453 40.4: AP1 is the AHB-AP of CPU2, a Cortex-M0+ (IDR and BASE as of any: from memory).
GenerationFacts dual_wl(const RccFacts& rcc) {
  GenerationFacts facts = wireless(rcc);
  facts.access_ports.push_back({.number = 1, .idr = 0x04770031, .base = 0xF0000003, .cpu = 1});
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
  facts.access_ports = {{.idr = 0x04770031, .base = 0xF0000003}};
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
  GenerationFacts wb = wireless(wb_rcc()), wl = wireless(wl_rcc()), wl5 = dual_wl(wl_rcc());
  GenerationFacts u03 = u0(0x1FFF3E50, 0x1FFF3EA0), u07 = u0(0x1FFF6E50, 0x1FFF6EA0);
};

// --- memories ----------------------------------------------------------------------------------------------

RamRegion sram(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib}; }
// SRAM2 of L4, CCM of G4, SRAM2a and b of WB: on the code bus, and above SRAM1.
RamRegion code_sram(std::uint32_t kib, std::uint32_t alias) {
  return {.base = 0x10000000, .kib = kib, .alias = alias};
}
RamRegion plain_sram(std::uint32_t kib, std::uint32_t base = 0x20000000) {
  return {.base = base, .kib = kib};
}

// --- devices -----------------------------------------------------------------------------------------------

// With two banks the second one stays at 0x08040000, whatever the size; there is a gap below it
// (RM0440 3.3.1).
std::vector<FlashWindow> g47_windows(const ChipFacts& facts, const NonVolatile& memory) {
  constexpr Field kDbank{"DBANK", 22};
  if (!kDbank.is_set(memory.option("OPTR"))) return {{.address = 0x08000000}};
  const std::uint32_t half = facts.flash_kib * 512;
  return {{.address = 0x08000000, .size = half}, {.address = 0x08040000, .offset = half, .size = half}};
}

Device with_gap(Device device) {
  device.line.flash_windows = g47_windows;
  return device;
}

// DEV_ID and REV_ID: DBGMCU_IDCODE in the row's manual; a recent revision. RAM: SRAM*_SIZE of the
// CMSIS headers, and the manual's memory map for what is seen twice. Ordering codes: the last section of each
// data sheet.
std::vector<Device> l4_devices(const Families& f) {
  return {
      l4_device(
          f.l4,
          {"L471/L475/L476/L486", "RM0351", 0x10076415, cortex_m4(82), {sram(96), code_sram(32, 0)}, kL47},
          l47_layout(),
          {{"stm32l471", "qrvz", "eg"},
           {"stm32l475", "rv", "ceg"},
           {"stm32l476", "jmqrvz", "ceg"},
           {"stm32l486", "jqrvz", "g"}}),
      l4_device(
          f.l4,
          {"L496/L4A6", "RM0351", 0x20006461, cortex_m4(91), {sram(256), code_sram(64, 0x20040000)}, kL49},
          l49_layout(), {{"stm32l496", "aqrvwz", "eg"}, {"stm32l4a6", "aqrvz", "g"}}),
      l4_device(f.l4,
                {"L431/L432/L433/L442/L443",
                 "RM0394",
                 0x20016435,
                 cortex_m4(83),
                 {sram(48), code_sram(16, 0x2000C000)},
                 kL43},
                l43_layout(256),
                {{"stm32l431", "ckrv", "bc"},
                 {"stm32l432", "k", "bc"},
                 {"stm32l433", "crv", "bc"},
                 {"stm32l442", "k", "c"},
                 {"stm32l443", "crv", "c"}}),
      l4_device(f.l4,
                {"L451/L452/L462",
                 "RM0394",
                 0x20016462,
                 cortex_m4(85),
                 {sram(128), code_sram(32, 0x20020000)},
                 kL45},
                l43_layout(512),
                {{"stm32l451", "crv", "ce"}, {"stm32l452", "crv", "ce"}, {"stm32l462", "crv", "e"}}),
      l4_device(
          f.l4,
          {"L412/L422", "RM0394", 0x20016464, cortex_m4(83), {sram(32), code_sram(8, 0x20008000)}, kL41},
          l43_layout(128), {{"stm32l412", "ckrt", "8b"}, {"stm32l422", "ckrt", "b"}}),
      l4_device(f.l4,
                {"L4R5/L4R7/L4R9/L4S5/L4S7/L4S9",
                 "RM0432",
                 0x100F6470,
                 cortex_m4(95),
                 {sram(192), code_sram(64, 0x20030000), plain_sram(384, 0x20040000)},
                 kL4R},
                l4r_layout(),
                {{"stm32l4r5", "aqvz", "gi"},
                 {"stm32l4r7", "avz", "i"},
                 {"stm32l4r9", "avz", "gi"},
                 {"stm32l4s5", "aqvz", "i"},
                 {"stm32l4s7", "avz", "i"},
                 {"stm32l4s9", "avz", "i"}}),
      l4_device(f.l4,
                {"L4P5/L4Q5",
                 "RM0432",
                 0x10016471,
                 cortex_m4(95),
                 {sram(128), code_sram(64, 0x20020000), plain_sram(128, 0x20030000)},
                 kL4P},
                l4p_layout(), {{"stm32l4p5", "acqrvz", "eg"}, {"stm32l4q5", "acqrvz", "g"}}),
  };
}

std::vector<Device> g0_devices(const Families& f) {
  const LineRow g03{"G030/G031/G041", "RM0444", 0x20006466, cortex_m0plus(32), {plain_sram(8)}, kG03};
  const LineRow g05{"G050/G051/G061", "RM0444", 0x10006456, cortex_m0plus(32), {plain_sram(18)}, kG05};
  const LineRow g07{"G070/G071/G081", "RM0444", 0x20006460, cortex_m0plus(32), {plain_sram(36)}, kG07};
  const LineRow g0b{"G0B0/G0B1/G0C1", "RM0444", 0x10006467, cortex_m0plus(32), {plain_sram(144)}, kG0B};
  return {
      l4_device(f.g0, g03, g0_value_line(g0_layout(64)), {{"stm32g030", "cfjk", "68"}}),
      l4_device(f.g0, g03, g0_layout(64), {{"stm32g031", "cfgjky", "468"}, {"stm32g041", "cfgjky", "68"}}),
      l4_device(f.g0, g05, g0_value_line(g0_layout(64)), {{"stm32g050", "cfk", "68"}}),
      l4_device(f.g0, g05, g0_layout(64), {{"stm32g051", "cfgk", "68"}, {"stm32g061", "cfgk", "68"}}),
      l4_device(f.g0, g07, g0_value_line(g0_layout(128)), {{"stm32g070", "ckr", "b"}}),
      l4_device(f.g0, g07, g0_layout(128), {{"stm32g071", "cegkr", "68b"}, {"stm32g081", "cegkr", "b"}}),
      l4_device(f.g0, g0b, g0_value_line(g0b_layout()), {{"stm32g0b0", "ckrv", "e"}}),
      l4_device(f.g0, g0b, g0b_layout(), {{"stm32g0b1", "ckmnrv", "bce"}, {"stm32g0c1", "ckmnrv", "ce"}}),
  };
}

std::vector<Device> g4_devices(const Families& f) {
  return {
      l4_device(
          f.g4,
          {"G431/G441", "RM0440", 0x20016468, cortex_m4(102), {sram(22), code_sram(10, 0x20005800)}, kG43},
          g43_layout(), {{"stm32g431", "ckmrv", "68b"}, {"stm32g441", "ckmrv", "b"}}),
      with_gap(l4_device(f.g4,
                         {"G471/G473/G474/G483/G484",
                          "RM0440",
                          0x20016469,
                          cortex_m4(102),
                          {sram(96), code_sram(32, 0x20018000)},
                          kG47},
                         g47_layout(),
                         {{"stm32g471", "cmqrv", "ce"},
                          {"stm32g473", "cmpqrv", "bce"},
                          {"stm32g474", "cmpqrv", "bce"},
                          {"stm32g483", "cmpqrv", "e"},
                          {"stm32g484", "cmpqrv", "e"}})),
      l4_device(
          f.g4,
          {"G491/G4A1", "RM0440", 0x10006479, cortex_m4(102), {sram(96), code_sram(16, 0x20018000)}, kG49},
          g49_layout(), {{"stm32g491", "ckmrv", "ce"}, {"stm32g4a1", "ckmrv", "e"}}),
  };
}

LineRow wl_row(std::string_view name, std::vector<RamRegion> ram) {
  return {name, "RM0453", 0x10006497, without_fpu(cortex_m4(62)), std::move(ram), kWL};
}

// RAM follows the flash size, the smallest have no SRAM1 (data sheet DS13105, device summary).
Device wl_device(const GenerationFacts& family, std::vector<RamRegion> ram,
                 std::vector<OrderingCodes> codes) {
  return l4_device(family, wl_row("WLE4/WLE5", std::move(ram)), wl_layout(), std::move(codes));
}

// CPU2 waits for PWR_CR4.C2BOOT after every reset; what it then sees at 0 is the word of flash, or with C2OPT
// clear of SRAM, that SBRV counts (RM0453 3.7.10, 6.6.4; FLASH_SRRVR of stm32wl55xx.h; SBRV of a new chip is
// half of the flash: from memory). Its interrupts are not modelled.
Device dual_wl_device(const GenerationFacts& family, std::vector<OrderingCodes> codes) {
  static constexpr Field SBRV{"SBRV", 0, 16}, C2OPT{"C2OPT", 31};
  L4Layout layout = wl_layout();
  layout.options.push_back({"SRRVR", 0x84, SBRV.mask() | C2OPT.mask(), C2OPT.mask() | SBRV.of(0x8000), 0x78});
  Device device =
      l4_device(family, wl_row("WL54/WL55", {sram(32), code_sram(32, 0x20008000)}), layout, std::move(codes));
  OtherCore cpu2{.core = cortex_m0plus(32)};
  cpu2.shares_irqs = false;
  cpu2.hold = {
      .holds = [](const NonVolatile&) { return true; }, .address = 0x5800040C, .release = {"C2BOOT", 15}};
  cpu2.zero_alias = [](const NonVolatile& memory) {
    const std::uint32_t word = memory.option("SRRVR");
    return (C2OPT.is_set(word) ? 0x08000000u : 0x20000000u) + SBRV.get(word) * 4;
  };
  device.line.other_cores = {std::move(cpu2)};
  return device;
}

std::vector<Device> wireless_devices(const Families& f) {
  return {
      l4_device(f.wb,
                {"WB55xC", "RM0434", 0x20016495, cortex_m4(63), {sram(64), code_sram(64, 0x20030000)}, kWB5},
                wb5_layout(), {{"stm32wb55", "crv", "c"}}),
      l4_device(
          f.wb,
          {"WB55/WB5M", "RM0434", 0x20016495, cortex_m4(63), {sram(192), code_sram(64, 0x20030000)}, kWB5},
          wb5_layout(), {{"stm32wb55", "crv", "eg"}, {"stm32wb55", "v", "y"}, {"stm32wb5m", "m", "g"}}),
      l4_device(f.wb,
                {"WB50", "RM0471", 0x20016495, cortex_m4(63), {sram(64), code_sram(64, 0x20030000)}, kWB5},
                wb5_layout(), {{"stm32wb50", "c", "g"}}),
      l4_device(
          f.wb,
          {"WB30/WB35", "RM0434", 0x10006496, cortex_m4(63), {sram(32), code_sram(64, 0x20030000)}, kWB3},
          wb3_layout(), {{"stm32wb35", "c", "ce"}, {"stm32wb30", "c", "e"}}),
      l4_device(
          f.wb,
          {"WB10/WB15", "RM0473", 0x20006494, cortex_m4(63), {sram(12), code_sram(36, 0x20030000)}, kWB1},
          wb1_layout(), {{"stm32wb15", "c", "c", 320}, {"stm32wb10", "c", "c", 320}}),
      wl_device(f.wl, {code_sram(20, 0x20008000)}, {{"stm32wle4", "cj", "8"}, {"stm32wle5", "cj", "8"}}),
      wl_device(f.wl, {sram(16), code_sram(32, 0x20008000)},
                {{"stm32wle4", "cj", "b"}, {"stm32wle5", "cj", "b"}}),
      wl_device(f.wl, {sram(32), code_sram(32, 0x20008000)},
                {{"stm32wle4", "cj", "c"}, {"stm32wle5", "cj", "c"}}),
      dual_wl_device(f.wl5, {{"stm32wl54", "cj", "c"}, {"stm32wl55", "cj", "c"}}),
  };
}

std::vector<Device> c0_u0_devices(const Families& f) {
  return {
      l4_device(f.c0, {"C011", "RM0490", 0x10016443, cortex_m0plus(29), {plain_sram(6)}, kC01}, c0_layout(32),
                {{"stm32c011", "dfj", "46"}}),
      l4_device(f.c0, {"C031", "RM0490", 0x10016453, cortex_m0plus(29), {plain_sram(12)}, kC03},
                c0_layout(32), {{"stm32c031", "cfgk", "46"}}),
      l4_device(f.c0, {"C051", "RM0490", 0x1000644C, cortex_m0plus(29), {plain_sram(12)}, kC05},
                c0_layout(64), {{"stm32c051", "cdfgk", "68"}}),
      l4_device(f.c0, {"C071", "RM0490", 0x10016493, cortex_m0plus(29), {plain_sram(24)}, kC07},
                c0_layout(128), {{"stm32c071", "cfgkr", "8b"}}),
      l4_device(f.c0, {"C091", "RM0490", 0x1000644D, cortex_m0plus(30), {plain_sram(36)}, kC09},
                c0_layout(256), {{"stm32c091", "cefgkr", "bc"}}),
      l4_device(f.c0, {"C092", "RM0490", 0x1000644D, cortex_m0plus(32), {plain_sram(30)}, kC09},
                c0_layout(256), {{"stm32c092", "cefgkr", "bc"}}),
      l4_device(f.u03, {"U031", "RM0503", 0x10006459, cortex_m0plus(32), {plain_sram(12)}, kU03}, u0_layout(),
                {{"stm32u031", "cfgkr", "468"}}),
      l4_device(f.u07, {"U073/U083", "RM0503", 0x10006489, cortex_m0plus(32), {plain_sram(40)}, kU07},
                u0_layout(), {{"stm32u073", "chkmr", "8bc"}, {"stm32u083", "chkmr", "c"}}),
  };
}

std::vector<Device> devices() {
  static const Families families;
  std::vector<Device> all;
  for (const auto table : {l4_devices, g0_devices, g4_devices, wireless_devices, c0_u0_devices}) {
    std::vector<Device> more = table(families);
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::vector<OrderingRow> l4_chips() {
  static const std::vector<Device> all = devices();
  return ordering_rows(all);
}

}  // namespace probity::vboard
