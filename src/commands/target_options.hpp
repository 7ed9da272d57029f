// What `target create` and `$target configure|cget` share, and the words of a target object.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "commands/row.hpp"
#include "session/session.hpp"

namespace probity {

// "-work-area-size 0x8000 -event reset-init {…} …" into `entry`. UsageError naming what is not understood.
void configure_target(Session& session, TargetEntry& entry, std::span<const std::string> words);
// The value of one option, as `cget` shows it.
std::string target_option(Session& session, const TargetEntry& entry, std::span<const std::string> words);
// arp_examine, arp_reset, curstate …: "stm32f4x.cpu WORD …".
std::vector<CommandRow> target_object_rows();

}  // namespace probity
