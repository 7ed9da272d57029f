// The pins of a QUADSPI or OCTOSPI with up to two flashes: commands go to all that are selected, data to and
// from each by itself. A pin that nobody drives reads 1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "vboard/chip/nor/nor_flash.hpp"

namespace probity::vboard {

// How bits travel: on 0 (not at all), 1, 2, 4 or 8 lines, at one edge of the clock or both.
struct QspiLines {
  unsigned lines = 0;
  bool both_edges = false;
  // Clocks that `bits` take.
  unsigned clocks(unsigned bits) const;
};

class QspiWire {
 public:
  // Null: nothing is connected. They must outlive the wire.
  void attach(unsigned index, NorFlash* flash) { flashes_[index] = flash; }

  // `swapped`: with eight lines and both edges the second byte of a pair is on the bus first.
  void select(bool first, bool second, bool swapped);
  void deselect();
  // Until when nothing that they answer changes by itself, selected or not; nothing: for good.
  std::optional<Nanoseconds> quiet_until() const;
  // The low `bits` of `value`, the highest first, to all.
  void send(std::uint64_t value, unsigned bits, QspiLines how);
  void idle(unsigned clocks);
  void send_byte(unsigned index, std::uint8_t value, QspiLines how);
  // `strobed`: what comes with DQS, however late.
  std::uint8_t receive_byte(unsigned index, QspiLines how, bool strobed);

 private:
  NorFlash* selected(unsigned index) const { return selected_[index] ? flashes_[index] : nullptr; }
  IoClock sample(NorFlash& flash, bool strobed);

  std::array<NorFlash*, 2> flashes_{};
  std::array<bool, 2> selected_{};
  // Eight lines, both edges: the byte of a pair that waits for the other.
  std::array<std::optional<std::uint8_t>, 2> half_sent_{}, half_received_{};
  bool swapped_ = false;
};

}  // namespace probity::vboard
