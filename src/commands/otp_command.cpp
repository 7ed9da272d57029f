#include "commands/otp_command.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_support.hpp"

namespace probity {

std::string otp_state(const stm32::OtpBank& area, std::size_t number) {
  return fmt::format("OTP memory bank #{} is {} for write commands.", number,
                     area.writes_enabled() ? "enabled" : "disabled");
}

std::string otp_command(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto [bank, number] = flash_support::bank_of(call.session, call.args[0]);
  auto* area = dynamic_cast<stm32::OtpBank*>(&bank);
  if (area == nullptr) throw UsageError("the specified bank is not an OTP memory");
  const std::size_t what = args::one_of(call.args[1], {"enable", "disable", "show"});
  if (what == 2) return otp_state(*area, number);
  const bool on = what == 0;
  call.session.log().info("OTP memory (bank #{}) is {}{} for write commands", number,
                          area->writes_enabled() == on ? "already " : "", on ? "enabled" : "disabled");
  area->enable_writes(on);
  return {};
}

}  // namespace probity
