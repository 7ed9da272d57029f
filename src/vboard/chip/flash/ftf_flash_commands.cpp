// The commands of FCCOB (KL25P80M48SF0RM 27.4.10, K64P144M120SF5RM 29.4.12).
#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "vboard/chip/flash/ftf_flash.hpp"
#include "vboard/chip/flash/ftf_flash_registers.hpp"

namespace probity::vboard {

using namespace ftf_reg;

namespace {

constexpr auto kAccerr = static_cast<std::uint8_t>(ACCERR.mask()),
               kFpviol = static_cast<std::uint8_t>(FPVIOL.mask()),
               kMgstat0 = static_cast<std::uint8_t>(MGSTAT0.mask());
constexpr std::uint32_t kDataFlash = 0x800000;  // bit 23 of an address in FCCOB1-3
constexpr std::uint8_t kMostMargin = 2;         // normal, user, factory
constexpr Microseconds kReadTime{100};          // of RD1xxx and PGMCHK, less than any data sheet's limit

// What RD1SEC and PGMSEC count in: longwords, phrases or double phrases, as the sector is 1, 2 or 4 KiB.
constexpr std::uint32_t section_unit(std::uint32_t sector) { return sector / 256; }

}  // namespace

// FCCOBn: each four of them are big-endian in their word.
std::uint8_t FtfFlash::parameter(unsigned index) const {
  return at(FCCOB3 + index / 4 * 4 + (3 - index % 4));
}

std::uint32_t FtfFlash::address_parameter() const {
  return static_cast<std::uint32_t>(parameter(1)) << 16 | static_cast<std::uint32_t>(parameter(2)) << 8 |
         parameter(3);
}

std::optional<std::uint32_t> FtfFlash::cell_of(std::uint32_t address, std::uint32_t size,
                                               std::uint32_t align) const {
  const bool data = (address & kDataFlash) != 0;
  const std::uint32_t offset = address & ~kDataFlash, limit = data ? line_.data_size : line_.program_size;
  if (offset % align != 0 || size > limit || offset > limit - size) return {};
  return offset + (data ? line_.program_size : 0);
}

std::uint32_t FtfFlash::sector_asked() const {
  return (address_parameter() & kDataFlash) != 0 ? line_.data_sector : line_.sector;
}

void FtfFlash::refuse(std::uint8_t error) {
  at(FSTAT) |= error;
  ++around_.stats.flash_errors;
}

void FtfFlash::finish(std::uint8_t error) {
  at(FSTAT) = static_cast<std::uint8_t>(at(FSTAT) | CCIF.mask() | error);
  update_interrupt();
}

// The cells may be what `operation` leaves behind; `done` runs then.
void FtfFlash::start(FlashOperation operation, Microseconds time) {
  at(FSTAT) &= static_cast<std::uint8_t>(~CCIF.mask());
  update_interrupt();
  engine_.start(std::move(operation), time);
}

// While the chip is secured, a debugger does not get here, and the program may do all of this.
void FtfFlash::launch() {
  const std::uint8_t command = parameter(0);
  switch (command) {
    case RD1BLK:
    case RD1SEC:
    case RD1ALL:
      return launch_read(command);
    case PGMCHK:
      return check_programmed();
    case PGM4:
    case PGM8:
    case PGMSEC:
      return launch_program(command);
    case ERSBLK:
    case ERSSCR:
    case ERSALL:
      return launch_erase(command);
    case VFYKEY:
      return verify_key();
    case SETRAM:
      // As RAM it is always available; as EEPROM never, without a partition.
      return line_.data_size == 0 || parameter(1) != 0xFF ? refuse(kAccerr) : finish(0);
    default:
      return refuse(kAccerr);
  }
}

void FtfFlash::launch_read(std::uint8_t command) {
  CellRange range{0, all()};
  std::uint8_t margin = parameter(1);
  if (command != RD1ALL) {
    const bool section = command == RD1SEC;
    const std::uint32_t unit = section ? section_unit(sector_asked()) : line_.unit;
    const std::uint32_t size = section ? count_parameter() * unit : unit;
    const auto cell = cell_of(address_parameter(), size, unit);
    margin = parameter(section ? 6 : 4);
    if (!cell || size == 0 || (!section && line_.blocks == 1)) return refuse(kAccerr);
    range = section ? CellRange{*cell, size} : block_of(*cell);
  }
  if (margin > kMostMargin) return refuse(kAccerr);
  const bool blank = is_blank(range);
  // A blank RD1ALL releases security, as ERSALL does (27.4.10.6).
  if (command == RD1ALL && blank) at(FSEC) = static_cast<std::uint8_t>(SEC.set(at(FSEC), kUnsecured));
  FlashOperation operation;
  operation.affected = {range};
  operation.done = [this, blank] { finish(blank ? 0 : kMgstat0); };
  start(std::move(operation), kReadTime);
}

void FtfFlash::check_programmed() {
  const auto cell = cell_of(address_parameter(), 4, 4);
  if (!cell || parameter(4) == 0 || parameter(4) > kMostMargin) return refuse(kAccerr);
  std::uint32_t expected = 0;
  for (unsigned i = 0; i < 4; ++i) expected = expected << 8 | parameter(8 + i);
  const bool same = load_le32(memory_.cells, *cell) == expected;
  FlashOperation operation;
  operation.affected = {block_of(*cell)};
  operation.done = [this, same] { finish(same ? 0 : kMgstat0); };
  start(std::move(operation), kReadTime);
}

void FtfFlash::launch_program(std::uint8_t command) {
  if (command == PGMSEC) {
    const std::uint32_t sector = sector_asked(), unit = section_unit(sector), size = count_parameter() * unit;
    const auto cell = cell_of(address_parameter(), size, unit);
    const bool crosses = cell && *cell % sector + size > sector;
    if (!cell || size == 0 || size > section_ram_.size() || crosses) return refuse(kAccerr);
    return program_cells(*cell, Bytes(section_ram_.begin(), section_ram_.begin() + size), size / line_.unit);
  }
  const auto cell = cell_of(address_parameter(), line_.unit, line_.unit);
  if (!cell || (command == PGM4) != (line_.unit == 4)) return refuse(kAccerr);
  Bytes data;  // FCCOB4 is the highest byte of the word at the address, FCCOB8 of the one behind
  for (unsigned word = 0; word < line_.unit; word += 4) {
    for (unsigned i = 0; i < 4; ++i) data.push_back(parameter(4 + word + 3 - i));
  }
  program_cells(*cell, std::move(data), 1);
}

// A cell that should go from 0 to 1 stays, and the verification behind it sees that.
void FtfFlash::program_cells(std::uint32_t cell, Bytes data, std::uint32_t units) {
  const CellRange range{cell, static_cast<std::uint32_t>(data.size())};
  if (is_protected(range)) return refuse(kFpviol);
  around_.stats.flash_programs += units;
  FlashOperation operation;
  operation.offset = cell;
  operation.affected = {block_of(cell)};
  operation.done = [this, cell, wanted = data] {
    const bool same = std::equal(wanted.begin(), wanted.end(), memory_.cells.begin() + cell);
    finish(same ? 0 : kMgstat0);
  };
  operation.programmed = std::move(data);
  start(std::move(operation), line_.program_time * units);
}

void FtfFlash::launch_erase(std::uint8_t command) {
  if (command == ERSALL) {
    if (is_protected({0, line_.program_size})) return refuse(kFpviol);
    if (line_.data_size != 0 && is_protected({line_.program_size, line_.data_size})) return refuse(kFpviol);
    return erase_cells({0, all()}, line_.all_time);
  }
  const bool block = command == ERSBLK;
  // FTFE wants 128-bit boundaries here (K64P144M120SF5RM 29.4.12.6-7).
  const auto cell = cell_of(address_parameter(), line_.unit, line_.unit == 8 ? 16 : line_.unit);
  if (!cell || (block && line_.blocks == 1 && line_.data_size == 0)) return refuse(kAccerr);
  const std::uint32_t sector = sector_of(*cell);
  const CellRange range = block ? block_of(*cell) : CellRange{*cell - *cell % sector, sector};
  if (is_protected(range)) return refuse(kFpviol);
  erase_cells(range, block ? line_.block_time : line_.sector_time);
}

// ERSALL leaves the chip unsecured until the next reset, which takes security from the erased field
// (27.4.10.9).
void FtfFlash::erase_cells(CellRange range, Microseconds time) {
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {range};
  operation.affected = {block_of(range.offset)};
  operation.done = [this, everything = range.size == all()] {
    if (everything) at(FSEC) = static_cast<std::uint8_t>(SEC.set(at(FSEC), kUnsecured));
    finish(0);
  };
  start(std::move(operation), time);
}

// 27.4.10.10: a key of only zeros or ones is none, and one that is wrong is the last until reset.
void FtfFlash::verify_key() {
  const auto stored = ByteView(memory_.cells).subspan(kBackdoorKey, kKeySize);
  const auto all_are = [&](std::uint8_t value) {
    return std::all_of(stored.begin(), stored.end(), [&](std::uint8_t byte) { return byte == value; });
  };
  bool same = true;
  // FCCOB4 is key byte 3 of the field: words again, highest byte first.
  for (unsigned i = 0; i < kKeySize; ++i) same = same && parameter(4 + i / 4 * 4 + 3 - i % 4) == stored[i];
  if (!backdoor_enabled() || key_refused_ || all_are(0x00) || all_are(0xFF)) return refuse(kAccerr);
  if (!same) {
    key_refused_ = true;
    return refuse(kAccerr);
  }
  at(FSEC) = static_cast<std::uint8_t>(SEC.set(at(FSEC), kUnsecured));
  finish(0);
}

}  // namespace probity::vboard
