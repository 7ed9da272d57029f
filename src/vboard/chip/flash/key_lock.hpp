// A register lock that two keys open in order. Any wrong sequence returns a bus error and keeps it locked
// until the next reset (RM0090 3.6.1 for FLASH_CR, 3.7.2 for FLASH_OPTCR). Keys written to an open lock count
// as wrong.
#pragma once

#include <cstdint>

namespace probity::vboard {

class KeyLock {
 public:
  constexpr KeyLock(std::uint32_t key1, std::uint32_t key2) : key1_(key1), key2_(key2) {}
  // False: wrong sequence.
  bool write_key(std::uint32_t key) {
    if (state_ == State::locked && key == key1_) {
      state_ = State::half_open;
    } else if (state_ == State::half_open && key == key2_) {
      state_ = State::open;
    } else {
      state_ = State::dead;
      return false;
    }
    return true;
  }
  bool open() const { return state_ == State::open; }
  void lock() {
    if (state_ == State::open) state_ = State::locked;
  }
  void reset() { state_ = State::locked; }

 private:
  enum class State { locked, half_open, open, dead };
  std::uint32_t key1_, key2_;
  State state_ = State::locked;
};

}  // namespace probity::vboard
