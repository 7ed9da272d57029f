#include "flash/stm32/option_load.hpp"

#include <string>

#include "base/errors.hpp"

namespace probity::stm32 {

void wait_until_reloaded(Target& target, Clock& clock, Nanoseconds limit, const std::function<void()>& look) {
  const Deadline deadline(clock, limit, "the chip to answer after it loaded its option bytes");
  std::string why;
  for (;;) {
    deadline.check(why);
    clock.sleep(Milliseconds(10));
    try {
      if (target.poll() != TargetState::reset) return look();
      why = "the core is still in reset";
    } catch (const DeviceGone&) {
      throw;
    } catch (const Error& e) {
      why = e.message();
    }
  }
}

}  // namespace probity::stm32
