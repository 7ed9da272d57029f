// The pure part of carrying out a job: cutting it into steps and program pieces.
#include <algorithm>

#include "flash/stm32/f2_bank.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint8_t kErased = 0xFF;
// Shorter blank runs cost less to program than a loader command of their own takes on the wire.
constexpr std::size_t kShortestBlankRun = 64;

}  // namespace

Bytes final_content(const F2Step& step, const Sector& sector) {
  Bytes content(sector.size, kErased);
  for (const FlashWrite& write : step.writes) {
    std::copy(write.data.begin(), write.data.end(), content.begin() + (write.offset - sector.offset));
  }
  return content;
}

std::vector<FlashWrite> without_blank_runs(const std::vector<FlashWrite>& writes) {
  std::vector<FlashWrite> kept;
  for (const FlashWrite& write : writes) {
    const auto begin = write.data.begin(), end = write.data.end();
    auto piece = begin;  // what is not yet kept nor left out
    for (auto at = begin; at != end;) {
      const auto run = std::find(at, end, kErased);
      const auto run_end = std::find_if(run, end, [](std::uint8_t byte) { return byte != kErased; });
      at = run_end;
      // A run is left out in whole words of the chip, so that what follows stays aligned.
      const auto first = (write.offset + (run - begin) + 3) / 4 * 4 - write.offset;
      const auto last =
          run_end == end ? end - begin : (write.offset + (run_end - begin)) / 4 * 4 - write.offset;
      if (last < first + static_cast<std::ptrdiff_t>(kShortestBlankRun)) continue;
      if (begin + first != piece) {
        kept.push_back(
            {write.offset + static_cast<std::uint32_t>(piece - begin), Bytes(piece, begin + first)});
      }
      piece = begin + last;
    }
    if (piece != end)
      kept.push_back({write.offset + static_cast<std::uint32_t>(piece - begin), Bytes(piece, end)});
  }
  return kept;
}

std::vector<F2ProgramPiece> program_pieces(const FlashWrite& write, ProgramWidth width) {
  const std::uint32_t unit = bytes_of(width);
  const auto size = static_cast<std::uint32_t>(write.data.size());
  const std::uint32_t head = std::min(size, (unit - write.offset % unit) % unit);
  const std::uint32_t body = (size - head) / unit * unit;
  const ByteView data(write.data);
  std::vector<F2ProgramPiece> pieces;
  auto add = [&](std::uint32_t from, std::uint32_t length, ProgramWidth w) {
    if (length != 0) pieces.push_back({write.offset + from, data.subspan(from, length), w});
  };
  add(0, head, ProgramWidth::x8);
  add(head, body, width);
  add(head + body, size - head - body, ProgramWidth::x8);
  return pieces;
}

std::vector<F2Step> F2Bank::steps_of(const FlashJob& job) const {
  std::vector<F2Step> steps;
  for (unsigned s = 0; s < sectors_.size(); ++s) {
    F2Step step;
    step.sector = s;
    step.erase = std::find(job.erase.begin(), job.erase.end(), s) != job.erase.end();
    const std::uint64_t begin = sectors_[s].offset, end = begin + sectors_[s].size;
    for (const FlashWrite& write : job.writes) {
      const std::uint64_t from = std::max<std::uint64_t>(begin, write.offset);
      const std::uint64_t to = std::min<std::uint64_t>(end, write.offset + write.data.size());
      if (from >= to) continue;
      const auto first = write.data.begin() + static_cast<std::ptrdiff_t>(from - write.offset);
      step.writes.push_back(
          {static_cast<std::uint32_t>(from), Bytes(first, first + static_cast<std::ptrdiff_t>(to - from))});
    }
    if (step.erase || !step.writes.empty()) steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace probity::stm32
