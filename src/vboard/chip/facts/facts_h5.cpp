// The virtual H5: facts of the generation, of each line, and ordering codes. Addresses are *_BASE of
// cmsis-device-h5, fields its *_Pos; RM0481 H523/H533, H562/H563/H573, RM0492 H503, which has no TrustZone.
// The Secure aliases show the same while it is off.
#include "vboard/chip/facts/chip_line.hpp"
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/h5_flash.hpp"
#include "vboard/chip/peripherals/rcc_h7.hpp"
#include "vboard/chip/peripherals/reset_rows.hpp"

namespace probity::vboard {

namespace {

// --- what the generation has in common -----------------------------------------------------------------

// DBG_IWDG_STOP is bit 12 of DBGMCU_APB1FZR1; behind access port 0 DBGMCU is at 0xE0044000 (RM0481 59.12).
BlockPlaces places() {
  return {.flash = 0x40022000,
          .rcc = 0x44020C00,
          .iwdg = 0x40003000,
          .dbgmcu = 0x44024000,
          .dbgmcu_freeze = 0x44024008,
          .iwdg_stop_bit = 12,
          .gpio = 0x42020000,
          .gpio_ports = 9,
          .dbgmcu_debug = 0xE0044000};
}

ResetRows reset_values() {
  ResetRows rows = gpio_reset_rows(0x42020000, 9);
  add_usarts(rows, {0x40004400, 0x40004800, 0x40013800, 0x44002400});
  return rows;
}

// PWR_VOSSR: VOSRDY, ACTVOSRDY.
std::vector<StatusBit> status_bits() {
  return {{0x44020814, {"VOSRDY", 3}}, {0x44020814, {"ACTVOSRDY", 13}}};
}

// The core is behind access port 1, an AHB5-AP; port 0 is the APB of DBGMCU and its authentication mailbox
// (RM0481 59.4). OTP: FLASH_OTP_BASE, FLASH_OTP_SIZE. BASE of port 1: where the board's own ROM table is.
GenerationFacts generation(std::uint32_t system_memory_size) {
  return {.places = places(),
          .system_memory = 0x0BF80000,
          .system_memory_size = system_memory_size,
          .otp = 0x08FFF000,
          .otp_size = 2048,
          .uid = 0x08FFF800,
          .flash_size_register = 0x08FFF80C,
          .dpidr = 0x6BA02477,
          .jtag_idcode = 0x6BA00477,
          .access_ports = {{.number = 0, .idr = 0x54770002, .base = 0x00000002, .core = false},
                           {.number = 1, .idr = 0x84770001, .base = 0xE00FF003}},
          .rcc = &h5_rcc(),
          .reset_values = reset_values(),
          .status_bits = status_bits(),
          .flash_irq = 6,
          .secure_alias = 0x10000000};
}

const GenerationFacts& h50x_generation() {
  static const GenerationFacts facts = [] {
    GenerationFacts g = generation(0x8000);
    g.secure_alias = 0;  // no TrustZone
    return g;
  }();
  return facts;
}
const GenerationFacts& h5_generation() {
  static const GenerationFacts facts = generation(0x10000);
  return facts;
}

// --- peripherals -----------------------------------------------------------------------------------------

// The *_BASE_NS values of the header, neighbours joined; behind access port 0 the debug APB.
constexpr PeripheralRange kH50x[] = {
    {0x40000000, 0x40001800}, {0x40002C00, 0x40006400}, {0x40008C00, 0x4000B000}, {0x40010000, 0x40010400},
    {0x40012C00, 0x40013C00}, {0x40016000, 0x40016400}, {0x40020000, 0x40023400}, {0x40026000, 0x40026400},
    {0x40030400, 0x40030800}, {0x40032400, 0x40033400}, {0x42020000, 0x42022000}, {0x42028000, 0x42028800},
    {0x420C0400, 0x420C0C00}, {0x44000000, 0x44000800}, {0x44002400, 0x44004800}, {0x44007800, 0x44008000},
    {0x44020000, 0x44022400}, {0x44024000, 0x44025000}};
constexpr PeripheralRange kH52x[] = {
    {0x40000000, 0x40007400}, {0x40008C00, 0x4000B000}, {0x4000DC00, 0x4000E000}, {0x40010000, 0x40010400},
    {0x40012C00, 0x40016400}, {0x40020000, 0x40023400}, {0x40026000, 0x40026400}, {0x40030400, 0x40033800},
    {0x42020000, 0x42022000}, {0x42028000, 0x42028800}, {0x4202C000, 0x4202C800}, {0x420C0400, 0x420C0C00},
    {0x420C2000, 0x420C2800}, {0x44000000, 0x44000800}, {0x44002400, 0x44004800}, {0x44007400, 0x44008000},
    {0x44020000, 0x44022400}, {0x44024000, 0x44025000}, {0x46000000, 0x46000400}, {0x46008000, 0x46008800},
    {0x4600F000, 0x4600F400}, {0x47000400, 0x47001800}};
constexpr PeripheralRange kH56x[] = {
    {0x40000000, 0x4000B000}, {0x4000DC00, 0x4000E000}, {0x40010000, 0x40010400}, {0x40012C00, 0x40016400},
    {0x40020000, 0x40024000}, {0x40026000, 0x40026400}, {0x40028000, 0x40029400}, {0x40030400, 0x40033800},
    {0x42020000, 0x42022400}, {0x42028000, 0x42028800}, {0x4202C000, 0x4202C800}, {0x420C0400, 0x420C0C00},
    {0x420C2000, 0x420C2800}, {0x44000000, 0x44000800}, {0x44002000, 0x44003000}, {0x44004400, 0x44005800},
    {0x44007400, 0x44008000}, {0x44020000, 0x44022400}, {0x44024000, 0x44025000}, {0x46000000, 0x46000400},
    {0x46008000, 0x46009000}, {0x4600F000, 0x4600F400}, {0x47000400, 0x47001800}};

// --- lines -----------------------------------------------------------------------------------------------

// SRAM1 to SRAM3 are contiguous and one region.
std::vector<RamRegion> rams(std::uint32_t kib, std::uint32_t backup_kib, bool secure) {
  return {{.base = 0x20000000, .kib = kib, .alias = secure ? 0x30000000u : 0},
          {.base = 0x40036400, .kib = backup_kib, .alias = secure ? 0x50036400u : 0}};
}

// RM0481 4: non-secure boot address of NSBOOTR, in units of 256 bytes.
std::uint32_t boot_address(const NonVolatile& memory) {
  return h5_flash_reg::NSBOOTADD.get(memory.option("NSBOOTR")) << 8;
}

// The same of SECBOOTR, for the Secure state.
std::uint32_t secure_boot_address(const NonVolatile& memory) {
  return h5_flash_reg::SECBOOTADD.get(memory.option("SECBOOTR")) << 8;
}

// GTZC_MPCBBx_BASE_NS, SRAMx_BASE_NS and SRAMx_SIZE of the headers.
using Guards = std::vector<SramGuard>;
Guards guards(std::uint32_t kib1, std::uint32_t kib2, std::uint32_t kib3) {
  const std::uint32_t second = 0x20000000 + kib1 * 1024, third = second + kib2 * 1024;
  return {{0x40032C00, 0x20000000, kib1}, {0x40033000, second, kib2}, {0x40033400, third, kib3}};
}

Device h5_device(const LineRow& row, const H5FlashLayout& layout, Guards sram_guards,
                 std::vector<OrderingCodes> codes) {
  const bool trust_zone = !sram_guards.empty();
  ChipLine line = chip_line(trust_zone ? h5_generation() : h50x_generation(), row);
  if (trust_zone) {
    line.flash.push_back({.address = 0x0C000000, .secure_alias = true});
    line.secure_boot_address = secure_boot_address;
    const std::uint32_t all = h5_flash_reg::SECWM_END.of(layout.watermark_end);
    line.trust_zone = {.word = "OPTSR2",
                       .tzen = h5_flash_reg::TZEN,
                       .on = h5_flash_reg::kTzenEnabled,
                       .watermarks = {{"SECWM1", all}, {"SECWM2", all}}};
    line.sram_guards = std::move(sram_guards);
  }
  line.options = h5_option_words(layout);
  line.make_flash = [&layout](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<H5Flash>(layout, memory, std::move(around));
  };
  line.boot_address = boot_address;
  return {std::move(line), std::move(codes)};
}

// DEV_ID and REV_ID: DBGMCU_IDCODE in the manual, a recent revision. Ordering codes: the last section of each
// data sheet.
std::vector<Device> devices() {
  return {
      h5_device({"H503", "RM0492", 0x10016474, cortex_m33(134), rams(32, 2, false), kH50x}, h50x_flash(), {},
                {{"stm32h503", "cekr", "b"}}),
      h5_device({"H523/H533", "RM0481", 0x10006478, cortex_m33(133), rams(272, 2, true), kH52x}, h52x_flash(),
                guards(128, 80, 64), {{"stm32h523", "chrvz", "ce"}, {"stm32h533", "chrvz", "e"}}),
      h5_device({"H562/H563/H573", "RM0481", 0x10076484, cortex_m33(131), rams(640, 4, true), kH56x},
                h56x_flash(), guards(256, 64, 320),
                {{"stm32h562", "rvzai", "gi"}, {"stm32h563", "rvzaim", "gi"}, {"stm32h573", "rvzaim", "i"}}),
  };
}

}  // namespace

std::vector<OrderingRow> h5_chips() {
  static const std::vector<Device> all = devices();
  return ordering_rows(all);
}

}  // namespace probity::vboard
