// RTT with one target: finds the control block, and finds it again after a reset or a new program; carries
// bytes between its channels and who wants them. Works on the running core, through its memory alone.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "target/rtt/control_block.hpp"

namespace probity {

struct RttSettings {
  AddressRange search;
  std::string id = "SEGGER RTT";  // 1 to 15 characters
};

// One end of a channel, up and down.
class RttClient {
 public:
  virtual ~RttClient() = default;
  virtual unsigned channel() const = 0;
  // Without anybody who wants them, bytes stay in the target's ring.
  virtual bool wants() const = 0;
  virtual void take(ByteView bytes) = 0;
  // What is to go to the target, at most `room` bytes.
  virtual Bytes give(std::size_t room) = 0;
};

class Rtt {
 public:
  // `memory`, `clock` and `log` must outlive it. ConfigError where the id is too long or empty.
  Rtt(MemPort& memory, Clock& clock, Log& log, RttSettings settings);

  // Searches now. False: there is none, or none that is sound; the log says so.
  bool search();
  bool found() const { return address_.has_value(); }
  // As it is now; TargetError where there is none.
  RttControlBlock control_block();
  std::string name_of(const RttRing& ring) { return rtt_ring_name(memory_, ring); }

  // Moves what there is to move. Searches anew, at most once a second, where the block is not (any more)
  // there.
  void turn(std::span<RttClient* const> clients);

 private:
  // Whether rings were so full that another look pays at once.
  bool carry(const RttControlBlock& block, std::span<RttClient* const> clients);
  bool carry_up(const RttRing& ring, std::span<RttClient* const> clients);
  void carry_down(const RttRing& ring, std::span<RttClient* const> clients);
  bool sound(const RttRing& ring, const RttControlBlock& block);
  std::optional<RttControlBlock> current();

  MemPort& memory_;
  Clock& clock_;
  Log& log_;
  RttSettings settings_;
  std::optional<Address> address_;
  std::optional<Nanoseconds> searched_;
  std::set<std::string> said_;  // warnings since the block was found, each once
};

}  // namespace probity
