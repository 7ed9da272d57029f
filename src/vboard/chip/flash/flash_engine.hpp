// The part of flash operations that all generations share: an operation takes its time on the chip's clock,
// its effect on the cells is complete when it ends; it may be cut short, or struck by the fault plan.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"

namespace probity::vboard {

struct CellRange {
  std::uint32_t offset = 0, size = 0;  // bytes
};

struct FlashOperation {
  std::vector<CellRange> erased;  // set to the erased value
  std::uint32_t offset = 0;       // where `programmed` goes
  Bytes programmed;               // clears bits, sets none (sets, where the erased value is 0)
  // Runs when it ends, after the cells have changed: flags, option bytes …
  std::function<void()> done = [] {};
  // Of what the reads stall or have changed meanwhile, beside `erased`; told to FlashSurroundings::changed.
  std::vector<CellRange> affected;
};

class FlashEngine {
 public:
  // `cells` (NonVolatile::cells) and `around` must outlive it. `erased_value` 0xFF, or 0x00 (L0, L1). `base`:
  // the address of offset 0, in which a fault plan counts.
  FlashEngine(Bytes& cells, std::uint8_t erased_value, std::uint32_t base, FlashSurroundings& around);

  // A fault of the plan may leave BSY stuck, one cell with its low bit, or take the supply away.
  void start(FlashOperation operation, Nanoseconds duration);
  // Carries out what is due, first.
  bool busy();
  // Is something of [offset, offset + size) under way? (A bank that is idle can be read while the other one
  // is busy.)
  bool affects(std::uint32_t offset, std::uint32_t size);
  void settle();
  std::optional<Nanoseconds> busy_until() const;
  // A reset in the middle: the first half of each range erased, every other bit programmed, `done` not run.
  // The manuals leave the content undefined; this is repeatable. BSY is free again.
  void cut_short();

 private:
  struct Running {
    FlashOperation operation;
    Nanoseconds end{0};
    bool bsy_stuck = false;
    std::optional<std::uint32_t> stuck_cell;  // offset of a cell that keeps its low bit
  };
  void apply(const Running& running);
  void apply_half(const FlashOperation& operation);
  void announce(const FlashOperation& operation);
  void program(std::uint32_t offset, std::uint8_t value);

  Bytes& cells_;
  std::uint8_t erased_;
  std::uint32_t base_;
  FlashSurroundings& around_;
  std::optional<Running> running_;
  bool bsy_stuck_ = false;
};

}  // namespace probity::vboard
