#include "flash/stm32/lx_controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/lx_registers.hpp"

namespace probity::stm32 {

namespace PECR = lx::PECR;
namespace SR = lx::SR;

namespace {

constexpr Milliseconds kForeignLimit{1000};  // an erase that some firmware had under way
// DS10182 (L053) table 45, DS8928 (L15x) table 35: 3.28 ms typically, 3.94 at most, for the erase of a page,
// a half-page and a word alike.
constexpr Microseconds kProgramTypical{3280};
constexpr Milliseconds kProgramLimit{20};
// Leaving read-out protection may erase all of the flash and of the data EEPROM meanwhile.
constexpr Milliseconds kOptionLimit{10000};

constexpr std::uint32_t kEraseWord = PECR::ERASE.mask() | PECR::PROG.mask();
constexpr std::uint32_t kHalfPageWord = PECR::FPRG.mask() | PECR::PROG.mask();
constexpr std::uint32_t kWordWord = 0;  // words need no mode

struct ErrorRow {
  Field flag;
  std::string_view meaning;
};
constexpr ErrorRow kErrorRows[] = {
    {SR::WRPERR, "write-protected, or not unlocked"},
    {SR::PGAERR, "the data did not fill one half-page"},
    {SR::SIZERR, "accesses were not 32 bits wide"},
    {SR::RDERR, "read in an area that can only be executed"},
    {SR::NOTZEROERR, "the flash was not erased there"},
    {SR::FWWERR, "the operation was cut short by a read of the flash"},
};

template <typename Of>
std::string joined(std::uint32_t sr, std::string_view separator, Of of) {
  std::string text;
  for (const ErrorRow& row : kErrorRows) {
    if (row.flag.is_set(sr)) text += fmt::format("{}{}", text.empty() ? "" : separator, of(row));
  }
  return text;
}

}  // namespace

std::string lx_error_names(std::uint32_t sr) {
  return joined(sr, ", ", [](const ErrorRow& row) { return row.flag.name; });
}

void LxController::cover(const LxLayout& layout, std::vector<Address> sectors) {
  layout_ = &layout;
  sectors_ = std::move(sectors);
}

void LxController::wait_idle(Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t sr = read(lx::kSr);
    if (!SR::BSY.is_set(sr)) return;
    deadline.check(fmt::format("FLASH_SR=0x{:08x} (BSY is still set)", sr));
    clock_.sleep(kStatusPause);
  }
}

void LxController::finish(Nanoseconds limit, std::string_view what, Address address) {
  wait_idle(limit, what);
  check(read(lx::kSr), address);
}

void LxController::unlock(Address key_register, std::uint32_t key1, std::uint32_t key2, Field lock) {
  const Address pecr = layout_->base + lx::kPecr, keys = layout_->base + key_register;
  if (!lock.is_set(memory_.read32(pecr))) return;  // another key sequence would lock it until reset
  std::array<WordAccess, 3> access{WordAccess::store(keys, key1), WordAccess::store(keys, key2),
                                   WordAccess::load(pecr)};
  memory_.run(access);
  const std::uint32_t value = access[2].value;
  if (!lock.is_set(value)) return;
  throw FlashError(
      fmt::format("{} not unlocked (FLASH_PECR=0x{:08x}): {} stays set until the next reset after a wrong "
                  "key; try: reset halt",
                  lock.lsb == PECR::OPTLOCK.lsb ? "options" : "flash", value, lock.name),
      bank_, pecr, "FLASH_PECR", value);
}

// PELOCK off, and whatever the firmware left behind out of the way; then PRGLOCK.
void LxController::open() {
  wait_idle(kForeignLimit, "a flash operation that was under way (FLASH_SR.BSY)");
  unlock(lx::kPekeyr, lx::kPeKey1, lx::kPeKey2, PECR::PELOCK);
  std::array<WordAccess, 2> access{
      WordAccess::store(layout_->base + lx::kSr, SR::kClear),  // write 1 to clear
      WordAccess::store(layout_->base + lx::kPecr, 0)};        // writing 0 leaves the locks as they are
  memory_.run(access);
  unlock(lx::kPrgkeyr, lx::kPrgKey1, lx::kPrgKey2, PECR::PRGLOCK);
}

void LxController::close() {
  const UninterruptedScope giving_back(clock_);
  memory_.write32(layout_->base + lx::kPecr, PECR::kLocks);
}

void LxController::erase(unsigned sector) {
  const Address first = sectors_.at(sector);
  for (Address page = first; page < first + lx::kSectorSize; page += layout_->page_size) {
    std::array<WordAccess, 2> access{WordAccess::store(layout_->base + lx::kPecr, kEraseWord),
                                     WordAccess::store(page, 0)};  // any value begins it
    memory_.run(access);
    finish(kProgramLimit, fmt::format("the erase of the page at 0x{:08x}", page), page);
  }
  memory_.write32(layout_->base + lx::kPecr, 0);
}

void LxController::erase_all() {
  for (unsigned sector = 0; sector < sectors_.size(); ++sector) erase(sector);
}

void LxController::program(Address address, ByteView data) {
  memory_.write32(layout_->base + lx::kPecr, kWordWord);
  for (std::size_t at = 0; at < data.size(); at += granule()) {
    const Address where = address + static_cast<Address>(at);
    memory_.write32(where, load_le32(data, at));
    finish(kProgramLimit, fmt::format("programming 0x{:08x}", where), where);
  }
}

LoaderChip LxController::loader_chip() const {
  return {{layout_->base + lx::kPecr, layout_->base + lx::kSr, SR::BSY.mask(), SR::kErrors}, lx::kIwdgKr};
}

void LxController::add_erase(LoaderScript& script, unsigned sector) const {
  const Address first = sectors_.at(sector);
  for (Address page = first; page < first + lx::kSectorSize; page += layout_->page_size) {
    const std::array<LoaderStore, 2> stores{{{layout_->base + lx::kPecr, kEraseWord}, {page, 0}}};
    script.store(page, stores);
  }
}

// Half-pages, and single words before the first and behind the last.
void LxController::add_program(LoaderScript& script, Address address, ByteView data) const {
  const std::size_t head =
      std::min<std::size_t>((half_page() - address % half_page()) % half_page(), data.size());
  const std::size_t body = (data.size() - head) / half_page() * half_page();
  const auto add = [&](std::uint32_t control, unsigned unit, std::size_t from, std::size_t size) {
    if (size == 0) return;
    script.program(control, address + static_cast<Address>(from), 4, unit, data.subspan(from, size));
  };
  add(kWordWord, granule(), 0, head);
  add(kHalfPageWord, half_page(), head, body);
  add(kWordWord, granule(), head + body, data.size() - head - body);
}

Nanoseconds LxController::program_per_byte() const { return Nanoseconds(kProgramTypical) / half_page(); }

Nanoseconds LxController::program_limit() const { return kProgramLimit; }

Milliseconds LxController::erase_limit(unsigned) const {
  return kProgramLimit * (lx::kSectorSize / layout_->page_size);
}

std::string LxController::status_text() {
  try {
    return fmt::format("FLASH_SR=0x{:08x}", read(lx::kSr));
  } catch (const Error&) {
    return "FLASH_SR cannot be read, the bus hangs";
  }
}

void LxController::check(std::uint32_t status, Address address) const {
  if ((status & SR::kErrors) == 0) return;
  throw FlashError(
      fmt::format("{} (FLASH_SR=0x{:08x}) at 0x{:08x}: {}", lx_error_names(status), status, address,
                  joined(status, "; ", [](const ErrorRow& row) { return row.meaning; })),
      bank_, address, "FLASH_SR", status);
}

std::uint16_t LxController::read_option(Address address, std::uint16_t in_force) {
  const std::uint32_t word = memory_.read32(address);
  const std::uint32_t value = lx::kOptionValue.get(word);
  if (lx::kOptionComplement.get(word) != lx::kOptionValue.get(~value)) return in_force;
  return static_cast<std::uint16_t>(value);
}

void LxController::unlock_options() { unlock(lx::kOptkeyr, lx::kOptKey1, lx::kOptKey2, PECR::OPTLOCK); }

void LxController::write_options(std::span<const LxOptionWord> words) {
  const UninterruptedScope to_the_end(clock_);  // half of a change may be no change that anybody wants
  const auto whole = [](std::uint16_t value) {
    return lx::kOptionValue.of(value) | lx::kOptionComplement.of(~std::uint32_t{value});
  };
  {
    const OpenFlash opened(*this);
    unlock_options();
    for (const LxOptionWord& word : words) {
      memory_.write32(word.address, whole(word.value));
      finish(kOptionLimit, fmt::format("programming the option word at 0x{:08x}", word.address),
             word.address);
    }
  }
  for (const LxOptionWord& word : words) {
    const std::uint32_t now = memory_.read32(word.address);
    if (now == whole(word.value)) continue;
    throw FlashError(fmt::format("the option word at 0x{:08x} reads 0x{:08x} after 0x{:08x} was programmed",
                                 word.address, now, whole(word.value)),
                     bank_, word.address, {}, now);
  }
}

void LxController::launch_options() {
  open();
  unlock_options();
  try {
    memory_.write32(layout_->base + lx::kPecr, PECR::OBL_LAUNCH.mask());
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error&) {
    // The reset came before the answer.
  }
}

}  // namespace probity::stm32
