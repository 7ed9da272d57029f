// Which opcodes each maker's parts understand: "command set" of the data sheets named in nor_flash_parts.cpp.
#include <vector>

#include "vboard/chip/nor/nor_flash_facts.hpp"

namespace probity::vboard {

namespace {

using enum NorAction;
constexpr std::uint32_t k4K = 0x1000, k32K = 0x8000, k64K = 0x10000;
constexpr unsigned kByMode = kAddressByMode;

constexpr std::uint32_t in(NorRegister which) { return static_cast<std::uint32_t>(which); }

using Dummies = std::array<std::uint8_t, 4>;

// --- makers of rows ------------------------------------------------------------------------------------

constexpr NorCommand plain(std::uint8_t opcode, NorAction action) {
  return {.opcode = opcode, .action = action};
}
constexpr NorCommand get(std::uint8_t opcode, NorRegister which) {
  return {.opcode = opcode, .action = read_register, .argument = in(which)};
}
constexpr NorCommand put(std::uint8_t opcode, NorRegister which) {
  return {.opcode = opcode, .action = write_register, .argument = in(which)};
}
constexpr NorCommand erases(std::uint8_t opcode, std::uint32_t bytes, unsigned address = kByMode) {
  return {.opcode = opcode, .action = erase, .argument = bytes, .address = address};
}
constexpr NorCommand programs(std::uint8_t opcode, unsigned address, unsigned address_lines,
                              unsigned data_lines) {
  return {.opcode = opcode,
          .action = program,
          .address = address,
          .address_lines = address_lines,
          .data_lines = data_lines};
}
constexpr NorCommand reads(std::uint8_t opcode, unsigned address, unsigned address_lines, unsigned data_lines,
                           Dummies dummies) {
  return {.opcode = opcode,
          .action = read,
          .address = address,
          .address_lines = address_lines,
          .data_lines = data_lines,
          .dummies = dummies};
}
constexpr Dummies always(std::uint8_t clocks) { return {clocks, clocks, clocks, clocks}; }

// 5Ah: three address bytes and eight dummy clocks, JESD216 4.1 (four lines in QPI).
constexpr NorCommand sfdp() {
  return {.opcode = 0x5A, .action = read_sfdp, .address = 3, .dummies = always(8)};
}
constexpr NorCommand spi_only(NorCommand command) {
  command.qpi = command.octal = false;
  return command;
}
constexpr NorCommand qpi_only(NorCommand command) {
  command.spi = command.octal = false;
  return command;
}
constexpr NorCommand octal_only(NorCommand command) {
  command.spi = command.qpi = false;
  return command;
}

using Rows = std::vector<NorCommand>;
Rows joined(std::initializer_list<Rows> tables) {
  Rows all;
  for (const Rows& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

// What all makers have in common.
Rows common() {
  return {plain(0x06, write_enable),
          plain(0x04, write_disable),
          get(0x05, NorRegister::status),
          put(0x01, NorRegister::status),
          spi_only(plain(0x9F, read_id)),
          sfdp(),
          plain(0x66, enable_reset),
          plain(0x99, reset),
          programs(0x02, kByMode, 1, 1),
          erases(0x20, k4K),
          erases(0xD8, k64K),
          plain(0xC7, erase_chip)};
}

// --- Micron ----------------------------------------------------------------------------------------------

// The dummies are VCR[7:4]'s unless that is 0 or 15; in QPI ten instead of eight then (N25Q128A, "dummy clock
// cycles"), which NorFlash knows of Micron parts.
Rows micron() {
  return joined(
      {common(),
       {spi_only(plain(0x9E, read_id)), qpi_only(plain(0xAF, read_id)), get(0x70, NorRegister::flags),
        plain(0x50, clear_flags), get(0x85, NorRegister::volatile_config),
        put(0x81, NorRegister::volatile_config), get(0x65, NorRegister::enhanced_config),
        put(0x61, NorRegister::enhanced_config), get(0xB5, NorRegister::nonvolatile_low),
        put(0xB1, NorRegister::nonvolatile_low), spi_only(reads(0x03, kByMode, 1, 1, always(0))),
        reads(0x0B, kByMode, 1, 1, always(8)), spi_only(reads(0x3B, kByMode, 1, 2, always(8))),
        spi_only(reads(0xBB, kByMode, 2, 2, always(8))), reads(0x6B, kByMode, 1, 4, always(8)),
        reads(0xEB, kByMode, 4, 4, always(10)), spi_only(programs(0xA2, kByMode, 1, 2)),
        spi_only(programs(0xD2, kByMode, 2, 2)), programs(0x32, kByMode, 1, 4)}});
}

Rows micron_4byte() {
  return joined(
      {micron(),
       {erases(0x52, k32K), plain(0xB7, enter_4byte), plain(0xE9, leave_4byte), plain(0x35, enter_qpi),
        plain(0xF5, leave_qpi), spi_only(reads(0x13, 4, 1, 1, always(0))), reads(0x0C, 4, 1, 1, always(8)),
        spi_only(reads(0x3C, 4, 1, 2, always(8))), spi_only(reads(0xBC, 4, 2, 2, always(8))),
        reads(0x6C, 4, 1, 4, always(8)), reads(0xEC, 4, 4, 4, always(10)), programs(0x12, 4, 1, 1),
        programs(0x34, 4, 1, 4), programs(0x38, kByMode, 4, 4), programs(0x3E, 4, 4, 4), erases(0x21, k4K, 4),
        erases(0x5C, k32K, 4), erases(0xDC, k64K, 4), plain(0x60, erase_chip)}});
}

// --- Macronix --------------------------------------------------------------------------------------------

// QPI knows only 4READ of the reads (MX25L51245G 9, table 7); AFh is RDID there.
Rows macronix(Dummies plain_read, Dummies dual_io, Dummies quad_io) {
  return joined(
      {common(),
       {get(0x15, NorRegister::configuration), plain(0x60, erase_chip), erases(0x52, k32K),
        spi_only(reads(0x03, kByMode, 1, 1, always(0))), spi_only(reads(0x0B, kByMode, 1, 1, plain_read)),
        spi_only(reads(0x3B, kByMode, 1, 2, plain_read)), spi_only(reads(0xBB, kByMode, 2, 2, dual_io)),
        spi_only(reads(0x6B, kByMode, 1, 4, plain_read)), reads(0xEB, kByMode, 4, 4, quad_io),
        spi_only(programs(0x38, kByMode, 4, 4))}});
}

// By CR's DC[1:0], MX25L51245G table 10.
Rows macronix_4byte() {
  constexpr Dummies kPlain{8, 6, 8, 10}, kDualIo{4, 6, 8, 10}, kQuadIo{6, 4, 8, 10};
  return joined({macronix(kPlain, kDualIo, kQuadIo),
                 {plain(0xB7, enter_4byte), plain(0xE9, leave_4byte), plain(0x35, enter_qpi),
                  qpi_only(plain(0xF5, leave_qpi)), qpi_only(plain(0xAF, read_id)),
                  spi_only(reads(0x13, 4, 1, 1, always(0))), spi_only(reads(0x0C, 4, 1, 1, kPlain)),
                  spi_only(reads(0x3C, 4, 1, 2, kPlain)), spi_only(reads(0xBC, 4, 2, 2, kDualIo)),
                  spi_only(reads(0x6C, 4, 1, 4, kPlain)), reads(0xEC, 4, 4, 4, kQuadIo),
                  programs(0x12, 4, 1, 1), spi_only(programs(0x3E, 4, 4, 4)), erases(0x21, k4K, 4),
                  erases(0x5C, k32K, 4), erases(0xDC, k64K, 4)}});
}

// MX25R6435F: DC is one bit.
Rows macronix_low_power() { return macronix({8, 8, 8, 8}, {4, 8, 4, 8}, {6, 10, 6, 10}); }

// In OPI every command that takes or gives bytes has an address of four bytes, and what is read comes four
// clocks after it, or as CR2's DC says (MX25LM51245G 9-2). RDCR2 has its address in SPI too.
Rows macronix_octal() {
  const auto register_read = [](std::uint8_t opcode, NorAction action, NorRegister which) {
    return octal_only(
        {.opcode = opcode, .action = action, .argument = in(which), .address = 4, .dummies = always(4)});
  };
  NorCommand read_cr2{
      .opcode = 0x71, .action = read_register, .argument = in(NorRegister::octal_mode), .address = 4};
  NorCommand write_cr2 = read_cr2;
  write_cr2.opcode = 0x72;
  write_cr2.action = write_register;
  NorCommand write_status = octal_only(put(0x01, NorRegister::status));
  write_status.address = 4;
  NorCommand sfdp_octal{.opcode = 0x5A, .action = read_sfdp, .address = 4, .dummies = always(20)};
  return {plain(0x06, write_enable),
          plain(0x04, write_disable),
          plain(0x66, enable_reset),
          plain(0x99, reset),
          plain(0x60, erase_chip),
          plain(0xC7, erase_chip),
          spi_only(get(0x05, NorRegister::status)),
          register_read(0x05, read_register, NorRegister::status),
          spi_only(get(0x15, NorRegister::configuration)),
          register_read(0x15, read_register, NorRegister::configuration),
          spi_only(put(0x01, NorRegister::status)),
          write_status,
          spi_only(read_cr2),
          register_read(0x71, read_register, NorRegister::octal_mode),
          write_cr2,
          spi_only(plain(0x9F, read_id)),
          register_read(0x9F, read_id, NorRegister::status),
          spi_only(sfdp()),
          octal_only(sfdp_octal),
          spi_only(plain(0xB7, enter_4byte)),
          spi_only(plain(0xE9, leave_4byte)),
          spi_only(reads(0x03, kByMode, 1, 1, always(0))),
          spi_only(reads(0x0B, kByMode, 1, 1, always(8))),
          spi_only(reads(0x13, 4, 1, 1, always(0))),
          spi_only(reads(0x0C, 4, 1, 1, always(8))),
          octal_only(reads(0xEC, 4, 1, 1, always(20))),  // 8READ, DC's number in place of 20
          octal_only(reads(0xEE, 4, 1, 1, always(20))),  // 8DTRD
          spi_only(programs(0x02, kByMode, 1, 1)),
          programs(0x12, 4, 1, 1),
          spi_only(erases(0x20, k4K)),
          spi_only(erases(0xD8, k64K)),
          erases(0x21, k4K, 4),
          erases(0xDC, k64K, 4)};
}

// --- Winbond ---------------------------------------------------------------------------------------------

// The wait of EBh includes the two clocks of M7-0 (W25Q128JV 8.2.13), BBh's are M7-0 alone.
Rows winbond() {
  Rows rows = joined({common(),
                      {get(0x35, NorRegister::configuration), put(0x31, NorRegister::configuration),
                       get(0x15, NorRegister::configuration2), put(0x11, NorRegister::configuration2),
                       plain(0x60, erase_chip), erases(0x52, k32K), reads(0x03, kByMode, 1, 1, always(0)),
                       reads(0x0B, kByMode, 1, 1, always(8)), reads(0x3B, kByMode, 1, 2, always(8)),
                       reads(0xBB, kByMode, 2, 2, always(4)), reads(0x6B, kByMode, 1, 4, always(8)),
                       reads(0xEB, kByMode, 4, 4, always(6)), programs(0x32, kByMode, 1, 4)}});
  return rows;
}

Rows winbond_4byte() {
  return joined(
      {winbond(),
       {plain(0xB7, enter_4byte), plain(0xE9, leave_4byte), reads(0x13, 4, 1, 1, always(0)),
        reads(0x0C, 4, 1, 1, always(8)), reads(0x3C, 4, 1, 2, always(8)), reads(0xBC, 4, 2, 2, always(4)),
        reads(0x6C, 4, 1, 4, always(8)), reads(0xEC, 4, 4, 4, always(6)), programs(0x12, 4, 1, 1),
        programs(0x34, 4, 1, 4), erases(0x21, k4K, 4), erases(0xDC, k64K, 4)}});
}

// --- Spansion (Cypress, Infineon) ----------------------------------------------------------------------

// S25FL128L: no dual program; the wait of EBh includes its two mode clocks.
Rows spansion() {
  return joined({common(),
                 {get(0x35, NorRegister::configuration), plain(0x60, erase_chip), erases(0x52, k32K),
                  reads(0x03, kByMode, 1, 1, always(0)), reads(0x0B, kByMode, 1, 1, always(8)),
                  reads(0x3B, kByMode, 1, 2, always(8)), reads(0xBB, kByMode, 2, 2, always(12)),
                  reads(0x6B, kByMode, 1, 4, always(8)), reads(0xEB, kByMode, 4, 4, always(10)),
                  programs(0x32, kByMode, 1, 4)}});
}

}  // namespace

std::span<const NorCommand> micron_commands() {
  static const Rows rows = micron();
  return rows;
}
std::span<const NorCommand> micron_4byte_commands() {
  static const Rows rows = micron_4byte();
  return rows;
}
std::span<const NorCommand> macronix_commands() {
  static const Rows rows = macronix_low_power();
  return rows;
}
std::span<const NorCommand> macronix_4byte_commands() {
  static const Rows rows = macronix_4byte();
  return rows;
}
std::span<const NorCommand> macronix_octal_commands() {
  static const Rows rows = macronix_octal();
  return rows;
}
std::span<const NorCommand> winbond_commands() {
  static const Rows rows = winbond();
  return rows;
}
std::span<const NorCommand> winbond_4byte_commands() {
  static const Rows rows = winbond_4byte();
  return rows;
}
std::span<const NorCommand> spansion_commands() {
  static const Rows rows = spansion();
  return rows;
}

}  // namespace probity::vboard
