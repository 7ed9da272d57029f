// The words of a target object: "stm32f4x.cpu configure …", and the steps of which the reset procedure in
// tcl/startup.tcl is made (arp_: OpenOCD's prefix for them).
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/target_options.hpp"

namespace probity {

namespace {

TargetEntry& entry_of(const Call& call) { return call.session.target_entry(call.object); }
Target& target_of(const Call& call) { return call.session.target(call.object); }

std::string configure(const Call& call) {
  if (call.args.empty()) throw UsageError("an -option is needed");
  // "configure -option" alone reads it, as OpenOCD's does.
  if (call.args.size() == 1 && call.args[0] != "-defer-examine" && !entry_of(call).foreign) {
    return target_option(call.session, entry_of(call), call.args);
  }
  configure_target(call.session, entry_of(call), call.args);
  return {};
}

std::string examine(const Call& call) {
  args::expect(call.args, 0, 1);
  TargetEntry& entry = entry_of(call);
  if (!call.args.empty()) {
    args::one_of(call.args[0], {"allow-defer"});
    if (entry.defer_examine || entry.foreign) return {};
  }
  entry.defer_examine = false;
  call.session.examine(entry);
  return {};
}

void tell_the_same_core(Session& session, const TargetEntry& reset) {
  for (const auto& entry : session.targets) {
    if (entry.get() == &reset || !entry->target || entry->dap != reset.dap) continue;
    if (session.access_port_of(*entry) == session.access_port_of(reset))
      entry->target->reset_seen_by_another();
  }
}

std::string reset(const Call& call) {
  args::expect(call.args, 2, 2);
  const bool assert = args::one_of(call.args[0], {"assert", "deassert"}) == 0;
  const bool halt = args::on_off(call.args[1]);
  if (entry_of(call).foreign) return {};  // the core beside a Cortex-M is left alone
  Target& target = target_of(call);
  // A target nobody could examine yet can still be reset, by the wire.
  if (assert) {
    target.assert_reset(halt);
  } else {
    target.deassert_reset(halt);
    tell_the_same_core(call.session, entry_of(call));
  }
  return {};
}

std::string wait_state(const Call& call) {
  args::expect(call.args, 2, 2);
  const std::string& wanted = call.args[0];
  args::one_of(wanted, {"unknown", "running", "halted", "reset", "debug-running"});
  Target& target = target_of(call);
  Clock& clock = call.session.clock();
  const std::string waiting_for = fmt::format("{} to be {}", call.object, wanted);
  const Deadline deadline(clock, args::milliseconds(call.args[1]), waiting_for);
  while (name_of(target.poll()) != wanted) {
    deadline.check(fmt::format("it is {}", name_of(target.state())));
    clock.sleep(Milliseconds(1));
  }
  return {};
}

std::string event_list(const Call& call) {
  args::expect(call.args, 0, 0);
  const TargetEntry& entry = entry_of(call);
  const auto& all = call.session.targets;
  const auto number =
      std::ranges::find_if(all, [&](const auto& t) { return t.get() == &entry; }) - all.begin();
  std::string text = fmt::format("Event actions for target ({}) {}\n\n", number, entry.name);
  text += fmt::format("{:<25} | Body\n------------------------- | ----------------------------------------\n",
                      "Event");
  for (const auto& [event, body] : entry.events) text += fmt::format("{:<25} | {}\n", event, body);
  return text + "***END***";
}

std::string invoke(const Call& call) {
  args::expect(call.args, 1, 1);
  if (call.session.run_event && !entry_of(call).foreign) call.session.run_event(entry_of(call), call.args[0]);
  return {};
}

Handler simple(std::string (*handler)(const Call&)) {
  return [handler](const Call& call) {
    args::expect(call.args, 0, 0);
    return handler(call);
  };
}

}  // namespace

std::vector<CommandRow> target_object_rows() {
  constexpr auto kAny = CommandMode::any;
  constexpr auto kExec = CommandMode::exec;
  return {
      {"configure", kAny, "[target_attribute ...]", "Sets options and events.", configure},
      {"cget", kAny, "target_attribute", "The value of an option.",
       [](const Call& call) { return target_option(call.session, entry_of(call), call.args); }},
      {"invoke-event", kExec, "event_name", "Runs an event's body.", invoke},
      {"eventlist", kAny, "", "Shows the events that have a body.", event_list},
      {"curstate", kExec, "", "The target's state as last seen.",
       simple([](const Call& call) { return std::string(name_of(target_of(call).state())); })},
      {"debug_reason", kExec, "", "Why the target halted, as last seen.",
       simple([](const Call& call) { return std::string(name_of(target_of(call).halt_reason())); })},
      {"was_examined", kExec, "", "1 once the target was examined, else 0.", simple([](const Call& call) {
         const TargetEntry& entry = entry_of(call);
         return std::string(entry.target && entry.target->examined() ? "1" : "0");
       })},
      {"examine_deferred", kExec, "", "1 while the target waits for arp_examine, else 0.",
       simple([](const Call& call) {
         const TargetEntry& entry = entry_of(call);
         return std::string(entry.defer_examine || entry.foreign ? "1" : "0");
       })},
      {"arp_examine", kExec, "['allow-defer']", "Examines the target.", examine},
      {"arp_reset", kExec, "('assert'|'deassert') halt",
       "One half of a reset; events are the caller's business.", reset},
      {"arp_halt", kExec, "", "Halts the target.", simple([](const Call& call) {
         target_of(call).halt();
         return std::string();
       })},
      {"arp_halt_gdb", kExec, "", "Tells GDB that the target has halted.",
       simple([](const Call&) { return std::string(); })},
      {"arp_poll", kExec, "", "Looks at the target.", simple([](const Call& call) {
         target_of(call).poll();
         return std::string();
       })},
      {"arp_waitstate", kExec, "state milliseconds", "Waits until the target is in a state.", wait_state},
  };
}

}  // namespace probity
