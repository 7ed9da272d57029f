#include "vboard/chip/h5_flash.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::vboard {

using namespace h5_flash_reg;

namespace {

constexpr std::uint32_t kFlash = 0x08000000, kWord = 16, kSector = 8 * 1024;
constexpr std::uint32_t kFlags =
    EOP.mask() | WRPERR.mask() | PGSERR.mask() | STRBERR.mask() | INCERR.mask() | OPTCHANGEERR.mask();
constexpr std::uint32_t kAcrReset = 0x13;

// Of the order of STM32H563's data sheet (DS14258); its own figures are still to be looked up.
constexpr Microseconds kProgramTime{50};
constexpr Milliseconds kSectorTime{2}, kBankTime{10};

std::uint32_t load(ByteView bytes, std::uint32_t offset, unsigned size) {
  return size == 4 ? load_le32(bytes, offset) : size == 2 ? load_le16(bytes, offset) : load_u8(bytes, offset);
}

}  // namespace

H5Flash::H5Flash(const H5FlashLayout& layout, NonVolatile& memory, FlashSurroundings around)
    : layout_(layout),
      memory_(memory),
      around_(around),
      engine_(memory.cells, 0xFF, kFlash, around_),
      option_engine_(memory.cells, 0xFF, kFlash, around_),
      pending_(layout.options.size()),
      ecc_(kWord) {
  // Told in halves, as a range across both banks is elsewhere when they are swapped.
  around_.changed = [this, tell = around.changed](std::uint32_t place, std::uint32_t size) {
    while (size != 0) {
      const CellRange bank = bank_of(place);
      const std::uint32_t part = std::min(size, bank.offset + bank.size - place);
      tell(other_view(place), part);
      place += part;
      size -= part;
    }
  };
  reset();
}

void H5Flash::reset() {
  engine_.cut_short();
  option_engine_.cut_short();
  if (in_flight_) ecc_.add(*in_flight_);
  key_.reset();
  option_key_.reset();
  acr_ = kAcrReset;
  cr_ = sr_ = ecc_detected_ = 0;
  buffer_.reset();
  queued_.reset();
  in_flight_.reset();
  load_options();
  update_interrupt();
  around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

void H5Flash::settle() {
  engine_.settle();
  option_engine_.settle();
}

std::optional<Nanoseconds> H5Flash::busy_until() const {
  const auto operation = engine_.busy_until(), options = option_engine_.busy_until();
  return operation && options ? std::min(operation, options) : operation ? operation : options;
}

CellRange H5Flash::bank_of(std::uint32_t place) const {
  return {place / bank_size() * bank_size(), bank_size()};
}

// With SWAP_BANK each bank is where the other one was. Its own inverse.
std::uint32_t H5Flash::other_view(std::uint32_t offset) const {
  return !swapped_ ? offset : offset < bank_size() ? offset + bank_size() : offset - bank_size();
}

// --- registers -----------------------------------------------------------------------------------------

BusStatus H5Flash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  bool program = false;
  value = 0;
  if (const H5OptionRegister* row = option_at(offset, program)) {
    value = program ? pending(row->name) : memory_.option(row->name);
    return BusStatus::ok;
  }
  switch (offset) {
    case ACR:
      value = acr_;
      return BusStatus::ok;
    case NSSR:
      value = sr_ | BSY.of(busy()) | WBNE.of(buffer_.has_value()) | DBNE.of(queued_.has_value());
      return BusStatus::ok;
    case NSCR:
      value = cr_ | LOCK.of(!key_.open());
      return BusStatus::ok;
    case OPTCR:
      value = OPTLOCK.of(!option_key_.open()) | SWAP_BANK.of(swapped_);
      return BusStatus::ok;
    case ECCDETR:
      value = ecc_detected_;
      return BusStatus::ok;
    default:  // keys, clear registers and the secure half read 0
      return offset <= ECCDR ? BusStatus::ok : BusStatus::error;
  }
}

BusStatus H5Flash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  settle();
  const BusStatus status = write_any(offset, value, lanes);
  update_interrupt();
  return status;
}

BusStatus H5Flash::write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  bool program = false;
  if (const H5OptionRegister* row = option_at(offset, program)) {
    if (option_engine_.busy()) return BusStatus::stalled;
    if (!program || !option_key_.open()) {
      ++around_.stats.flash_errors;
      return BusStatus::ok;
    }
    std::uint32_t& word = pending(row->name);
    word = (word & ~row->mask) | (lanes.merge(word, value) & row->mask);
    return BusStatus::ok;
  }
  switch (offset) {
    case ACR:
      acr_ = lanes.merge(acr_, value);
      return BusStatus::ok;
    case NSKEYR:
    case OPTKEYR: {
      const bool accepted = (offset == NSKEYR ? key_ : option_key_).write_key(value);
      if (!accepted) ++around_.stats.flash_errors;
      return accepted ? BusStatus::ok : BusStatus::error;
    }
    case NSCR:
      return write_control(value, lanes);
    case NSCCR:
      sr_ &= ~(value & kFlags);
      return BusStatus::ok;
    case OPTCR:
      return write_option_control(value, lanes);
    case ECCDETR:
      if (ECCD.is_set(value)) ecc_detected_ = 0;
      return BusStatus::ok;
    default:
      return offset <= ECCDR ? BusStatus::ok : BusStatus::error;
  }
}

// FLASH_NSCR: no effect while LOCK is set; a write waits while BSY. With PG cleared what is in the buffer is
// lost.
BusStatus H5Flash::write_control(std::uint32_t value, Lanes lanes) {
  if (!key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  if (busy() || queued_) return BusStatus::stalled;
  if (LOCK.is_set(value)) {
    key_.lock();
    return BusStatus::ok;
  }
  const std::uint32_t implemented = PG.mask() | SER.mask() | BER.mask() | SNB.mask() | MER.mask() |
                                    BKSEL.mask() | kFlags;  // the enable bits have their flags' places
  cr_ = lanes.merge(cr_, value) & implemented;
  if (!PG.is_set(cr_)) buffer_.reset();
  if (FW.is_set(value) && buffer_) send_buffer();
  if (START.is_set(value)) start_erase();
  return BusStatus::ok;
}

void H5Flash::refuse(std::uint32_t flags) {
  ++around_.stats.flash_errors;
  sr_ |= flags;
  update_interrupt();
}

void H5Flash::update_interrupt() { around_.interrupt_changed((cr_ & sr_ & kFlags) != 0); }

// --- cells ---------------------------------------------------------------------------------------------

bool H5Flash::readable(std::uint32_t place, std::uint32_t size) {
  return !engine_.affects(place, size) && !option_engine_.affects(place, size);
}

BusStatus H5Flash::read_cells(Master, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  settle();
  const std::uint32_t place = other_view(offset);
  if (!readable(place, size)) return BusStatus::stalled;
  if (ecc_.in({place, size})) {
    if (ecc_detected_ == 0) {  // kept until it is cleared
      ecc_detected_ =
          ECCD.mask() | BK_ECC.of(place >= bank_size()) | ADDR_ECC.of(place % bank_size() / kWord);
    }
    return BusStatus::error;
  }
  value = load(memory_.cells, place, size);
  return BusStatus::ok;
}

std::optional<ByteView> H5Flash::window(std::uint32_t offset, std::uint32_t& begin) {
  settle();
  const std::uint32_t place = other_view(offset), sector = place - place % kSector;
  if (!readable(sector, kSector) || ecc_.in({sector, kSector})) return {};
  begin = offset - offset % kSector;
  return ByteView(memory_.cells).subspan(sector, kSector);
}

BusStatus H5Flash::write_cells(std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  const std::uint32_t place = other_view(offset), word = place - place % kWord;
  if (queued_ || option_engine_.busy()) return BusStatus::stalled;
  if (!may_write(word)) return BusStatus::ok;
  if (!buffer_) buffer_.emplace(word, kWord);
  if (!buffer_->put(place, size, value)) refuse(STRBERR.mask());
  if (buffer_->full()) send_buffer();
  return BusStatus::ok;
}

// RM0481 7.9: an error loses what was in the buffer.
bool H5Flash::may_write(std::uint32_t word) {
  std::uint32_t error = 0;
  if (!key_.open() || !PG.is_set(cr_) || INCERR.is_set(sr_)) {
    error = PGSERR.mask();
  } else if (write_protected({word, kWord})) {
    error = WRPERR.mask();
  } else if (buffer_ && buffer_->offset() != word) {
    error = INCERR.mask();
  }
  if (error == 0) return true;
  buffer_.reset();
  refuse(error);
  return false;
}

void H5Flash::send_buffer() {
  queued_ = std::move(buffer_);
  buffer_.reset();
  if (!engine_.busy()) program_next();
}

void H5Flash::program_next() {
  if (!queued_) return;
  const std::uint32_t word = queued_->offset();
  const auto cells = ByteView(memory_.cells).subspan(word, kWord);
  const bool erased = std::all_of(cells.begin(), cells.end(), [](std::uint8_t cell) { return cell == 0xFF; });
  FlashOperation operation;
  operation.offset = word;
  operation.programmed = queued_->bytes();
  operation.done = [this, erased, word] {
    in_flight_.reset();
    if (!erased) ecc_.add(word);
  };
  queued_.reset();
  in_flight_ = word;
  ++around_.stats.flash_programs;
  begin(std::move(operation), bank_of(word), kProgramTime);
}

// A bank that works cannot be read meanwhile; the other one can.
void H5Flash::begin(FlashOperation operation, CellRange blocked, Nanoseconds duration) {
  operation.affected.push_back(blocked);
  operation.done = [this, effect = std::move(operation.done)] {
    effect();
    sr_ |= EOP.mask();
    update_interrupt();
    program_next();
  };
  engine_.start(std::move(operation), duration);
}

bool H5Flash::write_protected(CellRange range) const {
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += kSector) {
    const bool second = at >= bank_size();
    const unsigned bit = at % bank_size() / kSector / layout_.sectors_per_protection_bit;
    if (!Field{"WRPSG", bit}.is_set(memory_.option(second ? "WRP2" : "WRP1"))) return true;
  }
  return false;
}

// FLASH_NSCR: MER both banks; BER the bank, SER the sector of the bank that BKSEL names.
void H5Flash::start_erase() {
  const CellRange bank{BKSEL.is_set(cr_) ? bank_size() : 0, bank_size()};
  CellRange range{bank.offset + SNB.get(cr_) * kSector, kSector};
  CellRange blocked = bank;
  Nanoseconds duration = kSectorTime;
  if (MER.is_set(cr_)) {
    range = blocked = {0, 2 * bank_size()};
    duration = kBankTime;
  } else if (BER.is_set(cr_)) {
    range = bank;
    duration = kBankTime;
  } else if (!SER.is_set(cr_) || range.offset >= bank.offset + bank.size) {
    ++around_.stats.flash_errors;
    return;
  }
  if (write_protected(range)) return refuse(WRPERR.mask());
  around_.stats.flash_erases += range.size / kSector;
  FlashOperation operation;
  operation.erased = {range};
  operation.done = [this, range] { ecc_.erased(range); };
  begin(std::move(operation), blocked, duration);
}

}  // namespace probity::vboard
