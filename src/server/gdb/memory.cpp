#include "server/gdb/memory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/stream.hpp"
#include "server/gdb/packet.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {

// That a reply in hexadecimal holds. GDB asks for as much at once; one byte less would make its next requests
// begin at odd addresses.
constexpr std::size_t kMostBytes = kPacketSize / 2;
constexpr std::size_t kPiece = 4096;           // of what is searched or summed up
constexpr std::uint64_t kWorthALoader = 1024;  // bytes

AddressRange range_of(Fields& fields, char between) {
  AddressRange range;
  range.begin = fields.address();
  fields.expect(between);
  range.size = fields.length();
  if (range.end() > 0x100000000) {
    throw BadRequest(
        fmt::format("{} bytes from {:#010x} go beyond the end of memory", range.size, range.begin));
  }
  return range;
}

}  // namespace

// Reads what can be read; the rest of `data` is 0. Returns how much that was.
std::size_t Memory::read_up_to_fault(Address address, ByteSpan data) {
  MemPort& memory = context_.target().memory();
  try {
    memory.read_bytes(address, data);
    return data.size();
  } catch (const MemoryFault& e) {
    context_.session.log().debug("gdb: {}", e.message());
    if (e.address == address && e.length == 1) {  // it was the first byte
      std::ranges::fill(data, std::uint8_t{0});
      return 0;
    }
  }
  std::ranges::fill(data, std::uint8_t{0});
  // Where the probe says only that a block failed: again, in pieces that end at multiples of their size.
  std::size_t done = 0;
  for (const std::size_t piece : {std::size_t{256}, std::size_t{16}, std::size_t{4}, std::size_t{1}}) {
    if (piece >= data.size()) continue;  // as a whole it failed already
    try {
      while (done < data.size()) {
        const std::size_t size = std::min(piece - (address + done) % piece, data.size() - done);
        memory.read_bytes(address + static_cast<Address>(done), data.subspan(done, size));
        done += size;
      }
    } catch (const MemoryFault&) {
      // Smaller pieces come nearer to it.
    }
  }
  std::ranges::fill(data.subspan(done), std::uint8_t{0});
  return done;
}

std::string Memory::read(std::string_view request) {
  Fields fields(request);
  const AddressRange range = range_of(fields, ',');
  if (range.size == 0) return {};
  Bytes data(std::min<std::uint64_t>(range.size, kMostBytes));  // GDB asks for the rest again
  const std::size_t good = read_up_to_fault(range.begin, data);
  if (good == data.size() || !context_.settings.report_data_abort) return to_hex(data);
  if (good == 0) return std::string(kFault);
  return to_hex(ByteView(data).first(good));
}

namespace {

// GDB was told of no flash there, and writes as if it were RAM: `load` would seem to work. Where the size is
// not known, its first word is: a program begins with its vectors.
void refuse_flash_without_driver(Context& context, AddressRange range) {
  for (FlashBank* bank : context.session.banks_of(context.target())) {
    if (bank->usable()) continue;
    if (range.overlaps({bank->base(), std::max<std::uint64_t>(bank->size(), 4)})) bank->probe();  // says why
  }
}

}  // namespace

std::string Memory::write(AddressRange range, ByteView data) {
  if (data.size() != range.size) {
    throw BadRequest(fmt::format("{} bytes announced, {} there", range.size, data.size()));
  }
  refuse_flash_without_driver(context_, range);
  if (!data.empty()) context_.target().memory().write_bytes(range.begin, data);
  return "OK";
}

std::string Memory::write_hex(std::string_view request) {
  Fields fields(request);
  const AddressRange range = range_of(fields, ',');
  fields.expect(':');
  return write(range, from_hex(fields.rest()));
}

std::string Memory::write_binary(std::string_view request) {
  Fields fields(request);
  const AddressRange range = range_of(fields, ',');
  fields.expect(':');
  return write(range, bytes_of(fields.rest()));
}

std::uint32_t Memory::checksum(AddressRange range) {
  Target& target = context_.target();
  const WorkAreaConfig& area = target.work_areas().config;
  const std::vector<FlashBank*> banks = context_.session.banks_of(target);
  const auto open = reading_of(banks);
  // A loader in the middle of what is summed up would change it.
  const bool apart = !area.physical || !range.overlaps({*area.physical, area.size});
  if (range.size >= kWorthALoader && apart && target.state() == TargetState::halted) {
    const auto sums = crc_on_chip(target, {{range}}, watchdog_of(banks), context_.session.log());
    if (sums) return sums->front();
  }
  Bytes all(range.size);
  for (std::size_t at = 0; at < all.size(); at += kPiece) {
    const std::size_t size = std::min(kPiece, all.size() - at);
    target.memory().read_bytes(range.begin + static_cast<Address>(at), ByteSpan(all).subspan(at, size));
  }
  return crc32(all);
}

std::string Memory::crc(std::string_view request) {
  Fields fields(request);
  return fmt::format("C{:08x}", checksum(range_of(fields, ',')));
}

std::string Memory::search(std::string_view request) {
  Fields fields(request);
  const AddressRange range = range_of(fields, ';');
  fields.expect(';');
  const ByteView wanted = bytes_of(fields.rest());
  if (wanted.empty()) throw BadRequest("nothing to search for");
  Bytes window;  // the end of what was read before, as a match may lie across
  for (std::uint64_t at = 0; at < range.size;) {
    const std::size_t kept = std::min(window.size(), wanted.size() - 1);
    window.erase(window.begin(), window.end() - static_cast<std::ptrdiff_t>(kept));
    const std::size_t size = std::min<std::uint64_t>(kPiece, range.size - at);
    window.resize(kept + size);
    try {
      context_.target().memory().read_bytes(range.begin + static_cast<Address>(at),
                                            ByteSpan(window).subspan(kept));
    } catch (const MemoryFault& e) {
      context_.session.report(e);
      return {};  // GDB reads for itself then, and names the place
    }
    const auto found = std::ranges::search(window, wanted);
    if (!found.empty()) {
      const auto offset = static_cast<std::uint64_t>(found.begin() - window.begin());
      return fmt::format("1,{:x}", range.begin + at - kept + offset);
    }
    at += size;
  }
  return "0";
}

}  // namespace probity::server::gdb
