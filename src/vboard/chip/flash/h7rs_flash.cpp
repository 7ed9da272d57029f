#include "vboard/chip/flash/h7rs_flash.hpp"

#include <algorithm>

namespace probity::vboard {

using namespace h7rs_flash_reg;

namespace {

constexpr std::uint32_t kFlash = 0x08000000, kOtp = 0x08FFF000, kWord = 16, kSector = 8 * 1024;
constexpr std::uint32_t kAcrReset = 0x13;
constexpr std::uint32_t kFlags = EOPF.mask() | WRPERRF.mask() | PGSERRF.mask() | STRBERRF.mask() |
                                 OBLERRF.mask() | INCERRF.mask() | RDSERRF.mask() | SNECCERRF.mask() |
                                 DBECCERRF.mask();
// Of the order of H5's and H7A/B's, whose memory it is; its data sheet's figures are still to be looked up.
constexpr Microseconds kProgramTime{50};
constexpr Milliseconds kSectorTime{2}, kBankTime{10};

}  // namespace

H7rsFlash::H7rsFlash(NonVolatile& memory, FlashSurroundings around)
    : memory_(memory),
      around_(around),
      ecc_(kWord),
      writer_({.word = kWord,
               .base = kFlash,
               .cost =
                   [this](std::uint32_t) {
                     return FlashWordWriter::Cost{all(), kProgramTime};
                   },
               .finished =
                   [this] {
                     erases_ = false;
                     isr_ |= EOPF.mask();
                     update_interrupt();
                   }},
              memory, ecc_, around_),
      otp_(memory.otp),
      option_engine_(memory.cells, 0xFF, kFlash, around_),
      pending_(h7rs_option_registers().size()) {
  reset();
}

void H7rsFlash::reset() {
  writer_.reset();
  option_engine_.cut_short();
  otp_buffer_.reset();
  key_.reset();
  option_key_.reset();
  acr_ = kAcrReset;
  cr_ = ier_ = isr_ = ecc_address_ = optcr_ = optisr_ = 0;
  erases_ = false;
  load_options();
  update_interrupt();
  around_.changed(0, all().size);
}

void H7rsFlash::settle() {
  writer_.settle();
  option_engine_.settle();
}

std::optional<Nanoseconds> H7rsFlash::busy_until() const {
  const auto operation = writer_.next_change(), options = option_engine_.busy_until();
  return operation && options ? std::min(operation, options) : operation ? operation : options;
}

// --- registers -----------------------------------------------------------------------------------------

// IS_PROGRAM, IS_ERASE and IS_OPTCHANGE come and go with BUSY.
std::uint32_t H7rsFlash::status() {
  const bool works = writer_.busy(), options = option_engine_.busy();
  const bool step = works && !writer_.between_steps();
  return BUSY.of(step || options) | WBNE.of(writer_.collects() || otp_buffer_) |
         QW.of(works || options || writer_.queued()) | IS_PROGRAM.of(step && !erases_) |
         IS_ERASE.of(step && erases_) | IS_OPTCHANGE.of(options);
}

BusStatus H7rsFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  bool program = false;
  value = 0;
  if (const H7rsOptionRegister* row = option_at(offset, program)) {
    value = program ? pending(*row) : memory_.option(row->name);
    return BusStatus::ok;
  }
  switch (offset) {
    case ACR:
      value = acr_;
      return BusStatus::ok;
    case CR:
      value = cr_ | LOCK.of(!key_.open());
      return BusStatus::ok;
    case SR:
      value = status();
      return BusStatus::ok;
    case IER:
      value = ier_;
      return BusStatus::ok;
    case ISR:
      value = isr_;
      return BusStatus::ok;
    case ECCDFADDR:
      value = ecc_address_;
      return BusStatus::ok;
    case OPTCR:
      value = optcr_ | OPTLOCK.of(!option_key_.open());
      return BusStatus::ok;
    case OPTISR:
      value = optisr_;
      return BusStatus::ok;
    case KEYR:  // written only
    case OPTKEYR:
    case ICR:
    case OPTICR:
    case ECCSFADDR:  // no error is ever corrected
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

// As H7's: "all write accesses to embedded flash memory registers are put on hold until the option byte
// change operation has completed".
BusStatus H7rsFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  settle();
  if (option_engine_.busy()) return BusStatus::stalled;
  const BusStatus status = write_any(offset, value, lanes);
  update_interrupt();
  return status;
}

BusStatus H7rsFlash::write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  bool program = false;
  if (const H7rsOptionRegister* row = option_at(offset, program)) {
    if (program) return write_option(*row, value, lanes);
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  switch (offset) {
    case ACR:
      acr_ = lanes.merge(acr_, value);
      return BusStatus::ok;
    case KEYR:
    case OPTKEYR:
      return write_key(offset, value);
    case CR:
      return write_control(value, lanes);
    case IER:  // "when LOCK is set … write to FLASH_IER register [is] ignored"
      if (key_.open()) ier_ = lanes.merge(ier_, value) & kFlags;
      return BusStatus::ok;
    case ICR:
      isr_ &= ~(value & kFlags);
      if (!DBECCERRF.is_set(isr_)) ecc_address_ = 0;
      return BusStatus::ok;
    case OPTCR:
      return write_option_control(value, lanes);
    case OPTICR:
      optisr_ &= ~(value & OPTERRF.mask());
      return BusStatus::ok;
    case SR:  // read only
    case ISR:
    case OPTISR:
    case ECCSFADDR:
    case ECCDFADDR:
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

BusStatus H7rsFlash::write_key(std::uint32_t offset, std::uint32_t value) {
  const bool accepted = (offset == KEYR ? key_ : option_key_).write_key(value);
  if (!accepted) ++around_.stats.flash_errors;
  return accepted ? BusStatus::ok : BusStatus::error;
}

// "During the write access to set LOCK bit from 0 to 1, it is possible to change the other bits of this
// register"; with PG cleared "all the data stored in the buffer but not sent to the operation queue are
// lost".
BusStatus H7rsFlash::write_control(std::uint32_t value, Lanes lanes) {
  if (!key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const std::uint32_t written = lanes.merge(cr_, value);
  const bool starts = START.is_set(value), forces = FW.is_set(value) && (writer_.collects() || otp_buffer_);
  if ((starts || forces) && (writer_.queued() || (writer_.busy() && (starts || otp_buffer_)))) {
    return BusStatus::stalled;
  }
  cr_ = written & (PG.mask() | SER.mask() | BER.mask() | SSN.mask() | PG_OTP.mask() | ALL_BANKS.mask());
  if (!PG.is_set(cr_)) writer_.drop();
  if (!PG_OTP.is_set(cr_)) otp_buffer_.reset();
  if (forces) force();
  if (starts) start_erase();
  if (LOCK.is_set(value)) key_.lock();
  return BusStatus::ok;
}

void H7rsFlash::refuse(std::uint32_t flags) {
  ++around_.stats.flash_errors;
  isr_ |= flags;
  update_interrupt();
}

void H7rsFlash::update_interrupt() {
  around_.interrupt_changed((ier_ & isr_) != 0 || (optcr_ & optisr_ & OPTERRF.mask()) != 0);
}

bool H7rsFlash::watchdog_in_hardware() const { return !IWDG_HW.is_set(memory_.option("OBW1SR")); }

// --- reading -------------------------------------------------------------------------------------------

// "Only the first address that generated an ECC double error detection error is saved" (ECCDFADDR).
void H7rsFlash::note_ecc_error(std::uint32_t address) {
  if (!DBECCERRF.is_set(isr_)) ecc_address_ = address;
  isr_ |= DBECCERRF.mask();
  update_interrupt();
}

BusStatus H7rsFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  settle();
  if (writer_.busy() || option_engine_.affects(offset, size)) return BusStatus::stalled;
  if (ecc_.in({offset, size})) {
    note_ecc_error(kFlash + offset);
    return BusStatus::error;
  }
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

std::optional<ByteView> H7rsFlash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  settle();
  begin = offset - offset % kSector;
  const CellRange sector{begin, kSector};
  if (writer_.busy() || option_engine_.affects(begin, kSector) || ecc_.in(sector)) return {};
  return ByteView(memory_.cells).subspan(begin, kSector);
}

// A word that was never written reads as ones, with an ECC error (RM0481 7.3.4 says it of the same memory).
BusStatus H7rsFlash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  settle();
  if (writer_.busy()) return BusStatus::stalled;
  const OtpArea::Content content = otp_.content(offset, size);
  if (content != OtpArea::Content::good) note_ecc_error(kOtp + offset);
  value = otp_.read(offset, size);
  return content == OtpArea::Content::corrupt ? BusStatus::error : BusStatus::ok;
}

// --- programming ---------------------------------------------------------------------------------------

bool H7rsFlash::write_protected(CellRange range) const {
  const std::uint32_t open = memory_.option("WRPSR");
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += kSector) {
    if (!Field{"WRPS", at / kSector}.is_set(open)) return true;
  }
  return false;
}

// RM0433 4.7.2 to 4.7.6. An error loses what was in the buffer (WBNE: "detects an error that involves data
// loss").
bool H7rsFlash::may_write(std::uint32_t word) {
  std::uint32_t error = 0;
  if (!key_.open() || !PG.is_set(cr_) || INCERRF.is_set(isr_)) {
    error = PGSERRF.mask();
  } else if (write_protected({word, kWord})) {
    error = WRPERRF.mask();
  } else if (writer_.collects_elsewhere(word)) {
    error = INCERRF.mask();
  }
  if (error == 0) return true;
  writer_.drop();
  refuse(error);
  return false;
}

BusStatus H7rsFlash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  if (writer_.queued() || option_engine_.busy()) return BusStatus::stalled;
  if (!may_write(offset - offset % kWord)) return BusStatus::ok;
  if (!writer_.collect(offset, size, value)) refuse(STRBERRF.mask());
  return BusStatus::ok;
}

// With PG_OTP, and FLASH_OPTCR open ("when OPTLOCK is set … write to OTP words … are ignored").
BusStatus H7rsFlash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  if (size < OtpArea::kWord) return BusStatus::error;
  if (writer_.busy() || option_engine_.busy()) return BusStatus::stalled;
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const std::uint32_t word = offset - offset % kWord;
  const bool enabled = key_.open() && PG_OTP.is_set(cr_) && !INCERRF.is_set(isr_);
  const bool locked = OtpArea::locked(memory_.option("OTPLSR"), offset);
  const bool elsewhere = otp_buffer_ && otp_buffer_->offset() != word;
  if (!enabled || locked || elsewhere) {
    otp_buffer_.reset();
    refuse(!enabled ? PGSERRF.mask() : locked ? WRPERRF.mask() : INCERRF.mask());
    return BusStatus::ok;
  }
  if (!otp_buffer_) otp_buffer_.emplace(word, kWord);
  if (!otp_buffer_->put(offset, size, value)) refuse(STRBERRF.mask());
  if (otp_buffer_->full()) force();
  return BusStatus::ok;
}

void H7rsFlash::force() {
  writer_.force();
  if (!otp_buffer_) return;
  const FlashWordBuffer buffer = std::move(*otp_buffer_);
  otp_buffer_.reset();
  program_otp(buffer);
}

// The words that were written, and no others.
void H7rsFlash::program_otp(const FlashWordBuffer& buffer) {
  unsigned words = 0;
  for (std::uint32_t at = 0; at < kWord; at += OtpArea::kWord) words += buffer.has(at);
  ++around_.stats.flash_programs;
  writer_.start(
      [this, buffer] {
        for (std::uint32_t at = 0; at < kWord; at += OtpArea::kWord) {
          if (!buffer.has(at)) continue;
          otp_.program(buffer.offset() + at, OtpArea::kWord, load_sized(buffer.bytes(), at, OtpArea::kWord));
        }
      },
      {all(), Nanoseconds(kProgramTime) * words});
}

// RM0433 4.7.2: a write operation to system memory is a WRPERR.
BusStatus H7rsFlash::write_factory(bool, unsigned) {
  settle();
  refuse(WRPERRF.mask());
  return BusStatus::ok;
}

// --- erase ---------------------------------------------------------------------------------------------

// "BER has a higher priority than SER". ALL_BANKS adds nothing where there is one bank.
void H7rsFlash::start_erase() {
  const bool bank = BER.is_set(cr_);
  if (!bank && !SER.is_set(cr_)) {
    ++around_.stats.flash_errors;
    return;
  }
  const CellRange range = bank ? all() : CellRange{SSN.get(cr_) * kSector, kSector};
  if (write_protected(range)) return refuse(WRPERRF.mask());
  around_.stats.flash_erases += range.size / kSector;
  erases_ = true;
  writer_.erase(range, {all(), bank ? kBankTime : kSectorTime});
}

}  // namespace probity::vboard
