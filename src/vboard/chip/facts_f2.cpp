// The virtual F2, F4 and F7: facts of the generation, of each line, and ordering codes.
#include <span>

#include "vboard/chip/f2_flash.hpp"
#include "vboard/chip/f2_flash_registers.hpp"
#include "vboard/chip/facts.hpp"
#include "vboard/chip/rcc_f2.hpp"

namespace probity::vboard {

namespace {

// --- what a generation has in common -------------------------------------------------------------------

// CMSIS headers (*_BASE); DBGMCU_APB1_FZ bit 12 is DBG_IWDG_STOP (RM0090 38.16.4).
BlockPlaces places() {
  return {.flash = 0x40023C00,
          .rcc = 0x40023800,
          .syscfg = 0x40013800,
          .iwdg = 0x40003000,
          .dbgmcu = 0xE0042000,
          .dbgmcu_freeze = 0xE0042008,
          .iwdg_stop_bit = 12,
          .gpio = 0x40020000,
          .gpio_ports = 11};
}

constexpr std::uint32_t PWR_CR = 0x40007000, PWR_CSR = 0x40007004;

// GPIOA and GPIOB hold the debug pins (RM0090 8.4.1, 8.4.3, 8.4.4); PWR_CR.VOS is 3 (RM0090 5.4.1). A USART's
// transmitter is empty, so that firmware that prints does not wait.
std::vector<RegisterReset> reset_values(std::uint32_t usart_status_offset, std::uint32_t usart_status) {
  std::vector<RegisterReset> rows{
      {0x40020000, 0xA8000000}, {0x40020008, 0x0C000000}, {0x4002000C, 0x64000000}, {0x40020400, 0x00000280},
      {0x40020408, 0x000000C0}, {0x4002040C, 0x00000100}, {PWR_CR, 0x0000C000}};
  for (const std::uint32_t usart :
       {0x40004400u, 0x40004800u, 0x40004C00u, 0x40005000u, 0x40011000u, 0x40011400u}) {
    rows.push_back({usart + usart_status_offset, usart_status});
  }
  return rows;
}

// Power control (RM0090 5.4, RM0385 4.4): ready bits follow their enables.
std::vector<StatusBit> status_bits() {
  return {{PWR_CSR, {"BRR", 3}, PWR_CSR, {"BRE", 9}},
          {PWR_CSR, {"VOSRDY", 14}},
          {PWR_CSR, {"ODRDY", 16}, PWR_CR, {"ODEN", 16}},
          {PWR_CSR, {"ODSWRDY", 17}, PWR_CR, {"ODSWEN", 17}}};
}

// F4: OTP, UID and size register are FLASH_OTP_BASE, UID_BASE and FLASHSIZE_BASE of cmsis-device-f4 (the same
// in every header); TAPs: RM0090, debug support. IDR, BASE: DDI 0439 (Cortex-M4 TRM), debug; the M4's AHB-AP
// counts TAR over 12 bits. USART SR: RM0090 30.6.1.
const GenerationFacts& f4() {
  static const GenerationFacts facts{.places = places(),
                                     .system_memory = 0x1FFF0000,
                                     .system_memory_size = 0x7800,
                                     .otp = 0x1FFF7800,
                                     .otp_locks = 0x1FFF7A00,
                                     .otp_size = 512,
                                     .option_area = 0x1FFFC000,
                                     .option_area_size = 0x30,
                                     .uid = 0x1FFF7A10,
                                     .flash_size_register = 0x1FFF7A22,
                                     .dpidr = 0x2BA01477,
                                     .jtag_idcode = 0x4BA00477,
                                     .access_ports = {{.idr = 0x24770011, .base = 0xE00FF003}},
                                     .tar_wrap = 0x1000,
                                     .rcc = &f2_rcc(),
                                     .reset_values = reset_values(0x00, 0x000000C0),
                                     .status_bits = status_bits()};
  return facts;
}

// F7: the same names in stm32f746xx.h and stm32f767xx.h of cmsis-device-f7; TAPs: RM0385, debug support. The
// AP's IDR and BASE as real chips answer; TAR counts over 10 bits, what ADIv5 guarantees. USART ISR: RM0385
// 31.8.8.
const GenerationFacts& f7() {
  static const GenerationFacts facts{.places = places(),
                                     .system_memory = 0x1FF00000,
                                     .system_memory_size = 0xEDC0,
                                     .otp = 0x1FF0F000,
                                     .otp_locks = 0x1FF0F400,
                                     .otp_size = 1024,
                                     .option_area = 0x1FFF0000,
                                     .option_area_size = 0x30,
                                     .uid = 0x1FF0F420,
                                     .flash_size_register = 0x1FF0F442,
                                     .dpidr = 0x5BA02477,
                                     .jtag_idcode = 0x5BA00477,
                                     .access_ports = {{.idr = 0x74770001, .base = 0xE00FD003}},
                                     .rcc = &f2_rcc(),
                                     .reset_values = reset_values(0x1C, 0x020000C0),
                                     .status_bits = status_bits()};
  return facts;
}

// --- cores -----------------------------------------------------------------------------------------------

// irq_count is the CMSIS header's last IRQn + 1.
CoreFacts cortex_m4(unsigned irq_count) {
  CoreFacts facts;
  facts.cpuid = 0x410FC241;  // r0p1: DDI 0439, CPUID
  facts.irq_count = irq_count;
  return facts;
}

// DDI 0489 (Cortex-M7 TRM): 8 code comparators of FPB version 2, MVFR; `double_precision` is MVFR0's field.
CoreFacts cortex_m7(std::uint32_t cpuid, unsigned irq_count, unsigned double_precision) {
  CoreFacts facts;
  facts.cpuid = cpuid;
  facts.irq_count = irq_count;
  facts.has_bit_band = false;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_caches = true;
  facts.mvfr0 = 0x10110021 | double_precision << 8;
  facts.mvfr1 = double_precision ? 0x12000011 : 0x11000011;
  facts.mvfr2 = 0x00000040;
  return facts;
}
constexpr std::uint32_t kM7r0p1 = 0x410FC271;  // __CM7_REV 0x0001 in stm32f746xx.h
constexpr std::uint32_t kM7r1p0 = 0x411FC270;  // __CM7_REV 0x0100 in stm32f767xx.h

// --- memories ----------------------------------------------------------------------------------------

// SRAM1, SRAM2 and SRAM3 are contiguous and one region here.
RamRegion sram(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib, .bit_band = true}; }
RamRegion ccm() { return {.base = 0x10000000, .kib = 64, .executable = false}; }
RamRegion backup() { return {.base = 0x40024000, .kib = 4}; }
RamRegion tcm(std::uint32_t base, std::uint32_t kib) { return {.base = base, .kib = kib}; }

std::vector<FlashWindow> windows_f4() { return {{.address = 0x08000000}}; }
// AXIM, and through the ITCM interface, read only (RM0385 3.3.2).
std::vector<FlashWindow> windows_f7() {
  return {{.address = 0x08000000}, {.address = 0x00200000, .writable = false}};
}

// --- flash -----------------------------------------------------------------------------------------------

// Option bits: BOR_LEV 3:2, watchdogs and resets 7:5, RDP 15:8, nWRP 27:16; SPRMOD 31 with PCROP; F42x adds
// BFB2 4, DB1M 30 and OPTCR1.nWRP 27:16; F74x has nWRP 23:16, IWDG_STDBY 30, IWDG_STOP 31; F76x nDBOOT 28,
// nDBANK 29.
constexpr F2LineFacts kFlashF40x{F2Layout::f40x, 0x0FFFFFEC, 0, false};
constexpr F2LineFacts kFlashPcrop{F2Layout::f40x, 0x8FFFFFEC, 0, true};
constexpr F2LineFacts kFlashF42x{F2Layout::f42x, 0xCFFFFFFC, 0x0FFF0000, true};
constexpr F2LineFacts kFlashF74x{F2Layout::f74x, 0xC0FFFFFC, 0xFFFFFFFF, false};
constexpr F2LineFacts kFlashF76x{F2Layout::f76x, 0xFFFFFFFC, 0xFFFFFFFF, false};

auto controller(const F2LineFacts& line) {
  return [&line](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<F2Flash>(line, memory, std::move(around));
  };
}

// Factory option bytes, OPTLOCK clear.
std::vector<OptionWord> options(std::uint32_t optcr, std::uint32_t optcr1 = 0) {
  return {{"OPTCR", optcr}, {"OPTCR1", optcr1}};
}

void set_db1m(NonVolatile& memory) {
  memory.set_option("OPTCR", memory.option("OPTCR") | f2_reg::DB1M.mask());
}
void clear_ndbank(NonVolatile& memory) {
  memory.set_option("OPTCR", memory.option("OPTCR") & ~f2_reg::nDBANK.mask());
}

// BOOT_ADD0: BOOT pin low; units of 16 KiB (RM0385 2.4).
std::uint32_t boot_address_0(const NonVolatile& memory) {
  constexpr Field kBootAddress0{"BOOT_ADD0", 0, 16};
  return kBootAddress0.get(memory.option("OPTCR1")) * 0x4000;
}

// --- peripherals -----------------------------------------------------------------------------------------

// Which peripheral addresses exist: the *_BASE values of the CMSIS headers (cmsis-device-f4,
// cmsis-device-f7), rounded to the 1 KiB that the buses decode. Anything else in the peripheral space is a
// bus error.
// stm32f401xe.h
constexpr PeripheralRange kPeripheralsF401[] = {
    {0x40000000, 0x40001000}, {0x40002800, 0x40004800}, {0x40005400, 0x40006000}, {0x40007000, 0x40007400},
    {0x40010000, 0x40010400}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00},
    {0x40020000, 0x40021400}, {0x40021C00, 0x40022000}, {0x40023000, 0x40023400}, {0x40023800, 0x40024000},
    {0x40026000, 0x40026800}, {0x50000000, 0x50040000}};

// stm32f407xx.h
constexpr PeripheralRange kPeripheralsF40x[] = {
    {0x40000000, 0x40002400}, {0x40002800, 0x40006000}, {0x40006400, 0x40006C00}, {0x40007000, 0x40007800},
    {0x40010000, 0x40010800}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40013400},
    {0x40013800, 0x40014C00}, {0x40020000, 0x40022400}, {0x40023000, 0x40023400}, {0x40023800, 0x40024000},
    {0x40026000, 0x40026800}, {0x40028000, 0x40029400}, {0x40040000, 0x40080000}, {0x50000000, 0x50040000},
    {0x50050000, 0x50050400}, {0x50060800, 0x50060C00}, {0xA0000000, 0xA0000400}};

// stm32f410rx.h
constexpr PeripheralRange kPeripheralsF410[] = {
    {0x40000C00, 0x40001400}, {0x40002400, 0x40003C00}, {0x40004400, 0x40004800}, {0x40005400, 0x40005C00},
    {0x40006000, 0x40006400}, {0x40007000, 0x40007800}, {0x40010000, 0x40010400}, {0x40011000, 0x40011800},
    {0x40012000, 0x40012400}, {0x40013000, 0x40013400}, {0x40013800, 0x40014400}, {0x40014800, 0x40014C00},
    {0x40015000, 0x40015400}, {0x40020000, 0x40020C00}, {0x40021C00, 0x40022000}, {0x40023000, 0x40023400},
    {0x40023800, 0x40024000}, {0x40026000, 0x40026800}, {0x40080000, 0x40080400}};

// stm32f411xe.h
constexpr PeripheralRange kPeripheralsF411[] = {
    {0x40000000, 0x40001000}, {0x40002800, 0x40004800}, {0x40005400, 0x40006000}, {0x40007000, 0x40007400},
    {0x40010000, 0x40010400}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00},
    {0x40015000, 0x40015400}, {0x40020000, 0x40021400}, {0x40021C00, 0x40022000}, {0x40023000, 0x40023400},
    {0x40023800, 0x40024000}, {0x40026000, 0x40026800}, {0x50000000, 0x50040000}};

// stm32f412zx.h
constexpr PeripheralRange kPeripheralsF412[] = {
    {0x40000000, 0x40002400}, {0x40002800, 0x40004C00}, {0x40005400, 0x40006C00}, {0x40007000, 0x40007400},
    {0x40010000, 0x40010800}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00},
    {0x40015000, 0x40015400}, {0x40016000, 0x40016400}, {0x40020000, 0x40022000}, {0x40023000, 0x40023400},
    {0x40023800, 0x40024000}, {0x40026000, 0x40026800}, {0x50000000, 0x50040000}, {0x50060800, 0x50060C00},
    {0xA0000000, 0xA0000400}, {0xA0001000, 0xA0001400}};

// stm32f429xx.h
constexpr PeripheralRange kPeripheralsF42x[] = {
    {0x40000000, 0x40002400}, {0x40002800, 0x40006000}, {0x40006400, 0x40006C00}, {0x40007000, 0x40008000},
    {0x40010000, 0x40010800}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00},
    {0x40015000, 0x40015C00}, {0x40016800, 0x40016C00}, {0x40020000, 0x40022C00}, {0x40023000, 0x40023400},
    {0x40023800, 0x40024000}, {0x40026000, 0x40026800}, {0x40028000, 0x40029400}, {0x4002B000, 0x4002B400},
    {0x40040000, 0x40080000}, {0x50000000, 0x50040000}, {0x50050000, 0x50050400}, {0x50060800, 0x50060C00},
    {0xA0000000, 0xA0000400}};

// stm32f446xx.h
constexpr PeripheralRange kPeripheralsF446[] = {
    {0x40000000, 0x40002400}, {0x40002800, 0x40003400}, {0x40003800, 0x40007800}, {0x40010000, 0x40010800},
    {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00}, {0x40015800, 0x40016000},
    {0x40020000, 0x40022000}, {0x40023000, 0x40023400}, {0x40023800, 0x40024000}, {0x40026000, 0x40026800},
    {0x40040000, 0x40080000}, {0x50000000, 0x50040000}, {0x50050000, 0x50050400}, {0xA0000000, 0xA0000400},
    {0xA0001000, 0xA0001400}};

// stm32f469xx.h
constexpr PeripheralRange kPeripheralsF469[] = {
    {0x40000000, 0x40002400}, {0x40002800, 0x40006000}, {0x40006400, 0x40006C00}, {0x40007000, 0x40008000},
    {0x40010000, 0x40010800}, {0x40011000, 0x40011800}, {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00},
    {0x40015000, 0x40015C00}, {0x40016800, 0x40017000}, {0x40020000, 0x40022C00}, {0x40023000, 0x40023400},
    {0x40023800, 0x40024000}, {0x40026000, 0x40026800}, {0x40028000, 0x40029400}, {0x4002B000, 0x4002B400},
    {0x40040000, 0x40080000}, {0x50000000, 0x50040000}, {0x50050000, 0x50050400}, {0x50060800, 0x50060C00},
    {0xA0000000, 0xA0000400}, {0xA0001000, 0xA0001400}};

// stm32f746xx.h
constexpr PeripheralRange kPeripheralsF74x[] = {
    {0x40000000, 0x40003400}, {0x40003800, 0x40008000}, {0x40010000, 0x40010800}, {0x40011000, 0x40011800},
    {0x40012000, 0x40012400}, {0x40012C00, 0x40014C00}, {0x40015000, 0x40016000}, {0x40016800, 0x40016C00},
    {0x40020000, 0x40022C00}, {0x40023000, 0x40023400}, {0x40023800, 0x40024000}, {0x40026000, 0x40026800},
    {0x40028000, 0x40029400}, {0x4002B000, 0x4002B400}, {0x40040000, 0x40080000}, {0x50000000, 0x50040000},
    {0x50050000, 0x50050400}, {0x50060800, 0x50060C00}, {0xA0000000, 0xA0000400}, {0xA0001000, 0xA0001400}};

// stm32f767xx.h
constexpr PeripheralRange kPeripheralsF76x[] = {
    {0x40000000, 0x40008000}, {0x40010000, 0x40010800}, {0x40011000, 0x40011800}, {0x40011C00, 0x40012400},
    {0x40012C00, 0x40014C00}, {0x40015000, 0x40016000}, {0x40016800, 0x40016C00}, {0x40017400, 0x40017C00},
    {0x40020000, 0x40022C00}, {0x40023000, 0x40023400}, {0x40023800, 0x40024000}, {0x40026000, 0x40026800},
    {0x40028000, 0x40029400}, {0x4002B000, 0x4002B400}, {0x40040000, 0x40080000}, {0x50000000, 0x50040000},
    {0x50050000, 0x50050400}, {0x50051000, 0x50051400}, {0x50060800, 0x50060C00}, {0xA0000000, 0xA0000400},
    {0xA0001000, 0xA0001400}};

std::vector<PeripheralRange> ranges(std::span<const PeripheralRange> rows) {
  return {rows.begin(), rows.end()};
}

// --- lines -----------------------------------------------------------------------------------------------

// The boundary-scan TAP's code has DEV_ID in it (RM0090 38.6.3: 0x06413041).
std::uint32_t boundary_scan(std::uint32_t idcode) { return 0x06000041 | (idcode & 0xFFF) << 12; }

// What the F4 lines begin with; the flash of F401, F411 and F446.
ChipLine f4_line(std::string_view name, std::string_view manual, std::uint32_t idcode, unsigned irq_count) {
  ChipLine line;
  line.name = name;
  line.manual = manual;
  line.generation = &f4();
  line.idcode = idcode;
  line.bsc_idcode = boundary_scan(idcode);
  line.core = cortex_m4(irq_count);
  line.flash = windows_f4();
  line.options = options(0x0FFFAAEC);
  line.make_flash = controller(kFlashPcrop);
  return line;
}

ChipLine f7_line(std::string_view name, std::string_view manual, std::uint32_t idcode, CoreFacts core) {
  ChipLine line;
  line.name = name;
  line.manual = manual;
  line.generation = &f7();
  line.idcode = idcode;
  line.bsc_idcode = boundary_scan(idcode);
  line.core = core;
  line.flash = windows_f7();
  line.boot_address = boot_address_0;
  return line;
}

// DEV_ID 0x423
ChipLine f401bc() {
  ChipLine line = f4_line("F401xB/C", "RM0368", 0x10016423, 85);
  line.ram = {sram(64)};
  line.peripherals = ranges(kPeripheralsF401);
  return line;
}

// DEV_ID 0x433
ChipLine f401de() {
  ChipLine line = f4_line("F401xD/E", "RM0368", 0x10016433, 85);
  line.ram = {sram(96)};
  line.peripherals = ranges(kPeripheralsF401);
  return line;
}

// DEV_ID 0x413, revision Z
ChipLine f40x() {
  ChipLine line = f4_line("F405/F407/F415/F417", "RM0090", 0x10016413, 82);
  line.ram = {sram(128), ccm(), backup()};
  line.peripherals = ranges(kPeripheralsF40x);
  line.make_flash = controller(kFlashF40x);
  return line;
}

// DEV_ID 0x458, revision A
ChipLine f410() {
  ChipLine line = f4_line("F410", "RM0401", 0x10006458, 98);
  line.ram = {sram(32)};
  line.peripherals = ranges(kPeripheralsF410);
  return line;
}

// DEV_ID 0x431
ChipLine f411() {
  ChipLine line = f4_line("F411", "RM0383", 0x10006431, 86);
  line.ram = {sram(128)};
  line.peripherals = ranges(kPeripheralsF411);
  return line;
}

// DEV_ID 0x441, revision C
ChipLine f412() {
  ChipLine line = f4_line("F412", "RM0402", 0x30006441, 97);
  line.ram = {sram(256)};
  line.peripherals = ranges(kPeripheralsF412);
  return line;
}

// DEV_ID 0x419, revision 3
ChipLine f42x() {
  ChipLine line = f4_line("F427/F429/F437/F439", "RM0090", 0x20016419, 91);
  line.ram = {sram(192), ccm(), backup()};
  line.peripherals = ranges(kPeripheralsF42x);
  line.options = options(0x0FFFAAEC, 0x0FFF0000);
  line.make_flash = controller(kFlashF42x);
  line.choose_dual_bank = set_db1m;
  return line;
}

// DEV_ID 0x421
ChipLine f446() {
  ChipLine line = f4_line("F446", "RM0390", 0x10006421, 97);
  line.ram = {sram(128), backup()};
  line.peripherals = ranges(kPeripheralsF446);
  return line;
}

// DEV_ID 0x434, revision A; the flash of F42x
ChipLine f46x() {
  ChipLine line = f4_line("F469/F479", "RM0386", 0x10006434, 93);
  line.ram = {sram(320), ccm(), backup()};
  line.peripherals = ranges(kPeripheralsF469);
  line.options = options(0x0FFFAAEC, 0x0FFF0000);
  line.make_flash = controller(kFlashF42x);
  line.choose_dual_bank = set_db1m;
  return line;
}

// DEV_ID 0x449, revision Z; OPTCR 0xC0FFAAFD
ChipLine f74x() {
  ChipLine line = f7_line("F745/F746/F756", "RM0385", 0x10016449, cortex_m7(kM7r0p1, 98, 0));
  line.ram = {tcm(0, 16), tcm(0x20000000, 64), tcm(0x20010000, 256), backup()};
  line.peripherals = ranges(kPeripheralsF74x);
  line.options = options(0xC0FFAAFC, 0x00400080);
  line.make_flash = controller(kFlashF74x);
  return line;
}

// DEV_ID 0x451, revision Z; OPTCR 0xFFFFAAFD
ChipLine f76x() {
  ChipLine line = f7_line("F765/F767/F769/F777/F779", "RM0410", 0x10016451, cortex_m7(kM7r1p0, 110, 2));
  line.ram = {tcm(0, 16), tcm(0x20000000, 128), tcm(0x20020000, 384), backup()};
  line.peripherals = ranges(kPeripheralsF76x);
  line.options = options(0xFFFFAAFC, 0x00400080);
  line.make_flash = controller(kFlashF76x);
  line.choose_dual_bank = clear_ndbank;
  return line;
}

struct F2Lines {
  const ChipLine f401bc, f401de, f40x, f410, f411, f412, f42x, f446, f46x, f74x, f76x;
};
const F2Lines& lines() {
  static const F2Lines rows{vboard::f401bc(), vboard::f401de(), vboard::f40x(), vboard::f410(),
                            vboard::f411(),   vboard::f412(),   vboard::f42x(), vboard::f446(),
                            vboard::f46x(),   vboard::f74x(),   vboard::f76x()};
  return rows;
}

}  // namespace

// Ordering information of each data sheet (last section): which pin counts and flash sizes exist.
std::vector<OrderingRow> f2_chips() {
  const F2Lines& l = lines();
  return {
      {"stm32f401", "crv", "bc", &l.f401bc},   {"stm32f401", "crv", "de", &l.f401de},
      {"stm32f405", "orvz", "eg", &l.f40x},    {"stm32f407", "vzi", "eg", &l.f40x},
      {"stm32f411", "crv", "ce", &l.f411},     {"stm32f415", "orvz", "g", &l.f40x},
      {"stm32f417", "vzi", "eg", &l.f40x},     {"stm32f427", "vzia", "gi", &l.f42x},
      {"stm32f429", "vzibna", "egi", &l.f42x}, {"stm32f437", "vzia", "gi", &l.f42x},
      {"stm32f439", "vzibna", "gi", &l.f42x},  {"stm32f446", "mrvz", "ce", &l.f446},
      {"stm32f745", "vzi", "eg", &l.f74x},     {"stm32f746", "vzibn", "eg", &l.f74x},
      {"stm32f410", "crt", "8b", &l.f410},     {"stm32f412", "crvz", "eg", &l.f412},
      {"stm32f469", "aibnvz", "egi", &l.f46x}, {"stm32f479", "aibnvz", "gi", &l.f46x},
      {"stm32f756", "vzibn", "g", &l.f74x},    {"stm32f765", "vzibn", "gi", &l.f76x},
      {"stm32f767", "vzibn", "gi", &l.f76x},   {"stm32f769", "ibna", "gi", &l.f76x},
      {"stm32f777", "vzibn", "i", &l.f76x},    {"stm32f779", "ibna", "i", &l.f76x},
  };
}

}  // namespace probity::vboard
