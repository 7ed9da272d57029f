#include "target/rtt/rtt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

namespace {

constexpr std::size_t kLongestId = 15;  // a 0 follows in the block's 16 bytes
constexpr Milliseconds kSearchPause{1000};
constexpr std::size_t kMostAtOnce = 65536;  // out of one ring in one look
constexpr unsigned kMostLooks = 16;         // in one turn

}  // namespace

Rtt::Rtt(MemPort& memory, Clock& clock, Log& log, RttSettings settings)
    : memory_(memory), clock_(clock), log_(log), settings_(std::move(settings)) {
  if (settings_.id.empty() || settings_.id.size() > kLongestId) {
    throw ConfigError(fmt::format("rtt: Invalid control block ID '{}': it has 1 to {} characters",
                                  settings_.id, kLongestId));
  }
}

bool Rtt::search() {
  searched_ = clock_.now();
  address_.reset();
  said_.clear();
  log_.debug("rtt: searching '{}' from {:#010x}, {} bytes", settings_.id, settings_.search.begin,
             settings_.search.size);
  for (const Address candidate : find_rtt_ids(memory_, settings_.search, settings_.id)) {
    try {
      if (!read_rtt_control_block(memory_, candidate, settings_.id)) continue;
    } catch (const TargetError& e) {
      log_.debug("{}", e.message());
      continue;
    } catch (const MemoryFault& e) {
      log_.debug("rtt: {:#010x} is none: {}", candidate, e.message());
      continue;
    }
    address_ = candidate;
    return true;
  }
  return false;
}

std::optional<RttControlBlock> Rtt::current() {
  if (!address_) return {};
  try {
    if (auto block = read_rtt_control_block(memory_, *address_, settings_.id)) return block;
  } catch (const TargetError& e) {
    log_.warn("{}", e.message());
  }
  log_.info("rtt: the control block at {:#010x} is gone; searching for another one", *address_);
  address_.reset();
  return {};
}

RttControlBlock Rtt::control_block() {
  auto block = current();
  if (!block) throw TargetError("rtt: Control block not available");
  return std::move(*block);
}

void Rtt::turn(std::span<RttClient* const> clients) {
  for (unsigned looks = 0; looks < kMostLooks; ++looks) {
    auto block = current();
    if (!block) {
      if (searched_ && clock_.now() - *searched_ < Nanoseconds(kSearchPause)) return;
      if (!search()) return;
      log_.info("rtt: Control block found at {:#x}", *address_);
      continue;
    }
    if (!carry(*block, clients)) return;
  }
}

bool Rtt::carry(const RttControlBlock& block, std::span<RttClient* const> clients) {
  const auto concerned = [&](const RttRing& ring) {
    return std::ranges::any_of(clients, [&](const RttClient* client) {
      return client->channel() == ring.number && client->wants();
    });
  };
  bool again = false;
  for (const RttRing& ring : block.up) {
    if (concerned(ring) && sound(ring, block)) again |= carry_up(ring, clients);
  }
  for (const RttRing& ring : block.down) {
    if (concerned(ring) && sound(ring, block)) carry_down(ring, clients);
  }
  return again;
}

bool Rtt::sound(const RttRing& ring, const RttControlBlock& block) {
  if (!ring.in_use()) return false;
  const auto trouble = ring.trouble(block.range);
  if (trouble && said_.insert(*trouble).second) log_.warn("rtt: {}; it is left alone", *trouble);
  return !trouble;
}

bool Rtt::carry_up(const RttRing& ring, std::span<RttClient* const> clients) {
  const Bytes bytes = take_from_rtt(memory_, ring, kMostAtOnce);
  if (bytes.empty()) return false;
  for (RttClient* client : clients) {
    if (client->channel() == ring.number && client->wants()) client->take(bytes);
  }
  return bytes.size() >= ring.size / 2;
}

void Rtt::carry_down(const RttRing& ring, std::span<RttClient* const> clients) {
  Bytes bytes;
  const std::size_t room = std::min(room_in_rtt(ring), kMostAtOnce);
  for (RttClient* client : clients) {
    if (client->channel() != ring.number || bytes.size() >= room) continue;
    const Bytes more = client->give(room - bytes.size());
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  put_into_rtt(memory_, ring, bytes);
}

}  // namespace probity
