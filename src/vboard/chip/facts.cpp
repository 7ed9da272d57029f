#include "vboard/chip/facts.hpp"

namespace probity::vboard {

namespace {

// F4: OTP, UID and size register are FLASH_OTP_BASE, UID_BASE and FLASHSIZE_BASE of cmsis-device-f4 (the same
// in every header); TAPs: RM0090, debug support. IDR, BASE: DDI 0439 (Cortex-M4 TRM), debug; the M4's AHB-AP
// counts TAR over 12 bits.
constexpr GenerationFacts kF4{
    .cortex_m7 = false,
    .otp = 0x1FFF7800,
    .otp_locks = 0x1FFF7A00,
    .otp_size = 512,
    .system_memory = 0x1FFF0000,
    .system_memory_size = 0x7800,
    .uid = 0x1FFF7A10,
    .flash_size_register = 0x1FFF7A22,
    .dpidr = 0x2BA01477,
    .jtag_idcode = 0x4BA00477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .tar_wrap = 0x1000,
};
// F7: the same names in stm32f746xx.h and stm32f767xx.h of cmsis-device-f7; TAPs: RM0385, debug support. The
// AP's IDR and BASE as real chips answer; TAR counts over 10 bits, what ADIv5 guarantees.
constexpr GenerationFacts kF7{
    .cortex_m7 = true,
    .otp = 0x1FF0F000,
    .otp_locks = 0x1FF0F400,
    .otp_size = 1024,
    .system_memory = 0x1FF00000,
    .system_memory_size = 0xEDC0,
    .uid = 0x1FF0F420,
    .flash_size_register = 0x1FF0F442,
    .dpidr = 0x5BA02477,
    .jtag_idcode = 0x5BA00477,
    .ap_idr = 0x74770001,
    .ap_base = 0xE00FD003,
    .tar_wrap = 0x400,
};

constexpr std::uint32_t kM4r0p1 = 0x410FC241;  // DDI 0439, CPUID
constexpr std::uint32_t kM7r0p1 = 0x410FC271;  // __CM7_REV 0x0001 in stm32f746xx.h
constexpr std::uint32_t kM7r1p0 = 0x411FC270;  // __CM7_REV 0x0100 in stm32f767xx.h

// Option bits: BOR_LEV 3:2, watchdogs and resets 7:5, RDP 15:8, nWRP 27:16; SPRMOD 31 with PCROP; F42x adds
// BFB2 4, DB1M 30 and OPTCR1.nWRP 27:16; F74x has nWRP 23:16, IWDG_STDBY 30, IWDG_STOP 31; F76x nDBOOT 28,
// nDBANK 29.
constexpr std::uint32_t kOptF40x = 0x0FFFFFEC, kOptPcrop = 0x8FFFFFEC, kOptF42x = 0xCFFFFFFC;
constexpr std::uint32_t kOptF74x = 0xC0FFFFFC, kOptF76x = 0xFFFFFFFC;

RamRegion sram(std::uint32_t kib) {
  return {.base = 0x20000000, .kib = kib, .bit_band = true, .executable = true};
}
RamRegion ccm() { return {.base = 0x10000000, .kib = 64, .bit_band = false, .executable = false}; }
RamRegion backup() { return {.base = 0x40024000, .kib = 4, .bit_band = false, .executable = true}; }
RamRegion tcm(std::uint32_t base, std::uint32_t kib) {
  return {.base = base, .kib = kib, .bit_band = false, .executable = true};
}

// DEV_ID: DBGMCU_IDCODE in the row's manual. SRAM1, SRAM2 and SRAM3 are contiguous and one region here; sizes
// and irq_count (last IRQn + 1) from the CMSIS header.
const std::vector<ChipLine>& lines() {
  static const std::vector<ChipLine> rows{
      // F401xB/xC: RM0368 (DEV_ID 0x423)
      {.id = ChipLineId::f401bc,
       .manual = "RM0368",
       .generation = &kF4,
       .idcode = 0x10016423,
       .bsc_idcode = 0x06423041,
       .layout = FlashLayout::f40x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0,
       .optcr_mask = kOptPcrop,
       .optcr1_mask = 0,
       .has_pcrop = true,
       .cpuid = kM4r0p1,
       .irq_count = 85,
       .mvfr_double = 0,
       .ram = {sram(64)}},
      // F401xD/xE: RM0368 (DEV_ID 0x433)
      {.id = ChipLineId::f401de,
       .manual = "RM0368",
       .generation = &kF4,
       .idcode = 0x10016433,
       .bsc_idcode = 0x06433041,
       .layout = FlashLayout::f40x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0,
       .optcr_mask = kOptPcrop,
       .optcr1_mask = 0,
       .has_pcrop = true,
       .cpuid = kM4r0p1,
       .irq_count = 85,
       .mvfr_double = 0,
       .ram = {sram(96)}},
      // F405/407/415/417: RM0090 (DEV_ID 0x413, revision Z)
      {.id = ChipLineId::f40x,
       .manual = "RM0090",
       .generation = &kF4,
       .idcode = 0x10016413,
       .bsc_idcode = 0x06413041,
       .layout = FlashLayout::f40x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0,
       .optcr_mask = kOptF40x,
       .optcr1_mask = 0,
       .has_pcrop = false,
       .cpuid = kM4r0p1,
       .irq_count = 82,
       .mvfr_double = 0,
       .ram = {sram(128), ccm(), backup()}},
      // F411: RM0383 (DEV_ID 0x431)
      {.id = ChipLineId::f411,
       .manual = "RM0383",
       .generation = &kF4,
       .idcode = 0x10006431,
       .bsc_idcode = 0x06431041,
       .layout = FlashLayout::f40x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0,
       .optcr_mask = kOptPcrop,
       .optcr1_mask = 0,
       .has_pcrop = true,
       .cpuid = kM4r0p1,
       .irq_count = 86,
       .mvfr_double = 0,
       .ram = {sram(128)}},
      // F427/429/437/439: RM0090 (DEV_ID 0x419, revision 3: 0x2001)
      {.id = ChipLineId::f42x,
       .manual = "RM0090",
       .generation = &kF4,
       .idcode = 0x20016419,
       .bsc_idcode = 0x06419041,
       .layout = FlashLayout::f42x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0x0FFF0000,
       .optcr_mask = kOptF42x,
       .optcr1_mask = 0x0FFF0000,
       .has_pcrop = true,
       .cpuid = kM4r0p1,
       .irq_count = 91,
       .mvfr_double = 0,
       .ram = {sram(192), ccm(), backup()}},
      // F446: RM0390 (DEV_ID 0x421)
      {.id = ChipLineId::f446,
       .manual = "RM0390",
       .generation = &kF4,
       .idcode = 0x10006421,
       .bsc_idcode = 0x06421041,
       .layout = FlashLayout::f40x,
       .optcr_reset = 0x0FFFAAEC,
       .optcr1_reset = 0,
       .optcr_mask = kOptPcrop,
       .optcr1_mask = 0,
       .has_pcrop = true,
       .cpuid = kM4r0p1,
       .irq_count = 97,
       .mvfr_double = 0,
       .ram = {sram(128), backup()}},
      // F745/746/756: RM0385 (DEV_ID 0x449, revision Z; OPTCR 0xC0FFAAFD)
      {.id = ChipLineId::f74x,
       .manual = "RM0385",
       .generation = &kF7,
       .idcode = 0x10016449,
       .bsc_idcode = 0x06449041,
       .layout = FlashLayout::f74x,
       .optcr_reset = 0xC0FFAAFC,
       .optcr1_reset = 0x00400080,
       .optcr_mask = kOptF74x,
       .optcr1_mask = 0xFFFFFFFF,
       .has_pcrop = false,
       .cpuid = kM7r0p1,
       .irq_count = 98,
       .mvfr_double = 0,
       .ram = {tcm(0, 16), tcm(0x20000000, 64), tcm(0x20010000, 256), backup()}},
      // F765/767/769/777/779: RM0410 (DEV_ID 0x451, revision Z; OPTCR 0xFFFFAAFD)
      {.id = ChipLineId::f76x,
       .manual = "RM0410",
       .generation = &kF7,
       .idcode = 0x10016451,
       .bsc_idcode = 0x06451041,
       .layout = FlashLayout::f76x,
       .optcr_reset = 0xFFFFAAFC,
       .optcr1_reset = 0x00400080,
       .optcr_mask = kOptF76x,
       .optcr1_mask = 0xFFFFFFFF,
       .has_pcrop = false,
       .cpuid = kM7r1p0,
       .irq_count = 110,
       .mvfr_double = 2,
       .ram = {tcm(0, 16), tcm(0x20000000, 128), tcm(0x20020000, 384), backup()}},
  };
  return rows;
}

}  // namespace

CoreFacts core_facts(const ChipLine& line) {
  CoreFacts facts;
  facts.cpuid = line.cpuid;
  facts.irq_count = line.irq_count;
  facts.rom_part = line.idcode & 0xFFF;
  facts.has_bit_band = !line.generation->cortex_m7;
  if (line.generation->cortex_m7) {  // DDI 0489 (Cortex-M7 TRM): 8 code comparators of FPB version 2, MVFR
    facts.fpb_code_comparators = 8;
    facts.fpb_literal_comparators = 0;
    facts.fpb_revision = 1;
    facts.has_caches = true;
    facts.mvfr0 = 0x10110021 | line.mvfr_double << 8;
    facts.mvfr1 = line.mvfr_double ? 0x12000011 : 0x11000011;
    facts.mvfr2 = 0x00000040;
  }
  return facts;
}

const ChipLine& chip_line(ChipLineId id) { return lines()[static_cast<std::size_t>(id)]; }

}  // namespace probity::vboard
