#include "flash/stm32/f2_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/stm32/f2_registers.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

namespace {

constexpr Address kMainFlash = 0x08000000;

}  // namespace

F2Bank::F2Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log), controller_(target.memory(), clock, config_.name) {
  base_ = config_.base != 0 ? config_.base : kMainFlash;
}

unsigned F2Bank::read_size_kib(const F2Part& part) {
  const std::uint16_t kib = target_.memory().read16(part.flash_size_register);
  if (kib != 0 && kib != 0xFFFF) {
    log_.info("flash size = {} KiB", kib);
    return kib;
  }
  log_.warn("STM32 flash size failed, probe inaccurate - assuming {}k flash", part.max_kib);
  return part.max_kib;
}

void F2Bank::fill_sectors(unsigned kib) {
  sectors_.clear();
  blocks_.clear();
  for (const F2Sector& s : geometry_.sectors) sectors_.push_back({s.offset, s.size, {}, {}});
  size_ = kib * 1024;
  if (geometry_.blocks.size() == geometry_.sectors.size()) return;
  blocks_.resize(geometry_.blocks.size());
  for (const F2Sector& s : geometry_.sectors) {
    Sector& block = blocks_[s.block];
    if (block.size == 0) block.offset = s.offset;
    block.size += s.size;
  }
}

void F2Bank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  identity_ = identify_f2(target_, config_.name);
  log_.info("device id = 0x{:08x}", identity_.idcode);
  part_ = identity_.part;
  const unsigned kib = read_size_kib(*part_);
  const std::uint32_t optcr =
      part_->dual_bank == F2DualBank::never ? 0 : target_.memory().read32(kFlashOptcr);
  geometry_ = f2_geometry(*part_, kib, optcr);
  if (!part_->bank_words.empty()) {
    log_.info("{} Bank {} kiB {} found", geometry_.dual_bank ? "Dual" : "Single", kib, part_->bank_words);
  }
  fill_sectors(kib);
  probed_ = true;
}

void F2Bank::need_probe() {
  if (!probed_) probe();
}

ProgramWidth F2Bank::width() {
  const auto millivolts = target_.supply_millivolts();
  const ProgramWidth chosen = program_width(millivolts);
  log_.debug("programming x{} ({})", 8 * bytes_of(chosen),
             millivolts ? fmt::format("target supply {} mV", *millivolts) : "target supply not measured");
  return chosen;
}

void F2Bank::erase(SectorRange range) {
  need_probe();
  require(range, sectors_, "sector");
  FlashJob job;
  job.skip_unchanged = false;
  for (unsigned s = range.first; s <= range.last; ++s) job.erase.push_back(s);
  run(job);
}

void F2Bank::write(std::uint32_t offset, ByteView data) {
  need_probe();
  if (offset > size_ || data.size() > size_ - offset) {
    throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                                 data.size(), offset, config_.name, size_),
                     config_.name, base_ + offset);
  }
  FlashJob job;
  job.writes.push_back({offset, Bytes(data.begin(), data.end())});
  run(job);
}

void F2Bank::check_erased() {
  need_probe();
  std::vector<AddressRange> ranges;
  for (const Sector& s : sectors_) ranges.push_back({base_ + s.offset, s.size});
  const auto checksums = crc_on_chip(target_, ranges, watchdog(), log_);
  if (!checksums) {
    FlashBank::check_erased();
    return;
  }
  for (std::size_t i = 0; i < sectors_.size(); ++i) {
    sectors_[i].erased = (*checksums)[i] == crc32(Bytes(sectors_[i].size, erased_value()));
  }
}

std::optional<Address> F2Bank::watchdog() const { return kIwdgKr; }

std::string F2Bank::describe() {
  need_probe();
  return describe_f2(identity_);
}

}  // namespace probity::stm32
