// Writing and erasing: RM0433 4.3.9 to 4.3.11 and 4.7, RM0455 5.3 and 5.7.
#include <algorithm>

#include "vboard/chip/h7_flash.hpp"

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
  const bool starts = layout_.start.is_set(value), forces = layout_.fw.is_set(value) && bank.buffer;
  const bool occupied = bank.queued || (starts && bank.engine.busy());
  if ((starts || forces) && occupied) return BusStatus::stalled;
  if (LOCK.is_set(value)) {
    bank.key.lock();
    return BusStatus::ok;
  }
  const std::uint32_t implemented = PG.mask() | SER.mask() | BER.mask() | layout_.snb.mask() | EOP.mask() |
                                    (layout_.psize.width != 0 ? layout_.psize.mask() : 0) | error_flags();
  bank.cr = lanes.merge(bank.cr, value) & implemented;
  if (!PG.is_set(bank.cr)) bank.buffer.reset();
  if (bank.buffer && forces) send_buffer(bank);
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

BusStatus H7Flash::write_cells(std::uint32_t offset, unsigned size, std::uint32_t value) {
  settle();
  const std::uint32_t place = other_view(offset);
  Bank& bank = bank_at(place);
  if (bank.queued || option_engine_.busy()) return BusStatus::stalled;
  if (closed()) {
    refuse(bank, RDPERR.mask());
    return BusStatus::error;
  }
  if (may_write(bank, place - place % layout_.word)) collect(bank, place, size, value);
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
  } else if (bank.buffer && bank.buffer->offset() != word) {
    error = INCERR.mask();
  }
  if (error == 0) return true;
  bank.buffer.reset();
  refuse(bank, error);
  return false;
}

void H7Flash::collect(Bank& bank, std::uint32_t place, unsigned size, std::uint32_t value) {
  if (!bank.buffer) bank.buffer.emplace(place - place % layout_.word, layout_.word);
  if (!bank.buffer->put(place, size, value)) refuse(bank, STRBERR.mask());
  if (bank.buffer->full()) send_buffer(bank);
}

void H7Flash::send_buffer(Bank& bank) {
  bank.queued = std::move(bank.buffer);
  bank.buffer.reset();
  if (!bank.engine.busy()) program_next(bank);
}

void H7Flash::program_next(Bank& bank) {
  if (!bank.queued) return;
  const FlashWordBuffer buffer = std::move(*bank.queued);
  bank.queued.reset();
  program(bank, buffer);
}

void H7Flash::program(Bank& bank, const FlashWordBuffer& buffer) {
  const auto cells = ByteView(memory_.cells).subspan(buffer.offset(), layout_.word);
  const bool erased = std::all_of(cells.begin(), cells.end(), [](std::uint8_t cell) { return cell == 0xFF; });
  ++around_.stats.flash_programs;
  bank.in_flight = buffer.offset();
  FlashOperation operation;
  operation.offset = buffer.offset();
  operation.programmed = buffer.bytes();
  operation.done = [this, &bank, erased, word = buffer.offset()] {
    bank.in_flight.reset();
    if (!erased) ecc_.add(word);
  };
  begin(bank, std::move(operation), layout_.program_time[parallelism(bank)]);
}

// The whole bank cannot be read meanwhile; the other one can.
void H7Flash::begin(Bank& bank, FlashOperation operation, Nanoseconds duration) {
  operation.affected.push_back(bank.cells);
  operation.done = [this, &bank, effect = std::move(operation.done)] {
    effect();
    bank.sr |= EOP.mask();
    update_interrupt();
    program_next(bank);
  };
  bank.begin = around_.time.now();
  bank.end = bank.begin + duration;
  bank.engine.start(std::move(operation), duration);
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
  FlashOperation operation;
  operation.erased = {range};
  operation.done = [this, range] { ecc_.erased(range); };
  begin(bank, std::move(operation), duration);
}

}  // namespace probity::vboard
