#include "vboard/chip/flash/ftmr_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kFtmrErased = 0xFF;
constexpr std::uint32_t kFtmrSector = 512, kWord = 4, kPhrase = 8;

constexpr Field FDIVLD{"FDIVLD", 7};                                                                // FCLKDIV
constexpr Field KEYEN{"KEYEN", 6, 2}, SEC{"SEC", 0, 2};                                             // FSEC
constexpr Field CCIE{"CCIE", 7};                                                                    // FCNFG
constexpr Field CCIF{"CCIF", 7}, ACCERR{"ACCERR", 5}, FPVIOL{"FPVIOL", 4}, MGSTAT{"MGSTAT", 0, 2};  // FSTAT
constexpr Field FPOPEN{"FPOPEN", 7}, FPHDIS{"FPHDIS", 5}, FPHS{"FPHS", 3, 2}, FPLDIS{"FPLDIS", 2},
    FPLS{"FPLS", 0, 2};  // FPROT
constexpr auto kAccerr = static_cast<std::uint8_t>(ACCERR.mask()),
               kFpviol = static_cast<std::uint8_t>(FPVIOL.mask()), kMgstat = std::uint8_t{3};
constexpr std::uint32_t kUnsecured = 2, kKeyEnabled = 2;

// High byte of FCCOB[0] (MKE02P64M40SF0RM table 18-8).
enum : unsigned {
  kVerifyAll = 0x01,
  kVerifySection = 0x03,
  kProgram = 0x06,
  kEraseAll = 0x08,
  kEraseBlock = 0x09,
  kEraseSector = 0x0A,
  kUnsecure = 0x0B,
  kVerifyKey = 0x0C,
};

// The flash configuration field (18.3.2).
constexpr std::uint32_t kKeyAt = 0x400, kKeyBytes = 8, kFprotAt = 0x40D, kFsecAt = 0x40E, kFoptAt = 0x40F;
constexpr std::uint8_t kUnsecuredFsec = 0xFE;

// MKE02P64M40SF0 data sheet, table 10: 2 and 4 words, a sector, all.
constexpr Microseconds kProgramWord{120}, kProgramPhrase{210}, kSectorTime{20'000}, kAllTime{100'000},
    kVerifyTime{100};

}  // namespace

FtmrFlash::FtmrFlash(const FtmrPlaces& places, NonVolatile& memory, FlashSurroundings surroundings)
    : places_(places),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, kFtmrErased, 0, around_) {}

void FtmrFlash::reset() {
  engine_.cut_short();
  registers_.fill(0);
  command_.fill(0);
  written_ = 0;
  key_refused_ = false;
  at(places_.fstat) = CCIF.mask();
  at(places_.fprot) = memory_.cells[kFprotAt];
  at(places_.fsec) = memory_.cells[kFsecAt];
  at(places_.fopt) = memory_.cells[kFoptAt];
  around_.interrupt_changed(false);
}

bool FtmrFlash::secured() const { return SEC.get(at(places_.fsec)) != kUnsecured; }
bool FtmrFlash::backdoor_enabled() const { return KEYEN.get(at(places_.fsec)) == kKeyEnabled; }

bool FtmrFlash::mass_erase(std::function<void()> done) {
  engine_.settle();
  if (!CCIF.is_set(at(places_.fstat))) return false;
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{0, all()}};
  operation.offset = kFsecAt;
  operation.programmed = {kUnsecuredFsec};
  operation.done = [this, told = std::move(done)] {
    at(places_.fsec) = static_cast<std::uint8_t>(SEC.set(at(places_.fsec), kUnsecured));
    finish(0);
    told();
  };
  start(std::move(operation), kAllTime);
  return true;
}

// --- registers -----------------------------------------------------------------------------------------

BusStatus FtmrFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (engine_.busy()) {
    at(places_.fstat) &= static_cast<std::uint8_t>(~CCIF.mask());  // stuck, by the fault plan
  }
  const std::uint16_t half = command_[std::min<std::size_t>(at(places_.fccobix), command_.size() - 1)];
  at(places_.fccobhi) = static_cast<std::uint8_t>(half >> 8);
  at(places_.fccoblo) = static_cast<std::uint8_t>(half);
  value = 0;
  for (std::uint32_t i = 0; i < 4 && offset + i < registers_.size(); ++i) {
    value |= static_cast<std::uint32_t>(at(offset + i)) << 8 * i;
  }
  return BusStatus::ok;
}

BusStatus FtmrFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  engine_.settle();
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Lanes byte = Lanes::of(offset + i, 1);
    if ((lanes.mask & byte.mask) != 0 && offset + i < registers_.size()) {
      write_byte(offset + i, static_cast<std::uint8_t>(byte.extract(value)));
    }
  }
  return BusStatus::ok;
}

// Everything but FSTAT and FCNFG stays as it is while a command runs.
void FtmrFlash::write_byte(std::uint32_t offset, std::uint8_t value) {
  std::uint8_t& status = at(places_.fstat);
  if (offset == places_.fcnfg) at(offset) = value;
  if (!CCIF.is_set(status) || engine_.busy()) return;
  if (offset == places_.fclkdiv) at(offset) = static_cast<std::uint8_t>(value | FDIVLD.mask());
  if (offset == places_.fprot) at(offset) &= value;
  if (offset == places_.fccobix) at(offset) = value & 7;
  const unsigned index = at(places_.fccobix);
  if ((offset == places_.fccobhi || offset == places_.fccoblo) && index < command_.size()) {
    const Field half{"FCCOB", offset == places_.fccobhi ? 8u : 0u, 8};
    command_[index] = static_cast<std::uint16_t>(half.set(command_[index], value));
    written_ = index;
  }
  if (offset != places_.fstat) return;
  status &= static_cast<std::uint8_t>(~(value & (kAccerr | kFpviol)));
  if (!CCIF.is_set(value) || (status & (kAccerr | kFpviol)) != 0) return;
  status &= static_cast<std::uint8_t>(~MGSTAT.mask());
  launch();
}

// --- commands ------------------------------------------------------------------------------------------

void FtmrFlash::refuse(std::uint8_t error) {
  at(places_.fstat) |= error;
  ++around_.stats.flash_errors;
}

void FtmrFlash::start(FlashOperation operation, Microseconds time) {
  at(places_.fstat) &= static_cast<std::uint8_t>(~CCIF.mask());
  operation.affected = {{0, all()}};
  engine_.start(std::move(operation), time);
}

void FtmrFlash::finish(std::uint8_t error) {
  at(places_.fstat) = static_cast<std::uint8_t>(at(places_.fstat) | CCIF.mask() | error);
  around_.interrupt_changed(CCIE.is_set(at(places_.fcnfg)));
}

void FtmrFlash::launch() {
  if (!FDIVLD.is_set(at(places_.fclkdiv))) return refuse(kAccerr);
  switch (command_[0] >> 8) {
    case kVerifyAll:
      return verify_blank({0, all()});
    case kVerifySection: {  // FCCOB[2]: how many longwords
      const std::uint32_t size = command_[2] * kWord;
      const bool there = written_ == 2 && address() % kWord == 0 && size != 0 && address() + size <= all();
      return there ? verify_blank({address(), size}) : refuse(kAccerr);
    }
    case kProgram:
      return program(address());
    case kEraseAll:
    case kUnsecure:
      return erase_all((command_[0] >> 8) == kUnsecure);
    case kEraseBlock:
      return address() < all() ? erase_all(false) : refuse(kAccerr);
    case kEraseSector:
      return erase_sector(address());
    case kVerifyKey:
      return verify_key();
    default:
      return refuse(kAccerr);
  }
}

// One longword (CCOBIX 3 at launch) or two (5), at a longword (18.3.9.6); of two, both on one phrase here.
void FtmrFlash::program(std::uint32_t cell) {
  const std::uint32_t size = written_ == 5 ? kPhrase : kWord;
  if ((written_ != 3 && written_ != 5) || cell % size != 0 || cell + size > all()) return refuse(kAccerr);
  if (is_protected(cell)) return refuse(kFpviol);
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = cell;
  for (std::uint32_t i = 0; i < size / 2; ++i) append_le16(operation.programmed, command_[2 + i]);
  operation.done = [this, cell, wanted = operation.programmed] {
    const bool same = std::equal(wanted.begin(), wanted.end(), memory_.cells.begin() + cell);
    finish(same ? 0 : kMgstat);
  };
  start(std::move(operation), size == kPhrase ? kProgramPhrase : kProgramWord);
}

void FtmrFlash::erase_sector(std::uint32_t cell) {
  if (written_ != 1 || cell % kWord != 0 || cell >= all()) return refuse(kAccerr);
  if (is_protected(cell)) return refuse(kFpviol);
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{cell - cell % kFtmrSector, kFtmrSector}};
  operation.done = [this] { finish(0); };
  start(std::move(operation), kSectorTime);
}

// Both leave the chip unsecured until the next reset; Unsecure says so in the field as well (18.3.9.11).
void FtmrFlash::erase_all(bool unsecure) {
  const std::uint8_t protection = at(places_.fprot);
  if (!FPHDIS.is_set(protection) || !FPLDIS.is_set(protection) || !FPOPEN.is_set(protection)) {
    return refuse(kFpviol);
  }
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {{0, all()}};
  operation.offset = kFsecAt;
  if (unsecure) operation.programmed = {kUnsecuredFsec};
  operation.done = [this] {
    at(places_.fsec) = static_cast<std::uint8_t>(SEC.set(at(places_.fsec), kUnsecured));
    finish(0);
  };
  start(std::move(operation), kAllTime);
}

void FtmrFlash::verify_blank(CellRange range) {
  const auto begin = memory_.cells.begin() + range.offset;
  const bool blank = std::all_of(begin, begin + range.size, [](std::uint8_t b) { return b == kFtmrErased; });
  FlashOperation operation;
  operation.done = [this, blank] { finish(blank ? 0 : kMgstat); };
  start(std::move(operation), kVerifyTime);
}

void FtmrFlash::verify_key() {
  const auto stored = ByteView(memory_.cells).subspan(kKeyAt, kKeyBytes);
  bool same = true;
  for (unsigned i = 0; i < kKeyBytes / 2; ++i) same = same && load_le16(stored, 2 * i) == command_[1 + i];
  if (!backdoor_enabled() || key_refused_ || !same) {
    key_refused_ = key_refused_ || !same;
    return refuse(kAccerr);
  }
  at(places_.fsec) = static_cast<std::uint8_t>(SEC.set(at(places_.fsec), kUnsecured));
  finish(0);
}

// FPROT (18.3.3.9): with FPOPEN set FPLS protects 2 KiB << FPLS from 0 on, and FPHS 1 KiB << FPHS at the end
// of the first 32 KiB; without it they are what alone is open.
bool FtmrFlash::is_protected(std::uint32_t cell) const {
  constexpr std::uint32_t kEnd = 0x8000;
  const std::uint8_t bits = at(places_.fprot);
  const bool low = !FPLDIS.is_set(bits) && cell < 0x800u << FPLS.get(bits);
  const bool high = !FPHDIS.is_set(bits) && cell < kEnd && cell >= kEnd - (0x400u << FPHS.get(bits));
  return FPOPEN.is_set(bits) ? low || high : !(low || high);
}

// --- the bus -------------------------------------------------------------------------------------------

BusStatus FtmrFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (engine_.busy()) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus FtmrFlash::write_cells(Security, std::uint32_t, unsigned, std::uint32_t) {
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

std::optional<ByteView> FtmrFlash::window(Security, std::uint32_t, std::uint32_t& begin) {
  if (engine_.busy()) return {};
  begin = 0;
  return ByteView(memory_.cells);
}

}  // namespace probity::vboard
