#include "vboard/core/dwt_packets.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard::armv7m {
namespace {

// DWT_CTRL (C1.8.7).
constexpr Field CYCCNTENA{"CYCCNTENA", 0}, POSTPRESET{"POSTPRESET", 1, 4}, POSTINIT{"POSTINIT", 5, 4},
    CYCTAP{"CYCTAP", 9}, SYNCTAP{"SYNCTAP", 10, 2}, PCSAMPLENA{"PCSAMPLENA", 12}, EXCTRCENA{"EXCTRCENA", 16},
    CYCEVTENA{"CYCEVTENA", 22};

// Packet ids (D4.3.1).
constexpr unsigned kEventCounter = 0, kExceptionTrace = 1, kPcSample = 2;
constexpr std::uint32_t kCycleEvent = 1u << 5;

// The times at which bit `bit` of a counter that is `count` at `time` changes next.
std::uint64_t next_change(std::uint32_t count, std::uint64_t time, unsigned bit) {
  const std::uint32_t period = 1u << bit;
  return time + (period - count % period);
}

}  // namespace

bool DwtPackets::ticks() const {
  return CYCCNTENA.is_set(control_) && (PCSAMPLENA.is_set(control_) || CYCEVTENA.is_set(control_));
}

std::uint64_t DwtPackets::tap_period() const { return CYCTAP.is_set(control_) ? 1024 : 64; }

void DwtPackets::configure(std::uint32_t control, std::uint32_t count, std::uint64_t time) {
  const bool before = ticks();
  control_ = control;
  if (!before) postcount_ = POSTINIT.get(control);
  next_tick_ = ticks() ? next_change(count, time, CYCTAP.is_set(control) ? 10 : 6) : kNever;
  const unsigned tap = SYNCTAP.get(control);  // 1, 2, 3: bit 24, 26, 28 of CYCCNT
  const bool syncs = tap != 0 && CYCCNTENA.is_set(control);
  next_sync_ = syncs ? next_change(count, time, 22 + 2 * tap) : kNever;
}

std::uint64_t DwtPackets::due() const {
  if (next_tick_ == kNever) return next_sync_;
  return std::min(next_tick_ + postcount_ * tap_period(), next_sync_);
}

void DwtPackets::run(Itm& itm, std::uint64_t time, std::uint64_t now, bool sleeping, std::uint32_t pc) {
  if (next_sync_ <= time) {
    const std::uint64_t period = std::uint64_t{1} << (22 + 2 * SYNCTAP.get(control_));
    next_sync_ += (time - next_sync_) / period * period + period;
    itm.synchronise(now);
  }
  while (next_tick_ <= time) {
    next_tick_ += tap_period();
    if (postcount_-- != 0) continue;
    postcount_ = POSTPRESET.get(control_);
    if (CYCEVTENA.is_set(control_)) itm.hardware_packet(kEventCounter, kCycleEvent, 1, now);
    if (PCSAMPLENA.is_set(control_)) itm.hardware_packet(kPcSample, sleeping ? 0 : pc, sleeping ? 1 : 4, now);
  }
}

void DwtPackets::exception(Itm& itm, ExceptionStep step, unsigned number, std::uint64_t now) const {
  if (!EXCTRCENA.is_set(control_)) return;
  itm.hardware_packet(kExceptionTrace, number | static_cast<std::uint32_t>(step) << 12, 2, now);
}

}  // namespace probity::vboard::armv7m
