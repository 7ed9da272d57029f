#include "flash/stm32/h7_interface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

constexpr Milliseconds kCacheLimit{100};
constexpr std::uint32_t kKey1 = 0x45670123, kKey2 = 0xCDEF89AB;  // RM0433 4.9.2, RM0481 7.11.2

// ICACHE_CR, and behind it ICACHE_SR (RM0481).
constexpr Field kCacheEn{"EN", 0}, kCacheInv{"CACHEINV", 1}, kCacheBusy{"BUSYF", 0};
constexpr Address kCacheSr = 4;

}  // namespace

H7Interface::H7Interface(MemPort& memory, Clock& clock, std::string bank, const H7Layout& layout,
                         std::vector<H7Place> places)
    : memory_(memory), clock_(clock), bank_(std::move(bank)), layout_(layout), places_(std::move(places)) {
  for (const H7Place& place : places_) {
    if (!chip_banks_.empty() && chip_banks_.back() == place.chip_bank) continue;
    chip_banks_.push_back(place.chip_bank);
    const bool known = std::ranges::any_of(
        sets_, [&](unsigned chip_bank) { return set_of(chip_bank) == set_of(place.chip_bank); });
    if (!known) sets_.push_back(place.chip_bank);
  }
}

unsigned H7Interface::chip_bank_at(Address address) const {
  const auto behind = std::ranges::upper_bound(places_, address, {}, &H7Place::address);
  return behind == places_.begin() ? places_.front().chip_bank : std::prev(behind)->chip_bank;
}

std::uint32_t H7Interface::erase_command(const H7Place& place) const {
  return layout_.ser.mask() | layout_.snb.of(place.snb) | layout_.parallelism | select(place.chip_bank);
}

std::uint32_t H7Interface::program_command(unsigned chip_bank) const {
  return layout_.pg.mask() | layout_.parallelism | select(chip_bank);
}

std::uint32_t H7Interface::error_mask() const {
  std::uint32_t mask = 0;
  for (const FlashErrorFlag& row : layout_.errors) mask |= row.flag.mask();
  return mask;
}

LoaderRegisters H7Interface::registers_of(unsigned chip_bank) const {
  const std::uint32_t busy = layout_.busy.mask() | layout_.write_buffer.mask() | layout_.queue.mask();
  return {reg(layout_.cr, chip_bank), reg(layout_.sr, chip_bank), busy,
          layout_.error_register == 0 ? error_mask() : 0};
}

// The loader knows one status register. Where the error flags have a register of their own, it is told to
// look there in between, once it is idle.
void H7Interface::look_for_errors(LoaderScript& script, unsigned chip_bank) const {
  if (layout_.error_register == 0) return;
  script.select({reg(layout_.cr, chip_bank), layout_.error_register, 0, error_mask()});
  script.select(registers_of(chip_bank));
}

std::uint32_t H7Interface::errors_of(std::uint32_t status) {
  return layout_.error_register == 0 ? status : memory_.read32(layout_.error_register);
}

std::uint32_t H7Interface::wait_idle(unsigned chip_bank, std::uint32_t busy, Nanoseconds limit,
                                     std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t status = memory_.read32(reg(layout_.sr, chip_bank));
    if ((status & busy) == 0) return status;
    deadline.check(fmt::format("{}=0x{:08x}", layout_.sr_names[chip_bank], status));
    clock_.sleep(kStatusPause);
  }
}

void H7Interface::open_set(unsigned chip_bank) {
  // A flash word that the firmware began and left (WBNE) is dropped with PG (RM0433, FLASH_SR1.WBNE1), so it
  // is not waited for here.
  wait_idle(chip_bank, layout_.busy.mask() | layout_.queue.mask(), layout_.bank_erase_limit,
            "a flash operation that was under way");
  const Address cr = reg(layout_.cr, chip_bank);
  if (layout_.lock.is_set(memory_.read32(cr))) {
    std::array<WordAccess, 2> keys{WordAccess::store(reg(layout_.keyr, chip_bank), kKey1),
                                   WordAccess::store(reg(layout_.keyr, chip_bank), kKey2)};
    memory_.run(keys);
  }
  std::array<WordAccess, 3> access{WordAccess::store(cr, 0),
                                   WordAccess::store(reg(layout_.ccr, chip_bank), layout_.to_clear),
                                   WordAccess::load(cr)};
  memory_.run(access);
  const std::uint32_t value = access.back().value;
  if (!layout_.lock.is_set(value)) return;
  throw FlashError(
      fmt::format("flash not unlocked (control register of chip bank {} = 0x{:08x}): LOCK stays set "
                  "until the next reset after a wrong key; try: reset halt",
                  chip_bank + 1, value),
      bank_, cr, "FLASH_CR", value);
}

std::unique_ptr<FlashReading> H7Interface::reading() {
  if (layout_.security != Security::secure) return nullptr;
  return std::make_unique<SecureReading>(memory_, secure_blocks());
}

void H7Interface::open() {
  const bool secure = layout_.security == Security::secure;
  try {
    if (secure) secure_view_.emplace(memory_);
    for (const unsigned chip_bank : sets_) open_set(chip_bank);
    stop_cache();
    if (secure) secure_pages_.emplace(memory_, secure_blocks());
  } catch (...) {
    secure_view_.reset();
    throw;
  }
}

std::vector<Address> H7Interface::secure_blocks() const {
  constexpr unsigned kBits = 32;
  std::vector<Address> registers;
  for (const unsigned chip_bank : chip_banks_) {
    unsigned last = 0;
    for (const H7Place& place : places_) {
      if (place.chip_bank == chip_bank) last = std::max(last, place.snb);
    }
    for (unsigned i = 0; i <= last / kBits; ++i)
      registers.push_back(layout_.secure_blocks[chip_bank] + 4 * i);
  }
  return registers;
}

void H7Interface::stop_cache() {
  if (layout_.icache_cr == 0) return;
  const std::uint32_t cr = memory_.read32(layout_.icache_cr);
  cache_was_on_ = kCacheEn.is_set(cr);
  if (cache_was_on_) memory_.write32(layout_.icache_cr, cr & ~kCacheEn.mask());
}

// The cache does not notice what happens to the flash; it starts again empty.
void H7Interface::give_cache_back() {
  if (!std::exchange(cache_was_on_, false)) return;
  memory_.write32(layout_.icache_cr, kCacheInv.mask());
  const Deadline deadline(clock_, kCacheLimit, "the instruction cache's invalidation (ICACHE_SR.BUSYF)");
  while (kCacheBusy.is_set(memory_.read32(layout_.icache_cr + kCacheSr))) {
    deadline.check();
    clock_.sleep(kStatusPause);
  }
  memory_.write32(layout_.icache_cr, kCacheEn.mask());
}

void H7Interface::close() {
  const UninterruptedScope giving_back(clock_);
  for (const unsigned chip_bank : sets_) {
    const Address cr = reg(layout_.cr, chip_bank);
    // PG goes before LOCK, which nothing else may go with.
    std::array<WordAccess, 2> access{WordAccess::store(cr, 0), WordAccess::store(cr, layout_.lock.mask())};
    memory_.run(access);
  }
  secure_pages_.reset();
  give_cache_back();
  secure_view_.reset();
}

void H7Interface::start(unsigned chip_bank, std::uint32_t command) {
  const Address cr = reg(layout_.cr, chip_bank);
  std::array<WordAccess, 2> access{WordAccess::store(cr, command),
                                   WordAccess::store(cr, command | layout_.start.mask())};
  memory_.run(access);
}

void H7Interface::erase(unsigned sector) {
  const H7Place& place = places_.at(sector);
  start(place.chip_bank, erase_command(place));
  const std::uint32_t status =
      wait_idle(place.chip_bank, layout_.busy.mask() | layout_.queue.mask(), layout_.erase_limit,
                fmt::format("the erase of the sector at 0x{:08x}", place.address));
  check(errors_of(status), place.address);
}

// Chip banks with registers of their own erase at the same time.
void H7Interface::erase_all() {
  const auto wait = [&](unsigned chip_bank) {
    const std::uint32_t status =
        wait_idle(chip_bank, layout_.busy.mask() | layout_.queue.mask(), layout_.bank_erase_limit,
                  fmt::format("the erase of chip bank {}", chip_bank + 1));
    const auto* first = &*std::ranges::find(places_, chip_bank, &H7Place::chip_bank);
    check(errors_of(status), first->address);
  };
  for (const unsigned chip_bank : chip_banks_) {
    start(chip_bank, layout_.ber.mask() | layout_.parallelism | select(chip_bank));
    if (layout_.bank_step == 0) wait(chip_bank);
  }
  if (layout_.bank_step == 0) return;
  for (const unsigned chip_bank : chip_banks_) wait(chip_bank);
}

void H7Interface::program(Address address, ByteView data) {
  const unsigned chip_bank = chip_bank_at(address);
  memory_.write32(reg(layout_.cr, chip_bank), program_command(chip_bank));
  const std::uint32_t busy = registers_of(chip_bank).busy;
  for (; !data.empty(); data = data.subspan(layout_.granule), address += layout_.granule) {
    std::vector<WordAccess> word;
    for (unsigned at = 0; at < layout_.granule; at += 4) {
      word.push_back(WordAccess::store(address + at, load_le32(data, at)));
    }
    word.push_back(WordAccess::load(reg(layout_.sr, chip_bank)));
    memory_.run(word);
    std::uint32_t status = word.back().value;
    if ((status & busy) != 0) {
      status = wait_idle(chip_bank, busy, 10 * layout_.program_limit,
                         fmt::format("programming the flash word at 0x{:08x}", address));
    }
    check(errors_of(status), address);
  }
}

void H7Interface::program_otp(const OtpArea& area, Address address, ByteView data) {
  memory_.write32(area.control, area.enable.mask());
  for (; !data.empty(); data = data.subspan(2), address += 2) {
    memory_.write16(address, load_le16(data, 0));
    if (area.force_write.width != 0) {
      memory_.write32(area.control, area.enable.mask() | area.force_write.mask());
    }
    const std::uint32_t status =
        wait_idle(places_.front().chip_bank, layout_.busy.mask() | layout_.queue.mask(),
                  10 * layout_.program_limit, fmt::format("programming the half-word at 0x{:08x}", address));
    check(errors_of(status), address);
  }
  memory_.write32(area.control, 0);
}

LoaderChip H7Interface::loader_chip() const {
  LoaderChip chip{registers_of(chip_banks_.front()), layout_.watchdog};
  if (layout_.security != Security::off) chip.secure = layout_.security == Security::secure;
  chip.secure_bit = kSecureAlias;
  return chip;
}

void H7Interface::add_erase(LoaderScript& script, unsigned sector) const {
  const H7Place& place = places_.at(sector);
  if (sets_.size() > 1) script.select(registers_of(place.chip_bank));
  const Address cr = reg(layout_.cr, place.chip_bank);
  const std::uint32_t command = erase_command(place);
  const std::array<LoaderStore, 2> stores{LoaderStore{cr, command},
                                          LoaderStore{cr, command | layout_.start.mask()}};
  script.store(place.address, stores);
  look_for_errors(script, place.chip_bank);
}

void H7Interface::add_program(LoaderScript& script, Address address, ByteView data) const {
  const unsigned chip_bank = chip_bank_at(address);
  if (sets_.size() > 1) script.select(registers_of(chip_bank));
  script.program(program_command(chip_bank), address, 4, layout_.granule, data);
  look_for_errors(script, chip_bank);
}

std::string H7Interface::status_text() {
  std::string text;
  const auto add = [&](std::string_view name, Address address) {
    if (!text.empty()) text += ", ";
    try {
      text += fmt::format("{}=0x{:08x}", name, memory_.read32(address));
    } catch (const Error&) {
      text += fmt::format("{} cannot be read", name);
    }
  };
  for (const unsigned chip_bank : sets_) add(layout_.sr_names[chip_bank], reg(layout_.sr, chip_bank));
  if (layout_.error_register != 0) add(layout_.error_register_name, layout_.error_register);
  return text;
}

void H7Interface::check(std::uint32_t status, Address address) const {
  if ((status & error_mask()) == 0) return;
  std::string why;
  for (const FlashErrorFlag& row : layout_.errors) {
    if (row.flag.is_set(status)) why += fmt::format("{}{}", why.empty() ? "" : "; ", row.meaning);
  }
  const std::string_view name = error_register_name(layout_, chip_bank_at(address));
  throw FlashError(fmt::format("{} ({}=0x{:08x}) at 0x{:08x}: {}", flash_error_names(layout_, status), name,
                               status, address, why),
                   bank_, address, std::string(name), status);
}

}  // namespace probity::stm32
