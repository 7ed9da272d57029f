#include "flash/unchanged.hpp"

#include <algorithm>
#include <iterator>

#include "flash/crc32.hpp"
#include "flash/stream.hpp"

namespace probity {

namespace {

// `sector` once the job is done.
Bytes content_after(const FlashJob& job, const Sector& sector, std::uint8_t erased) {
  Bytes content(sector.size, erased);
  const AddressRange all{sector.offset, sector.size};
  for (const FlashWrite& write : job.writes) {
    const std::uint64_t begin = std::max<std::uint64_t>(all.begin, write.offset);
    const std::uint64_t end = std::min(all.end(), std::uint64_t{write.offset} + write.data.size());
    if (begin >= end) continue;
    const auto first = write.data.begin() + static_cast<std::ptrdiff_t>(begin - write.offset);
    std::copy_n(first, end - begin, content.begin() + static_cast<std::ptrdiff_t>(begin - sector.offset));
  }
  return content;
}

}  // namespace

std::vector<bool> unchanged_sectors(FlashBank& bank, const FlashJob& job, Log& log) {
  const std::vector<Sector>& sectors = bank.sectors();
  std::vector<bool> same(sectors.size(), false);
  if (!job.skip_unchanged || job.erase.empty()) return same;
  std::vector<AddressRange> ranges;
  for (const unsigned i : job.erase) ranges.push_back({bank.base() + sectors[i].offset, sectors[i].size});
  const auto sums = crc_on_chip(bank.target(), ranges, bank.watchdog(), log);
  if (!sums) return same;
  for (std::size_t i = 0; i < job.erase.size(); ++i) {
    same[job.erase[i]] = (*sums)[i] == crc32(content_after(job, sectors[job.erase[i]], bank.erased_value()));
  }
  return same;
}

std::vector<SectorRange> neighbours(const std::vector<unsigned>& sectors) {
  std::vector<SectorRange> ranges;
  for (const unsigned sector : sectors) {
    if (!ranges.empty() && ranges.back().last + 1 == sector) {
      ranges.back().last = sector;
    } else {
      ranges.push_back({sector, sector});
    }
  }
  return ranges;
}

std::vector<FlashWrite> outside(const std::vector<FlashWrite>& writes, const std::vector<Sector>& sectors,
                                const std::vector<bool>& left_alone) {
  std::vector<FlashWrite> rest;
  for (const FlashWrite& write : writes) {
    const AddressRange all{write.offset, write.data.size()};
    for (std::size_t i = 0; i < sectors.size(); ++i) {
      const Sector& sector = sectors[i];
      if (left_alone[i] || !all.overlaps({sector.offset, sector.size})) continue;
      const std::uint32_t begin = std::max(write.offset, sector.offset);
      const auto end = std::min<std::uint64_t>(all.end(), sector.offset + sector.size);
      const Bytes part(write.data.begin() + (begin - write.offset),
                       write.data.begin() + static_cast<std::ptrdiff_t>(end - write.offset));
      const bool joins = !rest.empty() && rest.back().offset + rest.back().data.size() == begin;
      if (joins) {
        rest.back().data.insert(rest.back().data.end(), part.begin(), part.end());
      } else {
        rest.push_back({begin, part});
      }
    }
  }
  return rest;
}

FlashJobResult run_changed(FlashBank& bank, const FlashJob& job, const std::vector<bool>& unchanged) {
  std::vector<unsigned> erase;
  std::ranges::copy_if(job.erase, std::back_inserter(erase), [&](unsigned i) { return !unchanged[i]; });
  for (const SectorRange range : neighbours(erase)) bank.erase(range);
  for (const FlashWrite& write : outside(job.writes, bank.sectors(), unchanged))
    bank.write(write.offset, write.data);
  FlashJobResult result;
  result.sectors_erased = static_cast<unsigned>(erase.size());
  result.sectors_unchanged = static_cast<unsigned>(job.erase.size() - erase.size());
  for (const FlashWrite& write : job.writes) result.bytes_written += write.data.size();
  return result;
}

}  // namespace probity
