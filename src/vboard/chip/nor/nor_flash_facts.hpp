// What distinguishes one SPI NOR flash from another: one row a part (nor_flash_parts.cpp), one table of
// commands a maker (nor_flash_commands.cpp). Written from the makers' data sheets and JESD216 for the board
// alone; nothing is shared with src/flash.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::vboard {

// On how many lines, and at which edges, a command's opcode travels: one line; four; eight; eight, both edges
// (Macronix's STR and DTR OPI).
// MX25LM51245G's configuration register 2 is many, by address.
inline constexpr std::uint32_t kCr2Mode = 0, kCr2Dummy = 0x300;

enum class NorProtocol : std::uint8_t { spi, qpi, octal, octal_dtr };

enum class NorAction : std::uint8_t {
  read,
  program,
  erase,  // `argument` bytes around the address
  erase_chip,
  write_enable,
  write_disable,
  read_register,   // `argument`: NorRegister
  write_register,  // that one, and those after it with the bytes that follow, as NorPart::written_together
                   // says
  read_id,
  read_sfdp,
  enable_reset,
  reset,
  enter_4byte,
  leave_4byte,
  enter_qpi,
  leave_qpi,
  clear_flags,
};

// A part has those that its commands name. All are 8 bits wide.
enum class NorRegister : std::uint8_t {
  status,
  configuration,    // CR of Macronix, SR2 of Winbond, CR1 of Spansion
  configuration2,   // CR2 of MX25R, SR3 of Winbond
  flags,            // Micron's flag status register: made up when it is read
  volatile_config,  // Micron's VCR
  enhanced_config,  // Micron's EVCR
  nonvolatile_low,  // Micron's NVCR
  nonvolatile_high,
  octal_mode,   // MX25LM's CR2 at address 0: SOPI, DOPI
  octal_dummy,  // MX25LM's CR2 at address 0x300: DC
  count,
};

// Number of address bytes of a command that uses three, or four while the part is in its 4-byte mode.
constexpr unsigned kAddressByMode = 5;

struct NorCommand {
  std::uint8_t opcode = 0;
  NorAction action = NorAction::read;
  std::uint32_t argument = 0;
  unsigned address = 0;                        // bytes: 0, 3, 4, kAddressByMode
  unsigned address_lines = 1, data_lines = 1;  // while the opcode travels on one line
  std::array<std::uint8_t, 4> dummies{};       // clocks after the address, by NorPart::dummy_code
  bool spi = true, qpi = true, octal = true;   // where it is understood
  bool four_lines() const { return address_lines == 4 || data_lines == 4; }
};

// Typical times of the data sheet.
struct NorTimes {
  Microseconds page{}, erase_4k{}, erase_32k{}, erase_64k{}, write_register{};
  Milliseconds chip{};
};

// A field of a register, or nothing (width 0).
struct NorField {
  NorRegister in = NorRegister::status;
  Field field{"none", 0, 0};
};

// Blocks protected by BP bits: none for 0, else `unit` << (BP - 1) bytes from the top, or from the bottom
// where TB is set.
struct NorProtection {
  std::vector<unsigned> bits;  // of the status register, the lowest first
  NorField from_bottom;
  std::uint32_t unit = 0x10000;
};

struct NorPart {
  std::string_view name;
  std::string_view source;  // data sheet; where its SFDP is from
  Bytes id = {};            // what 9Fh answers; 0 after it, or over again
  bool id_repeats = false;
  std::uint32_t size = 0;
  std::span<const NorCommand> commands = {};
  Bytes sfdp = {};
  NorTimes times = {};
  NorProtection protection = {};
  // Values as delivered, and the bits that can be written; a register that is not volatile keeps them.
  struct RegisterFacts {
    NorRegister which;
    std::uint8_t factory = 0, writable = 0;
    bool is_volatile = false;
  };
  std::vector<RegisterFacts> registers = {};
  // The registers that one write command reaches with its 1st, 2nd … byte, beginning with each key.
  std::vector<std::vector<NorRegister>> written_together = {};
  NorField quad_enable = {};     // without it IO2 and IO3 are WP# and HOLD#; width 0: they always carry data
  NorField dummy_code = {};      // chooses NorCommand::dummies
  NorField dummy_clocks = {};    // 1..14: the number itself for reads that have dummies (Micron)
  NorField qpi_disabled = {};    // 0: opcodes travel on four lines (Micron's EVCR[7])
  NorField starts_4byte = {};    // 1: addresses have four bytes from power-on (Winbond's ADP)
  bool swaps_dtr_bytes = false;  // octal DTR data: the odd byte of a pair first (Macronix)
  bool continues_reads = false;  // mode bits after the address can leave out the next opcode (Winbond)
  unsigned page = 256;
};

// ConfigError lists the parts there are.
const NorPart& find_nor_part(std::string_view name);
std::vector<std::string> nor_part_names();

// The makers' tables.
std::span<const NorCommand> micron_commands();  // N25Q128A: addresses of three bytes
std::span<const NorCommand> micron_4byte_commands();
std::span<const NorCommand> macronix_commands();
std::span<const NorCommand> macronix_4byte_commands();
std::span<const NorCommand> macronix_octal_commands();
std::span<const NorCommand> winbond_commands();
std::span<const NorCommand> winbond_4byte_commands();
std::span<const NorCommand> spansion_commands();

// A JESD216 table for a part that no dump could be had of: 1.0 header, basic table of nine words, made from
// what its row and its commands say.
Bytes built_sfdp(std::uint32_t size, std::span<const NorCommand> commands);

}  // namespace probity::vboard
