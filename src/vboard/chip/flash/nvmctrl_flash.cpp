#include "vboard/chip/flash/nvmctrl_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kErasedByte = 0xFF;
constexpr std::uint32_t kPage = 64, kRow = 4 * kPage, kRegions = 16;

// Offsets (DS40001882 22.7).
enum : std::uint32_t {
  CTRLA = 0x00,
  CTRLB = 0x04,
  PARAM = 0x08,
  INTFLAG = 0x14,
  STATUS = 0x18,
  ADDR = 0x1C,
  LOCK = 0x20,
};
constexpr Field CMD{"CMD", 0, 7}, CMDEX{"CMDEX", 8, 8};
constexpr std::uint32_t kKey = 0xA5;
enum Command : std::uint32_t {
  ER = 0x02,
  WP = 0x04,
  EAR = 0x05,
  WAP = 0x06,
  LR = 0x40,
  UR = 0x41,
  SPRM = 0x42,
  CPRM = 0x43,
  PBC = 0x44,
  SSB = 0x45,
  INVALL = 0x46,
};
constexpr Field MANW{"MANW", 7};
constexpr std::uint32_t kCtrlbWritable = 0x000F039E;  // CACHEDIS, READMODE, SLEEPPRM, MANW, RWS
constexpr Field NVMP{"NVMP", 0, 16}, PSZ{"PSZ", 16, 3}, RWWEEP{"RWWEEP", 20, 12};
constexpr std::uint32_t kPage64 = 3;  // PSZ
constexpr Field READY{"READY", 0}, ERROR{"ERROR", 1};
constexpr Field PRM{"PRM", 0}, LOAD{"LOAD", 1}, PROGE{"PROGE", 2}, LOCKE{"LOCKE", 3}, NVME{"NVME", 4},
    SB{"SB", 8};
constexpr std::uint32_t kClearable = LOAD.mask() | PROGE.mask() | LOCKE.mask() | NVME.mask();
constexpr Field kAddr{"ADDR", 0, 22};

// NVM User Row mapping (10.3.1): the first word, and the lock bits at the end of the second.
constexpr Field BOOTPROT{"BOOTPROT", 0, 3}, EEPROM{"EEPROM", 4, 3}, LOCKS{"LOCK", 16, 16};
constexpr std::uint32_t kNothing = 7;                                  // of BOOTPROT and EEPROM
constexpr std::uint32_t kMaxBoot = 32 * 1024, kMaxEeprom = 16 * 1024;  // with code 0; each next one is half

// What ADDR keeps of the user row's address: it has 22 bits, of half-words.
constexpr std::uint32_t kUserRowInAddr = kAddr.get(kUserRow / 2) * 2;

FlashSurroundings for_user_row(FlashSurroundings around) {  // its offsets are not the main array's
  around.changed = [](std::uint32_t, std::uint32_t) {};
  return around;
}

}  // namespace

NvmctrlFlash::NvmctrlFlash(const NvmctrlFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      user_around_(for_user_row(around_)),
      code_(memory.cells, kErasedByte, 0, around_),
      user_(memory.otp, kErasedByte, kUserRow, user_around_),
      buffer_(kPage, kErasedByte) {}

void NvmctrlFlash::reset() {
  code_.cut_short();
  user_.cut_short();
  ctrlb_ = line_.ctrlb_reset;
  status_ = addr_ = 0;
  error_ = false;
  lock_ = LOCKS.get(user_word(4));
  clear_buffer();
  around_.changed(0, all());
}

void NvmctrlFlash::settle() {
  code_.settle();
  user_.settle();
}

std::optional<Nanoseconds> NvmctrlFlash::busy_until() const {
  const auto code = code_.busy_until(), user = user_.busy_until();
  return code && user ? std::max(*code, *user) : code ? code : user;
}

void NvmctrlFlash::clear_buffer() {
  std::fill(buffer_.begin(), buffer_.end(), kErasedByte);
  status_ = LOAD.set(status_, 0);
}

void NvmctrlFlash::fail(std::uint32_t flag) {
  ++around_.stats.flash_errors;
  status_ |= flag;
  error_ = true;
}

BusStatus NvmctrlFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  switch (offset) {
    case CTRLB:
      value = ctrlb_;
      break;
    case PARAM:
      value = NVMP.of(all() / kPage) | PSZ.of(kPage64) | RWWEEP.of(line_.rwwee_pages);
      break;
    case INTFLAG:
      value = READY.of(!busy()) | ERROR.of(error_);
      break;
    case STATUS:
      value = status_ | SB.of(secured());
      break;
    case ADDR:
      value = addr_;
      break;
    case LOCK:
      value = lock_;
      break;
    default:
      value = 0;
  }
  return BusStatus::ok;
}

BusStatus NvmctrlFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  switch (offset) {
    case CTRLA:
      if (CMDEX.get(value) != kKey || busy()) {
        fail(PROGE.mask());
      } else {
        run(CMD.get(value));
      }
      break;
    case CTRLB:
      ctrlb_ = lanes.merge(ctrlb_, value) & kCtrlbWritable;
      break;
    case INTFLAG:
      if (ERROR.is_set(value)) error_ = false;
      break;
    case STATUS:
      status_ &= ~(value & kClearable);
      break;
    case ADDR:
      addr_ = kAddr.get(lanes.merge(addr_, value));
      break;
    default:
      break;  // read-only, and the interrupt enables
  }
  return BusStatus::ok;
}

void NvmctrlFlash::run(std::uint32_t command) {
  switch (command) {
    case ER:
      return erase_row();
    case WP:
      return write_page();
    case EAR:
      return erase_user_row();
    case WAP:
      return write_user_page();
    case LR:
    case UR:
      return set_region(command == UR);
    case SPRM:
    case CPRM:
      status_ = PRM.set(status_, command == SPRM);
      return;
    case PBC:
      return clear_buffer();
    case SSB:
      return memory_.set_option(kSecurity, 1);
    case INVALL:
      return;
    default:
      return fail(PROGE.mask());
  }
}

// Until the next reset.
void NvmctrlFlash::set_region(bool unlocked) {
  if (address() >= all()) return fail(PROGE.mask());
  lock_ = Field{"region", address() / (all() / kRegions)}.set(lock_, unlocked);
}

// The boot loader's rows by BOOTPROT; regions by LOCK, but for the rows of the EEPROM emulation (22.6.5).
bool NvmctrlFlash::locked(std::uint32_t offset) const {
  const std::uint32_t boot = BOOTPROT.get(user_word(0)), eeprom = EEPROM.get(user_word(0));
  if (boot != kNothing && offset < kMaxBoot >> boot) return true;
  if (eeprom != kNothing && offset >= all() - (kMaxEeprom >> eeprom)) return false;
  return (lock_ >> offset / (all() / kRegions) & 1) == 0;
}

void NvmctrlFlash::erase_row() {
  const std::uint32_t row = address() / kRow * kRow;
  if (row >= all()) return fail(PROGE.mask());
  if (locked(row)) return fail(LOCKE.mask());
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{row, kRow}};
  operation.affected = {{0, all()}};
  code_.start(std::move(operation), line_.row_time);
}

// A bit that is to be 1 and is 0 already.
bool NvmctrlFlash::overwrites(const Bytes& cells, std::uint32_t offset) const {
  for (std::uint32_t i = 0; i < kPage; ++i) {
    if (buffer_[i] != kErasedByte && (cells[offset + i] & buffer_[i]) != buffer_[i]) return true;
  }
  return false;
}

void NvmctrlFlash::write_page() {
  const std::uint32_t page = address() / kPage * kPage;
  if (page >= all()) return fail(PROGE.mask());
  if (locked(page)) return fail(LOCKE.mask());
  if (overwrites(memory_.cells, page)) fail(NVME.mask());
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = page;
  operation.programmed = buffer_;
  operation.affected = {{0, all()}};
  clear_buffer();
  code_.start(std::move(operation), line_.page_time);
}

// "This command can be given only when the Security bit is not set and only to the User Configuration Row".
void NvmctrlFlash::erase_user_row() {
  if (secured() || address() / kRow * kRow != kUserRowInAddr) return fail(PROGE.mask());
  FlashOperation operation;
  operation.erased = {{0, kUserRowSize}};
  user_.start(std::move(operation), line_.row_time);
}

void NvmctrlFlash::write_user_page() {
  const std::uint32_t page = address() / kPage * kPage - kUserRowInAddr;
  if (secured() || page >= kUserRowSize) return fail(PROGE.mask());
  if (overwrites(memory_.otp, page)) fail(NVME.mask());
  FlashOperation operation;
  operation.offset = page;
  operation.programmed = buffer_;
  clear_buffer();
  user_.start(std::move(operation), line_.page_time);
}

bool NvmctrlFlash::erase_chip(std::function<void()> done) {
  if (busy()) return false;
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{0, all()}};
  operation.done = [this, done = std::move(done)] {
    memory_.set_option(kSecurity, 0);
    done();
  };
  code_.start(std::move(operation), line_.chip_time);
  return true;
}

bool NvmctrlFlash::debugger_reaches(std::uint32_t address) const {
  constexpr std::uint32_t kDsuExternal = 0x41002100, kDsuEnd = 0x41004000, kPrivateBus = 0xE0000000;
  return !secured() || (address >= kDsuExternal && address < kDsuEnd) || address >= kPrivateBus;
}

// Into the page buffer; ADDR follows (22.6.4.3). Bytes are an exception, and the bus stalls while the
// controller is busy.
BusStatus NvmctrlFlash::load(std::uint32_t place, unsigned size, std::uint32_t value) {
  if (size == 1) return ++around_.stats.flash_errors, BusStatus::error;
  if (busy()) return BusStatus::stalled;
  const ByteSpan bytes = ByteSpan(buffer_).subspan(place % kPage);
  if (size == 4) {
    store_le32(bytes, 0, value);
  } else {
    store_le16(bytes, 0, static_cast<std::uint16_t>(value));
  }
  addr_ = kAddr.get(place / 2);
  status_ |= LOAD.mask();
  return BusStatus::ok;
}

// Without MANW the page is written when its last location is.
BusStatus NvmctrlFlash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  const BusStatus status = load(offset, size, value);
  if (status == BusStatus::ok && !MANW.is_set(ctrlb_) && (offset + size) % kPage == 0) write_page();
  return status;
}

BusStatus NvmctrlFlash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  const BusStatus status = load(kUserRow + offset, size, value);
  if (status == BusStatus::ok && !MANW.is_set(ctrlb_) && (offset + size) % kPage == 0) write_user_page();
  return status;
}

BusStatus NvmctrlFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size,
                                   std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus NvmctrlFlash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.otp, offset, size);
  return BusStatus::ok;
}

std::optional<ByteView> NvmctrlFlash::window(Security, std::uint32_t, std::uint32_t& begin) {
  if (busy()) return {};
  begin = 0;
  return ByteView(memory_.cells);
}

}  // namespace probity::vboard
