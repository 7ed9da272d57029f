// The virtual L5, U5 and WBA with TrustZone off (TZEN clear): facts of each family, of each line, and
// ordering codes. The core is a Cortex-M33 by its CPUID; what it executes is the board's Armv7-M, and nothing
// is there of the secure world: no aliases, no SAU, no security attribution of the debug port.
#include "vboard/chip/facts.hpp"
#include "vboard/chip/l4_flash.hpp"
#include "vboard/chip/l4_layout.hpp"
#include "vboard/chip/rcc_l4.hpp"
#include "vboard/chip/rcc_u5.hpp"
#include "vboard/chip/u5_peripherals.hpp"

namespace probity::vboard {

namespace {

// *_BASE_NS of stm32l562xx.h; TAPs and the AHB5-AP: RM0438 52.2, RM0456 75.2.
GenerationFacts l5() {
  GenerationFacts facts;
  facts.places = {.flash = 0x40022000,
                  .rcc = 0x40021000,
                  .iwdg = 0x40003000,
                  .dbgmcu = 0xE0044000,
                  .dbgmcu_freeze = 0xE0044008,
                  .gpio = 0x42020000,
                  .gpio_ports = 10};
  facts.system_memory = 0x0BF90000;
  facts.system_memory_size = 0x8000;
  facts.otp = 0x0BFA0000;
  facts.otp_size = 512;
  facts.uid = 0x0BFA0590;
  facts.flash_size_register = 0x0BFA05E0;
  facts.dpidr = 0x0BE12477;
  facts.jtag_idcode = 0x0BA04477;
  facts.access_ports = {{.idr = 0x14770015, .base = 0xE00FF003}};
  facts.rcc = &l4_rcc();
  facts.flash_irq = 6;
  // GPIOA and GPIOB hold the debug pins (RM0438 11.6).
  facts.reset_values = {{0x42020000, 0xABFFFFFF}, {0x42020008, 0x0C000000}, {0x4202000C, 0x64000000},
                        {0x42020400, 0xFFFFFEBF}, {0x4202040C, 0x00000100}, {0x40007000, 0x00000200}};
  return facts;
}

// *_BASE_NS of stm32u575xx.h. PWR_VOSR: VOSRDY, and BOOSTRDY once BOOSTEN is set (RM0456 10.10.4).
GenerationFacts u5() {
  constexpr std::uint32_t PWR_VOSR = 0x4602080C;
  GenerationFacts facts = l5();
  facts.places.rcc = 0x46020C00;
  facts.uid = 0x0BFA0700;
  facts.flash_size_register = 0x0BFA07A0;
  facts.rcc = &u5_rcc();
  facts.status_bits = {{PWR_VOSR, {"VOSRDY", 15}}, {PWR_VOSR, {"BOOSTRDY", 14}, PWR_VOSR, {"BOOSTEN", 18}}};
  return facts;
}

// *_BASE_NS, FLASH_OTP_BASE, UID_BASE and FLASHSIZE_BASE of stm32wba52xx.h.
GenerationFacts wba() {
  GenerationFacts facts = u5();
  facts.system_memory = 0x0BF88000;
  facts.system_memory_size = 0x7C00;
  facts.otp = 0x0BF90000;
  facts.uid = 0x0BF90700;
  facts.flash_size_register = 0x0BF907A0;
  facts.rcc = &wba_rcc();
  return facts;
}

struct Families {
  GenerationFacts l5 = vboard::l5(), u5 = vboard::u5(), wba = vboard::wba();
};

// DDI 0553 and 100230 (Cortex-M33 TRM): 8 code comparators of FPB version 2. irq_count is the CMSIS header's
// last IRQn + 1.
CoreFacts cortex_m33(unsigned irq_count) {
  CoreFacts facts;
  facts.cpuid = 0x410FD214;  // r0p4
  facts.irq_count = irq_count;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_bit_band = false;
  return facts;
}

struct Row {
  std::string_view name, manual;
  const GenerationFacts* family;
  std::uint32_t idcode;
  CoreFacts core;
  std::vector<RamRegion> ram;
  std::vector<PeripheralRange> peripherals;
  L4Layout layout;
};

// DUALBANK of U5 and DB256K of L5 are bit 21, DBANK of L5 is bit 22.
void choose_dual_bank(NonVolatile& memory) {
  constexpr Field kBanks{"DUALBANK or DB256K", 21};
  memory.set_option("OPTR", memory.option("OPTR") | kBanks.mask());
}

// NSBOOTADD0: bits 31:7 of the vector table's address (RM0456 4.2).
std::uint32_t boot_address(const NonVolatile& memory) {
  constexpr Field kAddress{"NSBOOTADD0", 7, 25};
  return memory.option("NSBOOTADD0R") & kAddress.mask();
}

ChipLine make_line(Row row) {
  ChipLine line;
  line.name = row.name;
  line.manual = row.manual;
  line.generation = row.family;
  line.idcode = row.idcode;
  line.bsc_idcode = 0x06000041 | (row.idcode & 0xFFF) << 12;
  line.core = row.core;
  line.ram = std::move(row.ram);
  line.flash = {{.address = 0x08000000}};
  line.peripherals = std::move(row.peripherals);
  line.options = row.layout.option_words();
  if (row.layout.two_banks != nullptr) line.choose_dual_bank = choose_dual_bank;
  line.boot_address = boot_address;
  line.make_flash = [layout = std::make_shared<const L4Layout>(std::move(row.layout))](
                        const ChipFacts& facts, NonVolatile& memory, FlashSurroundings surroundings) {
    return std::make_unique<L4Flash>(layout, facts, memory, std::move(surroundings));
  };
  return line;
}

RamRegion sram(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib}; }
RamRegion sram4() { return {.base = 0x28000000, .kib = 16}; }

// DEV_ID and REV_ID: DBGMCU_IDCODE in the row's manual; a recent revision. SRAM1 to SRAM6 but SRAM4 are
// contiguous and one region here.
struct Lines {
  Families f;
  ChipLine l5 = make_line({"L552/L562",
                           "RM0438",
                           &f.l5,
                           0x20006472,
                           cortex_m33(109),
                           {sram(256)},
                           l5_peripherals(),
                           l5_layout()});
  ChipLine u53 = make_line({"U535/U545",
                            "RM0456",
                            &f.u5,
                            0x10016455,
                            cortex_m33(126),
                            {sram(256), sram4()},
                            u53_peripherals(),
                            u5_layout(512)});
  ChipLine u57 = make_line({"U575/U585",
                            "RM0456",
                            &f.u5,
                            0x20006482,
                            cortex_m33(126),
                            {sram(768), sram4()},
                            u57_peripherals(),
                            u5_layout(2048)});
  ChipLine u59 = make_line({"U595/U599/U5A5/U5A9",
                            "RM0456",
                            &f.u5,
                            0x30016481,
                            cortex_m33(139),
                            {sram(2496), sram4()},
                            u59_peripherals(),
                            u5_layout(4096)});
  ChipLine u5f = make_line({"U5F7/U5F9/U5G7/U5G9",
                            "RM0456",
                            &f.u5,
                            0x10016476,
                            cortex_m33(141),
                            {sram(3008), sram4()},
                            u5f_peripherals(),
                            u5_layout(4096)});
  ChipLine wba5 = make_line({"WBA52/WBA54/WBA55",
                             "RM0493",
                             &f.wba,
                             0x10006492,
                             cortex_m33(71),
                             {sram(128)},
                             wba5_peripherals(),
                             wba_layout(1024)});
};

const Lines& lines() {
  static const Lines rows;
  return rows;
}

}  // namespace

// "Ordering information" of each data sheet.
std::vector<OrderingRow> u5_chips() {
  const Lines& l = lines();
  return {
      {"stm32l552", "cmqrvz", "ce", &l.l5},   {"stm32l562", "cmqrvz", "e", &l.l5},
      {"stm32u535", "cjnrv", "bce", &l.u53},  {"stm32u545", "cjnrv", "e", &l.u53},
      {"stm32u575", "acoqrvz", "gi", &l.u57}, {"stm32u585", "acoqrvz", "i", &l.u57},
      {"stm32u595", "aqrvz", "ij", &l.u59},   {"stm32u599", "bnvz", "ij", &l.u59},
      {"stm32u5a5", "aqrvz", "j", &l.u59},    {"stm32u5a9", "bnvz", "j", &l.u59},
      {"stm32u5f7", "v", "ij", &l.u5f},       {"stm32u5f9", "bnvz", "ij", &l.u5f},
      {"stm32u5g7", "v", "j", &l.u5f},        {"stm32u5g9", "bnvz", "j", &l.u5f},
      {"stm32wba52", "ck", "eg", &l.wba5},    {"stm32wba54", "ck", "eg", &l.wba5},
      {"stm32wba55", "cghu", "eg", &l.wba5},
  };
}

}  // namespace probity::vboard
