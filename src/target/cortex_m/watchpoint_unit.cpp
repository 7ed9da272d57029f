#include "target/cortex_m/watchpoint_unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/errors.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr Address kBytesEach = 16;               // COMPn, MASKn, FUNCTIONn and a gap
constexpr std::uint32_t kLongestMasked = 32768;  // DDI 0403E C1.8.16: at least 15 bits on all cores so far
constexpr Field kMatched{"MATCHED", 24};         // both architectures
constexpr Field kDataVSize{"DATAVSIZE", 10, 2};  // both: log2(bytes)

// DDI 0403E C1.8.17
namespace v7m {
constexpr Field FUNCTION{"FUNCTION", 0, 4};
constexpr Field DATAVMATCH{"DATAVMATCH", 8};
constexpr Field DATAVADDR0{"DATAVADDR0", 12, 4};
constexpr Field DATAVADDR1{"DATAVADDR1", 16, 4};
constexpr std::uint32_t kRead = 5, kWrite = 6, kAccess = 7;
}  // namespace v7m

// DDI 0553B D1.2.59
namespace v8m {
constexpr Field MATCH{"MATCH", 0, 4};
constexpr Field ACTION{"ACTION", 4, 2};
constexpr Field ID{"ID", 27, 5};
constexpr std::uint32_t kAccess = 4, kWrite = 5, kRead = 6, kLimit = 7, kLinkedValue = 11;
constexpr std::uint32_t kDebugEvent = 1;
constexpr std::uint32_t kIdLimit = 0x10, kIdValue = 0x04;
}  // namespace v8m

std::uint32_t function_of(WatchAccess access, std::uint32_t read, std::uint32_t write, std::uint32_t both) {
  switch (access) {
    case WatchAccess::read:
      return read;
    case WatchAccess::write:
      return write;
    case WatchAccess::access:
      return both;
  }
  return both;
}

std::uint32_t log2_of(std::uint32_t length) { return static_cast<std::uint32_t>(std::countr_zero(length)); }

// DDI 0403E C1.8.16: a value of fewer than 32 bits is repeated over the word.
std::uint32_t repeated(std::uint32_t value, std::uint32_t length) {
  if (length == 1) return (value & 0xFF) * 0x01010101u;
  if (length == 2) return (value & 0xFFFF) * 0x00010001u;
  return value;
}

std::string describe(const Watchpoint& w) {
  constexpr std::string_view kNames[] = {"read", "write", "access"};
  return fmt::format("{} watchpoint at {:#010x}", kNames[static_cast<unsigned>(w.access)], w.address);
}

}  // namespace

std::vector<DwtComparator> dwt_comparators(const Watchpoint& w, bool v8, unsigned first) {
  if (!v8) {
    const std::uint32_t function =
        v7m::FUNCTION.of(function_of(w.access, v7m::kRead, v7m::kWrite, v7m::kAccess));
    if (!w.value) return {{w.address, log2_of(w.length), function}};
    // The address comparator is off by itself; the one with the value asks it.
    return {{w.address, log2_of(w.length), 0},
            {repeated(*w.value, w.length), 0,
             function | v7m::DATAVMATCH.mask() | kDataVSize.of(log2_of(w.length)) |
                 v7m::DATAVADDR0.of(first) | v7m::DATAVADDR1.of(first)}};
  }
  const std::uint32_t match = v8m::MATCH.of(function_of(w.access, v8m::kRead, v8m::kWrite, v8m::kAccess));
  const std::uint32_t stop = v8m::ACTION.of(v8m::kDebugEvent);
  if (w.value) {
    const std::uint32_t size = kDataVSize.of(log2_of(w.length));
    return {{w.address, 0, match | size},
            {repeated(*w.value, w.length), 0, v8m::MATCH.of(v8m::kLinkedValue) | stop | size}};
  }
  if (w.length <= 4) return {{w.address, 0, match | stop | kDataVSize.of(log2_of(w.length))}};
  return {{w.address, 0, match | stop}, {w.address + (w.length - 1), 0, v8m::MATCH.of(v8m::kLimit)}};
}

void WatchpointUnit::examine(const CoreFacts& facts) {
  const unsigned count = DWT_CTRL::NUMCOMP.get(memory_.read32(DWT_CTRL::kAddress));
  abilities_ = {facts.is_v8m(), std::vector<bool>(count), std::vector<bool>(count)};
  users_.assign(count, false);
  active_.clear();
  std::vector<WordAccess> batch;
  // Whether a comparator of Armv7-M takes values shows when it is asked to (DDI 0403E C1.8.17: DATAVMATCH
  // reads as zero where it cannot); Armv8-M has an ID.
  const std::uint32_t ask = abilities_.v8m || !facts.is_mainline() ? 0 : v7m::DATAVMATCH.mask();
  for (unsigned i = 0; i < count; ++i) {
    const Address function = kDWT_COMP0 + kBytesEach * i + 8;
    batch.push_back(WordAccess::store(function, ask));
    batch.push_back(WordAccess::load(function));
    batch.push_back(WordAccess::store(function, 0));
  }
  memory_.run(batch);
  for (unsigned i = 0; i < count; ++i) {
    const std::uint32_t function = batch[3 * i + 1].value;
    const std::uint32_t id = v8m::ID.get(function);
    abilities_.values[i] = abilities_.v8m ? (id & v8m::kIdValue) != 0 : (function & ask) != 0;
    abilities_.limits[i] = abilities_.v8m && (id & v8m::kIdLimit) != 0;
  }
}

void WatchpointUnit::refuse(const Watchpoint& watchpoint, std::string_view why) const {
  throw TargetError(fmt::format("can't add {}, resource not available: {}", describe(watchpoint), why));
}

// Free comparators that can do it, a plain one rather than one with abilities that another watchpoint may
// need.
std::vector<unsigned> WatchpointUnit::find_comparators(const Watchpoint& w) const {
  const unsigned all = count();
  const auto free = [&](unsigned i) { return i < all && !users_[i]; };
  if (abilities_.v8m && (w.value || w.length > 4)) {
    const std::vector<bool>& able = w.value ? abilities_.values : abilities_.limits;
    for (unsigned i = 0; i + 1 < all; ++i) {
      if (free(i) && free(i + 1) && able[i + 1]) return {i, i + 1};
    }
    return {};
  }
  std::vector<unsigned> found;
  for (const bool plain : {true, false}) {
    for (unsigned i = 0; i < all && found.empty(); ++i) {
      if (free(i) && plain != (abilities_.values[i] || abilities_.limits[i])) found.push_back(i);
    }
  }
  if (!w.value || found.empty()) return found;
  for (unsigned i = 0; i < all; ++i) {
    if (free(i) && i != found[0] && abilities_.values[i]) return {found[0], i};
  }
  return {};
}

void WatchpointUnit::set(const Watchpoint& w) {
  for (const Active& active : active_) {
    if (active.watchpoint.address != w.address) continue;
    if (active.watchpoint == w) return;
    throw TargetError(
        fmt::format("address {:#010x} already has watchpoint {}", w.address, active.comparators.front()));
  }
  if (w.length == 0 || !std::has_single_bit(w.length) || w.length > kLongestMasked) {
    refuse(w, fmt::format("unsupported watchpoint length {}; it must be a power of two up to {}", w.length,
                          kLongestMasked));
  }
  if (w.address % w.length != 0) {
    refuse(w, fmt::format("watchpoint address is unaligned; with length {} it must be a multiple of it",
                          w.length));
  }
  if (w.value && w.length > 4) refuse(w, "a value can be watched in 1, 2 or 4 bytes only");
  const std::uint32_t whole = w.length >= 4 ? 0xFFFFFFFF : (1u << (8 * w.length)) - 1;
  if (w.value && (w.mask & whole) != whole) refuse(w, "watchpoint value masks not supported by the DWT");
  const Active active{w, find_comparators(w)};
  if (active.comparators.empty()) {
    if (w.value && std::ranges::find(abilities_.values, true) == abilities_.values.end()) {
      refuse(w, "this core's DWT does not compare data values");
    }
    std::string users;
    for (const Active& other : active_) users += (users.empty() ? "" : ", ") + describe(other.watchpoint);
    refuse(w, fmt::format("no free comparators{} of the DWT's {}; in use: {}", w.value ? " for a value" : "",
                          count(), users.empty() ? "none" : users));
  }
  program(active);
  for (const unsigned i : active.comparators) users_[i] = true;
  active_.push_back(active);
}

// The one that stops the core last, so that it finds the other in place.
void WatchpointUnit::program(const Active& active) {
  const auto values = dwt_comparators(active.watchpoint, abilities_.v8m, active.comparators.front());
  std::vector<WordAccess> batch;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Address base = kDWT_COMP0 + kBytesEach * active.comparators[i];
    batch.push_back(WordAccess::store(base, values[i].comp));
    if (!abilities_.v8m) batch.push_back(WordAccess::store(base + 4, values[i].mask));
  }
  const auto start = [&](unsigned comparator) {
    const auto place = std::ranges::find(active.comparators, comparator) - active.comparators.begin();
    const DwtComparator& value = values[static_cast<std::size_t>(place)];
    batch.push_back(WordAccess::store(kDWT_COMP0 + kBytesEach * comparator + 8, value.function));
  };
  for (const unsigned comparator : active.comparators) {
    if (comparator != active.stopper()) start(comparator);
  }
  start(active.stopper());
  memory_.run(batch);
}

void WatchpointUnit::disable(const Active& active) {
  std::vector<WordAccess> batch;
  for (const unsigned i : active.comparators) {
    batch.push_back(WordAccess::store(kDWT_COMP0 + kBytesEach * i + 8, 0));
  }
  memory_.run(batch);
}

void WatchpointUnit::suspend() {
  for (const Active& active : active_) disable(active);
}

void WatchpointUnit::clear(Address address) {
  const auto active =
      std::ranges::find(active_, address, [](const Active& a) { return a.watchpoint.address; });
  if (active == active_.end()) return;
  disable(*active);
  for (const unsigned i : active->comparators) users_[i] = false;
  active_.erase(active);
}

std::vector<Watchpoint> WatchpointUnit::watchpoints() const {
  std::vector<Watchpoint> all;
  for (const Active& active : active_) all.push_back(active.watchpoint);
  return all;
}

void WatchpointUnit::restore() {
  for (const Active& active : active_) program(active);
}

std::optional<Watchpoint> WatchpointUnit::take_match() {
  std::vector<WordAccess> batch;
  for (const Active& active : active_) {
    batch.push_back(WordAccess::load(kDWT_COMP0 + kBytesEach * active.stopper() + 8));
  }
  memory_.run(batch);
  for (std::size_t i = 0; i < active_.size(); ++i) {
    if (kMatched.is_set(batch[i].value)) return active_[i].watchpoint;
  }
  return {};
}

}  // namespace probity::cortex_m
