// flash erase_sector, erase_address, fillw and its widths.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"

namespace probity {

using namespace flash_support;

namespace {

std::string erase_sector(const Call& call) {
  args::expect(call.args, 3, 3);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  const auto highest = static_cast<unsigned>(bank.sectors().size()) - 1;
  const unsigned first = args::number32(call.args[1]);
  const unsigned last = call.args[2] == "last" ? highest : args::number32(call.args[2]);
  const Stopwatch watch(call.session);
  bank.erase({first, last});
  return fmt::format("erased sectors {} through {} on flash bank {} in {}", first, last, number,
                     watch.seconds());
}

FlashBank& bank_holding(Session& session, AddressRange range) {
  FlashBank* bank = session.bank_at(range.begin);
  if (bank == nullptr) {
    throw UsageError(fmt::format("No flash at address 0x{:08x}", range.begin));
  }
  if (!AddressRange{bank->base(), bank->size()}.contains(range)) {
    throw UsageError(fmt::format("the range 0x{:08x} .. 0x{:08x} goes beyond bank {} (0x{:08x} .. 0x{:08x})",
                                 range.begin, range.end() - 1, bank->config().name, bank->base(),
                                 bank->base() + bank->size() - 1));
  }
  return *bank;
}

// The sectors that `range` touches; without `pad` it must cover them wholly.
std::vector<unsigned> sectors_in(const FlashBank& bank, AddressRange range, bool pad) {
  std::vector<unsigned> touched;
  for (unsigned s = 0; s < bank.sectors().size(); ++s) {
    const Sector& sector = bank.sectors()[s];
    const AddressRange whole{bank.base() + sector.offset, sector.size};
    if (!range.overlaps(whole)) continue;
    if (!pad && !range.contains(whole)) {
      throw UsageError(
          fmt::format("address range 0x{:08x} .. 0x{:08x} is not sector-aligned: sector {} is 0x{:08x} .. "
                      "0x{:08x}; 'pad' erases it whole",
                      range.begin, range.end() - 1, s, whole.begin, whole.end() - 1));
    }
    touched.push_back(s);
  }
  return touched;
}

// What `pad` adds before and behind the range; "unprotect" and "erase" each say it, as OpenOCD 0.12.0 does.
void warn_of_padding(Log& log, std::string_view what, AddressRange range, AddressRange whole) {
  if (whole.begin < range.begin) {
    log.warn("Adding extra {} range, 0x{:08x} .. 0x{:08x}", what, whole.begin, range.begin - 1);
  }
  if (whole.end() > range.end()) {
    log.warn("Adding extra {} range, 0x{:08x} .. 0x{:08x}", what, range.end(), whole.end() - 1);
  }
}

std::string erase_address(const Call& call) {
  std::span<const std::string> words = call.args;
  bool pad = false, unlock = false;
  for (; !words.empty() && (words[0] == "pad" || words[0] == "unlock"); words = words.subspan(1)) {
    (words[0] == "pad" ? pad : unlock) = true;
  }
  args::expect(words, 2, 2);
  const AddressRange range{args::address(words[0]), args::number32(words[1])};
  if (range.size == 0) throw UsageError("Length must be >0");
  FlashBank& bank = bank_holding(call.session, range);
  const std::vector<unsigned> sectors = sectors_in(bank, range, pad);
  if (sectors.empty()) {
    throw UsageError(fmt::format("No flash at address 0x{:08x}: bank {} has no sectors there", range.begin,
                                 bank.config().name));
  }
  const Stopwatch watch(call.session);
  const Sector &first = bank.sectors()[sectors.front()], &last = bank.sectors()[sectors.back()];
  const AddressRange whole{bank.base() + first.offset, last.offset + last.size - first.offset};
  if (unlock) {
    warn_of_padding(call.session.log(), "unprotect", range, whole);
    unprotect(bank, sectors);
  }
  warn_of_padding(call.session.log(), "erase", range, whole);
  bank.erase({sectors.front(), sectors.back()});
  return fmt::format("erased address 0x{:08x} (length {}) {}", range.begin, range.size,
                     watch.rate(range.size));
}

std::uint64_t load_element(ByteView bytes, std::size_t at, unsigned width) {
  Bytes element(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
  element.resize(sizeof(std::uint64_t));
  return load_le64(element);
}

std::string fill(const Call& call, unsigned width) {
  args::expect(call.args, 3, 3);
  const Address address = args::address(call.args[0]);
  const std::uint64_t most = width >= 8 ? UINT64_MAX : (std::uint64_t{1} << (8 * width)) - 1;
  const std::uint64_t value = args::number(call.args[1], most);
  const std::uint64_t count = args::number32(call.args[2]);
  if (count == 0) return {};
  FlashBank& bank = bank_holding(call.session, {address, count * width});
  Bytes data;
  data.reserve(count * width);
  for (std::uint64_t i = 0; i < count * width; ++i) {
    append_u8(data, static_cast<std::uint8_t>(value >> (8 * (i % width))));
  }
  const Stopwatch watch(call.session);
  bank.write(address - bank.base(), data);
  Bytes content(data.size());
  bank.read(address - bank.base(), content);
  for (std::size_t at = 0; at < content.size(); at += width) {
    const std::uint64_t found = load_element(content, at, width);
    if (found == value) continue;
    const Address where = address + static_cast<Address>(at);
    throw FlashError(
        fmt::format("Verification error address 0x{:08x}, read back 0x{:0{}x}, expected 0x{:0{}x} (was it "
                    "erased? fill does not erase)",
                    where, found, 2 * width, value, 2 * width),
        bank.config().name, where);
  }
  return fmt::format("wrote {} bytes to 0x{:08x} {}", data.size(), address, watch.rate(data.size()));
}

}  // namespace

std::vector<CommandRow> flash_erase_rows() {
  constexpr auto kExec = CommandMode::exec;
  const auto filler = [](unsigned width) { return [width](const Call& call) { return fill(call, width); }; };
  return {
      {"flash erase_sector", kExec, "bank_id first_sector_num (last_sector_num|'last')",
       "Erases sectors, both ends included.", erase_sector},
      {"flash erase_address", kExec, "['pad'] ['unlock'] address length",
       "Erases the sectors of an address range; with 'pad' also those that it covers in part only, with "
       "'unlock' "
       "taking write protection off first.",
       erase_address},
      {"flash filld", kExec, "address value n", "Writes n 64-bit values; erases nothing.", filler(8)},
      {"flash fillw", kExec, "address value n", "Writes n 32-bit values; erases nothing.", filler(4)},
      {"flash fillh", kExec, "address value n", "Writes n 16-bit values; erases nothing.", filler(2)},
      {"flash fillb", kExec, "address value n", "Writes n bytes; erases nothing.", filler(1)},
  };
}

}  // namespace probity
