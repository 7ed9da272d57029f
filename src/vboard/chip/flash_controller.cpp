#include "vboard/chip/flash_controller.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "vboard/chip/flash_registers.hpp"

namespace probity::vboard {

using namespace flash_reg;

namespace {

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

std::uint32_t load(ByteView bytes, std::uint32_t offset, unsigned size) {
  return size == 4 ? load_le32(bytes, offset) : size == 2 ? load_le16(bytes, offset) : load_u8(bytes, offset);
}

}  // namespace

FlashController::FlashController(const ChipFacts& facts, NonVolatile& memory, Surroundings surroundings)
    : facts_(facts), memory_(memory), around_(std::move(surroundings)) {
  power_on_reset();
}

void FlashController::power_on_reset() {
  debugger_ = false;
  reset();
}

void FlashController::reset() {
  cut_short();
  key_.reset();
  option_key_.reset();
  acr_ = sr_ = cr_ = 0;
  bsy_stuck_ = false;
  load_options();
  put_options_in_force();
  update_interrupt();
  rdp_level_ = RDP.get(optcr_) == 0xAA ? 0 : RDP.get(optcr_) == 0xCC ? 2 : 1;
  around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

void FlashController::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (closed()) around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
}

// --- registers ---------------------------------------------------------------------------------------

std::uint32_t FlashController::status() { return sr_ | BSY.of(busy()); }

BusStatus FlashController::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
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
      return facts_.line->optcr1_mask != 0 ? BusStatus::ok : BusStatus::error;
    default:
      return BusStatus::error;
  }
}

BusStatus FlashController::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  settle();
  const BusStatus status = write_any(offset, value, lanes);
  update_interrupt();
  return status;
}

BusStatus FlashController::write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  switch (offset) {
    case ACR:
      acr_ = lanes.merge(acr_, value);
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
      if (facts_.line->optcr1_mask == 0) return BusStatus::error;
      if (busy()) return BusStatus::stalled;
      if (option_key_.open()) optcr1_ = lanes.merge(optcr1_, value) & facts_.line->optcr1_mask;
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

// RM0090 3.9.8: no write while BSY (the bus stalls); no effect while LOCK is set.
BusStatus FlashController::write_control(std::uint32_t value, Lanes lanes) {
  if (busy()) return BusStatus::stalled;
  if (!key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const bool two_banks = facts_.line->layout == FlashLayout::f42x || facts_.line->layout == FlashLayout::f76x;
  const std::uint32_t implemented = PG.mask() | SER.mask() | MER.mask() | SNB.mask() | PSIZE.mask() |
                                    EOPIE.mask() | ERRIE.mask() | (two_banks ? MER1.mask() : 0);
  cr_ = lanes.merge(cr_, value) & implemented;
  if (STRT.is_set(value)) start_erase();
  if (LOCK.is_set(value)) key_.lock();
  return BusStatus::ok;
}

// OPERR accompanies every refused operation, but only with error interrupts on (RM0090 3.9.7).
void FlashController::refuse(std::uint32_t flags) {
  ++around_.stats.flash_errors;
  sr_ |= flags;
  if (ERRIE.is_set(cr_)) sr_ |= OPERR.mask();
  update_interrupt();
}

// The FLASH global interrupt line (RM0090 3.9.7, 3.9.8).
void FlashController::update_interrupt() {
  around_.interrupt_changed((EOPIE.is_set(cr_) && EOP.is_set(sr_)) ||
                            (ERRIE.is_set(cr_) && (sr_ & kErrorFlags) != 0));
}

// --- erase -------------------------------------------------------------------------------------------

// Nothing: CR selects no operation, two at once, or a sector that does not exist.
std::optional<std::vector<FlashSector>> FlashController::selected_sectors() const {
  const bool bank1 = MER.is_set(cr_), bank2 = MER1.is_set(cr_), one = SER.is_set(cr_);
  if (PG.is_set(cr_) || one == (bank1 || bank2)) return {};
  std::vector<FlashSector> selected;
  for (const FlashSector& sector : geometry_.sectors) {
    const bool wanted = one ? sector.snb == SNB.get(cr_) : sector.bank == 1 ? bank1 : bank2;
    if (wanted) selected.push_back(sector);
  }
  if (selected.empty()) return {};
  return selected;
}

void FlashController::start_erase() {
  const auto sectors = selected_sectors();
  if (!sectors) return refuse(PGSERR.mask());
  if (!parallelism_allowed()) return refuse(PGPERR.mask());
  const bool is_protected = closed() || std::any_of(sectors->begin(), sectors->end(),
                                                    [&](const auto& s) { return write_protected(s); });
  if (is_protected) return refuse(WRPERR.mask());
  around_.stats.flash_erases += sectors->size();
  cr_ |= STRT.mask();
  Operation operation;
  operation.kind = Kind::erase;
  operation.sectors = *sectors;
  start(std::move(operation),
        SER.is_set(cr_) ? sector_erase_time(sectors->front()) : mass_erase_time(*sectors));
}

Nanoseconds FlashController::sector_erase_time(const FlashSector& sector) const {
  const auto row = std::find_if(kEraseTimes.begin(), kEraseTimes.end(),
                                [&](const EraseRow& r) { return r.kib * 1024 == sector.size; });
  return row->by_psize[std::min(PSIZE.get(cr_), 2u)];
}

Nanoseconds FlashController::mass_erase_time(const std::vector<FlashSector>& sectors) const {
  std::uint64_t bytes = 0;
  for (const FlashSector& sector : sectors) bytes += sector.size;
  return Nanoseconds(kMassErasePerMib[std::min(PSIZE.get(cr_), 2u)]) * bytes / (1024 * 1024);
}

// RM0090 3.6.2 table 12: x32 from 2.7 V, x16 from 2.1 V, x8 from 1.7 V; x64 wants an external VPP, which no
// board here has. The manual calls the result outside unpredictable; here it is refused, so that a test
// notices.
bool FlashController::parallelism_allowed() const {
  const std::array<unsigned, 4> minimum{1700, 2100, 2700, ~0u};
  return around_.millivolts >= minimum[PSIZE.get(cr_)];
}

// --- program -----------------------------------------------------------------------------------------

// SER may still be set from an erase before: st-flash 1.7.0 programs F4 and F7 chips so, and silicon takes it.
bool FlashController::program_allowed(std::uint32_t offset, unsigned size) {
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

BusStatus FlashController::write_cells(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  if (!program_allowed(offset, size)) return BusStatus::ok;
  const FlashSector& sector = sector_at(offset);
  if (closed() || write_protected(sector)) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  Operation operation;
  operation.sectors = {sector};
  operation.offset = offset;
  operation.size = size;
  operation.value = value;
  ++around_.stats.flash_programs;
  start(std::move(operation), kProgramTime);
  return BusStatus::ok;
}

// RM0090 3.8: 16 blocks; a lock byte of 0x00 locks its block, lock bytes themselves stay programmable.
BusStatus FlashController::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  if (!program_allowed(offset, size)) return BusStatus::ok;
  const std::uint32_t block = offset / (memory_.otp.size() / memory_.otp_locks.size());
  if (closed() || (block < memory_.otp_locks.size() && memory_.otp_locks[block] == 0x00)) {
    refuse(WRPERR.mask());
    return BusStatus::ok;
  }
  Operation operation;
  operation.kind = Kind::program_otp;
  operation.sectors = {geometry_.sectors.front()};  // OTP is read through bank 1
  operation.offset = offset;
  operation.size = size;
  operation.value = value;
  ++around_.stats.flash_programs;
  start(std::move(operation), kProgramTime);
  return BusStatus::ok;
}

// --- reading -----------------------------------------------------------------------------------------

const FlashSector& FlashController::sector_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(geometry_.sectors.begin(), geometry_.sectors.end(), offset,
                                      [](std::uint32_t o, const FlashSector& s) { return o < s.offset; });
  return *std::prev(after);
}

bool FlashController::write_protected(const FlashSector& sector) const {
  const bool pcrop = facts_.line->has_pcrop && SPRMOD.is_set(optcr_);
  return not_write_protect_bit(sector) == pcrop;
}

// With SPRMOD the bits turn over: 1 is proprietary code that can be fetched, not read (RM0090 3.7.5).
bool FlashController::readout_protected(const FlashSector& sector) const {
  return facts_.line->has_pcrop && SPRMOD.is_set(optcr_) && not_write_protect_bit(sector);
}

// A read stalls while its bank is busy (RM0090 3.6: any read in one bank, read-while-write with two).
bool FlashController::stalls(std::uint32_t offset) {
  settle();
  if (bsy_stuck_) return true;
  if (!operation_) return false;
  if (!geometry_.dual_bank || operation_->kind == Kind::options) return true;
  const unsigned bank = sector_at(offset).bank;
  return std::any_of(operation_->sectors.begin(), operation_->sectors.end(),
                     [&](const FlashSector& s) { return s.bank == bank; });
}

BusStatus FlashController::read_cells(Master master, std::uint32_t offset, unsigned size,
                                      std::uint32_t& value) {
  if (closed()) return BusStatus::error;
  if (stalls(offset)) return BusStatus::stalled;
  if (master != Master::fetch && readout_protected(sector_at(offset))) {
    refuse(RDERR.mask());
    return BusStatus::error;
  }
  value = load(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus FlashController::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (stalls(0)) return BusStatus::stalled;
  const std::uint32_t data = static_cast<std::uint32_t>(memory_.otp.size());
  value = offset < data ? load(memory_.otp, offset, size) : load(memory_.otp_locks, offset - data, size);
  return BusStatus::ok;
}

std::optional<ByteView> FlashController::window(std::uint32_t offset, std::uint32_t& sector_offset) {
  if (closed() || stalls(offset)) return {};
  const FlashSector& sector = sector_at(offset);
  sector_offset = sector.offset;
  return ByteView(memory_.cells).subspan(sector.offset, sector.size);
}

}  // namespace probity::vboard
