#include "flash/stm32/l4_controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

constexpr Milliseconds kForeignLimit{2000};  // an erase of all that some firmware had under way
constexpr Milliseconds kRegisterLimit{100};

// DS11584 (L476) table 68: 81.7 µs typical, 90.8 at most; DS13560 (G0B1) table 45: 85 and 125.
constexpr Nanoseconds kProgramDoubleWord = Microseconds(82);
constexpr Nanoseconds kProgramQuadWord = Microseconds(118);  // DS13737 (U575), normal mode
constexpr Nanoseconds kProgramLimit = Milliseconds(2);
// Same tables: a page takes 22 ms, at most 40; a bank the same (U5: 1.5 ms a page, all of them for a bank).
constexpr Milliseconds kPageErase{40};
constexpr Milliseconds kAllErase{8000};
// The option bytes are a page of their own; going back to RDP level 0 erases all of the flash first.
constexpr Milliseconds kOptionLimit{10000};

struct ErrorRow {
  Field flag;
  std::string_view meaning;
};
constexpr ErrorRow kErrorRows[] = {
    {L4SR::OPERR, "the operation failed"},
    {L4SR::PROGERR, "the cells were not erased"},
    {L4SR::WRPERR, "write-protected"},
    {L4SR::PGAERR, "not aligned to the flash word"},
    {L4SR::SIZERR, "accesses were not 32 bits wide"},
    {L4SR::PGSERR, "wrong programming or erase sequence"},
    {L4SR::MISERR, "fast programming: data came too late"},
    {L4SR::FASTERR, "fast programming failed"},
};

}  // namespace

std::string l4_error_names(std::uint32_t sr) {
  std::string names;
  for (const ErrorRow& row : kErrorRows) {
    if (row.flag.is_set(sr)) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.flag.name);
  }
  return names;
}

void L4Controller::configure(const L4Part& part, const L4Layout& layout, const L4Geometry& geometry,
                             Address base, Security security) {
  const bool as_secure = security == Security::secure;
  part_ = &part;
  options_layout_ = layout;
  if (as_secure) options_layout_.base += kSecureAlias;
  layout_ = as_secure ? secure(layout) : layout;
  pages_ = geometry.pages;
  page_size_ = geometry.page_size;
  dual_bank_ = geometry.dual_bank;
  base_ = base;
  as_secure_ = as_secure;
  trust_zone_ = security != Security::off;
}

std::uint32_t L4Controller::read(unsigned offset) const {
  const SecureAccess access(memory_, as_secure_);
  return memory_.read32(layout_.base + offset);
}

void L4Controller::run(std::span<WordAccess> batch) const {
  const SecureAccess access(memory_, as_secure_);
  memory_.run(batch);
}

std::string L4Controller::status_text() {
  try {
    return fmt::format("{}=0x{:08x}", layout_.sr_name, memory_.read32(sr()));
  } catch (const Error&) {
    return fmt::format("{} cannot be read, the bus hangs", layout_.sr_name);
  }
}

void L4Controller::check(std::uint32_t status, Address address) const {
  if ((status & L4SR::kErrors) == 0) return;
  std::string meanings;
  for (const ErrorRow& row : kErrorRows) {
    if (row.flag.is_set(status)) meanings += fmt::format("{}{}", meanings.empty() ? "" : "; ", row.meaning);
  }
  throw FlashError(fmt::format("{} ({}=0x{:08x}) at 0x{:08x}: {}", l4_error_names(status), layout_.sr_name,
                               status, address, meanings),
                   bank_, address, std::string(layout_.sr_name), status);
}

void L4Controller::wait_idle(Address status, Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t value = memory_.read32(status);
    if ((value & layout_.busy) == 0) return;
    deadline.check(
        fmt::format("{}=0x{:08x} (still busy; a reset ends what firmware began and did not finish)",
                    layout_.sr_name, value));
    clock_.sleep(kStatusPause);
  }
}

void L4Controller::unlock(const L4Layout& layout, unsigned keyr, std::uint32_t key1, std::uint32_t key2,
                          Field lock) {
  const Address where = layout.base + layout.cr_with_lock;
  if (!lock.is_set(memory_.read32(where))) return;  // another key sequence would lock it until reset
  std::array<WordAccess, 3> access{WordAccess::store(layout.base + keyr, key1),
                                   WordAccess::store(layout.base + keyr, key2), WordAccess::load(where)};
  memory_.run(access);
  const std::uint32_t value = access[2].value;
  if (!lock.is_set(value)) return;
  throw FlashError(
      fmt::format("{} not unlocked ({}=0x{:08x}): {} stays set until the next reset after a wrong "
                  "key; try: reset halt",
                  lock.lsb == L4CR::LOCK.lsb ? "flash" : "options", layout.cr_name, value, lock.name),
      bank_, where, std::string(layout.cr_name), value);
}

// The caches do not notice an erase; they are emptied in wake_caches() (RM0351, 3.3.3).
void L4Controller::rest_caches() {
  if (layout_.caches != 0) {
    const std::uint32_t acr = memory_.read32(layout_.base);
    if ((acr & layout_.caches) != 0) {
      saved_acr_ = acr;
      memory_.write32(layout_.base, acr & ~layout_.caches);
    }
  }
  if (!layout_.icache) return;
  const std::uint32_t icache = memory_.read32(*layout_.icache + ICACHE::kCr);
  if (!ICACHE::EN.is_set(icache)) return;
  saved_icache_ = icache;
  memory_.write32(*layout_.icache + ICACHE::kCr, ICACHE::EN.set(icache, 0));
}

void L4Controller::wake_caches() {
  if (saved_acr_) {
    const std::uint32_t acr = *saved_acr_, off = acr & ~layout_.caches;
    const std::uint32_t resets = (L4ACR::ICEN.is_set(acr) ? L4ACR::ICRST.mask() : 0) |
                                 (L4ACR::DCEN.is_set(acr & layout_.caches) ? L4ACR::DCRST.mask() : 0);
    std::array<WordAccess, 3> access{WordAccess::store(layout_.base, off | resets),
                                     WordAccess::store(layout_.base, off),
                                     WordAccess::store(layout_.base, acr)};
    memory_.run(access);
    saved_acr_.reset();
  }
  if (!saved_icache_) return;
  const std::uint32_t off = ICACHE::EN.set(*saved_icache_, 0);
  memory_.write32(*layout_.icache + ICACHE::kCr, off | ICACHE::CACHEINV.mask());
  const Deadline deadline(clock_, kRegisterLimit, "emptying the instruction cache (ICACHE_SR.BUSYF)");
  while (ICACHE::BUSYF.is_set(memory_.read32(*layout_.icache + ICACHE::kSr))) {
    deadline.check();
    clock_.sleep(kStatusPause);
  }
  memory_.write32(*layout_.icache + ICACHE::kCr, *saved_icache_);
  saved_icache_.reset();
}

// The registers that say page by page what is secure (RM0438, 6.5.5).
std::vector<Address> L4Controller::secure_blocks() const {
  const unsigned banks = dual_bank_ ? 2 : 1;
  const auto words = (static_cast<unsigned>(pages_.size()) / banks + kSecbbBits - 1) / kSecbbBits;
  std::vector<Address> registers;
  for (unsigned bank = 0; bank < banks; ++bank) {
    for (unsigned i = 0; i < words; ++i) registers.push_back(address_of(kSecbb[bank] + 4 * i));
  }
  return registers;
}

std::unique_ptr<FlashReading> L4Controller::reading() {
  if (!as_secure_) return nullptr;
  return std::make_unique<SecureReading>(memory_, secure_blocks());
}

void L4Controller::open() {
  try {
    if (as_secure_) secure_view_.emplace(memory_);
    open_interface();
  } catch (...) {
    secure_view_.reset();
    throw;
  }
}

void L4Controller::open_interface() {
  rest_caches();
  wait_idle(sr(), kForeignLimit,
            fmt::format("a flash operation that was under way ({}.BSY)", layout_.sr_name));
  unlock(layout_, layout_.keyr, kL4Key1, kL4Key2, L4CR::LOCK);
  std::array<WordAccess, 2> access{WordAccess::store(sr(), L4SR::kClear),  // write 1 to clear
                                   WordAccess::store(cr(), 0)};
  memory_.run(access);
  if (as_secure_) secure_pages_.emplace(memory_, secure_blocks());
}

void L4Controller::close() {
  const UninterruptedScope giving_back(clock_);
  if (layout_.cr != layout_.cr_with_lock) memory_.write32(cr(), 0);
  memory_.write32(layout_.base + layout_.cr_with_lock, L4CR::LOCK.mask());
  secure_pages_.reset();
  wake_caches();
  clear_empty_flag();
  secure_view_.reset();
}

// Without this a chip that was blank at power-on needs another one before it boots what was programmed.
void L4Controller::clear_empty_flag() {
  if (layout_.empty == L4Empty::no_flag) return;
  const bool in_acr = layout_.empty == L4Empty::in_acr;
  const Address where = in_acr ? layout_.base : sr();
  const Field flag = in_acr ? L4ACR::EMPTY : L4SR::PEMPTY;
  const std::uint32_t value = memory_.read32(where);
  if (!flag.is_set(value) || memory_.read32(kL4MainFlash) == 0xFFFFFFFF) return;
  memory_.write32(where, in_acr ? flag.set(value, 0) : flag.mask());
}

std::uint32_t L4Controller::erase_word(unsigned sector) const {
  const L4Page& page = pages_.at(sector);
  return L4CR::PER.mask() | L4CR::PNB.of(page.number) | Field{"BKER", layout_.bker}.of(page.bank);
}

// Writes `word`, sets STRT and waits until the interface is done.
void L4Controller::start(std::uint32_t word, Milliseconds limit, std::string_view what, Address address) {
  std::array<WordAccess, 2> access{WordAccess::store(cr(), word),
                                   WordAccess::store(cr(), word | L4CR::STRT.mask())};
  memory_.run(access);
  wait_idle(sr(), limit, what);
  const std::uint32_t status = memory_.read32(sr());
  memory_.write32(cr(), 0);
  check(status, address);
}

void L4Controller::erase(unsigned sector) {
  const Address address = base_ + pages_.at(sector).offset;
  start(erase_word(sector), erase_limit(sector),
        fmt::format("the erase of sector {} at 0x{:08x}", sector, address), address);
}

// With two banks in the chip both bits are set, even where they are one now (RM0432, 3.3.6).
void L4Controller::erase_all() {
  start(L4CR::MER1.mask() | (part_->two_banks() ? L4CR::MER2.mask() : 0), kAllErase,
        "the erase of the whole flash", base_);
}

void L4Controller::program(Address address, ByteView data) {
  memory_.write32(cr(), L4CR::PG.mask());
  for (std::size_t at = 0; at < data.size(); at += part_->granule) {
    const Address where = address + static_cast<Address>(at);
    std::vector<WordAccess> access;
    for (unsigned i = 0; i < part_->granule; i += 4) {
      access.push_back(WordAccess::store(where + i, load_le32(data, at + i)));
    }
    access.push_back(WordAccess::load(sr()));
    memory_.run(access);
    std::uint32_t status = access.back().value;
    if ((status & layout_.busy) != 0) {
      wait_idle(sr(), 10 * kProgramLimit, fmt::format("programming 0x{:08x}", where));
      status = memory_.read32(sr());
    }
    check(status, where);
  }
  memory_.write32(cr(), 0);
}

// With TrustZone on the loader runs in the state whose registers it uses.
LoaderChip L4Controller::loader_chip() const {
  LoaderChip chip{{cr(), sr(), layout_.busy, L4SR::kErrors}, kL4IwdgKr};
  if (trust_zone_) chip.secure = as_secure_;
  chip.secure_bit = kSecureAlias;
  return chip;
}

void L4Controller::add_erase(LoaderScript& script, unsigned sector) const {
  const std::uint32_t word = erase_word(sector);
  const std::array<LoaderStore, 2> stores{LoaderStore{cr(), word},
                                          LoaderStore{cr(), word | L4CR::STRT.mask()}};
  script.store(base_ + pages_.at(sector).offset, stores);
}

void L4Controller::add_program(LoaderScript& script, Address address, ByteView data) const {
  script.program(L4CR::PG.mask(), address, 4, part_->granule, data);
}

Nanoseconds L4Controller::program_per_byte() const {
  return (part_->granule == 16 ? kProgramQuadWord : kProgramDoubleWord) / part_->granule;
}

Nanoseconds L4Controller::program_limit() const { return kProgramLimit; }

Milliseconds L4Controller::erase_limit(unsigned) const { return 2 * kPageErase; }

void L4Controller::unlock_options() {
  const L4Layout& options = options_layout_;
  wait_idle(options.base + options.sr, kForeignLimit, "a flash operation that was under way (BSY)");
  unlock(options, options.keyr, kL4Key1, kL4Key2, L4CR::LOCK);  // OPTLOCK gives way only after LOCK
  unlock(options, options.optkeyr, kL4OptKey1, kL4OptKey2, L4CR::OPTLOCK);
}

void L4Controller::write_options(std::span<const L4OptionWrite> writes) {
  const SecureAccess access(memory_, as_secure_);
  const L4Layout& options = options_layout_;
  const Address status_register = options.base + options.sr, control = options.base + options.cr_with_lock;
  unlock_options();
  memory_.write32(status_register, L4SR::kClear);
  for (const L4OptionWrite& write : writes) memory_.write32(options.base + write.offset, write.value);
  memory_.write32(control, L4CR::OPTSTRT.mask());
  wait_idle(status_register, kOptionLimit, "programming the option bytes");
  const std::uint32_t status = memory_.read32(status_register);
  memory_.write32(control, L4CR::LOCK.mask() | L4CR::OPTLOCK.mask());
  if (part_->trust_zone && L4SR::OPTWERR.is_set(status)) {
    throw FlashError(
        fmt::format("OPTWERR ({}=0x{:08x}): the chip does not allow this change of its option bytes",
                    options.sr_name, status),
        bank_, status_register, std::string(options.sr_name), status);
  }
  check(status, options.base + writes.front().offset);
}

void L4Controller::launch_options() {
  const SecureAccess access(memory_, as_secure_);
  unlock_options();
  try {
    memory_.write32(options_layout_.base + options_layout_.cr_with_lock, L4CR::OBL_LAUNCH.mask());
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error&) {
    // The reset came before the answer.
  }
}

}  // namespace probity::stm32
