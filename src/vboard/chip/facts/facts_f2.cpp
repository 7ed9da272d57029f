// The virtual F2, F4 and F7: facts of the generation, of each line's flash, and of each device.
#include <span>

#include "vboard/chip/facts/chip_line.hpp"
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/flash/f2_flash.hpp"
#include "vboard/chip/flash/f2_flash_registers.hpp"
#include "vboard/chip/peripherals/peripherals_f2.hpp"
#include "vboard/chip/peripherals/rcc_f2.hpp"

namespace probity::vboard {

namespace {

using namespace f2_peripherals;

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

// F2: stm32f217xx.h; RM0033 7.3, 8.4, 32.6. No PWR_CR.VOS, and TAPs as F4's (the Cortex-M3 r2p0's are the
// same).
const GenerationFacts& f2() {
  static const GenerationFacts facts = [] {
    GenerationFacts f = f4();
    std::erase_if(f.reset_values, [](const RegisterReset& row) { return row.address == PWR_CR; });
    f.status_bits.resize(1);
    f.rcc = &f2_rcc_without_ccm();
    return f;
  }();
  return facts;
}

// F72x and F73x: stm32f723xx.h has the factory data where F4 has it, at 0x1FF0xxxx; RM0431.
const GenerationFacts& f72x() {
  static const GenerationFacts facts = [] {
    GenerationFacts f = f7();
    f.system_memory_size = 0x7800;  // up to the OTP area
    f.otp = 0x1FF07800;
    f.otp_locks = 0x1FF07A00;
    f.otp_size = 512;
    f.uid = 0x1FF07A10;
    f.flash_size_register = 0x1FF07A22;
    return f;
  }();
  return facts;
}

// --- memories ------------------------------------------------------------------------------------------

// SRAM1, SRAM2 and SRAM3 are contiguous and one region here.
RamRegion sram(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib}; }
// Seen through the I- and D-bus too (RM0430 2.1 figure 1).
RamRegion f413_sram2() { return {.base = 0x20040000, .kib = 64, .alias = 0x10000000}; }
RamRegion ccm() { return {.base = 0x10000000, .kib = 64, .executable = false}; }
RamRegion backup() { return {.base = 0x40024000, .kib = 4}; }
RamRegion itcm() { return {.base = 0, .kib = 16}; }
RamRegion dtcm(std::uint32_t kib) { return {.base = 0x20000000, .kib = kib}; }
RamRegion axi_sram(std::uint32_t base, std::uint32_t kib) { return {.base = base, .kib = kib}; }

// --- flash ---------------------------------------------------------------------------------------------

void set_db1m(NonVolatile& memory) {
  memory.set_option("OPTCR", memory.option("OPTCR") | f2_reg::DB1M.mask());
}
void clear_ndbank(NonVolatile& memory) {
  memory.set_option("OPTCR", memory.option("OPTCR") & ~f2_reg::nDBANK.mask());
}

// A kind of flash, and its factory option bytes, OPTLOCK clear.
struct FlashKind {
  F2LineFacts facts;
  std::uint32_t optcr = 0, optcr1 = 0, optcr2 = 0;
  void (*choose_dual_bank)(NonVolatile&) = nullptr;
};

// Option bits: BOR_LEV 3:2, watchdogs and resets 7:5, RDP 15:8, nWRP 27:16; SPRMOD 31 with PCROP; F42x adds
// BFB2 4, DB1M 30 and OPTCR1.nWRP 27:16; F74x has nWRP 23:16, IWDG_STDBY 30, IWDG_STOP 31; F76x nDBOOT 28,
// nDBANK 29.
constexpr FlashKind kFlashF40x{{.layout = F2Layout::f40x, .optcr_mask = 0x0FFFFFEC}, 0x0FFFAAEC};
constexpr FlashKind kFlashPcrop{{.layout = F2Layout::f40x, .optcr_mask = 0x8FFFFFEC, .has_pcrop = true},
                                0x0FFFAAEC};  // F401, F410-F412, F446
// nWRP 30:16, the last bit for sectors 14 and 15 (OB_WRP_SECTOR_14 and _15 of the HAL,
// stm32f4xx_hal_flash_ex.h).
constexpr FlashKind kFlashF413{
    {.layout = F2Layout::f40x, .optcr_mask = 0xFFFFFFEC, .has_pcrop = true, .nwrp_bits = 15}, 0x7FFFAAEC};
constexpr FlashKind kFlashF42x{
    {.layout = F2Layout::f42x, .optcr_mask = 0xCFFFFFFC, .optcr1_mask = 0x0FFF0000, .has_pcrop = true},
    0x0FFFAAEC,
    0x0FFF0000,
    0,
    set_db1m};
// One PCROP bit for each sector (1: under it) in place of SPRMOD. No sector is under it at first.
constexpr FlashKind kFlashF72x{{.layout = F2Layout::f72x,
                                .optcr_mask = 0xC0FFFFFC,
                                .optcr1_mask = 0xFFFFFFFF,
                                .optcr2_mask = 0x800000FF},
                               0xC0FFAAFC,
                               0x00400080,
                               0x80000000};
constexpr FlashKind kFlashF74x{
    {.layout = F2Layout::f74x, .optcr_mask = 0xC0FFFFFC, .optcr1_mask = 0xFFFFFFFF}, 0xC0FFAAFC, 0x00400080};
constexpr FlashKind kFlashF76x{
    {.layout = F2Layout::f76x, .optcr_mask = 0xFFFFFFFC, .optcr1_mask = 0xFFFFFFFF},
    0xFFFFAAFC,
    0x00400080,
    0,
    clear_ndbank};

// --- devices -------------------------------------------------------------------------------------------

ChipLine with_flash(ChipLine line, const FlashKind& kind) {
  line.options = {{"OPTCR", kind.optcr}, {"OPTCR1", kind.optcr1}};
  if (kind.facts.optcr2_mask != 0) line.options.push_back({"OPTCR2", kind.optcr2});
  line.choose_dual_bank = kind.choose_dual_bank;
  line.make_flash = [&kind](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<F2Flash>(kind.facts, memory, std::move(around));
  };
  return line;
}

// RAM follows the flash size (data sheet DS6329, device summary); SRAM2 stays at 0x2001C000.
Device f2_device(std::uint32_t sram1_kib, std::vector<OrderingCodes> codes) {
  constexpr std::uint32_t kRevisionX = 0x20036411;
  const RamRegion sram2{.base = 0x2001C000, .kib = 16};
  const LineRow row{
      "F205/F207/F215/F217", "RM0033", kRevisionX, cortex_m3(81), {sram(sram1_kib), sram2, backup()}, kF2};
  return {with_flash(chip_line(f2(), row), kFlashF40x), std::move(codes)};
}

Device f4_device(const LineRow& row, const FlashKind& kind, std::vector<OrderingCodes> codes) {
  return {with_flash(chip_line(f4(), row), kind), std::move(codes)};
}

// BOOT_ADD0: BOOT pin low; units of 16 KiB (RM0385 2.4).
std::uint32_t boot_address_0(const NonVolatile& memory) {
  constexpr Field kBootAddress0{"BOOT_ADD0", 0, 16};
  return kBootAddress0.get(memory.option("OPTCR1")) * 0x4000;
}

// Flash is seen on AXIM, and through the ITCM interface, read only (RM0385 3.3.2).
Device f7_device(const LineRow& row, const FlashKind& kind, std::vector<OrderingCodes> codes,
                 const GenerationFacts& generation = f7()) {
  ChipLine line = with_flash(chip_line(generation, row), kind);
  line.ram.insert(line.ram.end(), {itcm(), backup()});
  line.flash.push_back({.address = 0x00200000, .writable = false});
  line.boot_address = boot_address_0;
  return {std::move(line), std::move(codes)};
}

// DEV_ID and REV_ID: DBGMCU_IDCODE in the manual, a recent revision. RAM: the manual's memory map. Ordering
// codes: the last section of each data sheet.
std::vector<Device> devices() {
  return {
      f2_device(48, {{"stm32f205", "rv", "b"}}),
      f2_device(80, {{"stm32f205", "rvz", "c"}}),
      f2_device(112, {{"stm32f205", "rvz", "efg"},
                      {"stm32f207", "vzi", "cefg"},
                      {"stm32f215", "rvz", "eg"},
                      {"stm32f217", "vzi", "eg"}}),
      f4_device({"F401xB/C", "RM0368", 0x10016423, cortex_m4(85), {sram(64)}, kF401}, kFlashPcrop,
                {{"stm32f401", "crv", "bc"}}),
      f4_device({"F401xD/E", "RM0368", 0x10016433, cortex_m4(85), {sram(96)}, kF401}, kFlashPcrop,
                {{"stm32f401", "crv", "de"}}),
      f4_device({"F405 to F417", "RM0090", 0x10016413, cortex_m4(82), {sram(128), ccm(), backup()}, kF40x},
                kFlashF40x,
                {{"stm32f405", "orvz", "eg"},
                 {"stm32f407", "vzi", "eg"},
                 {"stm32f415", "orvz", "g"},
                 {"stm32f417", "vzi", "eg"}}),
      f4_device({"F410", "RM0401", 0x10006458, cortex_m4(98), {sram(32)}, kF410}, kFlashPcrop,
                {{"stm32f410", "crt", "8b"}}),
      f4_device({"F411", "RM0383", 0x10006431, cortex_m4(86), {sram(128)}, kF411}, kFlashPcrop,
                {{"stm32f411", "crv", "ce"}}),
      f4_device({"F412", "RM0402", 0x30006441, cortex_m4(97), {sram(256)}, kF412}, kFlashPcrop,
                {{"stm32f412", "crvz", "eg"}}),
      f4_device({"F413/F423", "RM0430", 0x10006463, cortex_m4(102), {sram(256), f413_sram2()}, kF413},
                kFlashF413, {{"stm32f413", "cmrvz", "gh"}, {"stm32f423", "cmrvz", "h"}}),
      f4_device({"F427 to F439", "RM0090", 0x20016419, cortex_m4(91), {sram(192), ccm(), backup()}, kF42x},
                kFlashF42x,
                {{"stm32f427", "vzia", "gi"},
                 {"stm32f429", "vzibna", "egi"},
                 {"stm32f437", "vzia", "gi"},
                 {"stm32f439", "vzibna", "gi"}}),
      f4_device({"F446", "RM0390", 0x10006421, cortex_m4(97), {sram(128), backup()}, kF446}, kFlashPcrop,
                {{"stm32f446", "mrvz", "ce"}}),
      f4_device({"F469/F479", "RM0386", 0x10006434, cortex_m4(93), {sram(320), ccm(), backup()}, kF469},
                kFlashF42x, {{"stm32f469", "aibnvz", "egi"}, {"stm32f479", "aibnvz", "gi"}}),
      f7_device({"F722/F723/F730/F732/F733",
                 "RM0431",
                 0x10006452,
                 cortex_m7(kCortexM7r1p0, 104, false, 8),
                 {dtcm(64), axi_sram(0x20010000, 192)},
                 kF72x},
                kFlashF72x,
                {{"stm32f722", "irvz", "ce"},
                 {"stm32f723", "ivz", "ce"},
                 {"stm32f730", "irvz", "8"},
                 {"stm32f732", "irvz", "e"},
                 {"stm32f733", "ivz", "e"}},
                f72x()),
      f7_device({"F745/F746/F750/F756",
                 "RM0385",
                 0x10016449,
                 cortex_m7(kCortexM7r0p1, 98, false, 4),
                 {dtcm(64), axi_sram(0x20010000, 256)},
                 kF74x},
                kFlashF74x,
                {{"stm32f745", "vzi", "eg"},
                 {"stm32f746", "vzibn", "eg"},
                 {"stm32f750", "nvz", "8"},
                 {"stm32f756", "vzibn", "g"}}),
      f7_device({"F765 to F779",
                 "RM0410",
                 0x10016451,
                 cortex_m7(kCortexM7r1p0, 110, true),
                 {dtcm(128), axi_sram(0x20020000, 384)},
                 kF76x},
                kFlashF76x,
                {{"stm32f765", "vzibn", "gi"},
                 {"stm32f767", "vzibn", "gi"},
                 {"stm32f768", "a", "i"},
                 {"stm32f769", "ibna", "gi"},
                 {"stm32f777", "vzibn", "i"},
                 {"stm32f778", "a", "i"},
                 {"stm32f779", "ibna", "i"}}),
  };
}

}  // namespace

std::vector<OrderingRow> f2_chips() {
  static const std::vector<Device> all = devices();
  return ordering_rows(all);
}

}  // namespace probity::vboard
