#include "vboard/chip/flash/msc_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kErasedCell = 0xFF;

// Offsets of both series (efm32gg_msc.h, efm32pg1b_msc.h) …
enum : std::uint32_t {
  MSC_CTRL = 0x000,
  MSC_READCTRL = 0x004,
  MSC_WRITECTRL = 0x008,
  MSC_WRITECMD = 0x00C,
  MSC_ADDRB = 0x010,
  MSC_WDATA = 0x018,
  MSC_STATUS = 0x01C,
  MSC_MASSLOCK = 0x054,
};
// … and what lies elsewhere in series 1.
struct MscPlaces {
  std::uint32_t flags, clear, enable, lock;
};
constexpr MscPlaces kSeries0{0x02C, 0x034, 0x038, 0x03C}, kSeries1{0x030, 0x038, 0x03C, 0x040};

constexpr std::uint32_t kUnlock = 0x1B71, kMassUnlock = 0x631A;  // of LOCK and MASSLOCK
constexpr std::uint32_t kReadLocked = 1;
constexpr Field WREN{"WREN", 0};
constexpr std::uint32_t kWritectrlWritable = 0x3;  // WREN, IRQERASEABORT
constexpr Field LADDRIM{"LADDRIM", 0}, ERASEPAGE{"ERASEPAGE", 1}, WRITEEND{"WRITEEND", 2},
    WRITEONCE{"WRITEONCE", 3}, WRITETRIG{"WRITETRIG", 4}, ERASEABORT{"ERASEABORT", 5},
    ERASEMAIN{"ERASEMAIN", 8, 2};
constexpr Field BUSY{"BUSY", 0}, LOCKED{"LOCKED", 1}, INVADDR{"INVADDR", 2}, WDATAREADY{"WDATAREADY", 3},
    WORDTIMEOUT{"WORDTIMEOUT", 4}, ERASEABORTED{"ERASEABORTED", 5};
constexpr Field IF_ERASE{"ERASE", 0}, IF_WRITE{"WRITE", 1};

// Words of the lock bits page (d0053 table 7.2): page locks from 0 on, one bit a page; then these.
constexpr unsigned kMassWord = 125, kUserDataWord = 126, kDebugWord = 127;
constexpr std::uint32_t kDebugUnlocked = 0xF;  // of the debug lock word's low bits

FlashSurroundings for_information(FlashSurroundings around) {  // its offsets are not the main array's
  around.changed = [](std::uint32_t, std::uint32_t) {};
  return around;
}

constexpr const MscPlaces& places(bool series1) { return series1 ? kSeries1 : kSeries0; }

}  // namespace

MscFlash::MscFlash(const MscFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      info_around_(for_information(around_)),
      main_(memory.cells, kErasedCell, 0, around_),
      info_(memory.otp, kErasedCell, kMscUserData, info_around_) {}

void MscFlash::reset() {
  main_.cut_short();
  info_.cut_short();
  ctrl_ = readctrl_ = 1;
  writectrl_ = addrb_ = wdata_ = if_ = ien_ = 0;
  status_ = WDATAREADY.mask();
  address_.reset();
  keyed_ = true;
  mass_keyed_ = streaming_ = false;
  const std::uint32_t debug = load_sized(memory_.otp, kMscLockBits - kMscUserData + 4 * kDebugWord, 4);
  debug_locked_ = (debug & kDebugUnlocked) != kDebugUnlocked;
  around_.changed(0, all());
}

void MscFlash::settle() {
  main_.settle();
  info_.settle();
}

std::optional<Nanoseconds> MscFlash::busy_until() const {
  const auto main = main_.busy_until(), info = info_.busy_until();
  return main && info ? std::max(*main, *info) : main ? main : info;
}

BusStatus MscFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  const MscPlaces& at = places(line_.series1);
  value = 0;
  switch (offset) {
    case MSC_CTRL:
      value = ctrl_;
      break;
    case MSC_READCTRL:
      value = readctrl_;
      break;
    case MSC_WRITECTRL:
      value = writectrl_;
      break;
    case MSC_ADDRB:
      value = addrb_;
      break;
    case MSC_WDATA:
      value = wdata_;
      break;
    case MSC_STATUS: {
      const bool running = busy();  // which may change the flags
      value = status_ | BUSY.of(running);
      break;
    }
    case MSC_MASSLOCK:
      value = mass_keyed_ ? 0 : kReadLocked;
      break;
    default:
      if (offset == at.flags) value = if_;
      if (offset == at.enable) value = ien_;
      if (offset == at.lock) value = keyed_ ? 0 : kReadLocked;
  }
  return BusStatus::ok;
}

// LOCK keeps CTRL, READCTRL and WRITECMD from being written (d0053 7.5.14).
BusStatus MscFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  const MscPlaces& at = places(line_.series1);
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  if (!keyed_ && (offset == MSC_CTRL || offset == MSC_READCTRL || offset == MSC_WRITECMD)) {
    return ignore(), BusStatus::ok;
  }
  switch (offset) {
    case MSC_CTRL:
      ctrl_ = value;
      break;
    case MSC_READCTRL:
      readctrl_ = value;
      break;
    case MSC_WRITECTRL:
      writectrl_ = value & kWritectrlWritable;
      break;
    case MSC_WRITECMD:
      command(value);
      break;
    case MSC_ADDRB:
      addrb_ = value;
      break;
    case MSC_WDATA:
      if (busy() && !streaming_) ignore();
      if (!WDATAREADY.is_set(status_)) ignore();  // the word before it is lost
      wdata_ = value;
      status_ = WDATAREADY.set(status_, 0);
      break;
    case MSC_MASSLOCK:
      mass_keyed_ = value == kMassUnlock;
      break;
    default:
      if (offset == at.clear) if_ &= ~value;
      if (offset == at.enable) ien_ = value;
      if (offset == at.lock) keyed_ = value == kUnlock;
  }
  return BusStatus::ok;
}

std::optional<MscFlash::Place> MscFlash::place(std::uint32_t address) const {
  constexpr std::uint32_t kLockBitsOffset = kMscLockBits - kMscUserData;
  if (address < all()) return Place{true, address};
  const std::uint32_t offset = address - kMscUserData;
  if (offset < line_.page_size || offset - kLockBitsOffset < line_.page_size) return Place{false, offset};
  return {};
}

// A cleared bit locks.
bool MscFlash::lock_bit(unsigned word, unsigned bit) const {
  return (load_sized(memory_.otp, kMscLockBits - kMscUserData + 4 * word, 4) >> bit & 1) == 0;
}

bool MscFlash::locked(Place at) const {
  const std::uint32_t page = at.offset / line_.page_size;
  if (at.main) return lock_bit(page / 32, page % 32);
  return page == 0 && lock_bit(kUserDataWord, 0);
}

// More than one command at once: in the order of their bits.
void MscFlash::command(std::uint32_t value) {
  if (WRITEEND.is_set(value)) streaming_ = false;
  if (LADDRIM.is_set(value)) load_address();
  const std::uint32_t acting =
      value & (ERASEPAGE.mask() | WRITEONCE.mask() | WRITETRIG.mask() | ERASEMAIN.mask());
  if (acting == 0) return;
  if (busy() || !WREN.is_set(writectrl_)) return ignore();
  status_ &= ~(WORDTIMEOUT.mask() | ERASEABORTED.mask());
  if (ERASEPAGE.is_set(value)) return erase_page();
  if (ERASEMAIN.is_set(value)) return erase_all();
  streaming_ = WRITETRIG.is_set(value);
  program();
}

// "INVADDR: set when software attempts to load an invalid (unmapped) address into ADDR"; the page's lock is
// looked at here too (em_msc.c).
void MscFlash::load_address() {
  status_ &= ~(INVADDR.mask() | LOCKED.mask());
  const auto at = place(addrb_);
  if (!at || addrb_ % 4 != 0) {
    status_ |= INVADDR.mask();
    address_.reset();
    return ignore();
  }
  address_ = addrb_;
  if (locked(*at)) status_ |= LOCKED.mask();
}

// Where the loaded address is, if something may be changed there.
std::optional<MscFlash::Place> MscFlash::ready_place() {
  const auto at = address_ ? place(*address_) : std::nullopt;
  if (at && !locked(*at)) return at;
  status_ |= at ? LOCKED.mask() : INVADDR.mask();
  ignore();
  return {};
}

void MscFlash::start(Place at, FlashOperation operation, Microseconds time) {
  if (at.main) {
    operation.affected = {{0, all()}};
    main_.start(std::move(operation), time);
  } else {
    info_.start(std::move(operation), time);
  }
}

void MscFlash::erase_page() {
  const auto at = ready_place();
  if (!at) return;
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{at->offset / line_.page_size * line_.page_size, line_.page_size}};
  operation.done = [this] { if_ |= IF_ERASE.mask(); };
  start(*at, std::move(operation), line_.page_time);
}

// Both halves together: the board has no chip of which they are erased by themselves.
void MscFlash::erase_all() {
  if (!mass_keyed_ || lock_bit(kMassWord, 0)) return ignore();
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{0, all()}};
  operation.done = [this] { if_ |= IF_ERASE.mask(); };
  start({true, 0}, std::move(operation), line_.mass_time);
}

// The word in WDATA, which is free for the next one then; the address goes on by a word, within the page.
void MscFlash::program() {
  const auto at = ready_place();
  if (!at || WDATAREADY.is_set(status_)) {
    streaming_ = false;
    if (at) ignore();
    return;
  }
  const Bytes& cells = at->main ? memory_.cells : memory_.otp;
  if ((load_sized(cells, at->offset, 4) & wdata_) != wdata_) ignore();  // not erased: a bit stays 0
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = at->offset;
  append_le32(operation.programmed, wdata_);
  operation.done = [this] { word_done(); };
  *address_ += 4;
  if (*address_ % line_.page_size == 0) address_.reset();
  status_ |= WDATAREADY.mask();
  start(*at, std::move(operation), line_.word_time);
}

void MscFlash::word_done() {
  if_ |= IF_WRITE.mask();
  if (!streaming_) return;
  if (!WDATAREADY.is_set(status_)) return program();
  streaming_ = false;
  status_ |= WORDTIMEOUT.mask();
}

BusStatus MscFlash::write_cells(Security, std::uint32_t, unsigned, std::uint32_t) {
  return ignore(), BusStatus::error;
}

BusStatus MscFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus MscFlash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (!place(kMscUserData + offset)) return BusStatus::error;
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.otp, offset, size);
  return BusStatus::ok;
}

std::optional<ByteView> MscFlash::window(Security, std::uint32_t, std::uint32_t& begin) {
  if (busy()) return {};
  begin = 0;
  return ByteView(memory_.cells);
}

}  // namespace probity::vboard
