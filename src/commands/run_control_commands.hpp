// What the rows for a target's core share: run control, memory and registers work on the selected target, or
// on the one whose object they are called through ("stm32f4x.cpu mdw …").
#pragma once

#include "commands/row.hpp"
#include "target/target.hpp"

namespace probity {

// The call's target. TargetError where it has not been examined, with what to do.
Target& target_of(const Call& call);

}  // namespace probity
