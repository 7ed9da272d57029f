// The virtual L5, U3, U5 and WBA: facts of each family, of each line, and ordering codes. TrustZone is there
// (TZEN set) but for U3.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/l4_device.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/peripherals/peripherals_u5.hpp"
#include "vboard/chip/peripherals/rcc_l4.hpp"
#include "vboard/chip/peripherals/rcc_u5.hpp"

namespace probity::vboard {

namespace {

using namespace u5_peripherals;

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
  facts.secure_services = 0x0FF80000;  // RM0438 table 3, RM0456 table 30: boot modes with TZEN
  facts.otp = 0x0BFA0000;
  facts.otp_size = 512;
  facts.uid = 0x0BFA0590;
  facts.flash_size_register = 0x0BFA05E0;
  facts.dpidr = 0x0BE12477;
  facts.jtag_idcode = 0x0BA04477;
  facts.access_ports = {{.idr = 0x14770015, .base = 0xE00FF003}};
  facts.secure_alias = 0x10000000;
  facts.aliases_always = false;
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

// *_BASE_NS of stm32u385xx.h. PWR_VOSR: each range has its enable and its ready bit.
GenerationFacts u3() {
  constexpr std::uint32_t PWR_VOSR = 0x4003080C;
  GenerationFacts facts = u5();
  facts.places.rcc = 0x40030C00;
  facts.system_memory = 0x0BF80000;
  facts.system_memory_size = 0x20000;  // up to the OTP area
  facts.rcc = &u3_rcc();
  facts.status_bits = {{PWR_VOSR, {"R1RDY", 16}, PWR_VOSR, {"R1EN", 0}},
                       {PWR_VOSR, {"R2RDY", 17}, PWR_VOSR, {"R2EN", 1}},
                       {PWR_VOSR, {"BOOSTRDY", 24}, PWR_VOSR, {"BOOSTEN", 8}}};
  return facts;
}

// *_BASE_NS, SYSTEM_FLASH_BASE_NS, FLASH_OTP_BASE of stm32wba25xx.h, stm32wba55xx.h and stm32wba65xx.h.
// UID_BASE and FLASHSIZE_BASE are in the same distance from the OTP area, which ends system memory. The core
// is behind access port 1; DPIDR, JTAG IDCODE: OpenOCD's stm32wba2x.cfg, stm32wba5x.cfg and stm32wba6x.cfg
// (2026).
GenerationFacts wba(std::uint32_t system_memory, std::uint32_t otp, std::uint32_t dpidr = 0x6BA02477,
                    std::uint32_t jtag_idcode = 0x6BA00477, std::uint32_t core_ap = 0x84770001) {
  GenerationFacts facts = u5();
  facts.system_memory = system_memory;
  facts.system_memory_size = otp - system_memory;
  facts.secure_services = system_memory + 0x04000000;
  facts.otp = otp;
  facts.uid = otp + 0x700;
  facts.flash_size_register = otp + 0x7A0;
  facts.dpidr = dpidr;
  facts.jtag_idcode = jtag_idcode;
  facts.access_ports = {{.number = 0, .idr = 0x54770002, .base = 0x00000002, .core = false},
                        {.number = 1, .idr = core_ap, .base = 0xE00FF003}};
  facts.rcc = &wba_rcc();
  return facts;
}

struct Families {
  GenerationFacts l5 = vboard::l5(), u3 = vboard::u3(), u5 = vboard::u5();
  GenerationFacts wba2 = wba(0x0BF85000, 0x0BF8D000, 0x0BE12477, 0x0BE11477, 0x14770015),
                  wba5 = wba(0x0BF88000, 0x0BF90000), wba6 = wba(0x0BF90000, 0x0BFA0000);
};

// --- devices -----------------------------------------------------------------------------------------------

// With its Secure alias.
RamRegion sram2(std::uint32_t base, std::uint32_t kib) {
  return {.base = base, .kib = kib, .alias = base | 0x10000000};
}
RamRegion sram(std::uint32_t kib) { return sram2(0x20000000, kib); }
RamRegion sram4() { return sram2(0x28000000, 16); }

// GTZC_MPCBBx_BASE_NS, SRAMx_BASE_NS and SRAMx_SIZE of the headers; 512 bytes a block (RM0456 5.4.4), 256 on
// L5 (RM0438 5.4.3).
using Guards = std::vector<SramGuard>;
constexpr std::uint32_t kMpcbb1 = 0x40032C00, kMpcbb2 = 0x40033000, kMpcbb3 = 0x40033400,
                        kMpcbb5 = 0x40033800, kMpcbb6 = 0x40033C00, kMpcbb4 = 0x46023800;
Guards l5_guards() { return {{kMpcbb1, 0x20000000, 192, 256}, {kMpcbb2, 0x20030000, 64, 256}}; }
Guards u53_guards() {
  return {{kMpcbb1, 0x20000000, 192}, {kMpcbb2, 0x20030000, 64}, {kMpcbb4, 0x28000000, 16}};
}
Guards u57_guards() {
  Guards guards = u53_guards();
  guards.push_back({kMpcbb3, 0x20040000, 512});
  return guards;
}
Guards u59_guards() {
  return {{kMpcbb1, 0x20000000, 768},
          {kMpcbb2, 0x200C0000, 64},
          {kMpcbb3, 0x200D0000, 832},
          {kMpcbb5, 0x201A0000, 832},
          {kMpcbb4, 0x28000000, 16}};
}
Guards u5f_guards() {
  Guards guards = u59_guards();
  guards.push_back({kMpcbb6, 0x20270000, 512});
  return guards;
}
Guards wba_guards(std::uint32_t kib1, std::uint32_t base2, std::uint32_t kib2) {
  return {{kMpcbb1, 0x20000000, kib1}, {kMpcbb2, base2, kib2}};
}

// NSBOOTADD0: bits 31:7 of the vector table's address (RM0456 4.2).
std::uint32_t boot_address(const NonVolatile& memory) {
  constexpr Field kAddress{"NSBOOTADD0", 7, 25};
  return memory.option("NSBOOTADD0R") & kAddress.mask();
}

// SECBOOTADD0, alike, or RSS where nBOOT0 is clear and in the place of the BOOT0 pin, which is low here
// (RM0456 4.3).
std::uint32_t secure_boot_address(const GenerationFacts& facts, const NonVolatile& memory) {
  constexpr Field kBootLock{"BOOT_LOCK", 0}, kAddress{"SECBOOTADD0", 7, 25}, kNSwBoot0{"NSWBOOT0", 26},
      kNBoot0{"NBOOT0", 27};
  const std::uint32_t optr = memory.option("OPTR"), boot = memory.option("SECBOOTADD0R");
  const bool rss = !kBootLock.is_set(boot) && !kNSwBoot0.is_set(optr) && !kNBoot0.is_set(optr);
  return rss ? facts.secure_services : boot & kAddress.mask();
}

Device device(const GenerationFacts& family, const LineRow& row, L4Layout layout,
              std::vector<OrderingCodes> codes, Guards guards = {}) {
  std::optional<TrustZoneOption> trust_zone;
  if (layout.security) {
    trust_zone = {.word = "OPTR", .tzen = layout.security->tzen};
    for (const L4SecureBank& b : layout.security->banks) {
      trust_zone->watermarks.push_back({b.pages_register, b.end.mask()});
    }
  }
  Device device = l4_device(family, row, std::move(layout), std::move(codes));
  device.line.boot_address = boot_address;
  if (!trust_zone) return device;
  device.line.trust_zone = std::move(trust_zone);
  device.line.secure_boot_address = [&family](const NonVolatile& memory) {
    return secure_boot_address(family, memory);
  };
  device.line.flash.push_back({.address = 0x0C000000, .secure_alias = true});
  device.line.sram_guards = std::move(guards);
  return device;
}

// DEV_ID and REV_ID: DBGMCU_IDCODE in the row's manual; a recent revision. RAM:
// SRAM*_SIZE of the headers, with less of it on small flash (data sheets); contiguous parts are one region
// here. DEV_ID of WBA2x and of U3Bx: as OpenOCD has them (stm32l4x.h, 2026). Ordering codes: the last section
// of each data sheet.
std::vector<Device> devices() {
  static const Families f;
  return {
      device(f.l5, {"L552/L562", "RM0438", 0x20006472, cortex_m33(109), {sram(256)}, kL5}, l5_layout(),
             {{"stm32l552", "cmqrvz", "ce"}, {"stm32l562", "cmqrvz", "e"}}, l5_guards()),
      device(f.u5, {"U535/U545", "RM0456", 0x10016455, cortex_m33(126), {sram(256), sram4()}, kU53},
             u5_layout(512), {{"stm32u535", "cjnrv", "bce"}, {"stm32u545", "cjnrv", "e"}}, u53_guards()),
      device(f.u5, {"U575/U585", "RM0456", 0x20006482, cortex_m33(126), {sram(768), sram4()}, kU57},
             u5_layout(2048), {{"stm32u575", "acoqrvz", "gi"}, {"stm32u585", "acoqrvz", "i"}}, u57_guards()),
      device(f.u5,
             {"U595/U599/U5A5/U5A9", "RM0456", 0x30016481, cortex_m33(139), {sram(2496), sram4()}, kU59},
             u5_layout(4096),
             {{"stm32u595", "aqrvz", "ij"},
              {"stm32u599", "bnvz", "ij"},
              {"stm32u5a5", "aqrvz", "j"},
              {"stm32u5a5", "q", "i"},
              {"stm32u5a9", "bnvz", "j"}},
             u59_guards()),
      device(f.u5,
             {"U5F7/U5F9/U5G7/U5G9", "RM0456", 0x10016476, cortex_m33(141), {sram(3008), sram4()}, kU5F},
             u5_layout(4096),
             {{"stm32u5f7", "v", "ij"},
              {"stm32u5f9", "bnvz", "ij"},
              {"stm32u5g7", "v", "j"},
              {"stm32u5g9", "bnvz", "j"}},
             u5f_guards()),
      device(f.u3, {"U375/U385", "RM0487", 0x10016454, cortex_m33(125), {sram(256)}, kU37}, u3_layout(1024),
             {{"stm32u375", "ckrv", "eg"}, {"stm32u385", "ckrv", "g"}}),
      device(f.u3, {"U3B5/U3C5", "RM0487", 0x1000642A, cortex_m33(125), {sram(640)}, kU3B}, u3_layout(2048),
             {{"stm32u3b5", "cjqrvwz", "gi"}, {"stm32u3c5", "cjqrvwz", "i"}}),
      device(f.wba2,
             {"WBA20", "stm32wba25xx.h", 0x100064B2, cortex_m33(64), {sram(40), sram2(0x20010000, 8)}, kWBA2},
             wba2_layout(), {{"stm32wba20", "c", "e"}}, wba_guards(40, 0x20010000, 8)),
      device(f.wba2, {"WBA23/WBA25", "stm32wba25xx.h", 0x100064B2, cortex_m33(66), {sram(96)}, kWBA2},
             wba2_layout(), {{"stm32wba23", "c", "e"}, {"stm32wba25", "c", "e"}},
             wba_guards(64, 0x20010000, 32)),
      device(f.wba5,
             {"WBA50", "RM0493", 0x10006492, cortex_m33(69), {sram(16), sram2(0x20010000, 48)}, kWBA5},
             wba50_layout(), {{"stm32wba50", "k", "eg"}}),
      device(f.wba5, {"WBA52/WBA54/WBA55", "RM0493", 0x10006492, cortex_m33(72), {sram(96)}, kWBA5},
             wba5_layout(),
             {{"stm32wba52", "ck", "e"}, {"stm32wba54", "ck", "e"}, {"stm32wba55", "cghu", "e"}},
             wba_guards(64, 0x20010000, 32)),
      device(f.wba5, {"WBA52/WBA54/WBA55", "RM0493", 0x10006492, cortex_m33(72), {sram(128)}, kWBA5},
             wba5_layout(),
             {{"stm32wba52", "ck", "g"},
              {"stm32wba54", "ck", "g"},
              {"stm32wba55", "cghu", "g"},
              {"stm32wba5m", "m", "g"}},
             wba_guards(64, 0x20010000, 64)),
      device(
          f.wba6,
          {"WBA62 to WBA65", "RM0515", 0x100164B0, cortex_m33(82), {sram(192), sram2(0x20070000, 64)}, kWBA6},
          wba6_layout(),
          {{"stm32wba62", "cmp", "g"},
           {"stm32wba63", "c", "g"},
           {"stm32wba64", "c", "g"},
           {"stm32wba65", "cmpr", "g"}},
          wba_guards(192, 0x20070000, 64)),
      device(
          f.wba6,
          {"WBA62 to WBA65", "RM0515", 0x100164B0, cortex_m33(82), {sram(448), sram2(0x20070000, 64)}, kWBA6},
          wba6_layout(),
          {{"stm32wba62", "cmp", "i"},
           {"stm32wba63", "c", "i"},
           {"stm32wba64", "c", "i"},
           {"stm32wba65", "cmpr", "i"}},
          wba_guards(448, 0x20070000, 64)),
  };
}

}  // namespace

std::vector<OrderingRow> u5_chips() {
  static const std::vector<Device> all = devices();
  return ordering_rows(all);
}

}  // namespace probity::vboard
