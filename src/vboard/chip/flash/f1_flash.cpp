#include "vboard/chip/flash/f1_flash.hpp"

#include <algorithm>
#include <bit>

#include "base/bytes.hpp"
#include "vboard/chip/flash/f1_flash_registers.hpp"

namespace probity::vboard {

using namespace f1_flash_reg;

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000;
constexpr std::uint8_t kErased = 0xFF;
constexpr std::uint32_t kErasedHalf = 0xFFFF;
constexpr unsigned kWrpBits = 32;

}  // namespace

F1Flash::F1Flash(const F1FlashFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line), memory_(memory), around_(std::move(surroundings)) {
  const std::uint32_t first = line_.first_bank != 0 ? std::min(line_.first_bank, all()) : all();
  const auto add = [&](CellRange cells) {
    banks_.push_back({.engine = FlashEngine(memory_.cells, kErased, kFlashBase, around_), .cells = cells});
  };
  banks_.reserve(2);
  add({0, first});
  if (first < all()) add({first, all() - first});
  power_on_reset();
}

void F1Flash::power_on_reset() {
  debugger_ = false;
  load_due_ = true;
  reset();
}

void F1Flash::reset() {
  for (Bank& bank : banks_) {
    bank.engine.cut_short();
    bank.key.reset();
    bank.sr = bank.cr = bank.ar = 0;
  }
  option_key_.reset();
  acr_ = line_.acr_reset;
  if (load_due_ || !line_.options_by_power_on) load_options();
  load_due_ = false;
  update_interrupt();
  around_.changed(0, all());
}

void F1Flash::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (closed()) around_.changed(0, all());
}

void F1Flash::settle() {
  for (Bank& bank : banks_) bank.engine.settle();
}

std::optional<Nanoseconds> F1Flash::busy_until() const {
  std::optional<Nanoseconds> first;
  for (const Bank& bank : banks_) {
    const auto end = bank.engine.busy_until();
    if (end && (!first || *end < *first)) first = end;
  }
  return first;
}

F1Flash::Bank& F1Flash::bank_at(std::uint32_t offset) {
  return offset < banks_.front().cells.size ? banks_.front() : banks_.back();
}

// --- registers ---------------------------------------------------------------------------------------

// Takes `offset` back to the first set; null: no register of a bank.
F1Flash::Bank* F1Flash::bank_of_register(std::uint32_t& offset) {
  const bool second = offset >= KEYR2;
  if (second) offset -= kSecondSet;
  if (offset != KEYR && offset != SR && offset != CR && offset != AR) return nullptr;
  return second ? (banks_.size() == 2 ? &banks_.back() : nullptr) : &banks_.front();
}

// Reserved places read 0.
BusStatus F1Flash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  value = 0;
  if (offset == ACR) value = acr_ | PRFTBS.of(PRFTBE.get(acr_));
  if (offset == OBR) value = option_register();
  if (offset == WRPR) value = write_protection();
  Bank* bank = bank_of_register(offset);
  if (bank == nullptr) return BusStatus::ok;
  if (offset == SR) value = bank->sr | BSY.of(bank->engine.busy());
  if (offset == CR) value = bank->cr | LOCK.of(!bank->key.open());
  if (offset == CR && bank == &banks_.front()) value |= OPTWRE.of(option_key_.open());
  return BusStatus::ok;  // KEYR and AR are write-only
}

// Words only (RM0091 3.5).
BusStatus F1Flash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  settle();
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  if (offset == ACR) {
    acr_ = value & ~PRFTBS.mask();
    return BusStatus::ok;
  }
  if (offset == OPTKEYR) return write_key(option_key_, value);
  Bank* bank = bank_of_register(offset);
  return bank != nullptr ? write_bank_register(*bank, offset, value) : BusStatus::error;
}

// The right keys do no harm to a lock that is open: OpenOCD 0.12.0 writes them before each step of `lock`.
BusStatus F1Flash::write_key(KeyLock& lock, std::uint32_t key) {
  const bool right = key == kKey1 || key == kKey2;
  if ((lock.open() && right) || lock.write_key(key)) return BusStatus::ok;
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

// "The registers are not accessible in write mode when the BSY bit is set" (RM0091 3.2.2).
BusStatus F1Flash::write_bank_register(Bank& bank, std::uint32_t offset, std::uint32_t value) {
  if (bank.engine.busy()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  if (offset == KEYR) return write_key(bank.key, value);
  if (offset == SR) bank.sr &= ~value;
  if (offset == AR) bank.ar = value;
  if (offset == CR) write_control(bank, value);
  update_interrupt();
  return BusStatus::ok;
}

// OBL_LAUNCH works while LOCK is set too (RM0091 3.2.2). OPTWRE can only be cleared (3.5.5).
void F1Flash::write_control(Bank& bank, std::uint32_t value) {
  if (line_.has_obl_launch && OBL_LAUNCH.is_set(value)) {
    load_due_ = true;
    return around_.option_reset();
  }
  if (!bank.key.open()) {
    around_.stats.flash_errors += value != LOCK.mask();
    return;
  }
  const bool first = &bank == &banks_.front();
  const std::uint32_t options = first ? OPTPG.mask() | OPTER.mask() : 0;
  bank.cr = value & (PG.mask() | PER.mask() | MER.mask() | ERRIE.mask() | EOPIE.mask() | options);
  if (first && !OPTWRE.is_set(value)) option_key_.lock();
  if (STRT.is_set(value)) start_erase(bank);
  if (LOCK.is_set(value)) bank.key.lock();
}

void F1Flash::refuse(Bank& bank, std::uint32_t flags) {
  ++around_.stats.flash_errors;
  bank.sr |= flags;
  update_interrupt();
}

void F1Flash::update_interrupt() {
  around_.interrupt_changed(std::any_of(banks_.begin(), banks_.end(), [](const Bank& b) {
    return (EOPIE.is_set(b.cr) && EOP.is_set(b.sr)) ||
           (ERRIE.is_set(b.cr) && (b.sr & (PGERR.mask() | WRPRTERR.mask())) != 0);
  }));
}

// --- operations --------------------------------------------------------------------------------------

// Reads of the bank stall meanwhile; EOP shows at the end of every operation (RM0091 3.5.4).
void F1Flash::start(Bank& bank, FlashOperation operation, Nanoseconds duration) {
  operation.affected.push_back(bank.cells);
  operation.done = [this, &bank, then = std::move(operation.done)] {
    bank.cr &= ~STRT.mask();
    bank.sr |= EOP.mask();
    then();
    update_interrupt();
  };
  bank.engine.start(std::move(operation), duration);
}

// The manual leaves open what STRT does with no, or several, operations chosen, or with an address outside
// the bank in AR: here nothing, and EOP never shows.
void F1Flash::start_erase(Bank& bank) {
  const std::uint32_t kinds = bank.cr & (PG.mask() | PER.mask() | MER.mask() | OPTPG.mask() | OPTER.mask());
  if (std::popcount(kinds) != 1) return refuse(bank, 0);
  if (OPTER.is_set(kinds)) return erase_options(bank);
  if (MER.is_set(kinds)) return erase_pages(bank, bank.cells);
  const std::uint32_t page = (bank.ar - kFlashBase) / line_.page_size * line_.page_size;
  if (!PER.is_set(kinds) || page - bank.cells.offset >= bank.cells.size) return refuse(bank, 0);
  erase_pages(bank, {page, line_.page_size});
}

// Read protection denies a debugger all but the mass erase on F1 (PM0075 2.4.1), that as well on F0 and F3
// (RM0091 table 7).
void F1Flash::erase_pages(Bank& bank, CellRange pages) {
  const bool whole = pages.size == bank.cells.size;
  if (closed() && (line_.rdp_levels || !whole)) return refuse(bank, denied_flag());
  if (write_protected(pages) || (!whole && protects_itself(pages.offset))) {
    return refuse(bank, WRPRTERR.mask());
  }
  around_.stats.flash_erases += pages.size / line_.page_size;
  bank.cr |= STRT.mask();
  FlashOperation operation;
  operation.erased = {pages};
  start(bank, std::move(operation), line_.erase_time);
}

// F0, F3: "any attempted program/erase operation sets the PGERR flag" (RM0091 3.3.1); F1's manual calls the
// memory write-protected.
std::uint32_t F1Flash::denied_flag() const { return line_.rdp_levels ? PGERR.mask() : WRPRTERR.mask(); }

bool F1Flash::write_protected(CellRange range) const {
  const std::uint32_t not_protected = write_protection();
  const unsigned pages_total = all() / line_.page_size;
  const unsigned first = range.offset / line_.page_size;
  const unsigned end = first + (range.size + line_.page_size - 1) / line_.page_size;
  for (unsigned page = first; page < std::min(end, pages_total); ++page) {
    const unsigned bit = std::min(page / line_.pages_per_wrp_bit, kWrpBits - 1);
    if (!Field{"WRP", bit}.is_set(not_protected)) return true;
  }
  return false;
}

// PM0075 2.4.1: the first pages, which hold the vectors, along with read protection.
bool F1Flash::protects_itself(std::uint32_t offset) const {
  return rdp_level_ != 0 && offset / line_.page_size < line_.self_protected_pages;
}

// RM0091 3.2.2: other widths are a bus error; a cell that is not erased takes 0x0000 alone. What happens to a
// write without PG no manual says: here it is a programming error.
BusStatus F1Flash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  Bank& bank = bank_at(offset);
  if (bank.engine.busy()) return BusStatus::stalled;
  if (size != 2) {
    refuse(bank, 0);
    return BusStatus::error;
  }
  const std::uint32_t others = PER.mask() | MER.mask() | OPTPG.mask() | OPTER.mask();
  const bool chosen = bank.key.open() && PG.is_set(bank.cr) && (bank.cr & others) == 0;
  const bool erased = load_le16(memory_.cells, offset) == kErasedHalf;
  bank.ar = kFlashBase + offset;
  if (!chosen) {
    refuse(bank, PGERR.mask());
  } else if (closed()) {
    refuse(bank, denied_flag());
  } else if (write_protected({offset, size}) || protects_itself(offset)) {
    refuse(bank, WRPRTERR.mask());
  } else if (!erased && value != 0) {
    refuse(bank, PGERR.mask());
  } else {
    ++around_.stats.flash_programs;
    FlashOperation operation;
    operation.offset = offset;
    append_le16(operation.programmed, static_cast<std::uint16_t>(value));
    start(bank, std::move(operation), line_.program_time);
  }
  return BusStatus::ok;
}

// --- reading -----------------------------------------------------------------------------------------

bool F1Flash::stalls(std::uint32_t offset, std::uint32_t size) {
  return std::any_of(banks_.begin(), banks_.end(), [&](Bank& b) { return b.engine.affects(offset, size); });
}

BusStatus F1Flash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (closed()) return BusStatus::error;
  if (stalls(offset, size)) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

// A bank is read as one piece: its pages stall together.
std::optional<ByteView> F1Flash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  if (closed() || stalls(offset, 1)) return {};
  const CellRange& cells = bank_at(offset).cells;
  begin = cells.offset;
  return ByteView(memory_.cells).subspan(cells.offset, cells.size);
}

}  // namespace probity::vboard
