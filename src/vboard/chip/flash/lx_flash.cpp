#include "vboard/chip/flash/lx_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "vboard/chip/flash/lx_flash_registers.hpp"

namespace probity::vboard {

using namespace lx_flash_reg;

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000, kEepromBase = 0x08080000;
constexpr std::uint8_t kErased = 0x00;
// Programming or erasing a word, half-page, page, EEPROM or option word, each (STM32L053 data sheet table 43,
// STM32L152 table 34: tprog typical).
constexpr Microseconds kOperationTime{3280};

Bytes little_endian(std::uint32_t value, unsigned size) {
  Bytes bytes;
  append_le32(bytes, value);
  bytes.resize(size);
  return bytes;
}

// The EEPROM's offsets are not the flash's.
FlashSurroundings for_eeprom(FlashSurroundings around) {
  around.changed = [](std::uint32_t, std::uint32_t) {};
  return around;
}

}  // namespace

LxFlash::LxFlash(const LxFlashFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      eeprom_around_(for_eeprom(around_)),
      engine_(memory.cells, kErased, kFlashBase, around_),
      eeprom_(memory.otp, kErased, kEepromBase, eeprom_around_) {
  power_on_reset();
}

void LxFlash::power_on_reset() {
  debugger_ = false;
  load_due_ = true;
  reset();
}

void LxFlash::reset() {
  engine_.cut_short();
  eeprom_.cut_short();
  control_key_.reset();
  program_key_.reset();
  option_key_.reset();
  filled_.clear();
  acr_ = pecr_ = 0;
  if (load_due_) load_options();
  load_due_ = false;
  sr_ = OPTVERR.of(option_error_);
  update_interrupt();
  around_.changed(0, all());
}

void LxFlash::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (closed()) around_.changed(0, all());
}

void LxFlash::settle() {
  engine_.settle();
  eeprom_.settle();
}

std::optional<Nanoseconds> LxFlash::busy_until() const {
  const auto flash = engine_.busy_until(), eeprom = eeprom_.busy_until();
  if (flash && eeprom) return std::min(*flash, *eeprom);
  return flash ? flash : eeprom;
}

// --- registers ---------------------------------------------------------------------------------------

// Key registers are write-only, reserved places read 0.
BusStatus LxFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  value = 0;
  if (offset == ACR) value = acr_;
  if (offset == PECR) {
    value = pecr_ | PELOCK.of(!control_key_.open()) | PRGLOCK.of(!program_key_.open()) |
            OPTLOCK.of(!option_key_.open());
  }
  if (offset == SR) value = sr_ | (busy() ? BSY.mask() : ENDHV.mask()) | READY.mask();
  if (offset == OBR) value = option_register();
  if (const auto protection = protection_register(offset)) value = *protection;
  return BusStatus::ok;
}

// Words only (RM0038 3.9). PECR waits for the operation under way: OpenOCD 0.12.0 sets OBL_LAUNCH right after
// it wrote an option word. PRGKEYR and OPTKEYR open nothing while PELOCK is set (RM0367 3.3.4).
BusStatus LxFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  constexpr std::uint32_t kFlags = EOP.mask() | WRPERR.mask() | PGAERR.mask() | SIZERR.mask() |
                                   OPTVERR.mask() | RDERR.mask() | NOTZEROERR.mask();
  settle();
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  switch (offset) {
    case ACR:
      acr_ = value;
      return BusStatus::ok;
    case PDKEYR:  // opens ACR.RUN_PD, which has no effect here
      return BusStatus::ok;
    case PEKEYR:
      return write_key(control_key_, value, true);
    case PRGKEYR:
      return write_key(program_key_, value, control_key_.open());
    case OPTKEYR:
      return write_key(option_key_, value, control_key_.open());
    case PECR:
      if (busy()) return BusStatus::stalled;
      write_control(value);
      break;
    case SR:
      sr_ &= ~(value & kFlags);
      break;
    default:
      return BusStatus::error;
  }
  update_interrupt();
  return BusStatus::ok;
}

// Keys do no harm to a lock that is open: OpenOCD 0.12.0's mass_erase writes them twice.
BusStatus LxFlash::write_key(KeyLock& lock, std::uint32_t key, bool allowed) {
  if (allowed && (lock.open() || lock.write_key(key))) return BusStatus::ok;
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

// No effect while PELOCK is set (RM0038 3.9.2). PELOCK closes the other two
// locks as well; OBL_LAUNCH wants OPTLOCK open.
void LxFlash::write_control(std::uint32_t value) {
  constexpr std::uint32_t kKept =
      PROG.mask() | DATA.mask() | FIX.mask() | ERASE.mask() | FPRG.mask() | EOPIE.mask() | ERRIE.mask();
  if (!control_key_.open()) {
    around_.stats.flash_errors += !PELOCK.is_set(value);
    return;
  }
  drop_half_page();
  pecr_ = value & (kKept | (line_.checks_zero ? NZDISABLE.mask() : 0));
  const bool load = OBL_LAUNCH.is_set(value) && option_key_.open();
  if (PELOCK.is_set(value) || PRGLOCK.is_set(value)) program_key_.lock();
  if (PELOCK.is_set(value) || OPTLOCK.is_set(value)) option_key_.lock();
  if (PELOCK.is_set(value)) control_key_.lock();
  if (!load) return;
  load_due_ = true;
  around_.option_reset();
}

void LxFlash::refuse(std::uint32_t flags) {
  ++around_.stats.flash_errors;
  sr_ |= flags;
  update_interrupt();
}

void LxFlash::update_interrupt() {
  const std::uint32_t errors =
      WRPERR.mask() | PGAERR.mask() | SIZERR.mask() | OPTVERR.mask() | RDERR.mask() | NOTZEROERR.mask();
  around_.interrupt_changed((EOPIE.is_set(pecr_) && EOP.is_set(sr_)) ||
                            (ERRIE.is_set(pecr_) && (sr_ & errors) != 0));
}

// --- operations --------------------------------------------------------------------------------------

CellRange LxFlash::bank_at(std::uint32_t offset) const {
  const std::uint32_t first = line_.first_bank;
  if (first == 0 || first >= all()) return {0, all()};
  return offset < first ? CellRange{0, first} : CellRange{first, all() - first};
}

void LxFlash::start(FlashEngine& engine, FlashOperation operation, CellRange bank, Nanoseconds duration) {
  operation.affected.push_back(bank);
  operation.done = [this, then = std::move(operation.done)] {
    then();
    sr_ |= EOP.mask();
    update_interrupt();
  };
  engine.start(std::move(operation), duration);
}

// RM0367 3.3.4, RM0038 3.3.3: program memory takes words only; WRPERR without the keys, at a protected
// sector, and for a debugger under read protection.
bool LxFlash::cells_open(std::uint32_t offset, unsigned size) {
  const bool open = control_key_.open() && program_key_.open() && !closed() && !write_protected(offset);
  if (size == 4 && open) return true;
  refuse(open ? SIZERR.mask() : WRPERR.mask());
  return false;
}

BusStatus LxFlash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  if (!cells_open(offset, size)) {
    drop_half_page();
  } else if (FPRG.is_set(pecr_)) {
    add_to_half_page(offset, value);
  } else if (ERASE.is_set(pecr_)) {
    erase_page(offset, value);
  } else {
    program(offset, little_endian(value, size));
  }
  return BusStatus::ok;
}

// A page is erased by writing 0 into it with ERASE and PROG; the manuals leave open what else does. (FPRG
// comes before ERASE: OpenOCD 0.12.0 leaves the latter set when it fills half-pages, and silicon takes it.)
void LxFlash::erase_page(std::uint32_t offset, std::uint32_t value) {
  if (!PROG.is_set(pecr_) || value != 0) return refuse(0);
  const CellRange page{offset / line_.page_size * line_.page_size, line_.page_size};
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {page};
  start(engine_, std::move(operation), bank_at(offset), kOperationTime);
}

// Half a page's words one after the other from its beginning; the last one starts the operation
// (RM0038 3.3.3).
void LxFlash::add_to_half_page(std::uint32_t offset, std::uint32_t value) {
  const std::uint32_t size = line_.page_size / 2;
  const bool in_place = filled_.empty() ? offset % size == 0 : offset == half_page_ + filled_.size();
  if (!PROG.is_set(pecr_) || !in_place) {
    filled_.clear();
    return refuse(PGAERR.mask());
  }
  if (filled_.empty()) half_page_ = offset;
  append_le32(filled_, value);
  if (filled_.size() < size) return;
  program(half_page_, std::exchange(filled_, {}));
}

// One that is not filled is lost.
void LxFlash::drop_half_page() {
  if (filled_.empty()) return;
  filled_.clear();
  ++around_.stats.flash_errors;
}

void LxFlash::program(std::uint32_t offset, Bytes bytes) {
  const ByteView old = ByteView(memory_.cells).subspan(offset, bytes.size());
  const bool zero = std::all_of(old.begin(), old.end(), [](std::uint8_t b) { return b == kErased; });
  if (!zero && line_.checks_zero && !NZDISABLE.is_set(pecr_)) return refuse(NOTZEROERR.mask());
  around_.stats.flash_errors += !zero;
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = offset;
  operation.programmed = std::move(bytes);
  start(engine_, std::move(operation), bank_at(offset), kOperationTime);
}

// Any width; PELOCK alone guards it. What is there already is erased first, and with FIX always
// (RM0367 3.3.4).
BusStatus LxFlash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  if (!control_key_.open() || closed()) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  if (ERASE.is_set(pecr_) && (!DATA.is_set(pecr_) || value != 0)) {
    refuse(0);
    return BusStatus::ok;
  }
  const bool erases = FIX.is_set(pecr_) || load_sized(memory_.otp, offset, size) != 0;
  const bool programs = !ERASE.is_set(pecr_);
  FlashOperation operation;
  operation.offset = offset;
  if (erases || !programs) operation.erased = {{offset, size}};
  if (programs) operation.programmed = little_endian(value, size);
  start(eeprom_, std::move(operation), {offset, size}, kOperationTime * (erases && programs ? 2 : 1));
  return BusStatus::ok;
}

// --- reading -----------------------------------------------------------------------------------------

BusStatus LxFlash::read_cells(Master master, Security, std::uint32_t offset, unsigned size,
                              std::uint32_t& value) {
  if (closed()) return BusStatus::error;
  if (engine_.affects(offset, size)) return BusStatus::stalled;
  if (master != Master::fetch && readout_protected(offset)) {
    refuse(RDERR.mask());
    return BusStatus::error;
  }
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus LxFlash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (closed()) return BusStatus::error;
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.otp, offset, size);
  return BusStatus::ok;
}

// A bank is read as one piece, but for proprietary code, which is asked for word by word.
std::optional<ByteView> LxFlash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  if (closed() || SPRMOD.is_set(loaded_.front()) || engine_.affects(offset, 1)) return {};
  const CellRange bank = bank_at(offset);
  begin = bank.offset;
  return ByteView(memory_.cells).subspan(bank.offset, bank.size);
}

}  // namespace probity::vboard
