#include "vboard/chip/flash/h5_flash.hpp"

#include <algorithm>

namespace probity::vboard {

using namespace h5_flash_reg;

namespace {

constexpr std::uint32_t kFlash = 0x08000000, kWord = 16;
constexpr std::uint32_t kFlags = EOP.mask() | kErrors;
constexpr std::uint32_t kAcrReset = 0x13, kOtpLine = 0x600;

// Of the order of STM32H563's data sheet (DS14258); its own figures are still to be looked up.
constexpr Microseconds kProgramTime{50};
constexpr Milliseconds kSectorTime{2}, kBankTime{10};

}  // namespace

H5Flash::H5Flash(const H5FlashLayout& layout, NonVolatile& memory, FlashSurroundings around)
    : layout_(layout),
      memory_(memory),
      around_(around),
      ecc_(kWord),
      writer_({.word = kWord,
               .base = kFlash,
               .cost =
                   [this](std::uint32_t word) {
                     return FlashWordWriter::Cost{bank_of(word), kProgramTime};
                   },
               .finished =
                   [this] {
                     working_->sr |= EOP.mask();
                     update_interrupt();
                   }},
              memory, ecc_, around_),
      otp_(memory.otp),
      option_engine_(memory.cells, 0xFF, kFlash, around_),
      pending_(layout.options.size()) {
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
  writer_.reset();
  option_engine_.cut_short();
  for (Side* side : {&main_, &secure_}) {
    side->key.reset();
    side->cr = side->sr = 0;
  }
  option_key_.reset();
  blocks_ = {};
  acr_ = kAcrReset;
  ecc_detected_ = ecc_data_ = 0;
  load_options();
  update_interrupt();
  around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

void H5Flash::settle() {
  writer_.settle();
  option_engine_.settle();
}

std::optional<Nanoseconds> H5Flash::busy_until() const {
  const auto operation = writer_.busy_until(), options = option_engine_.busy_until();
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

std::uint32_t H5Flash::status(const Side& side) {
  return side.sr | BSY.of(busy()) | WBNE.of(writer_.collects()) | DBNE.of(writer_.queued());
}

std::uint32_t H5Flash::control(const Side& side) const { return side.cr | LOCK.of(!side.key.open()); }

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
      value = status(main_);
      return BusStatus::ok;
    case NSCR:
      value = control(main_);
      return BusStatus::ok;
    case OPTCR:
      value = OPTLOCK.of(!option_key_.open()) | SWAP_BANK.of(swapped_);
      return BusStatus::ok;
    case ECCDETR:
      value = ecc_detected_;
      return BusStatus::ok;
    case ECCDR:
      value = ecc_data_;
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
      return write_key(main_.key, value);
    case OPTKEYR:
      return write_key(option_key_, value);
    case NSCR:
      return write_control(main_, value, lanes);
    case NSCCR:
      main_.sr &= ~(value & kFlags);
      return BusStatus::ok;
    case OPTCR:
      return write_option_control(value, lanes);
    case ECCDETR:
      if (ECCD.is_set(value)) ecc_detected_ = ecc_data_ = 0;
      return BusStatus::ok;
    default:
      return offset <= ECCDR ? BusStatus::ok : BusStatus::error;
  }
}

BusStatus H5Flash::write_key(KeyLock& lock, std::uint32_t value) {
  if (lock.write_key(value)) return BusStatus::ok;
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

// FLASH_NSCR, FLASH_SECCR: no effect while LOCK is set; a write waits while BSY. With PG cleared what is in
// the buffer is lost.
BusStatus H5Flash::write_control(Side& side, std::uint32_t value, Lanes lanes) {
  if (!side.key.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  if (busy() || writer_.queued()) return BusStatus::stalled;
  if (LOCK.is_set(value)) {
    side.key.lock();
    return BusStatus::ok;
  }
  const std::uint32_t of_secure = side.security == Security::secure ? INV.mask() : 0;
  const std::uint32_t implemented = of_secure | PG.mask() | SER.mask() | BER.mask() | SNB.mask() |
                                    MER.mask() | BKSEL.mask() |
                                    kFlags;  // the enable bits have their flags' places
  side.cr = lanes.merge(side.cr, value) & implemented;
  if (!PG.is_set(side.cr)) writer_.drop();
  if (FW.is_set(value)) writer_.force();
  if (START.is_set(value)) start_erase(side);
  return BusStatus::ok;
}

void H5Flash::refuse(Side& side, std::uint32_t flags) {
  ++around_.stats.flash_errors;
  side.sr |= flags;
  update_interrupt();
}

void H5Flash::update_interrupt() { around_.interrupt_changed((main_.cr & main_.sr & kFlags) != 0); }

// --- cells ---------------------------------------------------------------------------------------------

bool H5Flash::readable(std::uint32_t place, std::uint32_t size) {
  return !writer_.affects(place, size) && !option_engine_.affects(place, size);
}

BusStatus H5Flash::read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                              std::uint32_t& value) {
  settle();
  const std::uint32_t place = other_view(offset);
  if (!readable(place, size)) return BusStatus::stalled;
  if (const Passage way = passage(master, security, place); way != Passage::open) {
    value = 0;
    return way == Passage::refused ? BusStatus::error : BusStatus::ok;
  }
  if (ecc_.in({place, size})) {
    note_ecc_error(BK_ECC.of(place >= bank_size()) | ADDR_ECC.of(place % bank_size() / kWord), 0);
    return BusStatus::error;
  }
  value = load_sized(memory_.cells, place, size);
  return BusStatus::ok;
}

// The first error is kept until it is cleared.
void H5Flash::note_ecc_error(std::uint32_t where, std::uint32_t data) {
  if (ecc_detected_ != 0) return;
  ecc_detected_ = ECCD.mask() | where;
  ecc_data_ = data;
}

// RM0481 7.3.4: 16 or 32 bits; a word that was never written reads as ones, with an ECC error. The address of
// an error counts words of 32 bits from kOtpLine on (stm32h5xx_hal_flash_ex.c, HAL_FLASHEx_GetEccInfo).
BusStatus H5Flash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  settle();
  if (size < OtpArea::kWord) return BusStatus::error;
  if (!readable(0, bank_size())) return BusStatus::stalled;
  const OtpArea::Content content = otp_.content(offset, size);
  value = otp_.read(offset, size);
  if (content != OtpArea::Content::good) {
    note_ecc_error(OTP_ECC.mask() | ADDR_ECC.of(kOtpLine + offset / 4), value & 0xFFFF);
  }
  return content == OtpArea::Content::corrupt ? BusStatus::error : BusStatus::ok;
}

std::optional<ByteView> H5Flash::window(Security security, std::uint32_t offset, std::uint32_t& begin) {
  settle();
  const std::uint32_t place = other_view(offset), sector = place - place % kSector;
  if (!readable(sector, kSector) || ecc_.in({sector, kSector})) return {};
  if (passage(Master::fetch, security, sector) != Passage::open) return {};
  begin = offset - offset % kSector;
  return ByteView(memory_.cells).subspan(sector, kSector);
}

// --- programming ---------------------------------------------------------------------------------------

// RM0481 7.9.2, the conditions of a PGSERR.
bool H5Flash::program_enabled(const Side& side) {
  return side.key.open() && PG.is_set(side.cr) && (side.cr & (SER.mask() | BER.mask() | MER.mask())) == 0 &&
         (side.sr & kErrors) == 0;
}

BusStatus H5Flash::write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  const std::uint32_t place = other_view(offset);
  if (writer_.queued() || option_engine_.busy()) return BusStatus::stalled;
  Side& by = side(security);
  if (!may_write(by, place - place % kWord)) return BusStatus::ok;
  working_ = &by;
  if (!writer_.collect(place, size, value)) {  // RM0481 7.9.3: what was collected is lost
    writer_.drop();
    refuse(by, STRBERR.mask());
  }
  return BusStatus::ok;
}

// RM0481 7.9: an error loses what was in the buffer.
bool H5Flash::may_write(Side& side, std::uint32_t word) {
  std::uint32_t error = 0;
  if (!program_enabled(side)) {
    error = PGSERR.mask();
  } else if (write_protected({word, kWord}) || !belongs_to(side.security, {word, kWord})) {
    error = WRPERR.mask();
  } else if (writer_.collects_elsewhere(word)) {
    error = INCERR.mask();
  }
  if (error == 0) return true;
  writer_.drop();
  refuse(side, error);
  return false;
}

// RM0481 7.3.9: 16 bits, or two words at once; never while the write buffer waits for data.
BusStatus H5Flash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  if (size < OtpArea::kWord) return BusStatus::error;
  if (writer_.queued() || busy()) return BusStatus::stalled;
  const bool enabled = program_enabled(main_) && !writer_.collects();
  if (!enabled || OtpArea::locked(memory_.option("OTPBLR"), offset)) {
    writer_.drop();
    refuse(main_, enabled ? WRPERR.mask() : PGSERR.mask());
    return BusStatus::ok;
  }
  ++around_.stats.flash_programs;
  working_ = &main_;
  writer_.start([this, offset, size, value] { otp_.program(offset, size, value); },
                {bank_of(0), Nanoseconds(kProgramTime) * size / OtpArea::kWord});
  return BusStatus::ok;
}

// RM0481 7.9.1: programming system memory is a WRPERR. 7.5: a write to the read-only words is ignored, if its
// size is theirs.
BusStatus H5Flash::write_factory(bool system, unsigned size) {
  settle();
  if (system) refuse(main_, WRPERR.mask());
  return system || size >= OtpArea::kWord ? BusStatus::ok : BusStatus::error;
}

bool H5Flash::write_protected(CellRange range) const {
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += kSector) {
    const bool second = at >= bank_size();
    const unsigned bit = at % bank_size() / kSector / layout_.sectors_per_protection_bit;
    if (!Field{"WRPSG", bit}.is_set(memory_.option(second ? "WRP2" : "WRP1"))) return true;
  }
  return false;
}

// --- erase ---------------------------------------------------------------------------------------------

// FLASH_NSCR: MER both banks; BER the bank, SER the sector of the bank that BKSEL names. One of them, alone
// (RM0481 7.9.2).
void H5Flash::start_erase(Side& side) {
  const std::uint32_t cr = side.cr;
  const unsigned kinds = SER.get(cr) + BER.get(cr) + MER.get(cr);
  if (kinds != 1 || PG.is_set(cr) || (side.sr & kErrors) != 0) return refuse(side, PGSERR.mask());
  const CellRange bank{BKSEL.is_set(cr) ? bank_size() : 0, bank_size()};
  CellRange range{bank.offset + SNB.get(cr) * kSector, kSector};
  CellRange blocked = bank;
  Nanoseconds duration = kSectorTime;
  if (MER.is_set(cr)) {
    range = blocked = {0, 2 * bank_size()};
    duration = kBankTime;
  } else if (BER.is_set(cr)) {
    range = bank;
    duration = kBankTime;
  } else if (range.offset >= bank.offset + bank.size) {
    ++around_.stats.flash_errors;
    return;
  }
  if (write_protected(range) || !belongs_to(side.security, range)) return refuse(side, WRPERR.mask());
  working_ = &side;
  around_.stats.flash_erases += range.size / kSector;
  writer_.erase(range, {blocked, duration});
}

}  // namespace probity::vboard
