// The command `otp` of the drivers that have one-time programmable memory.
#pragma once

#include <string>

#include "commands/row.hpp"
#include "flash/stm32/otp_bank.hpp"

namespace probity {

// "OTP memory bank #2 is enabled for write commands.", OpenOCD's words.
std::string otp_state(const stm32::OtpBank& area, std::size_t number);

// `otp BANK enable|disable|show` as stm32l4x and stm32h7x have it.
std::string otp_command(const Call& call);

}  // namespace probity
