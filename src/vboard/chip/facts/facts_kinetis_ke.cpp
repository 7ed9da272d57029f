// Kinetis KE: NXP's (Freescale's) reference manuals, as ChipLine::manual names them. Names are ordering codes
// without package and speed: "mke02z64". Clocks stay as after reset; peripherals keep what is written, the
// watchdog among them, which is off here.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/part_rows.hpp"
#include "vboard/chip/flash/ftmr_flash.hpp"
#include "vboard/chip/peripherals/mdm_ap.hpp"

namespace probity::vboard {

namespace {

// AIPS-Lite with GPIO; the MCM and FGPIO in the private bus's region.
constexpr PeripheralRange kKeRanges[] = {{0x40000000, 0x40100000}, {0xF0003000, 0xF0003400}};

// ICS in FEI mode: 1024 times 31.25 kHz, divided by 2 (MKE02P64M40SF0RM 20.4.1).
constexpr RccFacts kIcs{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return Hertz{16'000'000}; }};

constexpr std::uint32_t kIcs1 = 0x40064000;

struct KePart {
  std::string_view family, first, last, manual;
  std::uint32_t srsid;  // SUBFAMID 27:24, PINID 19:16; a power-on reset (MKE06P80M48SF0RM 12.2.1)
  std::uint32_t kib, ram_kib;
  const FtmrPlaces* flash;
};
constexpr KePart kKeParts[] = {
    {"mke02z", "6", "4", "MKE02P64M40SF0RM", 0x02170082, 64, 4, &kFtmrh},
    {"mke04z1", "2", "8", "MKE04P80M48SF0RM", 0x04180082, 128, 16, &kFtmre},
    {"mke06z1", "2", "8", "MKE06P80M48SF0RM", 0x06180082, 128, 16, &kFtmre},
};

GenerationFacts ke_generation(const KePart& part) {
  GenerationFacts facts;
  facts.places.flash = 0x40020000;
  facts.rcc = &kIcs;
  facts.dpidr = 0x0BC11477;
  facts.access_ports = {{.number = 0, .idr = 0x04770031, .base = 0xF0000003},
                        {.number = 1, .idr = kMdmApKl, .vendor = true}};
  facts.reset_values = {{0x40048000, part.srsid}, {kIcs1, 0x2004}};  // ICS_C1 and C2: IREFS, BDIV 1
  // ICS_S: the FLL has its clock from within, and is always locked.
  facts.status_bits = {{.address = kIcs1 + 4, .bit = {"IREFST", 4}},
                       {.address = kIcs1 + 4, .bit = {"LOCK", 6}}};
  facts.flash_irq = 5;
  facts.factory_bytes = {{0x40E, 0xFE}};  // FSEC: a chip is sold unsecured
  facts.lockup_resets = true;             // SIM_SRSID.LOCKUP
  return facts;
}

ChipLine ke_line(const KePart& part, const GenerationFacts& generation) {
  ChipLine line;
  line.name = part.family;
  line.manual = part.manual;
  line.generation = &generation;
  line.core = cortex_m0plus(32);
  line.core.rom_designer = 0x0E;  // JEP106 bank 0: Freescale
  line.ram = {{.base = 0x20000000 - part.ram_kib * 256, .kib = part.ram_kib}};
  line.flash = {{.address = 0}};
  line.peripherals = {std::begin(kKeRanges), std::end(kKeRanges)};
  line.make_flash = [places = part.flash](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<FtmrFlash>(*places, memory, std::move(around));
  };
  line.make_vendor_port = [](FlashController& flash, ChipControl& chip) {
    return std::make_unique<MdmAp>(kMdmApKl, static_cast<FtmrFlash&>(flash), chip);
  };
  return line;
}

}  // namespace

std::vector<OrderingRow> kinetis_ke_chips() {
  return rows_of_parts(std::vector<KePart>(std::begin(kKeParts), std::end(kKeParts)), ke_generation, ke_line,
                       [](const KePart& part, const ChipLine* line) -> OrderingRow {
                         return {part.family, part.first, part.last, line, part.kib};
                       });
}

}  // namespace probity::vboard
