// The Flash Patch and Breakpoint unit (BPU on Armv6-M): its comparators as hardware breakpoints.
// Source: DDI 0403E C1.11 (revision 1), DDI 0553B D1.2.98 (revision 2).
#pragma once

#include <optional>
#include <vector>

#include "adapter/mem_port.hpp"

namespace probity::cortex_m {

// The comparator's value for a breakpoint on the halfword at `address`; nothing where this revision can't
// reach it.
std::optional<std::uint32_t> comparator_value(unsigned revision, Address address);

class BreakpointUnit {
 public:
  explicit BreakpointUnit(MemPort& memory) : memory_(memory) {}

  // Reads FP_CTRL and disables comparators that an earlier debugger may have left enabled.
  void examine();
  unsigned count() const { return static_cast<unsigned>(slots_.size()); }
  unsigned revision() const { return revision_; }
  bool reaches(Address address) const { return comparator_value(revision_, address).has_value(); }
  bool has_free() const;
  bool is_set(Address address) const { return comparator_of(address).has_value(); }
  // Which comparator holds it.
  std::optional<unsigned> comparator_of(Address address) const;

  // TargetError: no comparator free, or out of reach.
  void set(Address address);
  void clear(Address address);
  // Writes all comparators again, which a reset may have cleared.
  void restore();
  // Stops nowhere until restore().
  void suspend();

 private:
  MemPort& memory_;
  unsigned revision_ = 0;
  std::vector<std::optional<Address>> slots_;
};

}  // namespace probity::cortex_m
