#include "flash/silabs/efm32_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::efm32 {

namespace {

constexpr Field kWREN{"WREN", 0};
constexpr std::uint32_t kLADDRIM = 1u << 0, kERASEPAGE = 1u << 1, kWRITEONCE = 1u << 3;
constexpr Field kBUSY{"BUSY", 0}, kLOCKED{"LOCKED", 1}, kINVADDR{"INVADDR", 2}, kWDATAREADY{"WDATAREADY", 3},
    kERASEABORTED{"ERASEABORTED", 5};
constexpr std::uint32_t kLockKey = 0x1B71;

constexpr Milliseconds kMscLimit{100};  // a page 40 ms at most (series 0 data sheets, "Flash")
constexpr Nanoseconds kMscPoll = Milliseconds(1);
constexpr Nanoseconds kTypicalWord = Microseconds(20);

// r1: the MSC.
constexpr std::array<std::uint16_t, 19> kWordCode = {
    0x610A,  //       str r2, [r1, #16]  ADDRB
    0x2301,  //       movs r3, #1        LADDRIM
    0x60CB,  //       str r3, [r1, #12]  WRITECMD
    0x69CC,  //       ldr r4, [r1, #28]  STATUS
    0x2306,  //       movs r3, #6        LOCKED, INVADDR
    0x4023,  //       ands r3, r4
    0xD10A,  //       bne back
    0x69CC,  // wait: ldr r4, [r1, #28]
    0x0924,  //       lsrs r4, r4, #4    WDATAREADY
    0xD3FC,  //       bcc wait
    0xCD40,  //       ldm r5!, {r6}
    0x618E,  //       str r6, [r1, #24]  WDATA
    0x2608,  //       movs r6, #8        WRITEONCE
    0x60CE,  //       str r6, [r1, #12]
    0x69CC,  // busy: ldr r4, [r1, #28]
    0x0864,  //       lsrs r4, r4, #1    BUSY
    0xD2FC,  //       bcs busy
    0x3204,  //       adds r2, #4
    0x4770,  // back: bx lr
};
constexpr Address kWritectrlOffset = 0x08;

}  // namespace

Efm32Bank::Efm32Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : SectorFlash(std::move(config), target, clock, log) {
  if (base_ == kMain || base_ == kUserData || base_ == kLockBits) return;
  throw ConfigError(fmt::format(
      "Flash bank with base address {:x} is not supported: flash is at 0x{:08x}, the user data page "
      "at 0x{:08x}, the lock bits at 0x{:08x}",
      base_, kMain, kUserData, kLockBits));
}

void Efm32Bank::identify() {
  const std::uint32_t part = target_.memory().read32(DI::PART), msize = target_.memory().read32(DI::MSIZE);
  identity_ = identity_of(part, msize, target_.memory().read8(DI::MEM_INFO_PAGE_SIZE));
  const auto refuse = [&](std::string what) {
    throw FlashError(fmt::format("{} (DI.PART=0x{:08x}, DI.MSIZE=0x{:08x}); is this the right target "
                                 "configuration for the chip?",
                                 what, part, msize),
                     config_.name, DI::PART, "DI.PART", part);
  };
  if (identity_.family == nullptr) refuse(fmt::format("Unknown MCU family {}", DI::kFamily.get(part)));
  if (identity_.page_size == 0) refuse("Invalid page size");
  if (identity_.flash_kib == 0 || identity_.flash_kib * 1024 % identity_.page_size != 0)
    refuse(fmt::format("Invalid flash size {} KiB", identity_.flash_kib));
  msc_ = msc_of(*identity_.family);
  log_.info("detected part: {}", name_of(identity_));
  log_.info("flash size = {} KiB", identity_.flash_kib);
  log_.info("flash page size = {} B", identity_.page_size);
  fill_sectors(identity_.page_size, base_ == kMain ? identity_.flash_kib * 1024 / identity_.page_size : 1);
}

std::string Efm32Bank::describe() {
  need_probe();
  return name_of(identity_);
}

void Efm32Bank::enable_writes(bool on) {
  MemPort& memory = target_.memory();
  memory.write32(msc_.WRITECTRL, kWREN.set(memory.read32(msc_.WRITECTRL), on ? 1 : 0));
}

void Efm32Bank::open() {
  target_.memory().write32(msc_.LOCK, kLockKey);
  wait_idle("the MSC, at work for the firmware");
  enable_writes(true);
}

void Efm32Bank::close() {
  enable_writes(false);
  target_.memory().write32(msc_.LOCK, 0);
}

// STATUS, once the controller is idle.
std::uint32_t Efm32Bank::wait_idle(std::string_view what) {
  const Deadline deadline(clock_, kMscLimit, what);
  for (;;) {
    const std::uint32_t status = target_.memory().read32(msc_.STATUS);
    if (!kBUSY.is_set(status)) return status;
    deadline.check(fmt::format("timed out waiting for MSC status (MSC_STATUS=0x{:08x})", status));
    clock_.sleep(kMscPoll);
  }
}

void Efm32Bank::explain(const UnitFailure& failure) {
  const std::string why =
      kLOCKED.is_set(failure.status)
          ? fmt::format(
                "Page is locked at 0x{:08x}: its lock bit opens with: flash protect {} FIRST LAST off, and a "
                "reset",
                failure.address, config_.name)
          : fmt::format("Invalid address 0x{:x}", failure.address);
  throw FlashError(fmt::format("{} (MSC_STATUS=0x{:08x})", why, failure.status), config_.name,
                   failure.address, "MSC_STATUS", failure.status);
}

// The address is where the next command works; FlashError where the MSC does not take it.
std::uint32_t Efm32Bank::load_address(Address address) {
  std::array accesses = {WordAccess::store(msc_.ADDRB, address), WordAccess::store(msc_.WRITECMD, kLADDRIM),
                         WordAccess::load(msc_.STATUS)};
  target_.memory().run(accesses);
  const std::uint32_t status = accesses[2].value;
  if (kLOCKED.is_set(status) || kINVADDR.is_set(status)) explain({status, address});
  return status;
}

void Efm32Bank::erase_page(Address address) {
  load_address(address);
  target_.memory().write32(msc_.WRITECMD, kERASEPAGE);
  const std::uint32_t status = wait_idle("the erase of a page");
  if (!kERASEABORTED.is_set(status)) return;
  throw FlashError(fmt::format("page erase was aborted (MSC_STATUS=0x{:08x})", status), config_.name, address,
                   "MSC_STATUS", status);
}

// The lock words outlive an erase of their page, as with OpenOCD; they change by flash protect.
void Efm32Bank::erase_sector(unsigned sector) {
  const Address page = base_ + sectors_[sector].offset;
  if (base_ != kLockBits) return erase_page(page);
  Bytes words = lock_page();
  words.resize(4 * kLockWords);
  erase_page(page);
  program_lock_words(words);
}

// Into an erased page.
void Efm32Bank::program_lock_words(ByteView words) {
  constexpr std::uint32_t kErasedWord = 0xFFFFFFFF;
  for (std::size_t at = 0; at < words.size(); at += 4) {
    if (load_le32(words, at) != kErasedWord)
      program_directly(kLockBits + static_cast<Address>(at), words.subspan(at, 4));
  }
}

void Efm32Bank::program_directly(Address address, ByteView words) {
  for (std::size_t at = 0; at < words.size(); at += 4) {
    const auto here = address + static_cast<Address>(at);
    std::uint32_t status = load_address(here);
    const Deadline deadline(clock_, kMscLimit, "the MSC to take a word");
    while (!kWDATAREADY.is_set(status)) {
      deadline.check(fmt::format("MSC_STATUS=0x{:08x}", status));
      status = target_.memory().read32(msc_.STATUS);
    }
    std::array accesses = {WordAccess::store(msc_.WDATA, load_le32(words, at)),
                           WordAccess::store(msc_.WRITECMD, kWRITEONCE), WordAccess::load(msc_.STATUS)};
    target_.memory().run(accesses);
    if (kBUSY.is_set(accesses[2].value)) wait_idle("programming a word");
  }
}

UnitRoutine Efm32Bank::routine() {
  return {kWordCode, 4, msc_.WRITECTRL - kWritectrlOffset, kTypicalWord, kMscLimit};
}

// The whole of the page, lock words first.
Bytes Efm32Bank::lock_page() {
  Bytes page(identity_.page_size);
  target_.memory().read(kLockBits, page, Width::word);
  return page;
}

bool Efm32Bank::locked(ByteView lock_words, unsigned sector) const {
  const std::uint32_t user = load_le32(lock_words, std::size_t{4} * kULW);
  if (base_ == kUserData) return !kUlwUserData.is_set(user);
  if (base_ == kLockBits) return !kUlwLockBits.is_set(user);
  if (sector >= 32 * kPageWords) return false;
  return !Field{"PLW", sector % 32}.is_set(load_le32(lock_words, std::size_t{4} * (sector / 32)));
}

void Efm32Bank::check_protection() {
  require_halted();
  need_probe();
  const Bytes words = lock_page();
  for (unsigned i = 0; i < sectors_.size(); ++i) sectors_[i].is_protected = locked(words, i);
}

void Efm32Bank::require_allowed(std::span<const unsigned> sectors, std::string_view verb) {
  if (base_ == kLockBits) return;  // vetted() guards the words
  const Bytes words = lock_page();
  for (const unsigned i : sectors) {
    if (!locked(words, i)) continue;
    const bool user = base_ == kUserData;
    const unsigned word = user ? kULW : i / 32;
    const std::uint32_t raw = load_le32(words, std::size_t{4} * word);
    const std::string name = user ? "ULW" : fmt::format("PLW{}", word);
    const std::string way =
        user ? std::string("it opens with everything erased")
             : fmt::format("it opens with: flash protect {} {} {} off, and a reset", config_.name, i, i);
    throw FlashError(
        fmt::format("cannot {} sector {}: its page is locked ({}=0x{:08x}); {}", verb, i, name, raw, way),
        config_.name, base_ + sectors_[i].offset, name, raw);
  }
}

std::vector<FlashWrite> Efm32Bank::vetted(const FlashJob& job) {
  for (const FlashWrite& write : job.writes) {
    if (base_ == kLockBits && write.offset < 4 * kLockWords)
      throw FlashError("Cannot write to lock words: flash protect and efm32 debuglock do", config_.name,
                       base_);
  }
  return job.writes;
}

// Bits that only go from 1 to 0 are programmed; else the page is erased and written anew.
void Efm32Bank::change_lock_words(const Bytes& wanted) {
  const Bytes now = lock_page();
  const bool erase =
      !std::ranges::equal(now, wanted, [](std::uint8_t is, std::uint8_t to) { return (is & to) == to; });
  opened([&] {
    if (erase) {
      erase_page(kLockBits);
      return program_lock_words(wanted);
    }
    for (std::size_t at = 0; at < wanted.size(); at += 4) {
      if (load_le32(now, at) != load_le32(wanted, at))
        program_directly(kLockBits + static_cast<Address>(at), ByteView(wanted).subspan(at, 4));
    }
  });
}

void Efm32Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  if (base_ != kMain)
    throw FlashError("Locking user and lockbits pages is not supported yet", config_.name, base_);
  Bytes page = lock_page();
  for (unsigned i = range.first; i <= range.last && i < 32 * kPageWords; ++i) {
    const std::size_t at = std::size_t{4} * (i / 32);
    store_le32(page, at, Field{"PLW", i % 32}.set(load_le32(page, at), on ? 0 : 1));
  }
  change_lock_words(page);
  log_.info("page locks take effect with the next reset");
  check_protection();
}

void Efm32Bank::lock_debug() {
  require_halted();
  need_probe();
  Bytes page = lock_page();
  store_le32(page, std::size_t{4} * kDLW, 0);
  change_lock_words(page);
}

std::string_view Efm32Bank::locking() const {
  return "a Gecko is locked by: efm32 debuglock BANK; it opens with everything erased, through its AAP";
}

}  // namespace probity::efm32
