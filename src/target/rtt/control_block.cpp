#include "target/rtt/control_block.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

// SEGGER_RTT.h: char acID[16]; int MaxNumUpBuffers, MaxNumDownBuffers; then a SEGGER_RTT_BUFFER a ring:
// sName, pBuffer, SizeOfBuffer, WrOff, RdOff, Flags.
constexpr std::size_t kIdSize = 16, kUpCount = 16, kDownCount = 20, kHeaderSize = 24, kRingSize = 24;
constexpr Address kWrOff = 12, kRdOff = 16;
constexpr std::uint32_t kMostChannels = 64;  // a direction; targets have three by default
constexpr std::size_t kSearchPiece = 1024;
constexpr std::size_t kLongestChannelName = 31;

// DDI 0403E B3.1: code, SRAM and RAM regions; all else are peripherals, devices and the system.
bool is_memory(const AddressRange& range) {
  return AddressRange{0, 0x40000000}.contains(range) || AddressRange{0x60000000, 0x40000000}.contains(range);
}

RttRing ring_at(ByteView block, std::size_t offset, Address address, RttDirection direction,
                unsigned number) {
  const auto field = [&](std::size_t n) { return load_le32(block, offset + 4 * n); };
  return {direction, number,  static_cast<Address>(address + offset), field(0), field(1), field(2), field(3),
          field(4),  field(5)};
}

bool has_id(ByteView bytes, const std::string& id) {
  return bytes.size() >= id.size() &&
         std::equal(id.begin(), id.end(), bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

}  // namespace

std::optional<std::string> RttRing::trouble(const AddressRange& control_block) const {
  const std::string who = fmt::format("{}-channel {}", direction == RttDirection::up ? "up" : "down", number);
  const AddressRange range{buffer, size};
  if (!is_memory(range)) {
    return fmt::format("{}: pBuffer {:#010x} with SizeOfBuffer {:#x} is no memory", who, buffer, size);
  }
  if (range.overlaps(control_block)) {
    return fmt::format("{}: pBuffer {:#010x} with SizeOfBuffer {:#x} lies over the control block", who,
                       buffer, size);
  }
  if (write_offset >= size) {
    return fmt::format("{}: WrOff {:#x} is not below SizeOfBuffer {:#x}", who, write_offset, size);
  }
  if (read_offset >= size) {
    return fmt::format("{}: RdOff {:#x} is not below SizeOfBuffer {:#x}", who, read_offset, size);
  }
  return {};
}

std::vector<Address> find_rtt_ids(MemPort& memory, const AddressRange& range, const std::string& id) {
  std::vector<Address> found;
  Bytes tail;  // an id may begin in one piece and end in the next
  std::uint64_t at = range.begin;
  const std::uint64_t end = std::min<std::uint64_t>(range.end(), 0x100000000ULL);
  while (at < end) {
    Bytes piece(std::min<std::uint64_t>(kSearchPiece - at % kSearchPiece, end - at));
    try {
      memory.read_bytes(static_cast<Address>(at), piece);
    } catch (const MemoryFault&) {
      break;
    }
    const std::uint64_t begin = at - tail.size();
    at += piece.size();
    tail.insert(tail.end(), piece.begin(), piece.end());
    for (auto from = tail.begin();; ++from) {
      from = std::search(from, tail.end(), id.begin(), id.end());
      if (from == tail.end()) break;
      found.push_back(static_cast<Address>(begin + static_cast<std::uint64_t>(from - tail.begin())));
    }
    const std::size_t keep = std::min(tail.size(), id.size() - 1);
    tail.erase(tail.begin(), tail.end() - static_cast<std::ptrdiff_t>(keep));
  }
  return found;
}

std::optional<RttControlBlock> read_rtt_control_block(MemPort& memory, Address address,
                                                      const std::string& id) {
  if (address % 4 != 0) return {};  // no compiler puts it there
  Bytes block(kHeaderSize);
  memory.read_bytes(address, block);
  if (!has_id(block, id)) return {};
  const std::uint32_t up = load_le32(block, kUpCount), down = load_le32(block, kDownCount);
  const auto check = [&](std::string_view field, std::uint32_t count) {
    if (count <= kMostChannels) return;
    throw TargetError(fmt::format("rtt: the control block at {:#010x} is none: {} is {:#x}, more than {}",
                                  address, field, count, kMostChannels));
  };
  check("MaxNumUpBuffers", up);
  check("MaxNumDownBuffers", down);
  const std::size_t size = kHeaderSize + kRingSize * (up + down);
  if (!is_memory({address, size})) return {};
  block.resize(size);
  memory.read_bytes(address + static_cast<Address>(kHeaderSize), ByteSpan(block).subspan(kHeaderSize));
  RttControlBlock result{{address, size}, {}, {}};
  for (std::uint32_t i = 0; i < up + down; ++i) {
    const bool is_up = i < up;
    (is_up ? result.up : result.down)
        .push_back(ring_at(block, kHeaderSize + kRingSize * i, address,
                           is_up ? RttDirection::up : RttDirection::down, is_up ? i : i - up));
  }
  return result;
}

// The target is told (RdOff) only when the bytes are here.
Bytes take_from_rtt(MemPort& memory, const RttRing& ring, std::size_t limit) {
  const std::uint32_t filled = ring.write_offset >= ring.read_offset
                                   ? ring.write_offset - ring.read_offset
                                   : ring.size - ring.read_offset + ring.write_offset;
  Bytes bytes(std::min<std::size_t>(filled, limit));
  if (bytes.empty()) return bytes;
  const std::size_t first = std::min<std::size_t>(bytes.size(), ring.size - ring.read_offset);
  memory.read_bytes(ring.buffer + ring.read_offset, ByteSpan(bytes).first(first));
  if (first < bytes.size()) memory.read_bytes(ring.buffer, ByteSpan(bytes).subspan(first));
  const auto after = static_cast<std::uint32_t>((ring.read_offset + bytes.size()) % ring.size);
  memory.write32(ring.descriptor + kRdOff, after);
  return bytes;
}

// One byte stays free: a full ring would look like an empty one.
std::size_t room_in_rtt(const RttRing& ring) {
  return (ring.size - 1 + ring.read_offset - ring.write_offset) % ring.size;
}

void put_into_rtt(MemPort& memory, const RttRing& ring, ByteView bytes) {
  if (bytes.empty()) return;
  const std::size_t first = std::min<std::size_t>(bytes.size(), ring.size - ring.write_offset);
  memory.write_bytes(ring.buffer + ring.write_offset, bytes.first(first));
  if (first < bytes.size()) memory.write_bytes(ring.buffer, bytes.subspan(first));
  const auto after = static_cast<std::uint32_t>((ring.write_offset + bytes.size()) % ring.size);
  memory.write32(ring.descriptor + kWrOff, after);
}

std::string rtt_ring_name(MemPort& memory, const RttRing& ring) {
  std::string name;
  if (ring.name == 0) return name;
  try {
    while (name.size() < kLongestChannelName) {
      const char c = static_cast<char>(memory.read8(ring.name + static_cast<Address>(name.size())));
      if (c == 0) break;
      name += c;
    }
  } catch (const MemoryFault&) {
    name.clear();
  }
  return name;
}

}  // namespace probity
