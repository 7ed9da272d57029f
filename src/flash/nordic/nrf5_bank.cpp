#include "flash/nordic/nrf5_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/unchanged.hpp"

namespace probity::nrf5 {

namespace {

constexpr Nanoseconds kPollInterval = Milliseconds(1);
constexpr Milliseconds kEraseLimit{3000};   // all: 295 ms at most (nRF52832), 169 ms (nRF52840)
constexpr Milliseconds kProgramLimit{100};  // a word: 46 µs (nRF51), 41 to 338 µs (nRF52)
constexpr Milliseconds kMillisecondsAPage{2000};
constexpr std::uint32_t kErased = 0xFFFFFFFF;
constexpr Field kPreProgrammed{"PPFC", 0, 8};  // 0xFF: no factory code, 0: there is

// Copies r2 bytes, word by word, from r1 to r0, waiting after each for the NVMC (READY at r3).
constexpr std::array<std::uint16_t, 10> kCopyCode = {
    0x680C,  // loop: ldr r4, [r1]
    0x6004,  //       str r4, [r0]
    0x681C,  // wait: ldr r4, [r3]
    0x0864,  //       lsrs r4, r4, #1
    0xD3FC,  //       bcc wait
    0x3004,  //       adds r0, #4
    0x3104,  //       adds r1, #4
    0x3A04,  //       subs r2, #4
    0xD1F6,  //       bne loop
    0xBE00,  //       bkpt
};
constexpr std::uint32_t kCodeSize = 2 * kCopyCode.size(), kStack = 44, kLargestBuffer = 4096,
                        kSmallestBuffer = 256;

}  // namespace

Nrf5Bank::Nrf5Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log) {
  base_ = config_.base;
  if (base_ == kFlash || base_ == kUicr) return;
  throw ConfigError(
      fmt::format("Invalid bank address 0x{:08x} of {}: flash is at 0x{:08x}, the UICR at 0x{:08x}", base_,
                  config_.name, kFlash, kUicr));
}

void Nrf5Bank::need_probe() {
  if (!probed_) probe();
}

// The RAM blocks of an nRF51.
std::uint32_t Nrf5Bank::ram_size() {
  constexpr std::uint32_t kMostBlocks = 4;
  MemPort& memory = target_.memory();
  const std::uint32_t blocks = memory.read32(FICR::NUMRAMBLOCK);
  if (blocks < 1 || blocks > kMostBlocks) return 0;
  std::uint32_t size = 0;
  for (std::uint32_t i = 0; i < blocks; ++i) {
    const std::uint32_t block = memory.read32(FICR::SIZERAMBLOCK0 + 4 * i);
    if (block != kUnset) size += block;
  }
  return size;
}

void Nrf5Bank::identify() {
  std::array words = {WordAccess::load(FICR::CODEPAGESIZE),   WordAccess::load(FICR::CODESIZE),
                      WordAccess::load(FICR::CONFIGID),       WordAccess::load(FICR::INFO_PART),
                      WordAccess::load(FICR::INFO_PART + 4),  WordAccess::load(FICR::INFO_PART + 8),
                      WordAccess::load(FICR::INFO_PART + 12), WordAccess::load(FICR::INFO_PART + 16)};
  target_.memory().run(words);
  chip_ = {};
  chip_.page_size = words[0].value;
  chip_.pages = words[1].value;
  chip_.hardware_id = static_cast<std::uint16_t>(words[2].value);
  chip_.info = info_of(words[3].value, words[4].value, words[5].value, words[6].value, words[7].value);
  constexpr std::uint32_t kSmallestPage = 512, kLargestPage = 8192, kMostPages = 1024;
  if (chip_.page_size < kSmallestPage || chip_.page_size > kLargestPage || chip_.pages == 0 ||
      chip_.pages > kMostPages) {
    throw FlashError(
        fmt::format("no nRF51 or nRF52: CODEPAGESIZE=0x{:08x}, CODESIZE=0x{:08x} (FICR); is this the right "
                    "target configuration for the chip?",
                    chip_.page_size, chip_.pages),
        config_.name, FICR::CODEPAGESIZE, "FICR.CODEPAGESIZE", chip_.page_size);
  }
  const bool tells_ram = chip_.info && chip_.info->ram_kib != kUnset;
  chip_.ram_size = tells_ram ? chip_.info->ram_kib * 1024 : ram_size();
}

void Nrf5Bank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  identify();
  const std::uint32_t flash = chip_.page_size * chip_.pages;
  log_.info("{}{} {}kB Flash, {}kB RAM", chip_.known() ? "" : "Unknown device: ", name_of(chip_),
            flash / 1024, chip_.ram_size / 1024);
  if (chip_.info && chip_.info->flash_kib != kUnset && flash != chip_.info->flash_kib * 1024) {
    log_.warn("Chip's reported Flash capacity does not match FICR INFO.FLASH");
  }
  sectors_.clear();
  const std::uint32_t pages = is_uicr() ? 1 : chip_.pages;
  for (std::uint32_t i = 0; i < pages; ++i)
    sectors_.push_back({i * chip_.page_size, chip_.page_size, {}, {}});
  size_ = pages * chip_.page_size;
  probed_ = true;
}

std::string Nrf5Bank::describe() {
  need_probe();
  return name_of(chip_);
}

void Nrf5Bank::wait_ready(Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t ready = target_.memory().read32(NVMC::READY);
    if (NVMC::kReady.is_set(ready)) return;
    deadline.check(fmt::format("Timed out waiting for NVMC_READY (0x{:08x})", ready));
    clock_.sleep(kPollInterval);
  }
}

void Nrf5Bank::configure(std::uint32_t mode) {
  wait_ready(kEraseLimit, "the NVMC, at work for the firmware");
  target_.memory().write32(NVMC::CONFIG, mode);
  const std::uint32_t config = target_.memory().read32(NVMC::CONFIG);
  if (config == mode) return;
  throw FlashError(fmt::format("{} enable did not complete (NVMC.CONFIG=0x{:08x})",
                               mode == NVMC::kErase   ? "Erase"
                               : mode == NVMC::kWrite ? "Write"
                                                      : "Read only",
                               config),
                   config_.name, NVMC::CONFIG, "NVMC.CONFIG", config);
}

template <typename Work>
void Nrf5Bank::in_mode(std::uint32_t mode, Work work) {
  configure(mode);
  try {
    work();
  } catch (...) {
    const UninterruptedScope giving_back(clock_);
    try {
      target_.memory().write32(NVMC::CONFIG, NVMC::kReadOnly);
    } catch (const Error&) {
      // The error that is on its way tells more.
    }
    throw;
  }
  configure(NVMC::kReadOnly);
}

void Nrf5Bank::erase_register(Address reg, std::uint32_t value, std::string_view what) {
  in_mode(NVMC::kErase, [&] {
    target_.memory().write32(reg, value);
    wait_ready(kEraseLimit, what);
  });
}

std::uint32_t Nrf5Bank::region0() {
  const std::uint32_t factory = target_.memory().read32(FICR::CLENR0);
  return factory != kUnset ? factory : target_.memory().read32(UICR::CLENR0);
}

void Nrf5Bank::check_protection() {
  need_probe();
  if (is_uicr()) return;
  if (!chip_.is_nrf51()) {
    log_.warn("Flash protection of this nRF device is not supported");
    return;
  }
  const std::uint32_t end = region0();
  for (Sector& sector : sectors_) sector.is_protected = end != kUnset && sector.offset < end;
}

void Nrf5Bank::require_unprotected(unsigned first, unsigned last, std::string_view verb) {
  if (is_uicr() || !chip_.is_nrf51()) return;
  check_protection();
  for (unsigned i = first; i <= last; ++i) {
    if (sectors_[i].is_protected != true) continue;
    throw FlashError(
        fmt::format("{}, sector {} is protected: it lies in code region 0 (CLENR0=0x{:08x}); it opens with "
                    "everything erased: nrf5 mass_erase",
                    verb, i, region0()),
        config_.name, base_ + sectors_[i].offset, "CLENR0", region0());
  }
}

// The UICR of an nRF51 without factory code is erased with the rest only (reference manual, 6.1.4).
void Nrf5Bank::erase_uicr() {
  const bool separately =
      !chip_.is_nrf51() || kPreProgrammed.get(target_.memory().read32(FICR::PPFC)) != 0xFF;
  if (separately) return erase_register(NVMC::ERASEUICR, 1, "the erase of the UICR");
  check_erased();
  if (sectors_.front().erased == true) return;
  throw FlashError(
      "The chip was not pre-programmed with SoftDevice stack and UICR cannot be erased separately. Please "
      "issue mass erase before trying to write to this region",
      config_.name, base_);
}

void Nrf5Bank::erase(SectorRange range) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  require_unprotected(range.first, range.last, "Erase refused");
  for (unsigned i = range.first; i <= range.last; ++i) {
    if (is_uicr()) {
      erase_uicr();
    } else {
      erase_register(NVMC::ERASEPAGE, sectors_[i].offset, fmt::format("the erase of page {}", i));
    }
    sectors_[i].erased.reset();
  }
}

void Nrf5Bank::mass_erase() {
  require_halted();
  need_probe();
  if (chip_.is_nrf51() && kPreProgrammed.get(target_.memory().read32(FICR::PPFC)) == 0) {
    throw FlashError("Code region 0 size was pre-programmed at the factory, mass erase command won't work.",
                     config_.name, base_);
  }
  erase_register(NVMC::ERASEALL, 1, "Erasing all non-volatile memory");
  for (Sector& sector : sectors_) sector.erased.reset();
  log_.info("Mass erase completed.");
  if (chip_.is_nrf51()) log_.info("A reset or power cycle is required if the flash was protected before.");
}

void Nrf5Bank::program_word_by_word(Address address, ByteView words) {
  for (std::size_t at = 0; at < words.size(); at += 4) {
    std::array access = {WordAccess::store(address + static_cast<Address>(at), load_le32(words, at)),
                         WordAccess::load(NVMC::READY)};
    target_.memory().run(access);
    if (!NVMC::kReady.is_set(access[1].value)) wait_ready(kProgramLimit, "programming a word");
  }
}

// By code in RAM, a buffer at a time; without RAM through the debugger.
void Nrf5Bank::program(Address address, ByteView words) {
  const std::uint32_t free = target_.work_areas().largest_free();
  const std::uint32_t fixed = kCodeSize + kStack;
  std::unique_ptr<WorkArea> area;
  if (free >= fixed + kSmallestBuffer)
    area = target_.work_areas().allocate(std::min(free, fixed + kLargestBuffer));
  if (!area) {
    log_.warn("no working area available, falling back to slow memory writes");
    return program_word_by_word(address, words);
  }
  Bytes code;
  for (const std::uint16_t half : kCopyCode) append_le16(code, half);
  target_.memory().write(area->address(), code, Width::word);
  const Address buffer = area->address() + fixed;
  const std::size_t most = (area->size() - fixed) / 4 * 4;
  for (std::size_t at = 0; at < words.size(); at += most) {
    const ByteView part = words.subspan(at, std::min(most, words.size() - at));
    target_.memory().write(buffer, part, Width::word);
    Algorithm copy;
    copy.entry = area->address();
    copy.stack_top = area->address() + fixed;
    copy.exit = area->address() + kCodeSize - 2;
    copy.registers = {{"r0", address + static_cast<Address>(at)},
                      {"r1", buffer},
                      {"r2", static_cast<std::uint32_t>(part.size())},
                      {"r3", NVMC::READY}};
    target_.run_algorithm(copy, kMillisecondsAPage, {});
  }
}

void Nrf5Bank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  need_probe();
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                                 data.size(), offset, config_.name, size_),
                     config_.name, base_ + offset);
  }
  const auto end = offset + static_cast<std::uint32_t>(data.size());
  require_unprotected(offset / chip_.page_size, (end - 1) / chip_.page_size, "Write refused");
  // Bits that are set change nothing.
  const std::uint32_t begin = offset / 4 * 4;
  Bytes words((end - begin + 3) / 4 * 4, 0xFF);
  std::ranges::copy(data, words.begin() + (offset - begin));
  in_mode(NVMC::kWrite, [&] { program(base_ + begin, words); });
  for (unsigned i = begin / chip_.page_size; i <= (end - 1) / chip_.page_size; ++i)
    sectors_[i].erased.reset();
}

FlashJobResult Nrf5Bank::run(const FlashJob& job) {
  require_halted();
  need_probe();
  if (is_uicr()) return FlashBank::run(job);
  return run_changed(*this, job, unchanged_sectors(*this, job, log_));
}

void Nrf5Bank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  const auto refuse = [&](std::string what) { throw FlashError(std::move(what), config_.name, base_); };
  if (is_uicr()) refuse("UICR page does not support protection");
  if (!chip_.is_nrf51()) refuse("Flash protection setting is not supported on this nRF5 device");
  require(range, sectors_, "sector");
  if (range.first != 0) refuse("Code region 0 must start at the beginning of the bank");
  if (target_.memory().read32(FICR::CLENR0) != kUnset) {
    refuse("Code region 0 size was pre-programmed at the factory, can't change flash protection settings");
  }
  if (!on || target_.memory().read32(UICR::CLENR0) != kErased) {
    refuse("You need to perform chip erase before changing the protection settings: nrf5 mass_erase");
  }
  Bytes word(4);
  store_le32(word, 0, sectors_[range.last].offset + sectors_[range.last].size);
  in_mode(NVMC::kWrite, [&] { program_word_by_word(UICR::CLENR0, word); });
  log_.info("A reset or power cycle is required for the new protection settings to take effect.");
  check_protection();
}

void Nrf5Bank::lock() {
  throw FlashError("an nRF5 is locked by its UICR: RBPCONF (nRF51) or APPROTECT (nRF52)", config_.name,
                   base_);
}

void Nrf5Bank::unlock() {
  throw FlashError("an nRF5 is unlocked with everything erased: nrf52_recover, or nrf5 mass_erase (nRF51)",
                   config_.name, base_);
}

}  // namespace probity::nrf5
