// Erasing and programming: RM0351 3.3.6 to 3.3.8, RM0444 3.3.7 and 3.3.8.
#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/chip/flash/l4_flash.hpp"
#include "vboard/chip/flash/l4_flash_registers.hpp"

namespace probity::vboard {

using namespace l4_reg;

namespace {

constexpr std::uint32_t kDoubleWord = 8;
// Flags that must have been cleared before the next operation (RM0351 3.3.6, 3.3.7 step 2).
constexpr std::uint32_t kStoppingFlags = PROGERR.mask() | WRPERR.mask() | PGAERR.mask() | SIZERR.mask() |
                                         PGSERR.mask() | MISSERR.mask() | FASTERR.mask();

}  // namespace

CellRange L4Flash::bank_around(std::uint32_t offset) const {
  return {bank_begin(bank_of(offset)), bank_size()};
}

void L4Flash::start(Side& side, FlashOperation operation, Nanoseconds duration) {
  operation.done = [this, &side, done = std::move(operation.done)] {
    done();
    finished(side);
  };
  engine_.start(std::move(operation), duration);
}

void L4Flash::finished(Side& side) {
  side.cr &= ~(STRT.mask() | OPTSTRT.mask());
  if (EOPIE.is_set(side.cr)) side.sr |= EOP.mask();
  update_interrupt();
}

// --- erase -------------------------------------------------------------------------------------------

// What CR selects; empty: no erase, two kinds at once, or a page that does not exist. With one bank out of
// two, a mass erase wants both bits (RM0440 3.3.6, RM0432 3.3.6).
std::vector<CellRange> L4Flash::selected(const Side& side) const {
  const std::uint32_t cr = side.cr;
  const bool one = PER.is_set(cr), first = MER1.is_set(cr), second = layout_.mer2.is_set(cr);
  if (PG.is_set(cr) || FSTPG.is_set(cr) || one == (first || second)) return {};
  if (!one && layout_.mer2.width != 0 && !dual_) {
    return first && second ? std::vector<CellRange>{{0, size()}} : std::vector<CellRange>{};
  }
  std::vector<CellRange> ranges;
  if (one) {
    const bool upper = layout_.bker.is_set(cr);
    if (upper && !dual_) return {};
    std::uint32_t page = layout_.pnb.get(cr);
    if (upper && layout_.bank2_pnb != 0 && page >= layout_.bank2_pnb) page -= layout_.bank2_pnb;
    if (page >= bank_size() / page_size()) return {};
    return {{bank_begin(upper ? 2 : 1) + page * page_size(), page_size()}};
  }
  if (first) ranges.push_back({0, bank_size()});
  if (second) ranges.push_back({bank_begin(2), bank_size()});
  return ranges;
}

bool L4Flash::protected_from(const Side& side, CellRange range) const {
  return touches(L4Area::Kind::write, range.offset, range.size) ||
         touches(L4Area::Kind::read, range.offset, range.size) || hidden(range.offset, range.size) ||
         !belongs_to(side.security, range);
}

void L4Flash::start_erase(Side& side) {
  const std::vector<CellRange> ranges = selected(side);
  if ((side.sr & kStoppingFlags) != 0 || ranges.empty()) return refuse(side, PGSERR.mask());
  const bool is_protected = closed() || std::any_of(ranges.begin(), ranges.end(),
                                                    [&](CellRange r) { return protected_from(side, r); });
  if (is_protected) return refuse(side, WRPERR.mask());
  side.cr |= STRT.mask();
  FlashOperation operation;
  operation.erased = ranges;
  for (CellRange r : ranges) {
    operation.affected.push_back(bank_around(r.offset));
    around_.stats.flash_erases += r.size / page_size();
  }
  start(side, std::move(operation),
        PER.is_set(side.cr) ? layout_.times.page_erase : layout_.times.mass_erase);
}

// --- program -----------------------------------------------------------------------------------------

BusStatus L4Flash::write_cells(Security security, std::uint32_t offset, unsigned length,
                               std::uint32_t value) {
  return write_word(side(security), place(offset), length, value, false);
}

BusStatus L4Flash::write_otp(std::uint32_t offset, unsigned length, std::uint32_t value) {
  return write_word(main_, offset, length, value, true);
}

// RM0351 3.3.7: PGSERR where PG was not set, or flags of an operation before were not cleared.
bool L4Flash::sequence_allowed(Side& side) {
  const std::uint32_t cr = side.cr;
  const bool allowed = side.key.open() && PG.is_set(cr) != FSTPG.is_set(cr) &&
                       (cr & (MER1.mask() | layout_.mer2.mask())) == 0 && (side.sr & kStoppingFlags) == 0;
  if (!allowed) refuse(side, PGSERR.mask());
  return allowed;
}

BusStatus L4Flash::write_word(Side& side, std::uint32_t offset, unsigned length, std::uint32_t value,
                              bool otp) {
  if (engine_.busy()) return BusStatus::stalled;
  if (closed()) return BusStatus::error;  // RM0351 3.5.1, level 1
  check_row_deadline();
  std::optional<Part> part = std::move(part_);
  part_.reset();
  if (!sequence_allowed(side)) return BusStatus::ok;
  const bool goes_on = part && part->otp == otp && part->security == side.security;
  if (FSTPG.is_set(side.cr)) {
    write_row(offset, length, value, otp);
  } else if (length != 4) {
    refuse(side, SIZERR.mask());
  } else if (part ? !goes_on || offset != part->offset + part->bytes.size() : offset % layout_.word != 0) {
    refuse(side, PGAERR.mask());
  } else {
    if (!part) part = Part{offset, {}, otp, side.security};
    append_le32(part->bytes, value);
    if (part->bytes.size() < layout_.word) {
      part_ = std::move(part);
    } else {
      program(*part);
    }
  }
  return BusStatus::ok;
}

// ECC stands for the word as a whole: it must be erased, or be overwritten with zeros (RM0351 3.3.7 PROGERR).
void L4Flash::program(const Part& word) {
  Side& by = side(word.security);
  if (!word.otp && protected_from(by, {word.offset, layout_.word})) return refuse(by, WRPERR.mask());
  const auto all = [](ByteView bytes, std::uint8_t value) {
    return std::all_of(bytes.begin(), bytes.end(), [=](std::uint8_t b) { return b == value; });
  };
  const ByteView cells = word.otp ? memory_.otp : memory_.cells;
  const bool erased = all(cells.subspan(word.offset, layout_.word), 0xFF);
  if (!erased && (word.otp || !all(word.bytes, 0x00))) return refuse(by, PROGERR.mask());
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.affected = {bank_around(word.otp ? 0 : word.offset)};
  if (word.otp) {
    operation.done = [this, word] {
      std::copy(word.bytes.begin(), word.bytes.end(), memory_.otp.begin() + word.offset);
    };
  } else {
    operation.offset = word.offset;
    operation.programmed = word.bytes;
  }
  start(by, std::move(operation), layout_.times.program);
}

// --- fast programming: RM0351 3.3.8 ------------------------------------------------------------------

// Words of one row in order, each double word before the one before it is programmed. The row must be erased;
// the interface does not look (there is no PROGERR).
void L4Flash::write_row(std::uint32_t offset, unsigned length, std::uint32_t value, bool otp) {
  const std::uint32_t row = layout_.row_double_words * kDoubleWord;
  if (length != 4) return fail_row(SIZERR.mask());
  const std::uint32_t due =
      row_ ? row_->offset + static_cast<std::uint32_t>(row_->bytes.size()) : offset / row * row;
  if (otp || offset != due) return fail_row(PGAERR.mask());
  if (touches(L4Area::Kind::write, offset, 4) || touches(L4Area::Kind::read, offset, 4) ||
      hidden(offset, 4)) {
    return fail_row(WRPERR.mask());
  }
  const Nanoseconds step = Nanoseconds(layout_.times.row) / layout_.row_double_words;
  if (!row_) row_ = Row{offset, {}, around_.time.now() + step};
  append_le32(row_->bytes, value);
  if (row_->bytes.size() % kDoubleWord == 0) row_->deadline += step;
  if (row_->bytes.size() < row) return;
  FlashOperation operation;
  operation.offset = row_->offset;
  operation.programmed = std::move(row_->bytes);
  operation.affected = {bank_around(row_->offset)};
  const Nanoseconds left = row_->deadline - around_.time.now();
  row_.reset();
  around_.stats.flash_programs += layout_.row_double_words;
  start(main_, std::move(operation), std::max(left, step));
}

// What had been sent of the row is lost.
void L4Flash::fail_row(std::uint32_t flags) {
  row_.reset();
  refuse(main_, flags | FASTERR.mask());
}

void L4Flash::check_row_deadline() {
  if (row_ && around_.time.now() > row_->deadline) fail_row(MISSERR.mask());
}

}  // namespace probity::vboard
