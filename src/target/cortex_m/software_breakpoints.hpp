// Breakpoints made by writing BKPT into RAM.
#pragma once

#include <map>
#include <optional>

#include "adapter/mem_port.hpp"

namespace probity::cortex_m {

class SoftwareBreakpoints {
 public:
  explicit SoftwareBreakpoints(MemPort& memory) : memory_(memory) {}

  // Replaces the halfword at `address` (the first of a 32-bit instruction: the core looks no further).
  // TargetError where the memory cannot be read or does not keep what is written (flash).
  void set(Address address);
  // Gives the instruction back, unless something else was written there in the meantime.
  void clear(Address address);
  // What stood there.
  std::optional<std::uint16_t> replaced(Address address) const;
  bool is_set(Address address) const { return replaced(address).has_value(); }

 private:
  // Cortex-M7 may have the old instruction in its cache, which the debug port does not see.
  void invalidate_instruction_cache();
  MemPort& memory_;
  std::map<Address, std::uint16_t> patches_;
};

}  // namespace probity::cortex_m
