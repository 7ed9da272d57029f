// Recognises a polling loop: turns that begin with the same registers, changed nothing, and read the same
// values. Such a turn repeats exactly until something outside the core changes, so whole turns can be skipped
// up to then.
#pragma once

#include <array>
#include <cstdint>

namespace probity::vboard::armv7m {

class PollDetector {
 public:
  // What one turn's end looks like: registers, flags and where it jumps to.
  struct State {
    std::array<std::uint32_t, 15> r{};
    std::uint32_t target = 1, flags = 0;
    bool operator==(const State&) const = default;
  };
  enum class Turn : std::uint8_t { different, same_state, repeated };

  // The core changed memory or a register with side effects, or read one that changes by itself.
  void note_change() { changed_ = true; }
  void note_read(std::uint32_t address, std::uint32_t value) {
    reads_ = (reads_ ^ address ^ (std::uint64_t{value} << 32)) * 0x9E3779B97F4A7C15u;
    reads_ ^= reads_ >> 29;
  }
  // Something outside may have changed: forget the turns seen.
  void forget() {
    state_.target = 1;
    turns_ = 0;
  }

  // At the end of a turn. `repeated`: this turn and the one before read the same from the bus, and the last
  // took turn_cycles().
  Turn end_of_turn(const State& state, std::uint64_t now) {
    const bool same = !changed_ && state == state_;
    const bool same_reads = reads_ == last_reads_;
    turn_cycles_ = now - last_end_;
    last_end_ = now;
    last_reads_ = reads_;
    reads_ = 0;
    changed_ = false;
    if (!same) {
      state_ = state;
      turns_ = 0;
      return Turn::different;
    }
    ++turns_;
    return turns_ > 1 && same_reads ? Turn::repeated : Turn::same_state;
  }
  std::uint64_t turn_cycles() const { return turn_cycles_; }
  void skipped_to(std::uint64_t now) { last_end_ = now; }

  std::uint64_t valid_until = 0;  // the bus's next event as asked in the turn before

 private:
  State state_;
  bool changed_ = false;
  unsigned turns_ = 0;
  std::uint64_t reads_ = 0, last_reads_ = 0, turn_cycles_ = 0, last_end_ = 0;
};

}  // namespace probity::vboard::armv7m
