#include "flash/stm32/qspi/qspi_command.hpp"

#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint32_t kPollClocks = 64;   // SPI clocks between two readings of the status
constexpr unsigned kOctalAddressBytes = 4;  // MX25LM51245G data sheet, OPI commands
constexpr unsigned kOctalRegisterDummy = 4;

// IMODE, ADMODE, DMODE of both controllers: 0 none, then 1, 2, 4 and (OCTOSPI) 8 lines.
constexpr unsigned kLines[] = {0, 1, 2, 4, 8, 0, 0, 0};
std::uint32_t lines_code(unsigned lines) {
  std::uint32_t code = 0;
  while (kLines[code] != lines) ++code;
  return code;
}

OpcodeExtension extension_of(std::uint32_t instruction) {
  const std::uint32_t first = instruction >> 8 & 0xFF, second = instruction & 0xFF;
  return first == second ? OpcodeExtension::same : OpcodeExtension::inverse;
}

std::optional<SpiMode> quad_mode(const QspiRegisters& r) {
  using namespace quad_ccr;
  if (!IMODE.is_set(r.ccr) || !ADMODE.is_set(r.ccr) || !DMODE.is_set(r.ccr)) return {};
  SpiMode mode;
  mode.lines = kLines[IMODE.get(r.ccr)];
  mode.address_bytes = ADSIZE.get(r.ccr) + 1;
  mode.read_opcode = static_cast<std::uint8_t>(INSTRUCTION.get(r.ccr));
  return mode;
}

std::optional<SpiMode> octo_mode(const QspiRegisters& r) {
  using namespace octo_ccr;
  const unsigned lines = kLines[IMODE.get(r.ccr)];
  if (lines == 0 || !ADMODE.is_set(r.ccr) || !DMODE.is_set(r.ccr)) return {};
  SpiMode mode;
  mode.lines = lines;
  mode.dtr = IDTR.is_set(r.ccr);
  mode.address_bytes = ADSIZE.get(r.ccr) + 1;
  const bool two_bytes = ISIZE.get(r.ccr) == 1;
  mode.extension = two_bytes ? extension_of(r.ir) : OpcodeExtension::none;
  mode.read_opcode = static_cast<std::uint8_t>(two_bytes ? r.ir >> 8 : r.ir);
  return mode;
}

// CR for commands: what describes the wiring and the clock as it was found, polling that ends at a match in
// all chips, no interrupts, no DMA, no time-out.
std::uint32_t command_cr(const QspiSetup& setup, SpiFunction function) {
  using namespace spi_cr;
  std::uint32_t cr = setup.found.cr;
  for (const Field& field : {ABORT, DMAEN, TCEN, INTERRUPTS, PMM}) cr &= ~field.mask();
  if (setup.layout.kind == QspiKind::octospi) cr = FMODE.set(cr, static_cast<std::uint32_t>(function));
  return cr | APMS.mask();
}

std::uint32_t quad_ccr_of(const QspiSetup& setup, const SpiCommand& command, SpiFunction function,
                          bool data) {
  using namespace quad_ccr;
  const std::uint32_t lines = lines_code(setup.mode.lines);
  std::uint32_t ccr = INSTRUCTION.of(command.opcode) | IMODE.of(lines) | DCYC.of(command.dummy) |
                      FMODE.of(static_cast<std::uint32_t>(function));
  if (command.address) ccr |= ADMODE.of(lines) | ADSIZE.of(command.address_bytes - 1);
  if (data) ccr |= DMODE.of(command.data_lines != 0 ? lines_code(command.data_lines) : lines);
  return ccr;
}

std::uint32_t octo_ccr_of(const QspiSetup& setup, const SpiCommand& command, SpiFunction function,
                          bool data) {
  using namespace octo_ccr;
  const std::uint32_t lines = lines_code(setup.mode.lines), dtr = setup.mode.dtr ? 1 : 0;
  std::uint32_t ccr =
      IMODE.of(lines) | IDTR.of(dtr) | ISIZE.of(setup.mode.extension == OpcodeExtension::none ? 0 : 1);
  if (command.address) ccr |= ADMODE.of(lines) | ADDTR.of(dtr) | ADSIZE.of(command.address_bytes - 1);
  if (!data) return ccr;
  ccr |= DMODE.of(command.data_lines != 0 ? lines_code(command.data_lines) : lines) | DDTR.of(dtr);
  // The chip drives the strobe with what it sends.
  if (function != SpiFunction::write) ccr |= setup.found.ccr & DQSE.mask();
  return ccr;
}

std::uint32_t octo_opcode(const SpiMode& mode, std::uint8_t opcode) {
  switch (mode.extension) {
    case OpcodeExtension::none:
      return opcode;
    case OpcodeExtension::same:
      return std::uint32_t{opcode} << 8 | opcode;
    case OpcodeExtension::inverse:
      break;
  }
  return std::uint32_t{opcode} << 8 | (~std::uint32_t{opcode} & 0xFF);
}

struct Polling {
  std::uint32_t mask = 0;
};

// In the manuals' order: function, length, match, phases, and last what starts it.
SpiStores stores(const QspiSetup& setup, const SpiCommand& command, SpiFunction function,
                 std::uint32_t length, std::optional<Polling> polling = {}) {
  const QspiLayout& layout = setup.layout;
  SpiStores list{{setup.reg(kSpiCr), command_cr(setup, function)},
                 {setup.reg(layout.fcr), spi_sr::kClearAll}};
  const bool data = length != 0;
  if (data) list.push_back({setup.reg(layout.dlr), length - 1});
  if (polling) {
    list.push_back({setup.reg(layout.psmkr), polling->mask});
    list.push_back({setup.reg(layout.psmar), 0});
    list.push_back({setup.reg(layout.pir), kPollClocks});
  }
  if (layout.kind == QspiKind::quadspi) {
    list.push_back({setup.reg(layout.ccr), quad_ccr_of(setup, command, function, data)});
  } else {
    const std::uint32_t hold = setup.mode.dtr ? setup.found.tcr & octo_tcr::DHQC.mask() : 0;
    list.push_back({setup.reg(layout.tcr), octo_tcr::DCYC.of(command.dummy) | hold});
    list.push_back({setup.reg(layout.ccr), octo_ccr_of(setup, command, function, data)});
    list.push_back({setup.reg(layout.ir), octo_opcode(setup.mode, command.opcode)});
  }
  if (command.address) list.push_back({setup.reg(layout.ar), *command.address});
  return list;
}

}  // namespace

std::optional<SpiMode> spi_mode_of(const QspiLayout& layout, const QspiRegisters& registers) {
  return layout.kind == QspiKind::quadspi ? quad_mode(registers) : octo_mode(registers);
}

SpiCommand register_command(const SpiMode& mode, std::uint8_t opcode) {
  if (mode.lines != 8) return {opcode};
  return {opcode, 0, kOctalAddressBytes, kOctalRegisterDummy};
}

SpiStores command_stores(const QspiSetup& setup, const SpiCommand& command) {
  return stores(setup, command, SpiFunction::write, 0);
}

SpiStores read_stores(const QspiSetup& setup, const SpiCommand& command, std::uint32_t length) {
  return stores(setup, command, SpiFunction::read, length);
}

SpiStores write_stores(const QspiSetup& setup, const SpiCommand& command, std::uint32_t length) {
  return stores(setup, command, SpiFunction::write, length);
}

SpiStores poll_stores(const QspiSetup& setup, std::uint8_t bits) {
  // In dual mode the second byte is the other chip's; with two bits a clock the length must be even.
  const std::uint32_t mask = setup.dual() ? std::uint32_t{bits} << 8 | bits : bits;
  const std::uint32_t length = setup.dual() || setup.mode.dtr ? 2 : 1;
  return stores(setup, register_command(setup.mode, spi_op::kReadStatus), SpiFunction::poll, length,
                Polling{mask});
}

SpiStores match_stores(const QspiSetup& setup, std::uint32_t offset, std::uint32_t value) {
  constexpr auto kFunction = static_cast<std::uint32_t>(SpiFunction::poll);
  const QspiLayout& layout = setup.layout;
  SpiStores list{{setup.reg(kSpiCr), command_cr(setup, SpiFunction::poll)},
                 {setup.reg(layout.fcr), spi_sr::kClearAll},
                 {setup.reg(layout.dlr), sizeof value - 1},
                 {setup.reg(layout.psmkr), 0xFFFFFFFF},
                 {setup.reg(layout.psmar), value},
                 {setup.reg(layout.pir), kPollClocks}};
  if (layout.kind == QspiKind::quadspi) {
    list.push_back({setup.reg(layout.ccr), quad_ccr::FMODE.set(setup.found.ccr, kFunction)});
  } else {
    list.push_back({setup.reg(layout.tcr), setup.found.tcr});
    list.push_back({setup.reg(layout.ccr), setup.found.ccr});
    list.push_back({setup.reg(layout.ir), setup.found.ir});
  }
  list.push_back({setup.reg(layout.ar), offset});
  return list;
}

SpiStores memory_mapped_stores(const QspiSetup& setup) {
  const QspiLayout& layout = setup.layout;
  constexpr auto kFunction = static_cast<std::uint32_t>(SpiFunction::memory_mapped);
  const std::uint32_t cr = setup.found.cr & ~spi_cr::ABORT.mask();
  if (layout.kind == QspiKind::quadspi) {
    return {{setup.reg(kSpiCr), cr},
            {setup.reg(layout.fcr), spi_sr::kClearAll},
            {setup.reg(layout.ccr), quad_ccr::FMODE.set(setup.found.ccr, kFunction)}};
  }
  return {{setup.reg(kSpiCr), spi_cr::FMODE.set(cr, kFunction)},
          {setup.reg(layout.fcr), spi_sr::kClearAll},
          {setup.reg(layout.tcr), setup.found.tcr},
          {setup.reg(layout.ccr), setup.found.ccr},
          {setup.reg(layout.ir), setup.found.ir}};
}

SpiStores abort_stores(const QspiSetup& setup) {
  return {{setup.reg(kSpiCr), setup.found.cr | spi_cr::ABORT.mask()},
          {setup.reg(setup.layout.fcr), spi_sr::kClearAll}};
}

}  // namespace probity::stm32
