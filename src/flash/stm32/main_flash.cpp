// What every bank of main flash does around a job; the job itself: main_flash_run.cpp.
#include "flash/stm32/main_flash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"
#include "flash/crc32.hpp"

namespace probity::stm32 {

namespace {

constexpr Address kMainFlashBase = 0x08000000;  // on every STM32

std::string listed(const std::vector<unsigned>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") +
            (last == i ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[last]));
    i = last + 1;
  }
  return text;
}

}  // namespace

MainFlash::MainFlash(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log) {
  base_ = config_.base != 0 ? config_.base : kMainFlashBase;
}

void MainFlash::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  identify();
  granule_ = interface().granule();
  probed_ = true;
}

void MainFlash::need_probe() {
  if (!probed_) probe();
}

unsigned MainFlash::read_size_kib(Address size_register, unsigned assumed) {
  const std::uint16_t kib = target_.memory().read16(size_register);
  if (kib != 0 && kib != 0xFFFF) {
    log_.info("flash size = {} KiB", kib);
    return kib;
  }
  log_.warn("STM32 flash size failed, probe inaccurate - assuming {}k flash", assumed);
  return assumed;
}

std::string MainFlash::write_protected_words(const std::vector<unsigned>& blocks) const {
  return fmt::format("{}{} {} {} write-protected", blocks_.empty() ? "sector" : "protection block",
                     blocks.size() == 1 ? "" : "s", listed(blocks), blocks.size() == 1 ? "is" : "are");
}

std::string MainFlash::unprotect_command(const std::vector<unsigned>& blocks) const {
  const bool gap = blocks.back() - blocks.front() + 1 != blocks.size();
  return fmt::format("flash protect {} {} {} off", config_.name, blocks.front(),
                     gap ? "last" : std::to_string(blocks.back()));
}

void MainFlash::erase(SectorRange range) {
  need_probe();
  require(range, sectors_, "sector");
  FlashJob job;
  job.skip_unchanged = false;
  job.erase.resize(range.last - range.first + 1);
  std::iota(job.erase.begin(), job.erase.end(), range.first);
  run(job);
}

void MainFlash::write(std::uint32_t offset, ByteView data) {
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

void MainFlash::check_erased() {
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

std::unique_ptr<FlashReading> MainFlash::reading() {
  if (!probed_ || target_.state() != TargetState::halted) return nullptr;
  return interface().reading();
}

void MainFlash::mass_erase() {
  require_halted();
  need_probe();
  std::vector<FlashStep> all(sectors_.size());
  for (unsigned s = 0; s < all.size(); ++s) all[s] = {s, true, {}};
  require_allowed(all);
  const OpenFlash open(interface());
  interface().erase_all();
  for (Sector& sector : sectors_) sector.erased.reset();
}

FlashJobResult MainFlash::run(const FlashJob& job) {
  require_halted();
  need_probe();
  std::vector<FlashStep> steps = steps_of(job);
  require_allowed(steps);
  try {
    return carry_out(std::move(steps), job);
  } catch (FlashError& e) {
    const auto sector = std::find_if(sectors_.begin(), sectors_.end(), [&](const Sector& s) {
      return AddressRange{base_ + s.offset, s.size}.contains(e.address);
    });
    if (sector == sectors_.end()) throw;
    const std::string help = hint(e, static_cast<unsigned>(sector - sectors_.begin()));
    if (help.empty()) throw;
    throw FlashError(fmt::format("{}; {}", e.message(), help), e.bank, e.address, e.register_name, e.raw);
  }
}

}  // namespace probity::stm32
