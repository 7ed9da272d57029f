#include "vboard/chip/flash/l4_flash.hpp"

#include <algorithm>

#include "vboard/chip/flash/l4_flash_registers.hpp"

namespace probity::vboard {

using namespace l4_reg;

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000;
constexpr std::uint32_t kControlBits = PG.mask() | PER.mask() | MER1.mask() | EOPIE.mask() | ERRIE.mask();
constexpr std::uint32_t kFlags = EOP.mask() | OPERR.mask() | PROGERR.mask() | WRPERR.mask() | PGAERR.mask() |
                                 SIZERR.mask() | PGSERR.mask() | MISSERR.mask() | FASTERR.mask() |
                                 RDERR.mask() | OPTVERR.mask() | OPTWERR.mask();

}  // namespace

L4Flash::L4Flash(std::shared_ptr<const L4Layout> layout, const ChipFacts& facts, NonVolatile& memory,
                 FlashSurroundings surroundings)
    : shared_layout_(std::move(layout)),
      layout_(*shared_layout_),
      kib_(facts.flash_kib),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, 0xFF, kFlashBase, around_) {
  around_.changed = [this, changed = std::move(around_.changed)](std::uint32_t offset, std::uint32_t length) {
    if (!swapped_) return changed(offset, length);
    changed(place(offset), std::min(length, bank_size()));
    if (length > bank_size()) changed(place(offset + bank_size()), length - bank_size());
  };
  power_on_reset();
}

// Bank swapping (RM0444 3.3.7 nSWAP_BANK): the bus sees bank 2 first. The same function both ways.
std::uint32_t L4Flash::place(std::uint32_t seen) const {
  if (!swapped_) return seen;
  return seen < size() / 2 ? seen + size() / 2 : seen - size() / 2;
}

void L4Flash::power_on_reset() {
  debugger_ = false;
  load_options();
  reset();
}

void L4Flash::reset() {
  engine_.cut_short();
  part_.reset();
  row_.reset();
  main_.reset();
  secure_.reset();
  option_key_.reset();
  acr_ = layout_.acr_reset;
  hdpcr_ = 0;
  blocks_ = {};
  written_ = loaded_;
  update_interrupt();
  around_.changed(0, size());
}

void L4Flash::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (closed()) around_.changed(0, size());
}

// --- registers ---------------------------------------------------------------------------------------

// CFGBSY stands from the first word of a double word on (RM0444 3.7.4, RM0434 3.10.5).
std::uint32_t L4Flash::status(const Side& side) {
  check_row_deadline();
  const bool busy = engine_.busy() || row_.has_value();
  std::uint32_t value = side.sr;
  if (layout_.has_bsy2 && dual_) {
    const bool second = busy && engine_.affects(bank_begin(2), bank_size());
    value |= BSY.of(busy && engine_.affects(0, bank_size())) | BSY2.of(second);
  } else {
    value |= BSY.of(busy);
  }
  if (layout_.has_wdw) value |= WDW.of(part_.has_value());
  if (layout_.has_cfgbsy) value |= CFGBSY.of(busy || part_.has_value());
  return value;
}

std::uint32_t L4Flash::control(const Side& side) {
  engine_.settle();
  const bool options = side.security == Security::non_secure;
  return side.cr | LOCK.of(!side.key.open()) | OPTLOCK.of(options && !option_key_.open());
}

BusStatus L4Flash::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = 0;
  if (offset == ACR) value = acr_;
  if (offset == layout_.places.sr) value = status(main_);
  if (offset == layout_.places.cr) value = control(main_);
  for (std::size_t i = 0; i < written_.size(); ++i) {
    if (layout_.options[i].offset == offset) value = written_[i];
  }
  return BusStatus::ok;  // reserved places and keys read 0
}

BusStatus L4Flash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  engine_.settle();
  const BusStatus status = write_any(offset, value, lanes);
  update_interrupt();
  return status;
}

BusStatus L4Flash::write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  const L4Places& places = layout_.places;
  if (offset == places.keyr) return write_key(main_.key, value, true);
  // RM0432 3.7.7 OPTLOCK: LOCK must have been cleared before.
  if (offset == places.optkeyr) return write_key(option_key_, value, main_.key.open());
  if (offset == places.cr) return write_control(main_, value, lanes);
  if (offset == ACR) acr_ = lanes.merge(acr_, value);
  if (offset == places.sr) main_.sr &= ~(value & kFlags);
  if (offset == ACR || offset == places.sr) return BusStatus::ok;
  for (std::size_t i = 0; i < written_.size(); ++i) {
    if (layout_.options[i].offset == offset) return write_option_register(i, value, lanes);
  }
  const auto& silent = layout_.silent;
  const bool exists = std::find(silent.begin(), silent.end(), offset) != silent.end();
  return exists ? BusStatus::ok : BusStatus::error;
}

// RM0351 3.3.5: a wrong sequence is a bus error and locks the register until the next reset.
BusStatus L4Flash::write_key(KeyLock& lock, std::uint32_t value, bool allowed) {
  if (allowed && lock.write_key(value)) return BusStatus::ok;
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

// RM0351 3.7.5: the access waits while an operation runs; nothing happens while LOCK is set, nor to the
// option bits while OPTLOCK is.
BusStatus L4Flash::write_control(Side& side, std::uint32_t value, Lanes lanes) {
  check_row_deadline();
  if (engine_.busy()) return BusStatus::stalled;
  if (!side.key.open() || (layout_.has_cfgbsy && part_)) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  part_.reset();
  if (row_) fail_row(PGSERR.mask());
  const bool secure = side.security == Security::secure;
  const std::uint32_t locks = secure ? 0 : securable_locks(), kept = side.cr & locks;  // set until reset
  const std::uint32_t implemented = kControlBits | layout_.pnb.mask() | layout_.bker.mask() |
                                    layout_.mer2.mask() | locks | (secure ? INV.mask() : 0) |
                                    (layout_.row_double_words != 0 ? FSTPG.mask() : 0) |
                                    (layout_.has_read_protection_flag ? RDERRIE.mask() : 0);
  const std::uint32_t before = side.cr;
  side.cr = (lanes.merge(side.cr, value) & implemented) | kept;
  if (side.cr != before && (side.cr & locks) != kept) around_.changed(0, size());
  if (STRT.is_set(value)) start_erase(side);
  if (!secure) control_options(value);
  if (LOCK.is_set(value)) side.key.lock();
  return BusStatus::ok;
}

void L4Flash::control_options(std::uint32_t value) {
  const bool open = option_key_.open();
  if (OPTSTRT.is_set(value) && open) start_options();
  if ((OPTSTRT.is_set(value) || OBL_LAUNCH.is_set(value)) && !open) ++around_.stats.flash_errors;
  if (OPTLOCK.is_set(value)) option_key_.lock();
  if (OBL_LAUNCH.is_set(value) && open) {
    load_options();
    around_.option_reset();
  }
}

// RM0351 3.7.8: no write while BSY; no effect while OPTLOCK is set.
BusStatus L4Flash::write_option_register(std::size_t index, std::uint32_t value, Lanes lanes) {
  if (engine_.busy()) return BusStatus::stalled;
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const std::uint32_t mask = layout_.options[index].mask;
  written_[index] = (written_[index] & ~mask) | (lanes.merge(written_[index], value) & mask);
  return BusStatus::ok;
}

// OPERR accompanies every refused operation, but only with error interrupts on (RM0351 3.7.4).
void L4Flash::refuse(Side& side, std::uint32_t flags) {
  ++around_.stats.flash_errors;
  side.sr |= flags;
  if (ERRIE.is_set(side.cr)) side.sr |= OPERR.mask();
  update_interrupt();
}

// The FLASH interrupt line (RM0351 3.6).
void L4Flash::update_interrupt() {
  const std::uint32_t cr = main_.cr, sr = main_.sr;
  around_.interrupt_changed((EOPIE.is_set(cr) && EOP.is_set(sr)) || (ERRIE.is_set(cr) && OPERR.is_set(sr)) ||
                            (RDERRIE.is_set(cr) && RDERR.is_set(sr)));
}

// --- reading -----------------------------------------------------------------------------------------

BusStatus L4Flash::read_cells(Master master, Security security, std::uint32_t offset, unsigned length,
                              std::uint32_t& value) {
  const std::uint32_t at = place(offset);
  if (closed() || hidden(at, length)) return BusStatus::error;
  if (engine_.affects(at, length)) return BusStatus::stalled;
  if (const Passage way = passage(master, security, at); way != Passage::open) {
    value = 0;
    return way == Passage::refused ? BusStatus::error : BusStatus::ok;
  }
  if (master != Master::fetch && touches(L4Area::Kind::read, at, length)) {
    refuse(main_, RDERR.mask());
    return BusStatus::error;
  }
  value = load_sized(memory_.cells, at, length);
  return BusStatus::ok;
}

BusStatus L4Flash::read_otp(std::uint32_t offset, unsigned length, std::uint32_t& value) {
  if (engine_.affects(0, bank_size())) return BusStatus::stalled;  // it is part of bank 1
  value = load_sized(memory_.otp, offset, length);
  return BusStatus::ok;
}

// Each word is followed by its complement (RM0351 3.4.1).
BusStatus L4Flash::read_option_area(std::uint32_t offset, unsigned length, std::uint32_t& value) {
  if (engine_.affects(0, bank_size())) return BusStatus::stalled;
  std::uint32_t word = 0xFFFFFFFF;
  for (const L4OptionRegister& r : layout_.options) {
    if (!r.area) continue;
    if ((offset & ~3u) == *r.area) word = memory_.option(r.name);
    if ((offset & ~3u) == *r.area + 4) word = ~memory_.option(r.name);
  }
  value = Lanes::of(offset, length).extract(word);
  return BusStatus::ok;
}

std::optional<ByteView> L4Flash::window(Security security, std::uint32_t offset, std::uint32_t& begin) {
  const std::uint32_t page = page_size(), at = place(offset) / page * page;
  if (closed() || hidden(at, page) || touches(L4Area::Kind::read, at, page)) return {};
  if (engine_.affects(at, page) || passage(Master::fetch, security, at) != Passage::open) return {};
  begin = offset / page * page;
  return ByteView(memory_.cells).subspan(at, page);
}

}  // namespace probity::vboard
