#include "adapter/jlink/wire_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/errors.hpp"

namespace probity::jlink {

namespace {

constexpr std::size_t kMostBits = 0xFFF8;    // the message counts them in 16 bits; whole bytes
constexpr std::size_t kUsualBytes = 2048;    // of each vector: what every J-Link has room for
constexpr std::uint32_t kOwnNeeds = 16;      // bytes of the probe's memory beside the two vectors
constexpr std::uint32_t kLeastMemory = 143;  // for the longest SWD transfer; OpenOCD's limit
constexpr std::size_t kLeastBits = 8 * (143 - 16) / 2;

}  // namespace

WireLink::WireLink(Probe& probe, WireKind wire, Log& log) : probe_(probe), wire_(wire), log_(log) {
  measure_memory();
}

void WireLink::set_jtag_version(unsigned version) {
  if (wire_ == WireKind::jtag) version_ = version == 2 ? Command::io_v2 : Command::io_v3;
}

void WireLink::measure_memory() {
  std::size_t bytes = kUsualBytes;
  if (probe_.has(Capability::free_memory)) {
    const std::uint32_t free = probe_.execute(GetFreeMemory{});
    if (free < kLeastMemory)
      throw AdapterError(fmt::format("Not enough free device internal memory: {} bytes", free));
    bytes = (free - kOwnNeeds) / 2;
  }
  capacity_ = std::min(8 * bytes, kMostBits);
  log_.debug("J-Link: up to {} bits in a message", capacity_);
}

void WireLink::put(const BitVector& first, const BitVector& second) {
  first_.append(first);
  second_.append(second);
  if (first_.size() >= capacity_) flush();
}

void WireLink::swd_write(const BitVector& bits) { put(BitVector::repeat(true, bits.size()), bits); }

void WireLink::swd_read(std::size_t cycles, bool sample) {
  if (sample) wanted_.push_back({first_.size(), cycles});
  const BitVector none = BitVector::repeat(false, cycles);
  put(none, none);
}

void WireLink::jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) {
  if (sample_count > 0) wanted_.push_back({first_.size() + sample_begin, sample_count});
  put(stretch.tms, stretch.tdi);
}

BitVector WireLink::exchange(const BitVector& first, const BitVector& second) {
  const Milliseconds clocking(1000 * first.size() / std::max(speed_.value, 1u));
  BitVector levels;
  for (std::size_t at = 0; at < first.size();) {
    const std::size_t count = std::min(capacity_, first.size() - at);
    const bool whole = count == first.size();
    const BitVector a = whole ? first : first.slice(at, count), b = whole ? second : second.slice(at, count);
    const auto some = probe_.execute(WireIo{version_, a, b}, 2 * clocking);
    if (!some) {  // somebody else has taken memory: in smaller parts
      if (capacity_ / 2 < kLeastBits) throw AdapterError("J-Link: the probe has no memory left to work with");
      capacity_ /= 2;
      continue;
    }
    levels.append(*some);
    at += count;
  }
  return levels;
}

// SWDIO comes back as it is behind each rising edge, and so is what is read before the next one; TDO is read
// before the edge.
void WireLink::flush() {
  const BitVector first = std::exchange(first_, {}), second = std::exchange(second_, {});
  const std::vector<Range> wanted = std::exchange(wanted_, {});
  if (first.empty()) return;
  BitVector levels;
  if (wire_ == WireKind::swd) levels.push(level_);
  levels.append(exchange(first, second));
  level_ = levels[levels.size() - 1];
  for (const Range& range : wanted) sampled_.append(levels.slice(range.begin, range.count));
}

// What was sampled before a failure is nobody's.
BitVector WireLink::collect() {
  try {
    flush();
  } catch (...) {
    sampled_ = {};
    throw;
  }
  return std::exchange(sampled_, {});
}

}  // namespace probity::jlink
