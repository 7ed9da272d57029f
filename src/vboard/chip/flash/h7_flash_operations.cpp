// Writing and erasing: RM0433 4.3.9 to 4.3.11 and 4.7, RM0455 5.3 and 5.7.
#include "vboard/chip/flash/h7_flash.hpp"

namespace probity::vboard {

using namespace h7_flash_reg;

// FLASH_CR: no effect while LOCK is set. "When LOCK1 changes from 0 to 1, the other bits of FLASH_CR1
// register do not change"; with PG cleared "the data stored in the buffer but not sent to the operation queue
// are lost".
BusStatus H7Flash::write_control(Bank& bank, std::uint32_t value, Lanes lanes) {
  if (!bank.key.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const bool starts = layout_.start.is_set(value),
             forces = layout_.fw.is_set(value) && bank.writer.collects();
  const bool occupied = bank.writer.queued() || (starts && bank.writer.busy());
  if ((starts || forces) && occupied) return BusStatus::stalled;
  if (LOCK.is_set(value)) {
    bank.key.lock();
    return BusStatus::ok;
  }
  const std::uint32_t implemented = PG.mask() | SER.mask() | BER.mask() | layout_.snb.mask() | EOP.mask() |
                                    (layout_.psize.width != 0 ? layout_.psize.mask() : 0) | error_flags();
  bank.cr = lanes.merge(bank.cr, value) & implemented;
  if (!PG.is_set(bank.cr)) bank.writer.drop();
  if (forces) bank.writer.force();
  if (starts) start_erase(bank);
  return BusStatus::ok;
}

void H7Flash::clear_flags(Bank& bank, std::uint32_t value) {
  bank.sr &= ~(value & (error_flags() | EOP.mask()));
  if ((bank.sr & (SNECCERR.mask() | DBECCERR.mask())) == 0) bank.ecc_address = 0;
}

unsigned H7Flash::parallelism(const Bank& bank) const {
  return layout_.psize.width != 0 ? layout_.psize.get(bank.cr) : 0;
}

bool H7Flash::write_protected(const Bank& bank, CellRange range) const {
  const auto end = range.offset + range.size;
  if (pcrop_area(bank).overlaps(range.offset, range.size)) return true;
  if (secure_area(bank).overlaps(range.offset, range.size)) return true;
  const std::uint32_t open = option_of(layout_.sectors_per_protection_bit == 1 ? "WPSN" : "WPSGN", bank);
  for (std::uint32_t at = range.offset; at < end; at += layout_.sector) {
    const std::uint32_t sector = (at - bank.cells.offset) / layout_.sector;
    if (!Field{"WRPSn", sector / layout_.sectors_per_protection_bit}.is_set(open)) return true;
  }
  return false;
}

// --- programming ---------------------------------------------------------------------------------------

BusStatus H7Flash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  const std::uint32_t place = other_view(offset);
  Bank& bank = bank_at(place);
  if (bank.writer.queued() || option_engine_.busy()) return BusStatus::stalled;
  if (closed()) {
    refuse(bank, RDPERR.mask());
    return BusStatus::error;
  }
  if (!may_write(bank, place - place % layout_.word)) return BusStatus::ok;
  if (!bank.writer.collect(place, size, value)) refuse(bank, STRBERR.mask());
  return BusStatus::ok;
}

// RM0433 4.7.2 to 4.7.6. An error loses what was in the buffer (WBNE: "detects an error that involves data
// loss").
bool H7Flash::may_write(Bank& bank, std::uint32_t word) {
  std::uint32_t error = 0;
  if (!bank.key.open() || !PG.is_set(bank.cr) || INCERR.is_set(bank.sr)) {
    error = PGSERR.mask();
  } else if (write_protected(bank, {word, layout_.word})) {
    error = WRPERR.mask();
  } else if (bank.writer.collects_elsewhere(word)) {
    error = INCERR.mask();
  }
  if (error == 0) return true;
  bank.writer.drop();
  refuse(bank, error);
  return false;
}

// RM0455, OTP programming: with PG_OTP in an unlocked FLASH_OPTCR; 16 bits, or two words at once. The area
// belongs to bank 1, wherever that is seen.
BusStatus H7Flash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  Bank& bank = banks_.front();
  if (size < OtpArea::kWord) return BusStatus::error;
  if (bank.writer.busy() || option_engine_.busy()) return BusStatus::stalled;
  const bool enabled = option_key_.open() && PG_OTP.is_set(optcr_);
  if (!enabled || OtpArea::locked(memory_.option("OTPBL"), offset)) {
    refuse(bank, enabled ? WRPERR.mask() : PGSERR.mask());
    return BusStatus::ok;
  }
  ++around_.stats.flash_programs;
  bank.writer.start([this, offset, size, value] { otp_.program(offset, size, value); },
                    {bank.cells, Nanoseconds(layout_.program_time[0]) * size / OtpArea::kWord});
  return BusStatus::ok;
}

// RM0433 4.7.2: a write operation to system memory is a WRPERR of bank 1; RM0455 adds the read-only words.
BusStatus H7Flash::write_factory(bool, unsigned) {
  settle();
  refuse(banks_.front(), WRPERR.mask());
  return BusStatus::ok;
}

// --- erase ---------------------------------------------------------------------------------------------

// "BER1 has a higher priority than SER1" (FLASH_CR).
void H7Flash::start_erase(Bank& bank) {
  const unsigned psize = parallelism(bank);
  if (BER.is_set(bank.cr)) {
    constexpr std::uint32_t kMebibyte = 1024 * 1024;
    return erase(bank, bank.cells, Nanoseconds(layout_.bank_erase_time[psize]) * bank.cells.size / kMebibyte);
  }
  const std::uint32_t offset = layout_.snb.get(bank.cr) * layout_.sector;
  if (!SER.is_set(bank.cr) || offset >= bank.cells.size) {
    ++around_.stats.flash_errors;
    return;
  }
  erase(bank, {bank.cells.offset + offset, layout_.sector}, layout_.sector_erase_time[psize]);
}

void H7Flash::erase(Bank& bank, CellRange range, Nanoseconds duration) {
  if (closed() || write_protected(bank, range)) return refuse(bank, WRPERR.mask());
  around_.stats.flash_erases += range.size / layout_.sector;
  bank.writer.erase(range, {bank.cells, duration});
}

}  // namespace probity::vboard
