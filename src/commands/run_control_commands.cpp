// halt, resume, step, targets.
#include "commands/run_control_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

Target& target_of(const Call& call) {
  Target& target = call.session.target();
  if (!target.examined()) {
    throw TargetError(fmt::format("[{}] Target not examined yet; try '{} arp_examine' once it answers",
                                  target.name(), target.name()),
                      "unknown");
  }
  return target;
}

namespace {

constexpr Milliseconds kDefaultWait{5000};  // OpenOCD 0.12.0: "milliseconds (default 5000)"

Milliseconds wait_of(const Call& call) {
  args::expect(call.args, 0, 1);
  return call.args.empty() ? kDefaultWait : args::milliseconds(call.args[0]);
}

std::string halt(const Call& call) {
  target_of(call).halt(wait_of(call));
  return {};
}

std::string wait_halt(const Call& call) {
  target_of(call).wait_halted(wait_of(call));
  return {};
}

std::optional<Address> address_of(const Call& call) {
  args::expect(call.args, 0, 1);
  if (call.args.empty()) return {};
  return args::address(call.args[0]);
}

// The target as it is now, not as it was when somebody last looked.
Target& polled_target(const Call& call) {
  Target& target = target_of(call);
  target.poll();
  return target;
}

std::string resume(const Call& call) {
  const auto address = address_of(call);
  polled_target(call);
  call.session.resume(call.session.current(), {.address = address});
  return {};
}

std::string step(const Call& call) {
  const auto address = address_of(call);
  polled_target(call);
  call.session.step(call.session.current(), address);
  return {};
}

std::string soft_reset_halt(const Call& call) {
  args::expect(call.args, 0, 0);
  Target& target = target_of(call);
  call.session.log().info("[{}] requesting target halt and executing a soft reset", target.name());
  target.soft_reset_halt();
  return {};
}

std::string_view state_word(const Session& session, const TargetEntry& entry) {
  const auto tap = std::ranges::find(session.taps.taps, session.tap_of(entry), &JtagTap::name);
  if (tap != session.taps.taps.end() && !tap->enabled) return "tap-disabled";
  if (!entry.target || !entry.target->examined()) return entry.defer_examine ? "examine deferred" : "unknown";
  return name_of(entry.target->state());
}

// OpenOCD 0.12.0's table, to the blank: scripts cut columns out of it.
std::string targets(const Call& call) {
  args::expect(call.args, 0, 1);
  Session& session = call.session;
  if (!call.args.empty()) {
    session.select(call.args[0]);
    return {};
  }
  std::string text =
      "    TargetName         Type       Endian TapName            State       \n"
      "--  ------------------ ---------- ------ ------------------ ------------\n";
  for (std::size_t i = 0; i < session.targets.size(); ++i) {
    const TargetEntry& entry = *session.targets[i];
    text +=
        fmt::format("{:2}{} {:<18} {:<10} {:<6} {:<18} {}\n", i, &entry == &session.current() ? '*' : ' ',
                    entry.name, entry.type, entry.endian, session.tap_of(entry), state_word(session, entry));
  }
  return text;
}

}  // namespace

std::vector<CommandRow> run_control_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"halt", kExec, "[milliseconds]",
       "Asks the target to halt and waits until it has, 5000 ms unless said; 0 does not wait.", halt},
      {"wait_halt", kExec, "[milliseconds]", "Waits until the target has halted, 5000 ms unless said.",
       wait_halt},
      {"resume", kExec, "[address]", "Lets the target run, from its pc or from an address.", resume},
      {"step", kExec, "[address]", "Executes one instruction, at its pc or at an address.", step},
      {"soft_reset_halt", kExec, "", "Resets the core by software and halts it; 'reset halt' is better.",
       soft_reset_halt},
      {"targets", CommandMode::any, "[target]", "Shows all targets, or selects one.", targets},
  };
}

}  // namespace probity
