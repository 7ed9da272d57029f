#include "adapter/dap_link.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity {

std::uint32_t DapLink::select_target(std::uint32_t targetsel, bool) {
  throw ConfigError(
      fmt::format("this probe cannot choose a target on a multi-drop SWD bus (-dp-id 0x{:08x} -instance-id "
                  "0x{:x}); a CMSIS-DAP, J-Link, FTDI or GPIO adapter can",
                  targetsel & 0x0FFFFFFFu, targetsel >> 28));
}

}  // namespace probity
