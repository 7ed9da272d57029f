#include "flash/microchip/at91samd_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/block_runner.hpp"
#include "flash/unchanged.hpp"

namespace probity::samd {

namespace {

// Typical times are a fraction of these: a page's write 2.5 ms, a row's erase 6 ms at most (D21, 37.12).
constexpr Milliseconds kSamdBase{1000}, kSamdPage{10}, kSamdRow{20};
constexpr std::uint32_t kSamdStack = 48, kSamdLargestBlock = 8192;

// r0: row, r1: end, r2: bytes of a row, r3: NVMCTRL, r4: the command, r6: errors in STATUS.
// Ends with the errors in r0 and the row in r1.
constexpr std::array<std::uint16_t, 16> kEraseCode = {
    0x0845,  // row:  lsrs r5, r0, #1
    0x61DD,  //       str r5, [r3, #0x1C]
    0x601C,  //       str r4, [r3]
    0x7D1D,  // wait: ldrb r5, [r3, #0x14]
    0x086D,  //       lsrs r5, r5, #1
    0xD3FC,  //       bcc wait
    0x8B1D,  //       ldrh r5, [r3, #0x18]
    0x4035,  //       ands r5, r6
    0xD103,  //       bne end
    0x1880,  //       adds r0, r0, r2
    0x4288,  //       cmp r0, r1
    0xD3F3,  //       bcc row
    0x2500,  //       movs r5, #0
    0x0001,  // end:  movs r1, r0
    0x0028,  //       movs r0, r5
    0xBE00,  //       bkpt
};
constexpr std::uint32_t kEraseExit = 2 * 15;

// r0: where to, r1: where from, r2: end of where to, r3: NVMCTRL, r4: bytes of a page less one, r5: the
// command, r6: errors in STATUS. Ends with the errors in r0 and the word behind the page in r1.
constexpr std::array<std::uint16_t, 22> kWriteCode = {
    0x680F,  // word: ldr r7, [r1]
    0x6007,  //       str r7, [r0]
    0x3104,  //       adds r1, #4
    0x3004,  //       adds r0, #4
    0x4290,  //       cmp r0, r2
    0xD001,  //       beq page
    0x4220,  //       tst r0, r4
    0xD1F7,  //       bne word
    0x601D,  // page: str r5, [r3]
    0x7D1F,  // wait: ldrb r7, [r3, #0x14]
    0x087F,  //       lsrs r7, r7, #1
    0xD3FC,  //       bcc wait
    0x8B1F,  //       ldrh r7, [r3, #0x18]
    0x4037,  //       ands r7, r6
    0xD102,  //       bne end
    0x4290,  //       cmp r0, r2
    0xD1EE,  //       bne word
    0x2700,  //       movs r7, #0
    0x0001,  // end:  movs r1, r0
    0x0038,  //       movs r0, r7
    0xBE00,  //       bkpt
    0xBF00,  //       nop
};
constexpr std::uint32_t kWriteExit = 2 * 20;

Bytes code_of(std::span<const std::uint16_t> halves) {
  Bytes code;
  for (const std::uint16_t half : halves) append_le16(code, half);
  return code;
}

}  // namespace

void check_bank(const FlashBankConfig& config) {
  if (config.base == kFlash) return;
  throw ConfigError(
      fmt::format("'{}' driver rejected flash bank at 0x{:08x}: Address 0x{:08x} invalid bank "
                  "address (try 0x{:08x}[at91samd series] )",
                  config.driver, config.base, config.base, kFlash));
}

SamdBank::SamdBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log), controller_(target, clock, config_.name) {
  base_ = config_.base;
  target.set_reset_release([this] { controller_.release_core(); });
}

SamdBank::~SamdBank() {
  target_.set_reset_release([] {});
}

void SamdBank::need_probe() {
  if (!probed_) probe();
}

void SamdBank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  const std::uint32_t id = controller_.device_id();
  const Part* part = find_part(id);
  if (part == nullptr) {
    throw FlashError(fmt::format("Couldn't find part corresponding to DID {:08x}; is this the right target "
                                 "configuration for the chip?",
                                 id),
                     config_.name, DSU::DID, "DSU.DID", id);
  }
  const Controller::Pages pages = controller_.pages();
  page_size_ = pages.size;
  size_ = part->flash_kib * 1024;
  if (size_ != pages.count * pages.size) {
    log_.warn(
        "SAMD: bank size doesn't match NVM parameters. Identified {}KB Flash but NVMCTRL reports {} {}B "
        "pages",
        part->flash_kib, pages.count, pages.size);
  }
  sectors_.clear();
  blocks_.clear();
  const std::uint32_t row = kPagesARow * page_size_, region = size_ / kRegions;
  for (std::uint32_t i = 0; i < pages.count / kPagesARow; ++i) sectors_.push_back({i * row, row, {}, {}});
  for (std::uint32_t i = 0; i < kRegions; ++i) blocks_.push_back({i * region, region, {}, {}});
  probed_ = true;
  check_protection();
  log_.info("SAMD MCU: {} ({}KB Flash, {}KB RAM)", part->name, part->flash_kib, part->ram_kib);
}

void SamdBank::check_protection() {
  need_probe();
  const std::uint16_t lock = target_.memory().read16(NVMCTRL::LOCK);
  for (unsigned i = 0; i < kRegions; ++i) blocks_[i].is_protected = (lock >> i & 1) == 0;
  for (Sector& sector : sectors_) {
    const std::size_t region = sector.offset / blocks_.front().size;
    if (region < kRegions) sector.is_protected = blocks_[region].is_protected;
  }
}

void SamdBank::erase(SectorRange range) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  controller_.prepare();
  for (unsigned i = range.first; i <= range.last; ++i) sectors_[i].erased.reset();
  const auto area = target_.work_areas().allocate(2 * kEraseCode.size() + kSamdStack);
  if (!area) return erase_row_by_row(range);
  target_.memory().write(area->address(), code_of(kEraseCode), Width::word);
  const Sector& last = sectors_[range.last];
  const Address first = base_ + sectors_[range.first].offset;
  Algorithm code;
  code.entry = area->address();
  code.stack_top = (area->address() + area->size()) / 8 * 8;
  code.exit = area->address() + kEraseExit;
  code.registers = {{"r0", first},
                    {"r1", base_ + last.offset + last.size},
                    {"r2", last.size},
                    {"r3", kNvmctrl},
                    {"r4", NVMCTRL::kEraseRow},
                    {"r6", NVMCTRL::kErrors}};
  const auto ends =
      target_.run_algorithm(code, kSamdBase + (range.last - range.first + 1) * kSamdRow, {"r0", "r1"});
  controller_.check_status(ends[0], ends[1]);
}

void SamdBank::erase_row_by_row(SectorRange range) {
  for (unsigned i = range.first; i <= range.last; ++i) {
    const Address row = base_ + sectors_[i].offset;
    with_context(fmt::format("SAMD: failed to erase sector {} at 0x{:08x}", i, sectors_[i].offset),
                 [&] { controller_.command_at(NVMCTRL::kEraseRow, row); });
  }
}

void SamdBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  need_probe();
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                                 data.size(), offset, config_.name, size_),
                     config_.name, base_ + offset);
  }
  // Bits that are set change nothing.
  const auto end = static_cast<std::uint32_t>(offset + data.size());
  const std::uint32_t begin = offset / 4 * 4, row = kPagesARow * page_size_;
  Bytes words((end - begin + 3) / 4 * 4, 0xFF);
  std::ranges::copy(data, words.begin() + (offset - begin));
  for (unsigned i = begin / row; i <= (end - 1) / row && i < sectors_.size(); ++i) sectors_[i].erased.reset();
  controller_.prepare();
  const ManualWrite manual(target_.memory(), clock_);
  write_by_code(base_ + begin, words);
}

void SamdBank::write_by_code(Address address, ByteView words) {
  const Bytes code = code_of(kWriteCode);
  const auto runner = BlockRunner::load(target_, {code, kSamdStack, page_size_, kSamdLargestBlock});
  if (!runner) {
    log_.warn("no working area available, falling back to slow memory writes");
    return write_page_by_page(address, words);
  }
  // A first piece up to the page's end, so that all blocks but this one begin with a page.
  const std::size_t head =
      std::min<std::size_t>(words.size(), (page_size_ - address % page_size_) % page_size_);
  const auto run = [&](Address to, ByteView part) {
    const auto call = [&](const BlockRunner::Block& block) {
      const Address where = to + static_cast<Address>(block.at);
      Algorithm copy;
      copy.entry = runner->code();
      copy.stack_top = runner->stack_top();
      copy.exit = runner->code() + kWriteExit;
      copy.registers = {{"r0", where},           {"r1", block.buffer},   {"r2", where + block.size},
                        {"r3", kNvmctrl},        {"r4", page_size_ - 1}, {"r5", NVMCTRL::kWritePage},
                        {"r6", NVMCTRL::kErrors}};
      return copy;
    };
    const auto check = [&](const BlockRunner::Block&, std::uint32_t errors) {
      if (errors != 0)
        controller_.check_status(errors, static_cast<Address>(target_.read_register("r1")) - 4);
    };
    const Milliseconds limit = kSamdBase + runner->block_size() / page_size_ * kSamdPage;
    runner->run(part, limit, clock_, call, check);
  };
  if (head != 0) run(address, words.first(head));
  run(address + static_cast<Address>(head), words.subspan(head));
}

void SamdBank::write_page_by_page(Address address, ByteView words) {
  for (std::size_t at = 0; at < words.size();) {
    const Address where = address + static_cast<Address>(at);
    const auto size = std::min<std::size_t>(page_size_ - where % page_size_, words.size() - at);
    target_.memory().write(where, words.subspan(at, size), Width::word);
    controller_.command_at(NVMCTRL::kWritePage, where);
    at += size;
  }
}

FlashJobResult SamdBank::run(const FlashJob& job) {
  require_halted();
  need_probe();
  return run_changed(*this, job, unchanged_sectors(*this, job, log_));
}

void SamdBank::protect(SectorRange range, bool on) {
  require_halted();
  need_probe();
  require(range, blocks_, "block");
  check_protection();
  controller_.prepare();
  for (unsigned i = range.first; i <= range.last; ++i) {
    if (blocks_[i].is_protected == on) continue;
    controller_.command_at(on ? NVMCTRL::kLockRegion : NVMCTRL::kUnlockRegion, base_ + blocks_[i].offset);
  }
  // The regions' state after a reset: LOCK, bits 63:48 of the user row, 0 is locked.
  constexpr unsigned kLock = 48;
  std::uint64_t mask = 0;
  for (unsigned i = range.first; i <= range.last; ++i) mask |= std::uint64_t{1} << (kLock + i);
  try {
    controller_.change_user_row(on ? 0 : mask, mask);
  } catch (const FlashError& e) {
    log_.warn("SAMD: protect settings were not made persistent! {}", e.what());
  }
  check_protection();
}

void SamdBank::mass_erase() {
  need_probe();
  controller_.start_chip_erase();
  controller_.wait_chip_erase();
  for (Sector& sector : sectors_) sector.erased.reset();
}

void SamdBank::lock() {
  throw FlashError("a SAM D is locked by its security bit: at91samd set-security enable", config_.name,
                   base_);
}

void SamdBank::unlock() {
  throw FlashError("a SAM D is unlocked with everything erased: at91samd chip-erase", config_.name, base_);
}

}  // namespace probity::samd
