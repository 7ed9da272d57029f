// What distinguishes one virtual chip from another: one row per chip line (facts_<generation>.cpp), one per
// ordering family (the same files), their source beside them. Written from the manuals for the board alone;
// nothing is shared with src/flash.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"
#include "vboard/chip/peripherals/rcc_facts.hpp"
#include "vboard/core/core.hpp"

namespace probity::vboard {

class ChipControl;
class FlashController;
class NonVolatile;
class Rcc;
class VendorPort;
struct PlacedBlock;
struct FlashSurroundings;
struct ChipFacts;

struct RamRegion {
  std::uint32_t base = 0, kib = 0;
  bool executable = true;     // CCM of F4 is on the D-bus alone
  std::uint32_t alias = 0;    // seen there as well (secure alias of L5/U5/H5, ITCM view …); 0: nowhere
  std::uint8_t cores = 0xFF;  // who sees it: bit 0 the first core and what is no core, bit 1 the second …
};

// The MPCBB of an SRAM: where its registers are, the SRAM in its Non-secure alias, and the bytes of a block.
struct SramGuard {
  std::uint32_t registers = 0, base = 0, kib = 0, block = 512;
};

// A place where main flash is seen: [address, address + size) is cells[offset …]. `size` 0: to the end of the
// cells.
struct FlashWindow {
  std::uint32_t address = 0, offset = 0, size = 0;
  bool writable = true;
  bool secure_alias = false;  // see GenerationFacts::aliases_always
};

// A range of addresses that answers; what no model stands for is plain storage there.
struct PeripheralRange {
  std::uint32_t begin, end;
};

// A register of plain storage, or of a GPIO port, that does not reset to 0.
struct RegisterReset {
  std::uint32_t address, value;
};

// A bit that hardware sets once its enable bit is set: VOSRDY, TXE … Without an enable (`enable_address` 0)
// it is always set.
struct StatusBit {
  std::uint32_t address;
  Field bit;
  std::uint32_t enable_address = 0;
  Field enable = {};
};

struct FactoryByte {
  std::uint32_t offset = 0;
  std::uint8_t value = 0xFF;
};

// One option word that NonVolatile keeps.
struct OptionWord {
  std::string_view name;  // "OPTCR", as in FILE.options
  std::uint32_t factory = 0;
};

// Where TrustZone is switched on, and what the words of the watermarks are by that: all of the flash is
// Secure.
struct TrustZoneOption {
  std::string_view word;  // "OPTR"
  Field tzen;
  std::uint32_t on = 1;
  std::vector<OptionWord> watermarks = {};
};

// One access port. A core is behind `core`; the others reach the bus matrix but not the private peripheral
// bus.
struct AccessPort {
  unsigned number = 0;  // APSEL; of a DPv3 (ADIv6) its address, with the registers from 0xD00 on behind it
  std::uint32_t idr = 0, base = 0;
  bool core = true;
  unsigned cpu = 0;        // which core: 0 ChipLine::core, 1 the first of ChipLine::other_cores …
  unsigned wire_port = 0;  // the row of GenerationFacts::wire_ports it belongs to
  bool vendor = false;     // no MEM-AP: ChipLine::make_vendor_port has made it
};

// One of several SW-DPs on a wire (multi-drop): its instance, TARGETSEL's bits 31:28. One that does not
// answer unselected is silent from each line reset until TARGETSEL means it.
// A rescue port has no access ports: while its power-up is requested the chip is in reset, and rescued()
// then.
struct WirePort {
  unsigned instance = 0;
  bool answers_unselected = false;
  bool rescue = false;
};

// Where the blocks of registers lie that the board has models of; 0: not there.
struct BlockPlaces {
  std::uint32_t flash = 0, rcc = 0, syscfg = 0, iwdg = 0;
  std::uint32_t flash_size = 0x400;  // bytes of registers
  std::uint32_t dbgmcu = 0;          // IDCODE is its first word
  std::uint32_t dbgmcu_freeze = 0;  // address of the register that stops the IWDG while the core is halted …
  unsigned iwdg_stop_bit = 12;      // … and its bit
  // Ports whose registers are those of F2 and later (MODER, …, AFRH); F1's are left 0: plain storage.
  std::uint32_t gpio = 0, gpio_step = 0x400;
  unsigned gpio_ports = 0;
  // In DBGMCU_CR: gives TRACESWO its pin, and chooses the asynchronous mode when 0.
  Field trace_enable{"TRACE_IOEN", 5}, trace_mode{"TRACE_MODE", 6, 2};
  // Where DBGMCU is seen by the access ports that are not the core's (H7: 0xE00E1000); 0: where `dbgmcu`
  // says.
  std::uint32_t dbgmcu_debug = 0;
};

// Facts that several lines have in common.
struct GenerationFacts {
  BlockPlaces places;
  std::uint32_t system_memory = 0, system_memory_size = 0;  // ST's boot loader: erased here …
  std::uint32_t secure_services = 0;  // … but where TrustZone starts it by RSS, which is there (boot_rom.hpp)
  std::uint32_t otp = 0, otp_locks = 0,
                otp_size = 0;                  // one lock byte for each of 16 blocks, where it has locks
  std::vector<std::uint8_t> otp_content = {};  // what the maker wrote at its begin; the rest is erased
  std::uint32_t option_area = 0, option_area_size = 0;  // memory-mapped option bytes
  std::uint32_t uid = 0, flash_size_register = 0;       // 96 bits; KiB, 16 bits
  std::uint32_t erased_value = 0xFF;                    // of a byte of flash
  // DPIDR.VERSION decides what the port has; a DPv2's TARGETID is made of DEV_ID. `jtag_idcode` 0: SWD only.
  std::uint32_t dpidr = 0, jtag_idcode = 0;
  std::vector<AccessPort> access_ports = {};
  // SW-DPs of SWD protocol version 2, all with `dpidr`: dormant at power-on, told apart by their instance.
  // Empty: there is the one debug port, which is awake and does not know TARGETSEL.
  std::vector<WirePort> wire_ports = {};
  std::uint32_t targetid = 0;      // 0: made of DEV_ID
  std::uint32_t dp_rom_table = 0;  // BASEPTR of a DPv3; its ROM table lists the access ports
  std::uint32_t tar_wrap = 0x400;
  const RccFacts* rcc = nullptr;
  // Rows outside ChipLine::peripherals do not count.
  std::vector<RegisterReset> reset_values = {};
  std::vector<StatusBit> status_bits = {};
  unsigned flash_irq = 4;           // FLASH_IRQn
  std::uint32_t lsi_hertz = 32000;  // what the IWDG counts
  // Peripherals are seen at address + this too (L5, U5, H5: 0x10000000); 0: nowhere else.
  std::uint32_t secure_alias = 0;
  // Secure aliases are there without TrustZone as well.
  bool aliases_always = true;
  // Bytes of the flash that the maker has programmed before it was sold.
  std::vector<FactoryByte> factory_bytes = {};
  bool lockup_resets = false;  // a core that locks up resets the chip
};

// Keeps a core in reset from a system reset on. A null `holds`: it boots with the chip.
struct BootHold {
  std::function<bool(const NonVolatile&)> holds = {};
  std::uint32_t address = 0;  // of the register …
  Field release = {};         // … whose bit lets it go
};

// A core besides ChipLine::core. All of them run on the one bus, each in its own time; a system reset resets
// all.
struct OtherCore {
  CoreFacts core;
  BootHold hold = {};
  // What this core alone sees at 0, asked at every reset. Null: what ChipLine says of the first, whose
  // boot_address then is this one's, too.
  std::function<std::uint32_t(const NonVolatile&)> zero_alias = {};
  bool shares_irqs = true;  // its NVIC has the first core's numbers; else it gets no interrupts
  // Its clock by RCC's registers; null: the first core's.
  std::function<Hertz(const Rcc&)> clock = {};
  // A bit of RCC's that reads 0 while this core is held or in Stop mode; width 0: none.
  RccPlace clock_ready = {0, {"", 0, 0}};
};

struct ChipLine {
  std::string_view name;    // "F405 to F417", for messages and tests
  std::string_view manual;  // reference manual; data sheets give RAM and erase times
  const GenerationFacts* generation = nullptr;
  std::uint32_t idcode = 0;      // DBGMCU_IDCODE: REV_ID 31:16, DEV_ID 11:0
  std::uint32_t bsc_idcode = 0;  // JTAG boundary-scan TAP
  CoreFacts core;
  std::vector<RamRegion> ram = {};
  // For a chip with all of its flash: sizes above the chip's own do not count. Looked at in order.
  std::vector<FlashWindow> flash = {};
  std::vector<PeripheralRange> peripherals = {};  // ascending
  std::vector<OptionWord> options = {};
  // The controller of this line.
  std::function<std::unique_ptr<FlashController>(const ChipFacts&, NonVolatile&, FlashSurroundings)>
      make_flash = {};
  // Changes the factory's option words so that the chip starts with two banks (`dual-bank`); null: no such
  // option.
  std::function<void(NonVolatile&)> choose_dual_bank = {};
  // In place of `flash`, where option words move it: asked at every reset. `flash` must have a row
  // nevertheless, the address that is seen at 0.
  std::function<std::vector<FlashWindow>(const ChipFacts&, const NonVolatile&)> flash_windows = {};
  // What the flash size register has for so many KiB; null: just that.
  std::function<std::uint32_t(std::uint32_t kib)> flash_size_word = {};
  // Address of the vector table after reset as the option words say (F7, H7 …): VTOR has it, and nothing is
  // aliased at 0. Null: what is seen at 0, which is flash, or what SYSCFG's MEM_MODE says.
  std::function<std::uint32_t(const NonVolatile&)> boot_address = {};
  // With TrustZone in force: where the Secure state boots; `boot_address` is what the Non-secure VTOR starts
  // with.
  std::function<std::uint32_t(const NonVolatile&)> secure_boot_address = {};
  std::vector<SramGuard> sram_guards = {};
  // The access port that is no MEM-AP, and blocks beside those of BlockPlaces (vendor_parts.hpp). The
  // controller is the one that `make_flash` made. Null: there are none.
  std::function<std::unique_ptr<VendorPort>(FlashController&, ChipControl&)> make_vendor_port = {};
  std::function<std::vector<PlacedBlock>(FlashController&, ChipControl&)> make_blocks = {};
  std::optional<TrustZoneOption> trust_zone = {};
  std::vector<OtherCore> other_cores = {};
  BootHold hold = {};  // of `core`
  // SYSRESETREQ resets the core that asked for it and nothing else.
  bool reset_request_is_local = false;
};

// "stm32f407" + one letter of `pins` + one of `sizes`, e.g. 'g' for 1024 KiB.
struct OrderingRow {
  std::string_view family, pins, sizes;
  const ChipLine* line;
  std::uint32_t kib = 0;  // where the size letter does not say it (WB15xC: 320)
};

struct ChipFacts {
  std::string name;  // "stm32f407vg"
  const ChipLine* line = nullptr;
  std::uint32_t flash_kib = 0;
};

// The tables of one generation, each in its own file.
std::vector<OrderingRow> f2_chips();          // F2, F4, F7: facts_f2.cpp
std::vector<OrderingRow> f1_chips();          // F0, F1, F3: facts_f1.cpp
std::vector<OrderingRow> l4_chips();          // G0, G4, L4, L4+, WB, WL, C0, U0: facts_l4.cpp
std::vector<OrderingRow> u5_chips();          // L5, U5, WBA (Cortex-M33): facts_u5.cpp
std::vector<OrderingRow> lx_chips();          // L0, L1: facts_lx.cpp
std::vector<OrderingRow> h7_chips();          // H7: facts_h7.cpp
std::vector<OrderingRow> h5_chips();          // H5: facts_h5.cpp
std::vector<OrderingRow> nrf5_chips();        // Nordic nRF51, nRF52: facts_nrf5.cpp
std::vector<OrderingRow> kinetis_chips();     // NXP Kinetis K and KL: facts_kinetis.cpp
std::vector<OrderingRow> kinetis_ke_chips();  // NXP Kinetis KE: facts_kinetis_ke.cpp
std::vector<OrderingRow> lpc_chips();         // NXP LPC with IAP in ROM: facts_lpc.cpp
std::vector<OrderingRow> rp_chips();          // Raspberry Pi RP2040: facts_rp.cpp
std::vector<OrderingRow> samd_chips();        // Microchip SAM D, L, C, R with Cortex-M0+: facts_samd.cpp
std::vector<OrderingRow> efm32_chips();       // Silicon Labs EFM32, EFR32 of series 0, 1: facts_efm32.cpp
std::vector<OrderingRow> stellaris_chips();   // TI Stellaris, Tiva: facts_stellaris.cpp

// Finds "stm32f407vg", also with package and temperature suffix ("STM32F407VGT6"). ConfigError names what is
// not known and lists near names.
ChipFacts find_chip(std::string_view name);
std::vector<std::string> all_chip_names();
// The same, shorter: "stm32f407[vzi][eg]", ascending.
std::vector<std::string> all_chip_patterns();

}  // namespace probity::vboard
