#include "vboard/core/itm.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/bits.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Offset : std::uint32_t { kTer = 0xE00, kTpr = 0xE40, kTcr = 0xE80, kLar = 0xFB0, kLsr = 0xFB4 };
constexpr std::uint32_t kStimulusEnd = 0x80;
constexpr std::uint32_t kUnlockKey = 0xC5ACCE55;  // CoreSight architecture, lock access register

// ITM_TCR (C1.7.6).
constexpr Field ITMENA{"ITMENA", 0}, TSENA{"TSENA", 1}, SYNCENA{"SYNCENA", 2}, TXENA{"TXENA", 3};
constexpr Field TSPrescale{"TSPrescale", 8, 2}, TraceBusID{"TraceBusID", 16, 7}, BUSY{"BUSY", 23};
constexpr std::uint32_t kTcrWritable = 0x007F031F;

constexpr std::uint8_t kOverflow = 0x70;
constexpr std::array<std::uint8_t, 6> kSync{0, 0, 0, 0, 0, 0x80};  // 47 zeros and a one
constexpr std::size_t kLongestSource = 5;

// The two low bits of a source packet's header (D4.2.3).
std::uint8_t size_code(unsigned size) { return size == 4 ? 3 : static_cast<std::uint8_t>(size); }

}  // namespace

bool Itm::on() const { return trace_enabled_ && ITMENA.is_set(tcr_); }
unsigned Itm::bus_id() const { return TraceBusID.get(tcr_); }

std::uint32_t Itm::read(std::uint32_t offset) const {
  if (!trace_enabled_) return 0;
  if (offset < kStimulusEnd)
    return port_enabled(offset / 4) && has_room(kLongestSource) ? 1 : 0;  // FIFOREADY
  switch (offset) {
    case kTer:
      return ter_;
    case kTpr:
      return tpr_;
    case kTcr:
      return tcr_ | BUSY.of(fifo_.empty() ? 0 : 1);
    case kLsr:
      return unlocked_ ? 1 : 3;  // SLI; SLK
    default:
      return 0;
  }
}

void Itm::write(std::uint32_t offset, unsigned size, std::uint32_t value, bool privileged,
                std::uint64_t now) {
  if (!trace_enabled_) return;
  if (offset >= kStimulusEnd) return write_control(offset, value, privileged, now);
  const unsigned port = offset / 4;
  const bool reserved = (tpr_ >> port / 8 & 1) != 0;
  if (!port_enabled(port) || (reserved && !privileged)) return;
  source_packet(static_cast<std::uint8_t>(port << 3), value, size, now);
}

void Itm::write_control(std::uint32_t offset, std::uint32_t value, bool privileged, std::uint64_t now) {
  if (offset == kLar && privileged) unlocked_ = value == kUnlockKey;
  if (!unlocked_) return;
  if (offset == kTer) {
    std::uint32_t mine = 0xFFFFFFFF;
    for (unsigned group = 0; group < 4 && !privileged; ++group) {
      if ((tpr_ >> group & 1) != 0) mine &= ~(0xFFu << 8 * group);
    }
    ter_ = (ter_ & ~mine) | (value & mine);
  }
  if (!privileged) return;
  if (offset == kTpr) tpr_ = value & 0xF;
  if (offset == kTcr) {
    const bool sync_before = on() && SYNCENA.is_set(tcr_);
    if (!TSENA.is_set(tcr_) || !ITMENA.is_set(tcr_)) stamped_at_ = now;
    tcr_ = value & kTcrWritable;
    if (!sync_before) synchronise(now);
  }
}

bool Itm::push(std::span<const std::uint8_t> packet, std::uint64_t now) {
  if (!has_room(packet.size() + (overflowed_ ? 1 : 0))) {
    overflowed_ = true;
    return false;
  }
  if (overflowed_) fifo_.push_back({kOverflow, now});
  overflowed_ = false;
  for (const std::uint8_t byte : packet) fifo_.push_back({byte, now});
  return true;
}

void Itm::source_packet(std::uint8_t header, std::uint32_t payload, unsigned size, std::uint64_t now) {
  std::array<std::uint8_t, kLongestSource> packet{static_cast<std::uint8_t>(header | size_code(size))};
  for (unsigned i = 0; i < size; ++i) packet[1 + i] = static_cast<std::uint8_t>(payload >> 8 * i);
  if (push(std::span(packet).first(1 + size), now) && TSENA.is_set(tcr_)) timestamp(now);
}

void Itm::hardware_packet(unsigned id, std::uint32_t payload, unsigned size, std::uint64_t now) {
  if (on() && TXENA.is_set(tcr_)) source_packet(static_cast<std::uint8_t>(id << 3 | 4), payload, size, now);
}

void Itm::synchronise(std::uint64_t now) {
  if (on() && SYNCENA.is_set(tcr_)) push(kSync, now);
}

// Local timestamps, synchronous with their packet (D4.2.4): one byte for 1 to 6, else 7 bits a byte.
void Itm::timestamp(std::uint64_t now) {
  constexpr std::array<unsigned, 4> kShift{0, 2, 4, 6};  // TSPrescale: 1, 4, 16, 64
  constexpr std::uint64_t kLargest = (1u << 28) - 1;
  const std::uint64_t count = std::min((now - stamped_at_) >> kShift[TSPrescale.get(tcr_)], kLargest);
  stamped_at_ = now;
  std::vector<std::uint8_t> packet;
  if (count >= 1 && count <= 6) {
    packet.push_back(static_cast<std::uint8_t>(count << 4));
  } else {
    packet.push_back(0xC0);
    for (std::uint64_t rest = count;; rest >>= 7) {
      packet.push_back(static_cast<std::uint8_t>((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
      if (rest <= 0x7F) break;
    }
  }
  push(packet, now);
}

}  // namespace probity::vboard::armv7m
