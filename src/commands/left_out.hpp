// Commands of OpenOCD that this program leaves out, and why. Each is a row that says so; the manual has the
// list.
#pragma once

#include <span>
#include <string_view>

namespace probity {

struct LeftOut {
  std::string_view name;    // "svf"; a group's words stand one by one
  std::string_view reason;  // a sentence without its end: "plays test vectors …"
};
std::span<const LeftOut> left_out_commands();
// Null where the command is not left out.
const LeftOut* find_left_out(std::string_view name);

}  // namespace probity
