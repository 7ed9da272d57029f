// The pure part of carrying out a job: cutting it into steps.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

namespace {

// Shorter blank runs cost less to program than a loader command of their own takes on the wire.
constexpr std::ptrdiff_t kShortestBlankRun = 64;

// The part of `write` that lies within `sector`; empty where there is none.
FlashWrite part_within(const FlashWrite& write, const Sector& sector) {
  const std::uint64_t begin = std::max<std::uint64_t>(sector.offset, write.offset);
  const std::uint64_t end =
      std::min(std::uint64_t{sector.offset} + sector.size, std::uint64_t{write.offset} + write.data.size());
  if (begin >= end) return {};
  const auto first = write.data.begin() + static_cast<std::ptrdiff_t>(begin - write.offset);
  return {static_cast<std::uint32_t>(begin), Bytes(first, first + static_cast<std::ptrdiff_t>(end - begin))};
}

}  // namespace

std::vector<FlashWrite> in_whole_granules(const std::vector<FlashWrite>& writes, unsigned granule,
                                          std::uint8_t erased_value) {
  std::vector<FlashWrite> whole;
  for (const FlashWrite& write : writes) {
    const std::uint32_t begin = write.offset / granule * granule;
    const std::size_t end = (write.offset + write.data.size() + granule - 1) / granule * granule;
    if (whole.empty() || whole.back().offset + whole.back().data.size() < begin) {
      whole.push_back({begin, Bytes(end - begin, erased_value)});
    } else {  // in the granule where the last one ended, or in the next
      whole.back().data.resize(end - whole.back().offset, erased_value);
    }
    FlashWrite& last = whole.back();
    std::copy(write.data.begin(), write.data.end(), last.data.begin() + (write.offset - last.offset));
  }
  return whole;
}

Bytes final_content(const FlashStep& step, const Sector& sector, std::uint8_t erased_value) {
  Bytes content(sector.size, erased_value);
  for (const FlashWrite& write : step.writes) {
    std::copy(write.data.begin(), write.data.end(), content.begin() + (write.offset - sector.offset));
  }
  return content;
}

std::vector<FlashWrite> without_blank_runs(const std::vector<FlashWrite>& writes, unsigned granule,
                                           std::uint8_t erased_value) {
  // At least whole words are left out, so that what follows goes at full width.
  const std::uint32_t unit = std::max(granule, 4u);
  std::vector<FlashWrite> kept;
  for (const FlashWrite& write : writes) {
    const auto begin = write.data.begin(), end = write.data.end();
    auto piece = begin;  // what is not yet kept nor left out
    const auto keep_to = [&](Bytes::const_iterator to) {
      if (to != piece)
        kept.push_back({write.offset + static_cast<std::uint32_t>(piece - begin), Bytes(piece, to)});
    };
    for (auto at = begin; at != end;) {
      const auto run = std::find(at, end, erased_value);
      const auto run_end = std::find_if(run, end, [&](std::uint8_t byte) { return byte != erased_value; });
      at = run_end;
      const auto first = (write.offset + (run - begin) + unit - 1) / unit * unit - write.offset;
      const auto last =
          run_end == end ? end - begin : (write.offset + (run_end - begin)) / unit * unit - write.offset;
      if (last < first + kShortestBlankRun) continue;
      keep_to(begin + first);
      piece = begin + last;
    }
    keep_to(end);
  }
  return kept;
}

std::vector<FlashStep> MainFlash::steps_of(const FlashJob& job) const {
  std::vector<FlashStep> steps;
  std::size_t found = 0, wanted = 0;
  for (const FlashWrite& write : job.writes) wanted += write.data.size();
  for (unsigned s = 0; s < sectors_.size(); ++s) {
    FlashStep step;
    step.sector = s;
    step.erase = std::find(job.erase.begin(), job.erase.end(), s) != job.erase.end();
    for (const FlashWrite& write : job.writes) {
      FlashWrite part = part_within(write, sectors_[s]);
      found += part.data.size();
      if (!part.data.empty()) step.writes.push_back(std::move(part));
    }
    step.writes = in_whole_granules(step.writes, granule_, erased_value());
    if (step.erase || !step.writes.empty()) steps.push_back(std::move(step));
  }
  if (found != wanted) {
    throw FlashError(
        fmt::format("{} of {} bytes lie where bank {} has no sectors", wanted - found, wanted, config_.name),
        config_.name, base_);
  }
  return steps;
}

}  // namespace probity::stm32
