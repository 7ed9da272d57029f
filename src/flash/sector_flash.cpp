#include "flash/sector_flash.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/stream.hpp"
#include "flash/unchanged.hpp"

namespace probity {

SectorFlash::SectorFlash(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log) {
  base_ = config_.base;
}

void SectorFlash::need_probe() {
  if (!probed_) probe();
}

void SectorFlash::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  sectors_.clear();
  identify();
  probed_ = true;
}

void SectorFlash::fill_sectors(std::uint32_t size, unsigned count) {
  sectors_.clear();
  for (unsigned i = 0; i < count; ++i) sectors_.push_back({i * size, size, {}, {}});
  size_ = size * count;
}

void SectorFlash::close_after_error() {
  const UninterruptedScope giving_back(clock_);
  try {
    close();
  } catch (const Error&) {
    // The error that is on its way tells more.
  }
}

void SectorFlash::erase(SectorRange range) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  FlashJob job;
  job.skip_unchanged = false;
  for (unsigned i = range.first; i <= range.last; ++i) job.erase.push_back(i);
  run(job);
}

void SectorFlash::erase_sectors(const std::vector<unsigned>& sectors) {
  for (const unsigned i : sectors) sectors_[i].erased.reset();
  if (sectors.size() == sectors_.size() && erase_all()) return;
  for (const unsigned i : sectors) {
    with_context(fmt::format("erasing sector {} at 0x{:08x}", i, base_ + sectors_[i].offset),
                 [&] { erase_sector(i); });
  }
}

void SectorFlash::program(Address address, ByteView words) {
  const UnitRoutine unit_routine = routine();
  const std::uint32_t unit = unit_routine.unit;
  const std::size_t head = std::min<std::size_t>((unit - address % unit) % unit, words.size());
  const std::size_t middle = (words.size() - head) / unit * unit;
  const auto loader = middle == 0 ? nullptr : UnitLoader::load(target_, unit_routine, middle);
  if (!loader) {
    if (middle != 0) log_.warn("no working area available, can't do block memory writes");
    return program_directly(address, words);
  }
  const auto at = [&](std::size_t offset) { return address + static_cast<Address>(offset); };
  program_directly(address, words.first(head));
  const auto failure = loader->program(at(head), words.subspan(head, middle), clock_,
                                       fmt::format("programming at 0x{:08x}", address));
  if (failure) explain(*failure);
  program_directly(at(head + middle), words.subspan(head + middle));
}

void SectorFlash::program_padded(const FlashWrite& write) {
  const std::uint32_t granule = write_alignment();
  const std::uint32_t begin = write.offset / granule * granule;
  const auto end = write.offset + static_cast<std::uint32_t>(write.data.size());
  Bytes words((end - begin + granule - 1) / granule * granule, erased_value());
  std::ranges::copy(write.data, words.begin() + (write.offset - begin));
  program(base_ + begin, words);
}

void SectorFlash::require_within(std::uint32_t offset, std::size_t size) const {
  if (offset <= size_ && size <= size_ - offset) return;
  throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                               size, offset, config_.name, size_),
                   config_.name, base_ + offset);
}

std::vector<unsigned> SectorFlash::sectors_of(const std::vector<FlashWrite>& writes) const {
  std::vector<unsigned> touched;
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    const AddressRange here{sectors_[i].offset, sectors_[i].size};
    if (std::ranges::any_of(writes, [&](const FlashWrite& write) {
          return here.overlaps({write.offset, write.data.size()});
        }))
      touched.push_back(i);
  }
  return touched;
}

void SectorFlash::write(std::uint32_t offset, ByteView data) {
  FlashJob job;
  job.writes = {{offset, Bytes(data.begin(), data.end())}};
  run(job);
}

FlashJobResult SectorFlash::run(const FlashJob& job) {
  require_halted();
  need_probe();
  FlashJobResult result;
  for (const FlashWrite& write : job.writes) {
    require_within(write.offset, write.data.size());
    result.bytes_written += write.data.size();
  }
  FlashJob wanted = job;
  wanted.writes = vetted(job);
  const std::vector<bool> same = unchanged_sectors(*this, wanted, log_);
  const std::vector<FlashWrite> rest = outside(wanted.writes, sectors_, same);
  std::vector<unsigned> erased;
  for (const unsigned i : job.erase) {
    if (!same[i]) erased.push_back(i);
  }
  if (!erased.empty()) require_allowed(erased, "erase");
  const std::vector<unsigned> written = sectors_of(rest);
  if (!written.empty()) require_allowed(written, "write");
  result.sectors_unchanged = static_cast<unsigned>(std::ranges::count(same, true));
  result.sectors_erased = static_cast<unsigned>(erased.size());
  if (rest.empty() && erased.empty()) return result;
  opened([&] {
    erase_sectors(erased);
    for (const unsigned i : written) sectors_[i].erased.reset();
    for (const FlashWrite& write : rest) {
      if (!write.data.empty()) program_write(write);
    }
  });
  return result;
}

// Blank is a checksum like any other.
void SectorFlash::check_erased() {
  need_probe();
  if (sectors_.empty()) return;
  std::vector<AddressRange> ranges;
  for (const Sector& sector : sectors_) ranges.push_back({base_ + sector.offset, sector.size});
  const auto sums = crc_on_chip(target_, ranges, watchdog(), log_);
  if (!sums) return FlashBank::check_erased();
  const std::uint32_t blank = crc32(Bytes(sectors_.front().size, erased_value()));
  for (std::size_t i = 0; i < sectors_.size(); ++i) sectors_[i].erased = (*sums)[i] == blank;
}

void SectorFlash::mass_erase() {
  require_halted();
  need_probe();
  if (!sectors_.empty()) erase({0, static_cast<unsigned>(sectors_.size()) - 1});
}

void SectorFlash::lock() { throw FlashError(std::string(locking()), config_.name, base_); }
void SectorFlash::unlock() { throw FlashError(std::string(locking()), config_.name, base_); }

}  // namespace probity
