#include "vboard/chip/flash/f2_flash.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "vboard/chip/flash/f2_flash_registers.hpp"

namespace probity::vboard {

using namespace f2_reg;

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000;

constexpr std::uint32_t kErrorFlags =
    OPERR.mask() | WRPERR.mask() | PGAERR.mask() | PGPERR.mask() | PGSERR.mask() | RDERR.mask();

// Programming takes the same at every parallelism (STM32F407 data sheet table 40, tprog typ; F746 table 49).
constexpr Microseconds kProgramTime{16};

// Sector erase, typical, at x8, x16, x32 (STM32F405/407 data sheet table 40 tERASE; F42x, F446 and F76x the
// same; 32 and 256 KiB: F74x/F76x).
struct EraseRow {
  std::uint32_t kib;
  std::array<Milliseconds, 3> by_psize;
};
constexpr std::array kEraseTimes{
    EraseRow{16, {Milliseconds(400), Milliseconds(300), Milliseconds(250)}},
    EraseRow{32, {Milliseconds(400), Milliseconds(300), Milliseconds(250)}},
    EraseRow{64, {Milliseconds(1200), Milliseconds(700), Milliseconds(550)}},
    EraseRow{128, {Milliseconds(2000), Milliseconds(1300), Milliseconds(1000)}},
    EraseRow{256, {Milliseconds(4000), Milliseconds(2600), Milliseconds(2000)}},
};
// Mass erase of 1 MiB (the same table, tME); in proportion for other sizes.
constexpr std::array kMassErasePerMib{Milliseconds(16000), Milliseconds(11000), Milliseconds(8000)};

Bytes bytes_of(std::uint32_t value, unsigned size) {
  Bytes bytes(4);
  store_le32(bytes, 0, value);
  bytes.resize(size);
  return bytes;
}

}  // namespace

F2Flash::F2Flash(const F2LineFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, 0xFF, kFlashBase, around_) {
  power_on_reset();
}

void F2Flash::power_on_reset() {
  debugger_ = false;
  reset();
}

void F2Flash::reset() {
  engine_.cut_short();
  key_.reset();
  option_key_.reset();
  acr_ = sr_ = cr_ = stale_ = 0;
  load_options();
  put_options_in_force();
  update_interrupt();
  rdp_level_ = RDP.get(optcr_) == 0xAA ? 0 : RDP.get(optcr_) == 0xCC ? 2 : 1;
  around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

void F2Flash::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (closed()) around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

// --- registers ---------------------------------------------------------------------------------------

std::uint32_t F2Flash::status() { return sr_ | BSY.of(engine_.busy()); }

BusStatus F2Flash::read_register(std::uint32_t offset, std::uint32_t& value) {
  engine_.settle();
  switch (offset) {
    case ACR:
      value = acr_;
      return BusStatus::ok;
    case KEYR:
    case OPTKEYR:
      value = 0;
      return BusStatus::ok;
    case SR:
      value = status();
      return BusStatus::ok;
    case CR:
      value = cr_ | LOCK.of(!key_.open());
      return BusStatus::ok;
    case OPTCR:
      value = optcr_ | OPTLOCK.of(!option_key_.open());
      return BusStatus::ok;
    case OPTCR1:
      value = optcr1_;
      return line_.optcr1_mask != 0 ? BusStatus::ok : BusStatus::error;
    case OPTCR2:
      value = optcr2_;
      return line_.optcr2_mask != 0 ? BusStatus::ok : BusStatus::error;
    default:
      return BusStatus::error;
  }
}

BusStatus F2Flash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  engine_.settle();
  const BusStatus status = write_any(offset, value, lanes);
  update_interrupt();
  return status;
}

BusStatus F2Flash::write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  switch (offset) {
    case ACR:
      write_access_control(lanes.merge(acr_, value));
      return BusStatus::ok;
    case KEYR:
    case OPTKEYR: {
      const bool accepted = (offset == KEYR ? key_ : option_key_).write_key(value);
      if (!accepted) ++around_.stats.flash_errors;
      return accepted ? BusStatus::ok : BusStatus::error;
    }
    case SR:
      sr_ &= ~value;
      return BusStatus::ok;
    case CR:
      return write_control(value, lanes);
    case OPTCR:
      return write_option_control(value, lanes);
    case OPTCR1:
      return write_more_options(optcr1_, line_.optcr1_mask, value, lanes);
    case OPTCR2:
      return write_more_options(optcr2_, line_.optcr2_mask, value, lanes);
    default:
      return BusStatus::error;
  }
}

// A cache can be reset only while it is off (RM0090 3.5.2, 3.9.1). The caches themselves are not modelled:
// one that is put in use again with what it held before the cells changed counts as an error of the flash.
void F2Flash::write_access_control(std::uint32_t value) {
  if (ICRST.is_set(value) && !ICEN.is_set(acr_)) stale_ &= ~ICEN.mask();
  if (DCRST.is_set(value) && !DCEN.is_set(acr_)) stale_ &= ~DCEN.mask();
  const std::uint32_t switched_on = value & ~acr_;
  if ((switched_on & stale_) != 0) ++around_.stats.flash_errors;
  acr_ = value;
}

void F2Flash::note_stale_caches() {
  stale_ = ICEN.mask() | DCEN.mask();
  if ((acr_ & stale_) != 0) ++around_.stats.flash_errors;
}

// RM0090 3.9.8: no write while BSY (the bus stalls); no effect while LOCK is set.
BusStatus F2Flash::write_control(std::uint32_t value, Lanes lanes) {
  if (engine_.busy()) return BusStatus::stalled;
  if (!key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const bool two_banks = line_.layout == F2Layout::f42x || line_.layout == F2Layout::f76x;
  const std::uint32_t implemented = PG.mask() | SER.mask() | MER.mask() | SNB.mask() | PSIZE.mask() |
                                    EOPIE.mask() | ERRIE.mask() | (two_banks ? MER1.mask() : 0) |
                                    (line_.optcr2_mask != 0 ? RDERRIE.mask() : 0);
  cr_ = lanes.merge(cr_, value) & implemented;
  if (STRT.is_set(value)) start_erase();
  if (LOCK.is_set(value)) key_.lock();
  return BusStatus::ok;
}

// OPERR accompanies every refused operation, but only with error interrupts on (RM0090 3.9.7).
void F2Flash::refuse(std::uint32_t flags) {
  ++around_.stats.flash_errors;
  sr_ |= flags;
  if (ERRIE.is_set(cr_)) sr_ |= OPERR.mask();
  update_interrupt();
}

// The FLASH global interrupt line (RM0090 3.9.7, 3.9.8).
void F2Flash::update_interrupt() {
  around_.interrupt_changed((EOPIE.is_set(cr_) && EOP.is_set(sr_)) ||
                            (ERRIE.is_set(cr_) && (sr_ & kErrorFlags) != 0) ||
                            (RDERRIE.is_set(cr_) && RDERR.is_set(sr_)));
}

// --- erase -------------------------------------------------------------------------------------------

// Nothing: CR selects no operation, two at once, or a sector that does not exist.
std::optional<std::vector<F2Sector>> F2Flash::selected_sectors() const {
  const bool bank1 = MER.is_set(cr_), bank2 = MER1.is_set(cr_), one = SER.is_set(cr_);
  if (PG.is_set(cr_) || one == (bank1 || bank2)) return {};
  std::vector<F2Sector> selected;
  for (const F2Sector& sector : geometry_.sectors) {
    const bool wanted = one ? sector.snb == SNB.get(cr_) : sector.bank == 1 ? bank1 : bank2;
    if (wanted) selected.push_back(sector);
  }
  if (selected.empty()) return {};
  return selected;
}

void F2Flash::start_erase() {
  const auto sectors = selected_sectors();
  if (!sectors) return refuse(PGSERR.mask());
  if (!parallelism_allowed()) return refuse(PGPERR.mask());
  const bool is_protected = closed() || std::any_of(sectors->begin(), sectors->end(),
                                                    [&](const auto& s) { return write_protected(s); });
  if (is_protected) return refuse(WRPERR.mask());
  around_.stats.flash_erases += sectors->size();
  cr_ |= STRT.mask();
  FlashOperation operation;
  for (const F2Sector& sector : *sectors) {
    operation.erased.push_back({sector.offset, sector.size});
    operation.affected.push_back(bank_of(sector));
  }
  start(std::move(operation),
        SER.is_set(cr_) ? sector_erase_time(sectors->front()) : mass_erase_time(*sectors));
}

// What every operation ends with. A read stalls while its bank is busy (RM0090 3.6: any read with one bank,
// read-while-write with two).
void F2Flash::start(FlashOperation operation, Nanoseconds duration) {
  const bool cells = !operation.erased.empty() || !operation.programmed.empty();
  operation.done = [this, cells, effect = std::move(operation.done)] {
    effect();
    if (cells) note_stale_caches();
    cr_ &= ~STRT.mask();
    optcr_ &= ~OPTSTRT.mask();
    if (EOPIE.is_set(cr_)) sr_ |= EOP.mask();
    update_interrupt();
  };
  engine_.start(std::move(operation), duration);
}

CellRange F2Flash::bank_of(const F2Sector& sector) const {
  return {geometry_.bank_begin(sector), geometry_.bank_size()};
}

Nanoseconds F2Flash::sector_erase_time(const F2Sector& sector) const {
  const auto row = std::find_if(kEraseTimes.begin(), kEraseTimes.end(),
                                [&](const EraseRow& r) { return r.kib * 1024 == sector.size; });
  return row->by_psize[std::min(PSIZE.get(cr_), 2u)];
}

Nanoseconds F2Flash::mass_erase_time(const std::vector<F2Sector>& sectors) const {
  std::uint64_t bytes = 0;
  for (const F2Sector& sector : sectors) bytes += sector.size;
  return Nanoseconds(kMassErasePerMib[std::min(PSIZE.get(cr_), 2u)]) * bytes / (1024 * 1024);
}

// RM0090 3.6.2 table 12: x32 from 2.7 V, x16 from 2.1 V, x8 from 1.7 V; x64 wants an external VPP, which no
// board here has. The manual calls the result outside unpredictable; here it is refused, so that a test
// notices.
bool F2Flash::parallelism_allowed() const {
  const std::array<unsigned, 4> minimum{1700, 2100, 2700, ~0u};
  return around_.millivolts >= minimum[PSIZE.get(cr_)];
}

// --- program -----------------------------------------------------------------------------------------

// SER may still be set from an erase before: st-flash 1.7.0 programs F4 and F7 chips so, and silicon takes
// it.
bool F2Flash::program_allowed(std::uint32_t offset, unsigned size) {
  if (!key_.open() || !PG.is_set(cr_) || MER.is_set(cr_) || MER1.is_set(cr_)) {
    refuse(PGSERR.mask());
    return false;
  }
  const unsigned width = 1u << PSIZE.get(cr_);
  if (width != size || !parallelism_allowed()) {
    refuse(PGPERR.mask() | (offset % width != 0 ? PGAERR.mask() : 0));
    return false;
  }
  return true;
}

BusStatus F2Flash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (engine_.busy()) return BusStatus::stalled;
  if (!program_allowed(offset, size)) return BusStatus::ok;
  const F2Sector& sector = sector_at(offset);
  if (closed() || write_protected(sector)) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  FlashOperation operation;
  operation.offset = offset;
  operation.programmed = bytes_of(value, size);
  operation.affected = {bank_of(sector)};
  ++around_.stats.flash_programs;
  start(std::move(operation), kProgramTime);
  return BusStatus::ok;
}

// RM0090 3.8: 16 blocks; a lock byte of 0x00 locks its block, lock bytes themselves stay programmable.
BusStatus F2Flash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (engine_.busy()) return BusStatus::stalled;
  if (!program_allowed(offset, size)) return BusStatus::ok;
  const std::uint32_t block = offset / (memory_.otp.size() / memory_.otp_locks.size());
  if (closed() || (block < memory_.otp_locks.size() && memory_.otp_locks[block] == 0x00)) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  FlashOperation operation;
  operation.affected = {bank_of(geometry_.sectors.front())};  // OTP is read through bank 1
  operation.done = [this, offset, bytes = bytes_of(value, size)] { program_otp(offset, bytes); };
  ++around_.stats.flash_programs;
  start(std::move(operation), kProgramTime);
  return BusStatus::ok;
}

void F2Flash::program_otp(std::uint32_t offset, ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    const std::size_t data = memory_.otp.size();
    (offset < data ? memory_.otp[offset] : memory_.otp_locks[offset - data]) &= byte;
    ++offset;
  }
}

// --- reading -----------------------------------------------------------------------------------------

const F2Sector& F2Flash::sector_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(geometry_.sectors.begin(), geometry_.sectors.end(), offset,
                                      [](std::uint32_t o, const F2Sector& s) { return o < s.offset; });
  return *std::prev(after);
}

bool F2Flash::write_protected(const F2Sector& sector) const {
  const bool pcrop = line_.has_pcrop && SPRMOD.is_set(optcr_);
  return not_write_protect_bit(sector) == pcrop || has_pcrop_bit(sector);
}

// Proprietary code can be fetched, not read. With SPRMOD the bits of nWRP turn over and say so
// (RM0090 3.7.5).
bool F2Flash::readout_protected(const F2Sector& sector) const {
  return has_pcrop_bit(sector) || (line_.has_pcrop && SPRMOD.is_set(optcr_) && not_write_protect_bit(sector));
}

BusStatus F2Flash::read_cells(Master master, Security, std::uint32_t offset, unsigned size,
                              std::uint32_t& value) {
  if (closed()) return BusStatus::error;
  if (engine_.affects(offset, size)) return BusStatus::stalled;
  if (master != Master::fetch && readout_protected(sector_at(offset))) {
    refuse(RDERR.mask());
    return BusStatus::error;
  }
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus F2Flash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (engine_.affects(0, 1)) return BusStatus::stalled;
  const std::uint32_t data = static_cast<std::uint32_t>(memory_.otp.size());
  value = offset < data ? load_sized(memory_.otp, offset, size)
                        : load_sized(memory_.otp_locks, offset - data, size);
  return BusStatus::ok;
}

std::optional<ByteView> F2Flash::window(Security, std::uint32_t offset, std::uint32_t& sector_offset) {
  if (closed() || engine_.affects(offset, 1)) return {};
  const F2Sector& sector = sector_at(offset);
  sector_offset = sector.offset;
  return ByteView(memory_.cells).subspan(sector.offset, sector.size);
}

}  // namespace probity::vboard
