#include "server/gdb/flash_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/plan.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {
// More than any chip's flash: what GDB may have us keep until vFlashDone.
constexpr std::uint64_t kMostKept = 64 * 1024 * 1024;
}  // namespace

FlashBank& FlashProgram::bank_of(AddressRange range) {
  for (FlashBank* bank : context_.session.usable_banks_of(context_.target())) {
    bank->probe();
    if (AddressRange{bank->base(), bank->size()}.contains(range)) return *bank;
  }
  throw FlashError(fmt::format("No flash at address 0x{:08x}", range.begin), {}, range.begin);
}

void FlashProgram::require_sectors(FlashBank& bank, AddressRange range) {
  const auto is_border = [&](std::uint64_t address) {
    return address == std::uint64_t{bank.base()} + bank.size() ||
           std::ranges::any_of(bank.sectors(), [&](const Sector& s) {
             const std::uint64_t begin = std::uint64_t{bank.base()} + s.offset;
             return address == begin || address == begin + s.size;  // a hole may follow
           });
  };
  if (is_border(range.begin) && is_border(range.end())) return;
  throw FlashError(
      fmt::format("address range 0x{:08x} .. 0x{:08x} is not sector-aligned", range.begin, range.end() - 1),
      bank.config().name, range.begin);
}

std::string FlashProgram::erase(std::string_view request) {
  Fields fields(request);
  AddressRange range;
  range.begin = fields.address();
  fields.expect(',');
  range.size = fields.length();
  if (range.size == 0) throw BadRequest("nothing to erase");
  context_.fire("gdb-flash-erase-start");
  try {
    require_sectors(bank_of(range), range);
    erases_.push_back(range);
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    context_.session.report(e);
    context_.fire("gdb-flash-erase-end");
    return std::string(kIoError);
  }
  context_.fire("gdb-flash-erase-end");
  return "OK";
}

std::string FlashProgram::write(std::string_view request) {
  Fields fields(request);
  const Address address = fields.address();
  fields.expect(':');
  const ByteView data = bytes_of(fields.rest());
  std::uint64_t kept = data.size();
  for (const Segment& segment : writes_) kept += segment.data.size();
  if (kept > kMostKept) {
    writes_.clear();
    throw BadRequest("more data than any flash holds");
  }
  if (!writes_.empty() && writes_.back().range().end() == address) {
    append(writes_.back().data, data);
  } else if (!data.empty()) {
    writes_.push_back({address, Bytes(data.begin(), data.end()), fmt::format("block at {:#010x}", address)});
  }
  return "OK";
}

// Sorted; a byte that GDB wrote twice is what it was last.
Image FlashProgram::image() const {
  Image image;
  image.path = "GDB's load";
  for (const Segment& wanted : writes_) {
    Segment merged = wanted;
    std::erase_if(image.segments, [&merged](const Segment& old) {
      if (old.range().end() < merged.address || merged.range().end() < old.address) return false;
      const Address begin = std::min(old.address, merged.address);
      Bytes all(std::max(old.range().end(), merged.range().end()) - begin);
      std::ranges::copy(old.data, all.begin() + (old.address - begin));
      std::ranges::copy(merged.data, all.begin() + (merged.address - begin));
      merged.address = begin;
      merged.data = std::move(all);
      return true;
    });
    image.segments.push_back(std::move(merged));
  }
  std::ranges::sort(image.segments, {}, &Segment::address);
  return image;
}

void FlashProgram::add_erases(FlashPlan& todo, std::vector<FlashBank*>& banks) const {
  for (std::size_t b = 0; b < banks.size(); ++b) {
    std::set<unsigned> sectors;
    for (const AddressRange& range : erases_) {
      for (unsigned s = 0; s < banks[b]->sectors().size(); ++s) {
        const Sector& sector = banks[b]->sectors()[s];
        if (range.overlaps({banks[b]->base() + sector.offset, sector.size})) sectors.insert(s);
      }
    }
    if (sectors.empty()) continue;
    auto plan = std::ranges::find(todo.banks, b, &BankPlan::bank);
    if (plan == todo.banks.end()) plan = todo.banks.insert(plan, BankPlan{b, {}, {}, {}});
    plan->erase.assign(sectors.begin(), sectors.end());
  }
}

std::string FlashProgram::done(std::string_view) {
  const Image all = image();
  context_.fire("gdb-flash-write-start");
  std::string reply = "OK";
  try {
    std::vector<FlashBank*> banks = context_.session.usable_banks_of(context_.target());
    FlashPlan todo;
    if (!all.segments.empty()) todo = plan(all, views_of(banks), {});
    add_erases(todo, banks);
    execute(todo, banks);
  } catch (const DeviceGone&) {
    throw;
  } catch (const ImageError& e) {
    context_.session.report(e);
    reply = "E.memtype";  // GDB manual, E.3: outside flash
  } catch (const Error& e) {
    context_.session.report(e);
    reply = kIoError;
  }
  erases_.clear();
  writes_.clear();
  context_.fire("gdb-flash-write-end");
  return reply;
}

}  // namespace probity::server::gdb
