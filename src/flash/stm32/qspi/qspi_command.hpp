// Commands to serial flash as register writes of the controller: pure, so that each bit can be looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flash/stm32/qspi/qspi_registers.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

// How a chip in 8-line mode has its opcodes' second byte.
enum class OpcodeExtension { none, same, inverse };

// How the memory-mapped configuration that was found talks to the chip, and so how commands must.
struct SpiMode {
  unsigned lines = 1;  // 1, 2, 4 or 8, of the opcode; commands use as many for address and data
  bool dtr = false;    // two bits a clock and line (8 lines only)
  OpcodeExtension extension = OpcodeExtension::none;
  unsigned address_bytes = 3;
  std::uint8_t read_opcode = 0;  // of the memory-mapped read
};

// The registers that make up the configuration. ABR is left alone.
struct QspiRegisters {
  std::uint32_t cr = 0, dcr = 0, ccr = 0;
  std::uint32_t tcr = 0, ir = 0;  // OCTOSPI's only
};

struct QspiSetup {
  QspiLayout layout = kQuadspi;
  Address base = 0;  // of the controller's registers
  QspiRegisters found;
  SpiMode mode;

  bool dual() const { return spi_cr::DFM.is_set(found.cr); }
  unsigned chips() const { return dual() ? 2 : 1; }
  // "1" or "2": which chip is on the controller's first (second) set of lines. Only one of them without dual.
  bool second_only() const { return !dual() && spi_cr::FSEL.is_set(found.cr); }
  Address reg(Address offset) const { return base + offset; }
};

// Nothing where the configuration reads nothing: no opcode, no address or no data (after a reset).
std::optional<SpiMode> spi_mode_of(const QspiLayout& layout, const QspiRegisters& registers);

struct SpiCommand {
  std::uint8_t opcode = 0;
  std::optional<std::uint32_t> address =
      {};  // as the controller counts: of the bank, not of each of two chips
  unsigned address_bytes = 3;
  unsigned dummy = 0;       // clocks
  unsigned data_lines = 0;  // 0: as many as the mode
};

// The commands that differ between modes: 8-line chips want an address and dummy clocks for a register, too
// (MX25LM51245G data sheet, command set in OPI mode).
SpiCommand register_command(const SpiMode& mode, std::uint8_t opcode);

using SpiStores = std::vector<LoaderStore>;
// Each may be carried out once BUSY is clear, and ends with BUSY clear. The address, or without one the
// opcode, starts it; `length` bytes of data then follow by the data register: to be written or read.
SpiStores command_stores(const QspiSetup& setup, const SpiCommand& command);
SpiStores read_stores(const QspiSetup& setup, const SpiCommand& command, std::uint32_t length);
SpiStores write_stores(const QspiSetup& setup, const SpiCommand& command, std::uint32_t length);
// The controller itself reads the status register over and over until none of `bits` is set (in neither
// chip); BUSY is set as long.
SpiStores poll_stores(const QspiSetup& setup, std::uint8_t bits);
// The same with the four bytes at `offset` of the bank, read as in memory-mapped mode: until they are
// `value`.
SpiStores match_stores(const QspiSetup& setup, std::uint32_t offset, std::uint32_t value);
// The configuration as it was found, in memory-mapped mode.
SpiStores memory_mapped_stores(const QspiSetup& setup);
// What ends whatever is under way, the memory-mapped mode above all; BUSY is set until it has ended.
SpiStores abort_stores(const QspiSetup& setup);

}  // namespace probity::stm32
