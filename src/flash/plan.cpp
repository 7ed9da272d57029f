#include "flash/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/holes.hpp"

namespace probity {

namespace {

AddressRange range_of(const BankView& bank) { return {bank.base, bank.size}; }

std::string described(AddressRange range) {
  return fmt::format("0x{:08x}-0x{:08x}", range.begin, range.end() - 1);
}

std::string list_of(const std::vector<BankView>& banks) {
  std::string text;
  for (const BankView& bank : banks) {
    std::string ranges;
    for (const BankPiece& piece : pieces_of(bank.sectors, 0, bank.size)) {
      if (piece.hole) continue;
      ranges += (ranges.empty() ? "" : " and ") + described({bank.base + piece.offset, piece.size});
    }
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", bank.name, ranges);
  }
  return text;
}

// The bank most likely meant: the largest one (OTP areas and the like are small).
const BankView& main_bank(const std::vector<BankView>& banks) {
  return *std::max_element(banks.begin(), banks.end(),
                           [](const BankView& a, const BankView& b) { return a.size < b.size; });
}

[[noreturn]] void fail_outside(const Image& image, const Segment& segment, AddressRange outside,
                               const std::vector<BankView>& banks) {
  const BankView& likely = main_bank(banks);
  std::string why;
  if (image.format == ImageFormat::binary && segment.address == 0) {
    why = fmt::format(
        "{}: a binary file has no address of its own and there is no flash at 0x00000000; nothing is "
        "written; did you mean 0x{:08x} (the base of bank {})?",
        image.path, likely.base, likely.name);
  } else if (segment.data.size() > likely.size && likely.base <= segment.address) {
    why = fmt::format(
        "{}: {} ({}, {} bytes) is larger than the flash: bank {} has {} bytes ({}); nothing is written",
        image.path, segment.name, described(segment.range()), segment.data.size(), likely.name, likely.size,
        described(range_of(likely)));
  } else {
    why =
        fmt::format("{}: {} ({}) is outside flash: no flash bank found for {}; banks: {}; nothing is written",
                    image.path, segment.name, described(segment.range()), described(outside), list_of(banks));
  }
  throw ImageError(why, image.path);
}

// A piece of a segment within one bank.
struct Piece {
  std::size_t bank;
  std::uint32_t offset;
  ByteView data;
};

std::vector<Piece> cut_at_banks(const Image& image, const Segment& segment,
                                const std::vector<BankView>& banks) {
  std::vector<Piece> pieces;
  for (std::uint64_t at = segment.address; at < segment.range().end();) {
    const auto bank =
        std::find_if(banks.begin(), banks.end(), [&](const BankView& b) { return range_of(b).contains(at); });
    if (bank == banks.end()) {
      // The gap ends where the next bank begins or the segment ends.
      std::uint64_t gap_end = segment.range().end();
      for (const BankView& b : banks) {
        if (b.base > at && b.size != 0) gap_end = std::min<std::uint64_t>(gap_end, b.base);
      }
      fail_outside(image, segment, {static_cast<Address>(at), gap_end - at}, banks);
    }
    const std::uint64_t end = std::min(segment.range().end(), range_of(*bank).end());
    const auto offset = static_cast<std::uint32_t>(at - bank->base);
    for (const BankPiece& part : pieces_of(bank->sectors, offset, static_cast<std::uint32_t>(end - at))) {
      const Address address = bank->base + part.offset;
      if (part.hole) fail_outside(image, segment, {address, part.size}, banks);
      pieces.push_back({static_cast<std::size_t>(bank - banks.begin()), part.offset,
                        ByteView(segment.data).subspan(address - segment.address, part.size)});
    }
    at = end;
  }
  return pieces;
}

unsigned sector_at(const BankView& bank, std::uint32_t offset) {
  const auto behind = std::upper_bound(bank.sectors.begin(), bank.sectors.end(), offset,
                                       [](std::uint32_t at, const Sector& s) { return at < s.offset; });
  return static_cast<unsigned>(behind - bank.sectors.begin()) - 1;
}

// Appends the piece to the bank's writes: to the last run, with padding between, where it begins before the
// end of the sector that the run ends in or where the next one begins (as OpenOCD 0.12.0 counts the bytes it
// wrote); else as a new run.
void add_piece(std::vector<FlashWrite>& writes, const Piece& piece, const BankView& bank) {
  const std::uint32_t align = std::max(bank.write_alignment, 1u);
  const std::uint32_t aligned_begin = piece.offset / align * align;
  if (!writes.empty()) {
    FlashWrite& last = writes.back();
    const std::uint64_t last_end = last.offset + last.data.size();
    const Sector& sector = bank.sectors.at(sector_at(bank, static_cast<std::uint32_t>(last_end - 1)));
    if (piece.offset <= std::uint64_t{sector.offset} + sector.size || aligned_begin < last_end) {
      last.data.resize(piece.offset - last.offset, bank.padding);
      append(last.data, piece.data);
      return;
    }
  }
  Bytes data(piece.offset - aligned_begin, bank.padding);
  append(data, piece.data);
  writes.push_back({aligned_begin, std::move(data)});
}

void finish_bank(BankPlan& todo, const BankView& bank, const PlanOptions& options) {
  std::set<unsigned> touched;
  for (FlashWrite& run : todo.writes) {
    const std::uint32_t align = std::max(bank.write_alignment, 1u);
    run.data.resize((run.data.size() + align - 1) / align * align, bank.padding);
    const auto last = static_cast<std::uint32_t>(run.offset + run.data.size() - 1);
    for (unsigned s = sector_at(bank, run.offset); s <= sector_at(bank, last); ++s) touched.insert(s);
  }
  if (options.erase) todo.erase.assign(touched.begin(), touched.end());
  if (options.unlock) todo.unprotect.assign(touched.begin(), touched.end());
}

}  // namespace

std::uint64_t FlashPlan::bytes() const {
  std::uint64_t total = 0;
  for (const BankPlan& bank : banks) {
    for (const FlashWrite& run : bank.writes) total += run.data.size();
  }
  return total;
}

FlashPlan plan(const Image& image, const std::vector<BankView>& banks, const PlanOptions& options) {
  if (banks.empty()) {
    throw ConfigError(
        "no flash bank is configured (flash bank NAME DRIVER BASE SIZE CHIP_WIDTH BUS_WIDTH TARGET)");
  }
  std::vector<BankPlan> per_bank(banks.size());
  for (const Segment& segment : image.segments) {
    for (const Piece& piece : cut_at_banks(image, segment, banks)) {
      add_piece(per_bank[piece.bank].writes, piece, banks[piece.bank]);
    }
  }
  FlashPlan result;
  result.image_bytes = image.size();
  for (std::size_t i = 0; i < banks.size(); ++i) {
    if (per_bank[i].writes.empty()) continue;
    per_bank[i].bank = i;
    finish_bank(per_bank[i], banks[i], options);
    result.banks.push_back(std::move(per_bank[i]));
  }
  return result;
}

std::vector<FlashBank*> banks_for(const Image& image, std::span<FlashBank* const> banks) {
  std::vector<FlashBank*> chosen;
  std::uint64_t missing = image.size();
  for (FlashBank* bank : banks) {
    if (missing == 0) break;
    if (!bank->probed()) bank->probe();
    chosen.push_back(bank);
    const AddressRange range{bank->base(), bank->size()};
    for (const Segment& segment : image.segments) {
      const std::uint64_t from = std::max<std::uint64_t>(range.begin, segment.address);
      const std::uint64_t to = std::min(range.end(), segment.range().end());
      if (from < to) missing -= std::min(missing, to - from);
    }
  }
  return chosen;
}

std::vector<BankView> views_of(std::span<FlashBank* const> banks) {
  std::vector<BankView> views;
  for (FlashBank* bank : banks) {
    if (!bank->probed()) bank->probe();
    views.push_back({bank->config().name, bank->base(), bank->size(), bank->sectors(),
                     bank->write_alignment(), bank->padded_value()});
  }
  return views;
}

namespace {

// The protection blocks that share bytes with `sectors`.
std::vector<unsigned> blocks_of(const FlashBank& bank, const std::vector<unsigned>& sectors) {
  std::vector<unsigned> blocks;
  for (unsigned b = 0; b < bank.protection_blocks().size(); ++b) {
    const Sector& block = bank.protection_blocks()[b];
    const AddressRange range{block.offset, block.size};
    const bool touched = std::any_of(sectors.begin(), sectors.end(), [&](unsigned s) {
      return range.overlaps({bank.sectors()[s].offset, bank.sectors()[s].size});
    });
    if (touched) blocks.push_back(b);
  }
  return blocks;
}

}  // namespace

void unprotect(FlashBank& bank, const std::vector<unsigned>& sectors) {
  bank.check_protection();
  std::vector<unsigned> blocks = blocks_of(bank, sectors);
  std::erase_if(blocks, [&](unsigned b) { return bank.protection_blocks()[b].is_protected == false; });
  // Option bytes are programmed once a run of blocks.
  for (std::size_t i = 0; i < blocks.size();) {
    std::size_t last = i;
    while (last + 1 < blocks.size() && blocks[last + 1] == blocks[last] + 1) ++last;
    bank.protect({blocks[i], blocks[last]}, false);
    i = last + 1;
  }
}

FlashJobResult execute(const FlashPlan& plan, std::span<FlashBank* const> banks) {
  FlashJobResult sum;
  for (const BankPlan& todo : plan.banks) {
    FlashBank& bank = *banks[todo.bank];
    const FlashJob job{todo.erase, todo.writes, true};
    const FlashJobResult done =
        with_context(fmt::format("writing to flash bank {}", bank.config().name), [&] {
          if (!todo.unprotect.empty()) unprotect(bank, todo.unprotect);
          return bank.run(job);
        });
    sum.bytes_written += done.bytes_written;
    sum.sectors_erased += done.sectors_erased;
    sum.sectors_unchanged += done.sectors_unchanged;
  }
  return sum;
}

}  // namespace probity
