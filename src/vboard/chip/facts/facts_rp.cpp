// Raspberry Pi's RP2040: its data sheet (build of 2022 and later), and pico-sdk's hardware_regs headers. It
// runs from its ring oscillator for ever: the clocks' registers are there, and change nothing.
#include "vboard/chip/facts/cores.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/facts/rp2040_rom_code.hpp"
#include "vboard/chip/flash/rp_flash.hpp"
#include "vboard/chip/peripherals/rp_blocks.hpp"

namespace probity::vboard {

namespace {

// 2.17: ROSC at power-on, typically.
constexpr Hertz kRosc{6'500'000};
constexpr RccFacts kRoscOnly{
    .reset_values = {}, .oscillators = {}, .core_clock = [](RccRegisters) { return kRosc; }};

// 2.3.4: three SW-DPs of version 2 on the wire, of which the third (15) only resets the chip.
GenerationFacts rp2040_generation() {
  GenerationFacts facts;
  facts.rcc = &kRoscOnly;
  facts.dpidr = 0x0BC12477;
  facts.targetid = 0x01002927;
  facts.wire_ports = {{.instance = 0}, {.instance = 1}, {.instance = 15, .rescue = true}};
  facts.access_ports = {{.number = 0, .idr = 0x04770031, .base = 0xE00FF003, .cpu = 0, .wire_port = 0},
                        {.number = 0, .idr = 0x04770031, .base = 0xE00FF003, .cpu = 1, .wire_port = 1}};
  return facts;
}

// 2.4: no FPB literals, four breakpoints, two watchpoints; MPU with eight regions; 26 interrupts.
CoreFacts rp2040_core() { return cortex_m0plus(26); }

ChipLine rp2040_line(const GenerationFacts& generation) {
  ChipLine line;
  line.name = "RP2040";
  line.manual = "RP2040 data sheet";
  line.generation = &generation;
  line.core = rp2040_core();
  line.other_cores = {{.core = rp2040_core()}};
  line.reset_request_is_local = true;  // 2.4.2.9
  // SRAM0 to SRAM3, of whose words each has every fourth; SRAM4 and SRAM5; the USB controller's.
  line.ram = {{.base = 0x20000000, .kib = 264}, {.base = 0x50100000, .kib = 4, .executable = false}};
  line.flash = {{.address = 0x10000000}};
  line.boot_address = [](const NonVolatile&) { return 0u; };
  line.make_flash = [](const ChipFacts&, NonVolatile& memory, FlashSurroundings around) {
    return std::make_unique<RpFlash>(find_nor_part("w25q16jv"), memory, std::move(around), kRosc);
  };
  line.make_blocks = [](FlashController& flash, ChipControl& chip) {
    return rp2040_blocks(flash, chip, kRp2040RomCode);
  };
  return line;
}

}  // namespace

std::vector<OrderingRow> rp_chips() {
  static const GenerationFacts generation = rp2040_generation();
  static const ChipLine line = rp2040_line(generation);
  return {{"rp20", "4", "0", &line, 2048}};
}

}  // namespace probity::vboard
