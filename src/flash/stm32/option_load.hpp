// What follows when a chip loads its option bytes (OBL_LAUNCH), which resets it.
#pragma once

#include <functional>

#include "base/clock.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

// Waits until the core is out of that reset and `look`, which may ask the chip for more, throws no Error.
// TimeoutError after `limit`, with what was in the way last; DeviceGone at once.
void wait_until_reloaded(Target& target, Clock& clock, Nanoseconds limit, const std::function<void()>& look);

}  // namespace probity::stm32
