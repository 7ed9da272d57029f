// Programming by code in RAM, for controllers that take data through registers of their own: a loop that
// waits for units of data in a ring, and a driver's few instructions that program one unit. (Controllers that
// are written to in place have stream.hpp.)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "target/target.hpp"

namespace probity {

// Armv6-M instructions that program the `unit` bytes at r5 to the address r2, wait for the end, add `unit` to
// r5 and r2, and return with r3 = 0; or with r3 = what the controller's status says and r2 as it was. They
// find `argument` in r1, may use r3, r4, r6 and r7, and begin at a multiple of 4.
struct UnitRoutine {
  std::span<const std::uint16_t> code;
  std::uint32_t unit = 4;  // bytes, a multiple of 4
  std::uint32_t argument = 0;
  Nanoseconds typical{0}, limit{0};  // how long a unit takes
};

// The routine gave up: r3, and what it was at.
struct UnitFailure {
  std::uint32_t status = 0;
  Address address = 0;
};

class UnitLoader {
 public:
  // Null where the work area is missing or too small. `bytes`: how much there is to program.
  static std::unique_ptr<UnitLoader> load(Target& target, const UnitRoutine& routine, std::size_t bytes);

  // The core must be halted, and is afterwards, with its registers as they were. `data` and `address` are
  // multiples of the unit. TimeoutError and TargetError where the code does not get on.
  std::optional<UnitFailure> program(Address address, ByteView data, Clock& clock, std::string_view what);

 private:
  UnitLoader(Target& target, const UnitRoutine& routine, std::unique_ptr<WorkArea> area);
  struct State;
  State poll();
  Algorithm prepare(Address address);  // of the loop, its block set up for an empty ring
  void put(ByteView data);
  void publish(std::uint32_t write);
  std::optional<UnitFailure> feed(ByteView data, Clock& clock, std::string_view what);
  std::uint32_t queued() const;

  Target& target_;
  UnitRoutine routine_;
  std::unique_ptr<WorkArea> area_;
  Address block_ = 0, ring_ = 0, stack_top_ = 0;
  std::uint32_t ring_size_ = 0;
  std::uint32_t read_ = 0, written_ = 0;  // offsets into the ring
};

}  // namespace probity
