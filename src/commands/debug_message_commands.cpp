// target_request debugmsgs, trace point, trace history: what a running program says through DCRDR.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/debug_channel.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

constexpr Milliseconds kLookPeriod{1};

struct Listening {
  DebugChannel channel;
  std::optional<Tasks::Id> task;
};
using Shared = std::shared_ptr<Listening>;

void listen(Session& session, const Shared& shared, DebugChannel::Mode mode) {
  shared->channel.set_mode(mode, session.current());
  if (mode == DebugChannel::Mode::off) {
    if (shared->task) session.tasks().remove(*shared->task);
    shared->task.reset();
  } else if (!shared->task) {
    shared->task = session.tasks().add(kLookPeriod, [shared, &session] { shared->channel.look(session); });
  }
}

std::string debug_messages(const Call& call, const Shared& shared) {
  using Mode = DebugChannel::Mode;
  args::expect(call.args, 0, 1);
  target_of(call);
  if (!call.args.empty()) {
    constexpr Mode kModes[] = {Mode::messages, Mode::off, Mode::characters};
    listen(call.session, shared, kModes[args::one_of(call.args[0], {"enable", "disable", "charmsg"})]);
  }
  const bool on = shared->channel.mode() != Mode::off && shared->channel.entry() == &call.session.current();
  return fmt::format("receiving debug messages from current target {}\n",
                     !on                                          ? "disabled"
                     : shared->channel.mode() == Mode::characters ? "charmsg"
                                                                  : "enabled");
}

std::string trace_point(const Call& call, TracePoints& trace) {
  args::expect(call.args, 0, 1);
  if (call.args.empty()) {
    std::string text;
    for (const auto& point : trace.points) {
      text += fmt::format("trace point 0x{:08x} ({} times hit)\n", point.number, point.hits);
    }
    return text;
  }
  if (call.args[0] == "clear") {
    trace.points.clear();
  } else {
    trace.points.push_back({args::number32(call.args[0])});
  }
  return {};
}

std::string trace_history(const Call& call, TracePoints& trace) {
  args::expect(call.args, 0, 1);
  if (call.args.empty()) {
    if (!trace.history_size) return "trace history buffer is not allocated\n";
    std::string text;
    for (const std::uint32_t number : trace.history) {
      const auto known = std::ranges::find(trace.points, number, &TracePoints::Point::number);
      text += fmt::format("trace point: 0x{:08x}{}\n", number,
                          known == trace.points.end() ? " -not defined-" : "");
    }
    return text;
  }
  trace.history.clear();
  if (call.args[0] == "clear") return {};
  trace.history_size = args::number32(call.args[0]);
  return fmt::format("new trace history size: {}\n", *trace.history_size);
}

}  // namespace

std::vector<CommandRow> debug_message_rows() {
  constexpr auto kExec = CommandMode::exec;
  const auto shared = std::make_shared<Listening>();
  return {
      {"target_request debugmsgs", kExec, "['enable'|'charmsg'|'disable']",
       "Shows what the running program says through DCRDR (OpenOCD's libdcc): lines, numbers and trace "
       "points, or "
       "single characters.",
       [shared](const Call& call) { return debug_messages(call, shared); }},
      {"trace point", kExec, "['clear'|address]",
       "Declares a trace point by its number, forgets all, or shows how often each was passed "
       "('target_request "
       "debugmsgs').",
       [shared](const Call& call) { return trace_point(call, shared->channel.trace()); }},
      {"trace history", kExec, "['clear'|size]",
       "Keeps the numbers of the last trace points, forgets them, or shows them.",
       [shared](const Call& call) { return trace_history(call, shared->channel.trace()); }},
  };
}

}  // namespace probity
