// Where a program spends its time: its pc, looked at again and again, as a histogram that gprof reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "target/target.hpp"

namespace probity {

struct ProfileSamples {
  std::vector<Address> pcs;
  Nanoseconds duration{0};
};

// Looks at the pc for so long: through DWT_PCSR, which does not disturb the program, or, where the core has
// none, by halting and resuming it. The target runs meanwhile, and is afterwards as it was.
ProfileSamples sample_pc(Target& target, Clock& clock, Log& log, Nanoseconds duration);

// gmon.out of the samples within `range` (begin and size; default: from the lowest to the highest of them).
// ConfigError where there is none or the range is too small.
Bytes gmon_file(const ProfileSamples& samples, const std::optional<AddressRange>& range);

}  // namespace probity
