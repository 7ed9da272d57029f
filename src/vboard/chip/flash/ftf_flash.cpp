#include "vboard/chip/flash/ftf_flash.hpp"

#include <algorithm>
#include <utility>

#include "vboard/chip/flash/ftf_flash_registers.hpp"

namespace probity::vboard {

using namespace ftf_reg;

namespace {

constexpr std::uint8_t kFtfErased = 0xFF;
constexpr auto kErrors = static_cast<std::uint8_t>(ACCERR.mask() | FPVIOL.mask());
constexpr auto kWriteOneToClear = static_cast<std::uint8_t>(RDCOLERR.mask() | ACCERR.mask() | FPVIOL.mask());

}  // namespace

FtfFlash::FtfFlash(const FtfFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, kFtfErased, 0, around_),
      section_ram_(line.section_ram) {}

// What the flash configuration field says comes into force, as the program has it by now.
void FtfFlash::reset() {
  engine_.cut_short();
  registers_.fill(0);
  at(FSTAT) = CCIF.mask();
  at(FCNFG) = RAMRDY.mask();
  for (unsigned i = 0; i < 4; ++i) at(FPROT3 + i) = memory_.cells[kFcfFprot3 + i];
  at(FSEC) = memory_.cells[kFcfFsec];
  at(FOPT) = memory_.cells[kFcfFopt];
  at(FEPROT) = line_.data_size != 0 ? memory_.cells[kFcfFeprot] : 0;
  at(FDPROT) = line_.data_size != 0 ? memory_.cells[kFcfFdprot] : 0;
  key_refused_ = false;
  update_interrupt();
}

bool FtfFlash::secured() const { return SEC.get(at(FSEC)) != kUnsecured; }

// MEEN counts while the chip is secured only (KL25P80M48SF0RM 27.33.3).
bool FtfFlash::mass_erase_enabled() const { return !secured() || MEEN.get(at(FSEC)) != kMassEraseDisabled; }

bool FtfFlash::backdoor_enabled() const { return KEYEN.get(at(FSEC)) == kKeyEnabled; }

bool FtfFlash::mass_erase(std::function<void()> done) {
  engine_.settle();
  if (!mass_erase_enabled() || !CCIF.is_set(at(FSTAT))) return false;
  ++around_.stats.flash_erases;
  at(FSTAT) = 0;
  FlashOperation operation;
  operation.erased = {{0, all()}};
  operation.offset = kFcfFsec;
  operation.programmed = {kUnsecuredByte};
  operation.done = [this, told = std::move(done)] {
    at(FSEC) = static_cast<std::uint8_t>(SEC.set(at(FSEC), kUnsecured));
    finish(0);
    told();
  };
  engine_.start(std::move(operation), line_.all_time);
  return true;
}

// --- registers -----------------------------------------------------------------------------------------

BusStatus FtfFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (engine_.busy()) at(FSTAT) &= static_cast<std::uint8_t>(~CCIF.mask());  // stuck, by the fault plan
  value = 0;
  for (std::uint32_t i = 0; i < 4 && offset + i < registers_.size(); ++i) {
    value |= static_cast<std::uint32_t>(at(offset + i)) << 8 * i;
  }
  return BusStatus::ok;
}

BusStatus FtfFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  engine_.settle();
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Lanes byte = Lanes::of(offset + i, 1);
    if ((lanes.mask & byte.mask) != 0 && offset + i < registers_.size()) {
      write_byte(offset + i, static_cast<std::uint8_t>(byte.extract(value)));
    }
  }
  return BusStatus::ok;
}

// Protection can only grow until the next reset (KL25P80M48SF0RM 27.33.6); FCCOB takes nothing while a
// command runs (27.33.5).
void FtfFlash::write_byte(std::uint32_t offset, std::uint8_t value) {
  if (offset == FSTAT) return write_status(value);
  if (offset == FCNFG) {
    constexpr auto kWritable = static_cast<std::uint8_t>(CCIE.mask() | RDCOLLIE.mask());
    at(FCNFG) = static_cast<std::uint8_t>((at(FCNFG) & ~kWritable) | (value & kWritable));
    return update_interrupt();
  }
  const bool idle = CCIF.is_set(at(FSTAT));
  if (offset >= FCCOB3 && offset <= FCCOB8 && idle) at(offset) = value;
  const bool protection =
      (offset >= FPROT3 && offset <= FPROT0) || (line_.data_size != 0 && offset == FDPROT);
  if (protection && idle) at(offset) &= value;
}

// With ACCERR or FPVIOL set no command is launched (KL25P80M48SF0RM 27.33.1).
void FtfFlash::write_status(std::uint8_t value) {
  if (!CCIF.is_set(at(FSTAT)) || engine_.busy()) return;
  at(FSTAT) &= static_cast<std::uint8_t>(~(value & kWriteOneToClear));
  if (!CCIF.is_set(value) || (at(FSTAT) & kErrors) != 0) return;
  at(FSTAT) &= static_cast<std::uint8_t>(~MGSTAT0.mask());
  launch();
}

void FtfFlash::update_interrupt() {
  const bool complete = CCIF.is_set(at(FSTAT)) && CCIE.is_set(at(FCNFG));
  const bool collision = RDCOLERR.is_set(at(FSTAT)) && RDCOLLIE.is_set(at(FCNFG));
  around_.interrupt_changed(complete || collision);
}

// --- cells ---------------------------------------------------------------------------------------------

// A block that a command works on cannot be read: the data is not valid, and RDCOLERR says so.
BusStatus FtfFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (engine_.affects(offset, size)) {
    at(FSTAT) |= static_cast<std::uint8_t>(RDCOLERR.mask());
    ++around_.stats.flash_errors;
    update_interrupt();
    value = 0;
    return BusStatus::ok;
  }
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

// There is no programming by writes to the memory: a bus error (KL25P80M48SF0RM 27.4.6).
BusStatus FtfFlash::write_cells(Security, std::uint32_t, unsigned, std::uint32_t) {
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

CellRange FtfFlash::block_of(std::uint32_t cell) const {
  if (cell >= line_.program_size) return {line_.program_size, line_.data_size};
  const std::uint32_t size = line_.program_size / line_.blocks;
  return {cell - cell % size, size};
}

std::uint32_t FtfFlash::sector_of(std::uint32_t cell) const {
  return cell < line_.program_size ? line_.sector : line_.data_sector;
}

std::optional<ByteView> FtfFlash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  const CellRange block = block_of(offset);
  if (engine_.affects(block.offset, block.size)) return {};
  begin = block.offset;
  return ByteView(memory_.cells).subspan(block.offset, block.size);
}

// 32 regions of the program flash, 8 of the data flash; a cleared bit protects (27.33.6, FDPROT).
bool FtfFlash::is_protected(CellRange range) const {
  const bool data = range.offset >= line_.program_size;
  const std::uint32_t region = data ? line_.data_size / 8 : std::max(line_.program_size / 32, 1024u);
  const std::uint32_t base = data ? line_.program_size : 0;
  for (std::uint32_t cell = range.offset; cell < range.offset + range.size; cell += line_.unit) {
    const std::uint32_t number = (cell - base) / region;
    const std::uint8_t bits = data ? at(FDPROT) : at(FPROT3 + number / 8);
    if (!Field{"PROT", number % 8}.is_set(bits)) return true;
  }
  return false;
}

bool FtfFlash::is_blank(CellRange range) const {
  const auto begin = memory_.cells.begin() + range.offset;
  return std::all_of(begin, begin + range.size, [](std::uint8_t byte) { return byte == kFtfErased; });
}

}  // namespace probity::vboard
