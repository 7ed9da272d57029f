// The Data Watchpoint and Trace unit: its comparators as watchpoints. Sources: DDI 0403E C1.8 (Armv6-M:
// DDI 0419E C1.5, the same without data values), DDI 0553B D1.2.59 (Armv8-M, whose FUNCTION is another).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "adapter/mem_port.hpp"
#include "target/cortex_m/core_facts.hpp"
#include "target/target.hpp"

namespace probity::cortex_m {

// What one comparator holds.
struct DwtComparator {
  std::uint32_t comp = 0, mask = 0, function = 0;
  friend bool operator==(const DwtComparator&, const DwtComparator&) = default;
};

// What the comparators of a core can do, as examine() found.
struct DwtAbilities {
  bool v8m = false;
  std::vector<bool> values;  // of each comparator: it compares data (linked to another one's address)
  std::vector<bool> limits;  // Armv8-M: it may be the upper end of a range that the one before it begins
};

// The comparators for a watchpoint, the first address first: one; or two, where a value or an Armv8-M range
// needs them. `first` is the number of the comparator that holds the address.
std::vector<DwtComparator> dwt_comparators(const Watchpoint& watchpoint, bool v8m, unsigned first);

class WatchpointUnit {
 public:
  explicit WatchpointUnit(MemPort& memory) : memory_(memory) {}

  // Reads what there is, and disables comparators that an earlier debugger may have left enabled.
  // DEMCR.TRCENA must be set.
  void examine(const CoreFacts& facts);
  unsigned count() const { return static_cast<unsigned>(users_.size()); }

  // Nothing where it is set already. TargetError: no comparator free, or the unit cannot watch this.
  void set(const Watchpoint& watchpoint);
  // Whatever is set at this address.
  void clear(Address address);
  std::vector<Watchpoint> watchpoints() const;
  // Writes all comparators again, which a reset may have cleared.
  void restore();
  // Watches nothing until restore().
  void suspend();
  // Which one matched since this was last asked (MATCHED is cleared by reading).
  std::optional<Watchpoint> take_match();

 private:
  struct Active {
    Watchpoint watchpoint;
    std::vector<unsigned> comparators;  // numbers, as in dwt_comparators()
    // Its match stops the core; the other of a pair only says where.
    unsigned stopper() const { return watchpoint.value ? comparators.back() : comparators.front(); }
  };
  std::vector<unsigned> find_comparators(const Watchpoint& watchpoint) const;
  void program(const Active& active);
  void disable(const Active& active);
  [[noreturn]] void refuse(const Watchpoint& watchpoint, std::string_view why) const;

  MemPort& memory_;
  DwtAbilities abilities_;
  std::vector<bool> users_;  // of each comparator: taken
  std::vector<Active> active_;
};

}  // namespace probity::cortex_m
