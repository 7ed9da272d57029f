// What OpenOCD has and this program has not: one clear line each, instead of an unknown command.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/errors.hpp"
#include "commands/left_out.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

constexpr std::string_view kVectors =
    "it plays JTAG test vectors into programmable logic; this program is for Arm Cortex-M";
constexpr std::string_view kNand =
    "it is for NAND flash behind the controllers of Arm9 and Arm11 chips; no Cortex-M driver of OpenOCD has "
    "one";
constexpr std::string_view kLogic = "it configures programmable logic; this program is for Arm Cortex-M";
constexpr std::string_view kOtherCores =
    "it is for cores of another architecture; this program is for Arm Cortex-M";
constexpr std::string_view kTwoWires =
    "two-wire JTAG is for chips of another architecture; a Cortex-M has SWD";
constexpr std::string_view kJsp = "it serves OpenRISC's JTAG serial port; this program is for Arm Cortex-M";

// Names as `info commands` of OpenOCD 0.12.0 has them, and the groups that its other architectures add.
constexpr LeftOut kLeftOut[] = {
    {"svf", kVectors},
    {"xsvf", kVectors},
    {"ftdi jscan3_mode", kTwoWires},
    {"ftdi oscan1_mode", kTwoWires},
    {"ipdbg", kLogic},
    {"pld", kLogic},
    {"pld device", kLogic},
    {"pld devices", kLogic},
    {"pld init", kLogic},
    {"pld load", kLogic},
    {"virtex2", kLogic},
    {"nand", kNand},
    {"nand check_bad_blocks", kNand},
    {"nand device", kNand},
    {"nand drivers", kNand},
    {"nand dump", kNand},
    {"nand erase", kNand},
    {"nand info", kNand},
    {"nand init", kNand},
    {"nand list", kNand},
    {"nand probe", kNand},
    {"nand raw_access", kNand},
    {"nand verify", kNand},
    {"nand write", kNand},
    {"jsp_port", kJsp},
    {"aarch64", kOtherCores},
    {"arc", kOtherCores},
    {"arm7_9", kOtherCores},
    {"arm9", kOtherCores},
    {"arm11", kOtherCores},
    {"arm720t", kOtherCores},
    {"arm920t", kOtherCores},
    {"arm926ejs", kOtherCores},
    {"arm946e", kOtherCores},
    {"arm966e", kOtherCores},
    {"cortex_a", kOtherCores},
    {"cortex_r4", kOtherCores},
    {"esirisc", kOtherCores},
    {"etb", "the Embedded Trace Buffer's reader of OpenOCD is for Arm7 and Arm9"},
    {"etm", "the Embedded Trace Macrocell's reader of OpenOCD is for Arm7 and Arm9"},
    {"mips32", kOtherCores},
    {"mips_m4k", kOtherCores},
    {"nds", kOtherCores},
    {"or1k", kOtherCores},
    {"riscv", kOtherCores},
    {"stm8", kOtherCores},
    {"xscale", kOtherCores},
    {"xtensa", kOtherCores},
};

}  // namespace

std::span<const LeftOut> left_out_commands() { return kLeftOut; }

const LeftOut* find_left_out(std::string_view name) {
  const auto found = std::ranges::find(kLeftOut, name, &LeftOut::name);
  return found == std::end(kLeftOut) ? nullptr : found;
}

// Files declare NAND and logic beside a Cortex-M's flash, and a file that declares another core sets it up,
// too: before init that is read over.
bool is_read_over(const Session& session, const LeftOut& command) {
  if (session.initialized()) return false;
  return command.name.ends_with(" device") ||
         std::ranges::any_of(session.targets, [](const auto& t) { return t->foreign; });
}

// Without help: what is not there need not be found, but in the manual.
std::vector<CommandRow> left_out_rows() {
  std::vector<CommandRow> rows;
  for (const LeftOut& command : kLeftOut) {
    rows.push_back(
        {command.name, CommandMode::any, "", "Left out.", [&command](const Call& call) -> std::string {
           if (is_read_over(call.session, command)) return {};
           throw ConfigError(
               fmt::format("'{}' is left out of this program: {}", command.name, command.reason));
         }});
  }
  return rows;
}

}  // namespace probity
