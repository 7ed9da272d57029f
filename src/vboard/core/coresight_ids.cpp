#include "vboard/core/coresight_ids.hpp"

#include <array>
#include <span>

namespace probity::vboard::armv7m {
namespace {

// CIDR component classes (ADIv5.2 B2.2.2).
enum Class : std::uint32_t { kRomTable = 0x1, kDebug = 0x9, kGenericIp = 0xE };

struct Component {
  std::uint32_t base;
  std::uint64_t
      pidr;  // PIDR4:PIDR0 as one number: 4KB count and continuation, revision, JEP106 flag and code, part
  Class component_class;
  std::uint32_t devtype = 0, devarch = 0;  // class 9 only
};

// Cortex-M0 TRM (DDI 0432) 5.4 and Cortex-M0+ TRM (DDI 0484) 7.2: they share all but the ROM table.
constexpr std::array kCortexM0{Component{0xE000E000, 0x04000BB008, kGenericIp},
                               Component{0xE0001000, 0x04000BB00A, kGenericIp},
                               Component{0xE0002000, 0x04000BB00B, kGenericIp},
                               Component{0xE00FF000, 0x04000BB4C0, kRomTable}};  // of the Cortex-M0+
// Cortex-M33 TRM (100230) 9.1: all have the part number of the core and tell themselves by DEVARCH.
constexpr std::array kCortexM33{Component{0xE000E000, 0x04000BBD21, kDebug, 0x00, 0x47702A04},
                                Component{0xE0001000, 0x04000BBD21, kDebug, 0x00, 0x47701A02},
                                Component{0xE0002000, 0x04000BBD21, kDebug, 0x00, 0x47701A03},
                                Component{0xE0000000, 0x04000BBD21, kDebug, 0x43, 0x47701A01},
                                Component{0xE0040000, 0x04000BBD21, kDebug, 0x11, 0x00000000}};

// Cortex-M3 TRM (r2p0) table 4-1, Cortex-M4 TRM (r0p1) 4.2.1, Cortex-M7 TRM (r1p1) 4.3: the components' ID
// values.
constexpr std::array kCortexM3{
    Component{0xE000E000, 0x04000BB000, kGenericIp}, Component{0xE0001000, 0x04003BB002, kGenericIp},
    Component{0xE0002000, 0x04002BB003, kGenericIp}, Component{0xE0000000, 0x04003BB001, kGenericIp},
    Component{0xE0040000, 0x04003BB923, kDebug, 0x11}};
constexpr std::array kCortexM4{
    Component{0xE000E000, 0x04000BB00C, kGenericIp}, Component{0xE0001000, 0x04003BB002, kGenericIp},
    Component{0xE0002000, 0x04002BB003, kGenericIp}, Component{0xE0000000, 0x04003BB001, kGenericIp},
    Component{0xE0040000, 0x04000BB9A1, kDebug, 0x11}};
constexpr std::array kCortexM7{
    Component{0xE000E000, 0x04000BB00C, kGenericIp},   Component{0xE0001000, 0x04000BB002, kGenericIp},
    Component{0xE0002000, 0x04000BB00E, kGenericIp},   Component{0xE0000000, 0x04000BB001, kGenericIp},
    Component{0xE0040000, 0x04001BB9A9, kDebug, 0x11}, Component{0xE00FE000, 0x04000BB4C8, kRomTable},
    Component{0xE00FF000, 0x04000BB4C7, kRomTable}};

struct RomTable {
  std::uint32_t base;
  std::array<std::uint32_t, 6> entries;  // offset from the table | format | present; 0 ends it
};
// SCS, DWT, BPU. A Cortex-M0+ of ST's has them behind its own table, and that behind ST's (RM0367 33.9; its
// second entry as an STM32L072 shows it).
constexpr std::array kRomTablesM0{RomTable{0xE00FF000, {0xFFF0F003, 0xFFF02003, 0xFFF03003}}};
constexpr std::array kRomTablesM0Plus{RomTable{0xF0000000, {0xF00FF003, 0x00200002}}, kRomTablesM0.front()};
// SCS, DWT, FPB, ITM, TPIU, and an ETM that is not there.
constexpr std::array kRomTables{
    RomTable{0xE00FF000, {0xFFF0F003, 0xFFF02003, 0xFFF03003, 0xFFF01003, 0xFFF41003, 0xFFF42002}}};
// The system's table names the processor's and the TPIU; the processor's names the PPB's (and no ETM, no
// CTI).
constexpr std::array kRomTablesM7{RomTable{0xE00FD000, {0x00001003, 0xFFF43003}},
                                  RomTable{0xE00FE000, {0x00001003, 0xFFF43002, 0xFFF45002}},
                                  RomTable{0xE00FF000, {0xFFF0F003, 0xFFF02003, 0xFFF03003, 0xFFF01003}}};

enum Part : std::uint32_t { kPartM0 = 0xC20, kPartM3 = 0xC23, kPartM7 = 0xC27, kPartM33 = 0xD21 };
constexpr std::uint32_t kDevarch = 0xFBC;

std::span<const Component> components(const CoreFacts& facts) {
  const std::uint32_t part = facts.cpuid >> 4 & 0xFFF;
  if (facts.architecture == Architecture::v6m) return kCortexM0;
  if (part == kPartM33) return kCortexM33;
  if (part == kPartM3) return kCortexM3;
  if (part == kPartM7) return kCortexM7;
  return kCortexM4;
}

std::span<const RomTable> rom_tables(const CoreFacts& facts) {
  const std::uint32_t part = facts.cpuid >> 4 & 0xFFF;
  if (part == kPartM0) return kRomTablesM0;
  if (facts.architecture == Architecture::v6m) return kRomTablesM0Plus;
  return part == kPartM7 ? std::span<const RomTable>(kRomTablesM7) : kRomTables;
}

std::uint32_t id_register(const Component& component, std::uint32_t offset) {
  constexpr std::array<std::uint32_t, 4> kCidr{0x0D, 0x00, 0x05, 0xB1};
  const bool rom = component.component_class == kRomTable;
  if (offset == kDevarch) return component.devarch;
  if (offset >= 0xFF0) {
    const std::uint32_t index = (offset - 0xFF0) / 4;
    return kCidr[index] | (index == 1 ? component.component_class << 4 : 0);
  }
  if (offset >= 0xFE0) return static_cast<std::uint32_t>(component.pidr >> (2 * (offset - 0xFE0)) & 0xFF);
  if (offset == 0xFD0) return static_cast<std::uint32_t>(component.pidr >> 32 & 0xFF);
  if (offset == 0xFCC) return rom ? 1 : component.devtype;  // MEMTYPE: system memory is on this bus too
  return 0;
}

}  // namespace

std::optional<std::uint32_t> coresight_register(const CoreFacts& facts, std::uint32_t address) {
  const std::uint32_t base = address & ~0xFFFu, offset = address & 0xFFC;
  const auto tables = rom_tables(facts);
  for (const RomTable& table : tables) {
    if (table.base == base && offset < 0xFCC) {
      return offset / 4 < table.entries.size() ? table.entries[offset / 4] : 0;
    }
  }
  if (offset < 0xFCC && offset != kDevarch) return {};
  if (base == tables.front().base) {  // the chip maker's own table
    const Component own{base, std::uint64_t{1u << 19 | (facts.rom_designer & 0x7F) << 12 | facts.rom_part},
                        kRomTable};
    return id_register(own, offset);
  }
  for (const Component& component : components(facts)) {
    if (component.base == base) return id_register(component, offset);
  }
  return {};
}

}  // namespace probity::vboard::armv7m
